//! Where a browser goes after signing in: a path of this very site, and nothing else.

use crate::{
    encoding::percent,
    http::path::{Below, RequestPath},
};
use alloc::{borrow::ToOwned, string::String};

/// A path and query of this site, safe as the target of a redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

/// This site, as far as links name it.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The origin of `public_url`, as text.
    pub origin: &'a str,
    /// The path that our own endpoints stand below.
    pub base_path: &'a str,
}

/// The longest that an attempt cookie has room for, in bytes.
const LONGEST: usize = 1024;

impl ReturnTo {
    /// The site's start page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// The page that `target` names; the start page where it is not plainly a page of this site.
    ///
    /// The path is kept in its normal form. The query is kept byte for byte, but for a space and what is not
    /// ASCII, which are percent-encoded. A false accept would send people from our own address to someone
    /// else's page (an open redirect).
    pub fn parse(target: &str) -> Self {
        Self::checked(target).map_or_else(Self::home, |(kept, _)| kept)
    }

    /// The page that a link names, as a path or as a URL of `site`'s own origin.
    ///
    /// Our own endpoints are no page to return to, in whatever spelling: signing in there would begin another
    /// sign-in, or end in an error. The start page stands for them.
    pub fn linked(target: &str, site: Site<'_>) -> Self {
        let kept = path_on(target, site.origin).and_then(Self::checked);
        match kept {
            Some((kept, path)) if path.below(site.base_path) == Below::No => kept,
            Some(_) | None => Self::home(),
        }
    }

    fn checked(target: &str) -> Option<(Self, RequestPath)> {
        if target.len() > LONGEST {
            return None;
        }
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        // `\` means a slash in a path, and nothing but itself in a query (WHATWG URL, section 4.4).
        let plain = |byte: u8| (b'!'..=b'~').contains(&byte) && !matches!(byte, b'\\' | b'#');
        if !path.starts_with('/') || !path.bytes().all(plain) {
            return None;
        }
        let path = RequestPath::parse(path).ok()?;
        let mut kept = path.as_str().to_owned();
        if let Some(query) = query {
            kept.push('?');
            push_query(&mut kept, query)?;
        }
        (kept.len() <= LONGEST).then_some((Self(kept), path))
    }

    /// Path and query.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The path and query after `origin` in a URL of it; a text that begins with a slash is a path already.
///
/// Scheme and host count in any case. Whatever else could be read as another host after them, such as `@` or a
/// port, is no path and is refused.
fn path_on<'a>(target: &'a str, origin: &str) -> Option<&'a str> {
    if target.starts_with('/') {
        return Some(target);
    }
    let (start, rest) = target.split_at_checked(origin.len())?;
    if !start.eq_ignore_ascii_case(origin) {
        return None;
    }
    match rest {
        "" => Some("/"),
        _ => rest.starts_with('/').then_some(rest),
    }
}

/// Appends a query; `None` where it holds a control character, or a `#`, which ends it.
fn push_query(out: &mut String, query: &str) -> Option<()> {
    for byte in query.bytes() {
        match byte {
            b'#' => return None,
            b'!'..=b'~' => out.push(char::from(byte)),
            b' ' | 0x80.. => percent::push_encoded(out, byte),
            _ => return None,
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_page_of_this_site_is_kept_byte_for_byte() {
        for target in [
            "/",
            "/members/",
            "/members/report.html?year=2026&tag=a%20b&x=%2F%5C//e?",
            "/e/w?user=CORP\\alice",
            "/e/w?user=CORP%5Calice",
            "/a%23b",
        ] {
            assert_eq!(ReturnTo::parse(target).as_str(), target);
        }
    }

    #[test]
    fn a_query_comes_back_as_its_server_reads_it() {
        for (target, kept) in [
            ("/a?b=c d", "/a?b=c%20d"),
            ("/a?b=\u{e9}", "/a?b=%C3%A9"),
            ("/a?b=\tc", "/"),
            ("/a?b=c\r\nLocation: //e", "/"),
            ("/a?b#c", "/"),
        ] {
            assert_eq!(ReturnTo::parse(target).as_str(), kept, "{target:?}");
        }
        let grows = format!("/?{}", "\u{e9}".repeat(171));
        assert_eq!(ReturnTo::parse(&grows).as_str(), "/");
    }

    const SITE: Site<'_> = Site {
        origin: "https://app.example.com",
        base_path: "/auth",
    };

    #[test]
    fn a_url_of_our_own_origin_counts_as_its_path() {
        for (target, kept) in [
            ("https://app.example.com", "/"),
            ("https://app.example.com/a?b=c", "/a?b=c"),
            ("HTTPS://App.Example.COM/a", "/a"),
            ("https://app.example.com/a/../b", "/b"),
            ("/a", "/a"),
            ("https://app.example.com//e", "/"),
            ("https://app.example.com/\\e", "/"),
            ("https://app.example.com\\e", "/"),
            ("https://app.example.com@evil.example/a", "/"),
            ("https://app.example.com.evil.example/a", "/"),
            ("https://app.example.com:443/a", "/"),
            ("https://app.example.comevil/a", "/"),
            ("https:/app.example.com/a", "/"),
            ("http://app.example.com/a", "/"),
            ("//app.example.com/a", "/"),
            ("https://evil.example/a", "/"),
            ("a", "/"),
        ] {
            assert_eq!(ReturnTo::linked(target, SITE).as_str(), kept, "{target:?}");
        }
    }

    #[test]
    fn our_own_endpoints_are_no_page_to_return_to() {
        for target in [
            "/auth",
            "/auth/",
            "/auth/login?return_to=/auth/login",
            "/auth/callback/demo?code=c&state=s",
            "/auth/logout",
            "/%61uth/log%69n",
            "/a/../auth/login",
            "/auth/login%3Freturn_to=/",
            "/auth\\login",
            "/auth%2Flogin",
            "https://app.example.com/auth/login",
            "https://app.example.com/auth",
        ] {
            assert_eq!(ReturnTo::linked(target, SITE).as_str(), "/", "{target:?}");
        }
        for target in ["/authors", "/AUTH/login", "/a/auth/login", "/?/auth/login"] {
            assert_eq!(ReturnTo::linked(target, SITE).as_str(), target);
        }
    }

    #[test]
    fn everything_else_leads_home() {
        let long = format!("/{}", "a".repeat(1024));
        for target in [
            "",
            "//e",
            "/\\e",
            "\\\\e",
            "/%09/e",
            "/./\\e",
            "/.//e",
            "/a/..//e",
            "/%2f/e",
            "/%5ce",
            "https://e",
            "e",
            "/\t/e",
            "/ /e",
            "/#",
            "/a\r\nb",
            "javascript:alert(1)",
            "/é",
            "?x",
            long.as_str(),
        ] {
            assert_eq!(ReturnTo::parse(target).as_str(), "/", "{target:?}");
        }
    }

    #[test]
    fn no_mix_of_slashes_dots_and_controls_leaves_the_site() {
        let pieces = [
            "/", "\\", "%2f", "%5c", ".", "%2e", "\t", "%09", "%00", "e", ":", "@",
        ];
        let mut texts = alloc::vec![String::from("/")];
        for _ in 0..4 {
            let longer = texts
                .iter()
                .flat_map(|text| pieces.iter().map(move |piece| format!("{text}{piece}")));
            texts = longer.collect();
            for text in &texts {
                let kept = ReturnTo::parse(text);
                let rest = kept.as_str().strip_prefix('/').unwrap();
                assert!(!rest.starts_with(['/', '\\']), "{text} became {kept:?}");
                assert!(!kept.as_str().contains("//"), "{text} became {kept:?}");
            }
        }
    }
}
