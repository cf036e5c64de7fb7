//! Addresses of an upstream's own in the header fields of its answers, and what they are outside.
//!
//! An upstream may know itself by another origin than the public one, and its paths by another beginning. Addresses of
//! other hosts, or of paths that are not the route's, stay as they are.

use crate::http::{rewrite::Rewrite, url::Url};
use alloc::{format, string::String};

/// How an upstream is known, as RFC 6454 writes origins.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::gateway) struct Origins {
    /// To itself.
    pub(in crate::gateway) upstream: String,
    /// Outside.
    pub(in crate::gateway) public: String,
}

/// The fields of an answer that hold addresses, in lower case: of the answer itself or another one (RFC 9110, sections
/// 8.7 and 10.2.2), of what it is linked with (RFC 8288), where a browser goes on to, where the source of a script is
/// (ECMA-426), and which paths a worker may serve (Service Workers).
pub const ADDRESSES: [&str; 7] = [
    "content-location",
    "link",
    "location",
    "refresh",
    "service-worker-allowed",
    "sourcemap",
    "x-sourcemap",
];

/// Where an upstream is, to itself and outside.
#[derive(Clone, Copy)]
pub(super) struct Addresses<'a> {
    pub(super) origins: &'a Origins,
    pub(super) rewrite: Option<&'a Rewrite>,
}

impl Addresses<'_> {
    /// The value to answer with for a field of [`ADDRESSES`]; `None` where it stays as it is.
    pub(super) fn field(self, name: &str, value: &str) -> Option<String> {
        if name.eq_ignore_ascii_case("link") {
            self.links(value)
        } else if name.eq_ignore_ascii_case("refresh") {
            self.refresh(value)
        } else if ADDRESSES.iter().any(|it| name.eq_ignore_ascii_case(it)) {
            self.public(value)
        } else {
            None
        }
    }

    /// The public form of one address.
    fn public(self, reference: &str) -> Option<String> {
        let back = |path: &str| self.rewrite?.back(path);
        if reference.starts_with('/') && !reference.starts_with("//") {
            return back(reference);
        }
        let (url, fragment) = match reference.split_once('#') {
            Some((url, fragment)) => (url, Some(fragment)),
            None => (reference, None),
        };
        let url = Url::parse(url)
            .ok()
            .filter(|url| url.origin().as_str() == self.origins.upstream)?;
        let target = back(url.target());
        let target = target.as_deref().unwrap_or(url.target());
        let public = &self.origins.public;
        Some(match fragment {
            Some(fragment) => format!("{public}{target}#{fragment}"),
            None => format!("{public}{target}"),
        })
    }

    /// `Link`: targets between angle brackets, and the contexts of `anchor`.
    fn links(self, value: &str) -> Option<String> {
        let mut out = String::new();
        let mut is_changed = false;
        let mut rest = value;
        while let Some(at) = rest.find(['<', '"']) {
            let (before, opened) = rest.split_at_checked(at)?;
            let (open, inside) = opened.split_at_checked(1)?;
            let close = if open == "<" { '>' } else { '"' };
            // An address holds no quote, and what else is quoted is no address.
            let end = inside.find(close)?;
            let (reference, after) = inside.split_at_checked(end)?;
            let is_anchor = || {
                let name = before.trim_end().strip_suffix('=');
                name.is_some_and(|name| ends_with(name.trim_end(), "anchor"))
            };
            let moved = match open == "<" || is_anchor() {
                true => self.public(reference),
                false => None,
            };
            is_changed |= moved.is_some();
            out.push_str(before);
            out.push_str(open);
            out.push_str(moved.as_deref().unwrap_or(reference));
            let (close, after) = after.split_at_checked(1)?;
            out.push_str(close);
            rest = after;
        }
        out.push_str(rest);
        is_changed.then_some(out)
    }

    /// `Refresh`: seconds, and an address behind `;`, with or without `url=` and quotes (HTML, section 4.2.5.3).
    fn refresh(self, value: &str) -> Option<String> {
        let (_, tail) = value.split_once([';', ','])?;
        let tail = tail.trim_start();
        let named = match tail.get(..3) {
            Some(start) if start.eq_ignore_ascii_case("url") => {
                let rest = tail.get(3..)?.trim_start();
                rest.strip_prefix('=').map_or(tail, str::trim_start)
            }
            Some(_) | None => tail,
        };
        let address = match named.chars().next()? {
            quote @ ('"' | '\'') => named.get(1..)?.split(quote).next()?,
            _ => named.trim_end(),
        };
        let moved = self.public(address)?;
        let head = value.len().checked_sub(named.len())?;
        let quote = if named.starts_with(address) { 0 } else { 1 };
        let start = head.checked_add(quote)?;
        let end = start.checked_add(address.len())?;
        Some(format!(
            "{}{moved}{}",
            value.get(..start)?,
            value.get(end..)?
        ))
    }
}

fn ends_with(text: &str, suffix: &str) -> bool {
    let start = text.len().checked_sub(suffix.len());
    start
        .and_then(|start| text.get(start..))
        .is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::rewrite::Prefix;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn moved(name: &str, value: &str) -> Option<String> {
        let origins = Origins {
            upstream: "https://api.internal.example.com".into(),
            public: "https://app.example.com".into(),
        };
        let prefix = |text| Prefix::parse(text).unwrap();
        let rewrite = Rewrite {
            strip: prefix("/api"),
            add: prefix("/v1"),
        };
        let addresses = Addresses {
            origins: &origins,
            rewrite: Some(&rewrite),
        };
        addresses.field(name, value)
    }

    #[test]
    fn an_address_in_any_of_the_fields_becomes_the_public_one() {
        for name in ADDRESSES {
            if matches!(name, "link" | "refresh") {
                continue;
            }
            for (value, expected) in [
                ("/v1/a?b#c", Some("/api/a?b#c")),
                ("/v2/a", None),
                ("a", None),
                ("//elsewhere.example/v1/a", None),
                (
                    "https://api.internal.example.com/v1/a#b",
                    Some("https://app.example.com/api/a#b"),
                ),
                (
                    "https://api.internal.example.com/v2",
                    Some("https://app.example.com/v2"),
                ),
                ("https://elsewhere.example/v1/a", None),
            ] {
                assert_eq!(moved(name, value).as_deref(), expected, "{name}: {value}");
            }
        }
        assert_eq!(moved("x-other", "/v1/a"), None);
    }

    #[test]
    fn links_are_moved_one_by_one() {
        for (value, expected) in [
            (
                "</v1/a?page=2>; rel=\"next\", <https://api.internal.example.com/v1/z>; rel=last",
                Some("</api/a?page=2>; rel=\"next\", <https://app.example.com/api/z>; rel=last"),
            ),
            (
                "<https://elsewhere.example/v1/a>; title=\"</v1/a>\", </v1/b>; anchor=\"/v1/c\"",
                Some(
                    "<https://elsewhere.example/v1/a>; title=\"</v1/a>\", </api/b>; anchor=\"/api/c\"",
                ),
            ),
            ("<https://elsewhere.example/v1/a>; rel=next", None),
            ("<a>; rel=next", None),
            ("</v1/a", None),
            ("", None),
        ] {
            assert_eq!(moved("Link", value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn a_refresh_goes_to_the_public_address() {
        for (value, expected) in [
            ("5; url=/v1/a", Some("5; url=/api/a")),
            ("0;URL='/v1/a?b'", Some("0;URL='/api/a?b'")),
            ("1.5, \"/v1/a\" ", Some("1.5, \"/api/a\" ")),
            ("5;/v1/a", Some("5;/api/a")),
            (
                "5; Url = https://api.internal.example.com/v1/a",
                Some("5; Url = https://app.example.com/api/a"),
            ),
            ("5; url=https://elsewhere.example/v1/a", None),
            ("5; url=/v2/a", None),
            ("5", None),
            ("5;", None),
            ("5; url", None),
        ] {
            assert_eq!(moved("refresh", value).as_deref(), expected, "{value}");
        }
    }
}
