//! Where a browser goes after signing in: a path of this very site, and nothing else.

use crate::http::path::RequestPath;
use alloc::{borrow::ToOwned, format, string::String};

/// A path and query of this site, safe as the target of a redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

/// The longest that an attempt cookie has room for, in bytes.
const LONGEST: usize = 1024;

impl ReturnTo {
    /// The site's start page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// The page that `target` names; the start page where it is not plainly a page of this site.
    ///
    /// The path is kept in its normal form, the query byte for byte. A false accept would send
    /// people from our own address to someone else's page (an open redirect).
    pub fn parse(target: &str) -> Self {
        Self::checked(target).unwrap_or_else(Self::home)
    }

    fn checked(target: &str) -> Option<Self> {
        let printable = target.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
        if target.len() > LONGEST || !printable || target.contains(['\\', '#']) {
            return None;
        }
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        if !path.starts_with('/') {
            return None;
        }
        let path = RequestPath::parse(path).ok()?;
        let target = match query {
            Some(query) => format!("{}?{query}", path.as_str()),
            None => path.as_str().to_owned(),
        };
        (target.len() <= LONGEST).then_some(Self(target))
    }

    /// Path and query.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_page_of_this_site_is_kept_byte_for_byte() {
        for target in [
            "/",
            "/members/",
            "/members/report.html?year=2026&tag=a%20b&x=%2F%5C//e?",
            "/a%23b",
        ] {
            assert_eq!(ReturnTo::parse(target).as_str(), target);
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
