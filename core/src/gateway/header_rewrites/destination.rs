//! Addresses of the site in the header fields of WebDAV requests (RFC 4918, sections 10.3 and 10.4.2): where something is
//! copied or moved to, and what a condition is about.
//!
//! Such an address is one of the site to the client, and has to be one of the upstream's own to the upstream.

use super::addresses::Origins;
use crate::http::{path::RequestPath, url::Url};
use alloc::{borrow::ToOwned, format, string::String};

/// The address that `Destination` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum Destination {
    /// A path of the site, and what stands before and behind it.
    Ours(Place),
    /// Another origin's, be it the upstream's own.
    Foreign,
}

/// A path of the site in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gateway) struct Place {
    form: Form,
    path: RequestPath,
    query: String,
}

/// How an address is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Path,
    Absolute,
}

/// The address can be read in more ways than one, or in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) struct Unreadable;

impl Destination {
    /// Reads a `Simple-ref` (RFC 4918, section 8.3).
    ///
    /// # Errors
    /// [`Unreadable`] for a relative address, and for one that two servers could read in different ways.
    pub(in crate::gateway) fn parse(value: &str, origins: &Origins) -> Result<Self, Unreadable> {
        let value = value.trim_matches([' ', '\t']);
        if value.starts_with('/') && !value.starts_with("//") {
            return Place::parse(Form::Path, value).map(Self::Ours);
        }
        let url = Url::parse(value).map_err(|_| Unreadable)?;
        if url.origin().as_str() != origins.public {
            return Ok(Self::Foreign);
        }
        Place::parse(Form::Absolute, url.target()).map(Self::Ours)
    }
}

impl Place {
    fn parse(form: Form, target: &str) -> Result<Self, Unreadable> {
        let end = target.find('?').unwrap_or(target.len());
        let (path, query) = target.split_at_checked(end).ok_or(Unreadable)?;
        Ok(Self {
            form,
            path: RequestPath::parse(path).map_err(|_| Unreadable)?,
            query: query.to_owned(),
        })
    }

    /// The path, in normal form.
    pub(in crate::gateway) const fn path(&self) -> &RequestPath {
        &self.path
    }

    /// The same address for the upstream, whose path it is.
    pub(in crate::gateway) fn at(&self, path: &RequestPath, origins: &Origins) -> String {
        let (path, query) = (path.as_str(), &self.query);
        match self.form {
            Form::Path => format!("{path}{query}"),
            Form::Absolute => format!("{}{path}{query}", origins.upstream),
        }
    }
}

/// The value of `If` with the addresses of its lists replaced by what `address_of` has for them; `None` where it stays as
/// it is.
pub(in crate::gateway) fn with_tags(
    value: &str,
    address_of: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let mut out = String::new();
    let mut is_changed = false;
    let mut rest = value;
    // An address stands before a list; within one stand the tokens and entity tags, some of which look alike.
    while let Some(at) = rest.find(['<', '(']) {
        let (before, opened) = rest.split_at_checked(at)?;
        out.push_str(before);
        let length = match opened.starts_with('(') {
            true => list_length(opened)?,
            false => opened.find('>')?.checked_add(1)?,
        };
        let (part, after) = opened.split_at_checked(length)?;
        let tag = part.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
        match tag.and_then(&address_of) {
            Some(address) => {
                is_changed = true;
                out.push('<');
                out.push_str(&address);
                out.push('>');
            }
            None => out.push_str(part),
        }
        rest = after;
    }
    out.push_str(rest);
    is_changed.then_some(out)
}

/// How long the list is that `text` begins with, up to its bracket; one in an entity tag ends none.
fn list_length(text: &str) -> Option<usize> {
    let mut is_quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b')' if !is_quoted => return at.checked_add(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn origins() -> Origins {
        Origins {
            upstream: "http://dav.internal:8080".into(),
            public: "https://app.example.com".into(),
        }
    }

    #[test]
    fn an_address_of_the_site_has_a_path_and_others_do_not() {
        for (value, there) in [
            ("/dav/x", Some("/inner")),
            ("/dav/a/../x?y", Some("/inner?y")),
            (
                "https://app.example.com/dav/x?y",
                Some("http://dav.internal:8080/inner?y"),
            ),
            ("https://elsewhere.example/dav/x", None),
            ("http://app.example.com/dav/x", None),
        ] {
            let inner = RequestPath::parse("/inner").unwrap();
            let there_is = match Destination::parse(value, &origins()).unwrap() {
                Destination::Ours(place) => {
                    assert_eq!(place.path().as_str(), "/dav/x", "{value}");
                    Some(place.at(&inner, &origins()))
                }
                Destination::Foreign => None,
            };
            assert_eq!(there_is.as_deref(), there, "{value}");
        }
        for value in [
            "",
            "dav/x",
            "//elsewhere.example/x",
            "/dav//x",
            "/dav/%2fx",
            "https://app.example.com/dav/%2fx",
            "https://user@app.example.com/dav/x",
        ] {
            let parsed = Destination::parse(value, &origins());
            assert_eq!(parsed, Err(Unreadable), "{value}");
        }
    }

    #[test]
    fn addresses_of_lists_are_replaced_and_their_tokens_are_not() {
        let moved = |value: &str| with_tags(value, |it| it.strip_prefix("/dav").map(str::to_owned));
        for (value, expected) in [
            (
                "</dav/x> (<urn:uuid:1> [\"a)b\"]) (Not </dav/y>)",
                Some("</x> (<urn:uuid:1> [\"a)b\"]) (Not </dav/y>)"),
            ),
            (
                "</dav/x> (<a>) <http://e.example/dav> (<b>)",
                Some("</x> (<a>) <http://e.example/dav> (<b>)"),
            ),
            ("(<urn:uuid:1>)", None),
            ("</other> (<urn:uuid:1>)", None),
            ("</dav/x", None),
            ("</dav/x> (<urn:uuid:1>", None),
        ] {
            assert_eq!(moved(value).as_deref(), expected, "{value}");
        }
    }
}
