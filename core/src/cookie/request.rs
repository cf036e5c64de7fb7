//! The `Cookie` request header (RFC 6265, section 5.4), read without ever failing.
//!
//! Whatever is not a pair is passed over. A name that stands twice belongs to nobody: an attacker who
//! can set a cookie for a parent domain could otherwise choose which of the two is read.
//!
//! A host may join two fields by a comma, as it joins any other (RFC 9110, section 5.3), and upstreams may take them
//! apart again. So a cookie of ours is looked for behind commas, too, before anything leaves; none is read there.

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

/// The result of reading the header.
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
        let pieces = || self.text.as_bytes().split(|byte| PARTING.contains(byte));
        self.header == Header::TooLong || pieces().any(is_ours)
    }

    /// The header without our own cookies, as an upstream may see it; `None` where none is left.
    ///
    /// For hosts that decode headers: a cookie whose bytes they could not show is left out, since an upstream would get
    /// another value than the browser sent.
    pub fn without_ours(self) -> Option<String> {
        let is_shown = |pair: &&[u8]| !pair.windows(3).any(|at| at == REPLACED);
        // Taken apart at signs of one byte, a text stays one.
        String::from_utf8(kept(self.text.as_bytes(), is_shown)?).ok()
    }
}

/// The separators between two cookies.
const PARTING: [u8; 2] = [b';', b','];

/// The bytes that may stand around a cookie, or before one whose name is empty.
const AROUND: [u8; 3] = [b' ', b'\t', b'='];

/// The replacement of bytes that were no UTF-8 (Unicode, section 3.9): U+FFFD.
const REPLACED: [u8; 3] = [0xef, 0xbf, 0xbd];

/// A `Cookie` field without our own cookies, all others byte for byte; `None` where none is left.
pub fn without_ours(field: &[u8]) -> Option<Vec<u8>> {
    kept(field, |_| true)
}

/// The rest of a field without our own cookies and those that are not `wanted`.
fn kept(field: &[u8], wanted: impl Fn(&&[u8]) -> bool) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    for pair in field.split(|byte| *byte == b';').filter(wanted) {
        let pieces = pair.split(|byte| *byte == b',');
        let pieces: Vec<&[u8]> = pieces.filter(|piece| !is_ours(piece)).collect();
        let pair = pieces.join(&b',');
        let pair = pair.trim_ascii();
        if pair.is_empty() {
            continue;
        }
        if !kept.is_empty() {
            kept.extend_from_slice(b"; ");
        }
        kept.extend_from_slice(pair);
    }
    (!kept.is_empty()).then_some(kept)
}

fn is_ours(piece: &[u8]) -> bool {
    let start = piece.iter().position(|byte| !AROUND.contains(byte));
    start
        .and_then(|start| piece.get(start..))
        .is_some_and(name::is_ours)
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

    #[test]
    fn ours_is_found_however_fields_were_joined() {
        for (field, left) in [
            ("a=1, __Host-Http-lychgate=s", Some("a=1")),
            ("__Host-Http-lychgate=s,a=1", Some("a=1")),
            (
                "a=1,2,__host-http-lychgate-x=s,b=3; c=4",
                Some("a=1,2,b=3; c=4"),
            ),
            ("a=1;\t=__Host-Http-lychgate=s", Some("a=1")),
            (" , __Host-Http-lychgate=s", None),
        ] {
            let cookies = RequestCookies::new(Some(field));
            assert!(cookies.has_ours(), "{field}");
            assert_eq!(cookies.without_ours().as_deref(), left, "{field}");
            // Nothing that is no pair by itself signs anyone in.
            assert_ne!(cookies.one(name::SESSION), Some("s"), "{field}");
        }
        for field in ["a=1,2; b=\"3, 4\"", "last=__Host-Http-lychgate"] {
            assert!(!RequestCookies::new(Some(field)).has_ours(), "{field}");
        }
    }

    #[test]
    fn other_cookies_keep_their_bytes() {
        let field = b"nm=Jos\xe9; __Host-Http-lychgate=s; k=\xc3\xa9,\xff";
        let left = without_ours(field).unwrap();
        assert_eq!(left, b"nm=Jos\xe9; k=\xc3\xa9,\xff");
        // Decoded, the first and the last have lost theirs.
        let decoded = "nm=Jos\u{fffd}; __Host-Http-lychgate=s; k=\u{e9}; l=\u{fffd}";
        let left = RequestCookies::new(Some(decoded)).without_ours();
        assert_eq!(left.as_deref(), Some("k=\u{e9}"));
    }
}
