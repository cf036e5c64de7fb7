//! The `Cookie` request header (RFC 6265, section 5.4), read without ever failing.
//!
//! Whatever is not a pair is passed over. A name that stands twice belongs to nobody: whoever can
//! set a cookie for a parent domain could otherwise choose which of the two is read.

use super::name;
use alloc::{string::String, vec::Vec};

/// More bytes than any browser sends; a longer header is read as if it were absent.
const LONGEST_HEADER: usize = 32 * 1024;

/// The cookies of a request.
#[derive(Clone, Copy)]
pub struct RequestCookies<'a> {
    text: &'a str,
    header: Header,
}

/// What became of the header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    /// It was read, or there was none.
    Read,
    /// It is longer than we read, so that nobody knows what is in it.
    TooLong,
}

impl<'a> RequestCookies<'a> {
    /// Takes the header's value; fields that came apart are joined by `; `.
    pub fn new(header: Option<&'a str>) -> Self {
        let text = header.unwrap_or_default();
        if text.len() > LONGEST_HEADER {
            return Self {
                text: "",
                header: Header::TooLong,
            };
        }
        Self {
            text,
            header: Header::Read,
        }
    }

    fn pairs(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.text
            .split(';')
            .filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('='))
    }

    /// The value of the one cookie with this name; `None` where there is none or more than one.
    pub fn one(self, name: &str) -> Option<&'a str> {
        let mut found = self.pairs().filter(|(key, _)| *key == name);
        let (_, value) = found.next()?;
        found.next().is_none().then_some(value)
    }

    /// Whether at least one cookie has this name.
    pub fn has(self, name: &str) -> bool {
        self.pairs().any(|(key, _)| key == name)
    }

    /// Name and value of the cookies whose names begin with `prefix`, at most `most`.
    pub fn starting_with(self, prefix: &str, most: usize) -> Vec<(&'a str, &'a str)> {
        self.pairs()
            .filter(|(key, _)| key.starts_with(prefix))
            .take(most)
            .collect()
    }

    /// Whether any cookie has, or may have, a name of ours.
    pub fn has_ours(self) -> bool {
        self.header == Header::TooLong || self.has_name_of_ours()
    }

    fn has_name_of_ours(self) -> bool {
        self.text
            .split(';')
            .any(|part| name::is_ours(part.trim_matches([' ', '\t'])))
    }

    /// The header without our own cookies, as an upstream may see it; `None` where none is left.
    pub fn without_ours(self) -> Option<String> {
        let mut kept = String::new();
        for part in self.text.split(';') {
            let part = part.trim_matches([' ', '\t']);
            let key = part.split('=').next().unwrap_or(part);
            if part.is_empty() || name::is_ours(key.trim_matches([' ', '\t'])) {
                continue;
            }
            if !kept.is_empty() {
                kept.push_str("; ");
            }
            kept.push_str(part);
        }
        (!kept.is_empty()).then_some(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn one_cookie_of_a_name_is_read_and_two_are_none() {
        let cookies = RequestCookies::new(Some("a=1; b=2;c=x=y"));
        assert_eq!(cookies.one("a"), Some("1"));
        assert_eq!(cookies.one("c"), Some("x=y"));
        assert_eq!(RequestCookies::new(Some("a=1; a=1")).one("a"), None);
        assert_eq!(RequestCookies::new(Some("A=1")).one("a"), None);
    }

    #[test]
    fn garbage_and_floods_are_no_cookies() {
        for text in [";;=;\0", "", "=", "a", ";;;;", "\u{fffd}=;a"] {
            assert_eq!(RequestCookies::new(Some(text)).one("a"), None, "{text:?}");
        }
        let flood = format!("a=1; {}", "b=2; ".repeat(16 * 1024));
        let flood = RequestCookies::new(Some(&flood));
        assert_eq!(flood.one("a"), None);
        assert!(flood.has_ours() && flood.without_ours().is_none());
        assert_eq!(RequestCookies::new(Some("a=1; b=2")).one("a"), Some("1"));
    }

    #[test]
    fn an_upstream_sees_other_cookies_only() {
        let header = "theme=dark; __Host-Http-lychgate=s; __host-http-lychgate-a-1=x; flag; k=v";
        let cookies = RequestCookies::new(Some(header));
        assert_eq!(
            cookies.without_ours().as_deref(),
            Some("theme=dark; flag; k=v")
        );
        let ours = RequestCookies::new(Some("__Host-Http-lychgate=s"));
        assert_eq!(ours.without_ours(), None);
    }
}
