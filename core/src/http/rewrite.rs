//! Paths that an upstream knows by another beginning than the public one.
//!
//! Lychgate matches and decides by the public path. It sends that path with one beginning taken off and
//! another put before it, in whole segments, so that it stays in normal form: the upstream reads behind
//! its own beginning, segment by segment, what the rules were held against. Paths that the upstream
//! names, in `Location` and in the `Path` of cookies, are turned back.

use super::path::RequestPath;
use alloc::{borrow::ToOwned, format, string::String};

/// Whole segments at the beginning of paths; empty for none of them, never with a slash at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix(String);

/// How the beginning of paths is changed on the way to an upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The prefix to take off.
    pub strip: Prefix,
    /// The prefix to put before the rest.
    pub add: Prefix,
}

/// It is no beginning of a path in normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrefixFault;

const LONGEST_PREFIX: usize = 255;

impl Prefix {
    /// Parses a prefix such as `/v1`.
    ///
    /// # Errors
    /// [`PrefixFault`] for the root alone, a slash at the end, a star, which is none of a pattern here, and
    /// whatever has another normal form than its own.
    pub fn parse(text: &str) -> Result<Self, PrefixFault> {
        let path = RequestPath::parse(text).map_err(|_| PrefixFault)?;
        let is_plain = path.as_str() == text && !text.ends_with('/') && !text.contains('*');
        if is_plain && text.len() <= LONGEST_PREFIX {
            Ok(Self(text.to_owned()))
        } else {
            Err(PrefixFault)
        }
    }

    /// The prefix as it was parsed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The prefix as a path; `None` where it is empty.
    pub fn as_path(&self) -> Option<RequestPath> {
        RequestPath::parse(&self.0).ok()
    }

    /// The rest of `path` after these segments, from its slash on.
    fn rest_of<'a>(&self, path: &'a RequestPath) -> Option<&'a str> {
        let mut rest = path.as_str();
        let Some(prefix) = self.as_path() else {
            return Some(rest);
        };
        let mut segments = path.segments();
        for wanted in prefix.segments() {
            if segments.next()? != wanted {
                return None;
            }
            let after = rest.strip_prefix('/')?;
            rest = after
                .find('/')
                .map_or("", |slash| after.get(slash..).unwrap_or_default());
        }
        Some(rest)
    }
}

impl Rewrite {
    /// The upstream's path for a public one.
    ///
    /// `None` where the public path does not begin with what is taken off, which the configuration rules
    /// out, or the upstream's would be too long. A path that is not the normal form of itself could be read
    /// by the upstream as another one, so there is none of that kind.
    pub fn forward(&self, path: &RequestPath) -> Option<RequestPath> {
        let joined = join(&self.add, self.strip.rest_of(path)?);
        let parsed = RequestPath::parse(&joined).ok()?;
        (parsed.as_str() == joined).then_some(parsed)
    }

    /// The public path for one of the upstream's, together with whatever query and fragment follow.
    ///
    /// `None` where it lies elsewhere: then it is no path of the route, and stays as it is.
    pub fn back(&self, reference: &str) -> Option<String> {
        let end = reference.find(['?', '#']).unwrap_or(reference.len());
        let (path, tail) = reference.split_at_checked(end)?;
        let path = self.public(path)?;
        Some(format!("{path}{tail}"))
    }

    /// The public `Path` of a cookie. One for all of the upstream's paths is one for all of the route's.
    pub fn cookie_path(&self, path: &str) -> Option<String> {
        if path == "/" && self.add.0.is_empty() {
            return self.public("");
        }
        self.public(path)
    }

    fn public(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(self.add.0.as_str())?;
        // With two slashes, or what browsers take for them, it would be the name of a host.
        let is_path = rest.is_empty() || rest.starts_with('/');
        let is_host = rest.starts_with("//") || rest.starts_with("/\\");
        (is_path && !is_host).then(|| join(&self.strip, rest))
    }
}

fn join(prefix: &Prefix, rest: &str) -> String {
    match (prefix.0.as_str(), rest) {
        ("", "") => "/".to_owned(),
        (prefix, rest) => format!("{prefix}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn rewrite(strip: &str, add: &str) -> Rewrite {
        let prefix = |text: &str| match text {
            "" => Prefix::default(),
            text => Prefix::parse(text).unwrap(),
        };
        Rewrite {
            strip: prefix(strip),
            add: prefix(add),
        }
    }

    fn forward(strip: &str, add: &str, path: &str) -> Option<String> {
        let path = RequestPath::parse(path).unwrap();
        let rewritten = rewrite(strip, add).forward(&path)?;
        Some(rewritten.as_str().to_owned())
    }

    #[test]
    fn a_prefix_is_whole_segments_in_normal_form() {
        for good in ["/v1", "/a/b", "/a%20b", "/a.b", "/caf%C3%A9"] {
            assert!(Prefix::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/",
            "v1",
            "/v1/",
            "//a",
            "/a//b",
            "/a/../b",
            "/a/.",
            "/%61",
            "/a b",
            "/a%2fb",
            "/a?b",
            "/a#b",
            "/*",
            "/a/**",
            "/caf\u{e9}",
            "/\\a",
        ] {
            assert_eq!(Prefix::parse(bad), Err(PrefixFault), "{bad}");
        }
        let long = |count| format!("/{}", "a".repeat(count));
        assert!(Prefix::parse(&long(254)).is_ok());
        assert_eq!(Prefix::parse(&long(255)), Err(PrefixFault));
    }

    #[test]
    fn one_beginning_takes_the_place_of_another() {
        for (strip, add, path, expected) in [
            ("/api", "", "/api/x/y", "/x/y"),
            ("/api", "", "/api", "/"),
            ("/api", "", "/api/", "/"),
            ("/api", "/v1", "/api/x", "/v1/x"),
            ("/api", "/v1", "/api", "/v1"),
            ("/api", "/v1", "/api/", "/v1/"),
            ("", "/v1", "/x", "/v1/x"),
            ("", "/v1", "/", "/v1/"),
            ("/a/b", "/c/d", "/a/b/%252e/x!", "/c/d/%252e/x!"),
            ("/a!", "", "/a%21/x", "/x"),
        ] {
            let rewritten = forward(strip, add, path);
            assert_eq!(rewritten.as_deref(), Some(expected), "{strip} {add} {path}");
        }
    }

    #[test]
    fn what_does_not_begin_so_is_not_rewritten() {
        for path in ["/apix", "/ap", "/x/api", "/API/x", "/", "/api;x/y"] {
            assert_eq!(forward("/api", "", path), None, "{path}");
        }
        let path = |count| format!("/api/{}", "a".repeat(count));
        assert!(forward("/api", "/v100", &path(4090)).is_some());
        assert_eq!(forward("/api", "/v1000", &path(4091)), None);
    }

    #[test]
    fn what_the_upstream_says_of_its_paths_is_turned_back() {
        for (strip, add, path, expected) in [
            ("/api", "/v1", "/v1/x?y=/v1#z", Some("/api/x?y=/v1#z")),
            ("/api", "/v1", "/v1", Some("/api")),
            ("/api", "/v1", "/v1?x", Some("/api?x")),
            ("/api", "/v1", "/v1/", Some("/api/")),
            ("/api", "/v1", "/v10/x", None),
            ("/api", "/v1", "/other", None),
            ("/api", "", "/x", Some("/api/x")),
            ("/api", "", "/", Some("/api/")),
            ("/api", "", "//evil.example/x", None),
            ("", "/v1", "/v1/x", Some("/x")),
            ("", "/v1", "/v1", Some("/")),
            ("", "/v1", "/v1//evil.example", None),
            ("", "/v1", "/v1/\\evil.example", None),
        ] {
            let public = rewrite(strip, add).back(path);
            assert_eq!(public.as_deref(), expected, "{strip} {add} {path}");
        }
        for (strip, add, path, expected) in [
            ("/api", "", "/", Some("/api")),
            ("/api", "", "/x", Some("/api/x")),
            ("/api", "/v1", "/", None),
            ("/api", "/v1", "/v1/", Some("/api/")),
            ("", "/v1", "/v1", Some("/")),
        ] {
            let public = rewrite(strip, add).cookie_path(path);
            assert_eq!(public.as_deref(), expected, "{strip} {add} {path}");
        }
    }

    /// Every sequence of up to four of these pieces behind every prefix.
    #[test]
    fn a_rewritten_path_is_a_fixed_point_with_the_same_rest() {
        const PIECES: [&str; 16] = [
            "/", "\\", ".", "..", "%2e", "%2f", "%25", "a", "%61", "%21", ";", "%c3%a9", "\u{e9}",
            " ", "*", "api",
        ];
        let rewrites = [
            rewrite("/api", ""),
            rewrite("/api", "/v%201/x"),
            rewrite("", "/v1"),
        ];
        let mut paths = vec!["/api".to_owned()];
        let mut rewritten = 0_u32;
        for _ in 0..4 {
            paths = paths
                .iter()
                .flat_map(|path| PIECES.map(|piece| format!("{path}{piece}")))
                .collect();
            for path in paths
                .iter()
                .filter_map(|path| RequestPath::parse(path).ok())
            {
                for rewrite in &rewrites {
                    let Some(there) = rewrite.forward(&path) else {
                        continue;
                    };
                    rewritten = rewritten.saturating_add(1);
                    assert_eq!(RequestPath::parse(there.as_str()).as_ref(), Ok(&there));
                    let segments = |path: &RequestPath, skipped: usize| {
                        let segments = path.segments().skip(skipped);
                        let segments = segments.map(|segment| segment.into_owned());
                        segments
                            .filter(|segment| !segment.is_empty())
                            .collect::<Vec<_>>()
                    };
                    let count = |prefix: &Prefix| {
                        prefix.as_path().map_or(0, |path| path.segments().count())
                    };
                    let (off, on) = (count(&rewrite.strip), count(&rewrite.add));
                    assert_eq!(segments(&path, off), segments(&there, on), "{path:?}");
                    // And back again, up to the slash at the end of what was nothing but the prefix.
                    let back = rewrite.back(there.as_str()).unwrap();
                    assert_eq!(
                        back.trim_end_matches('/'),
                        there_and_back(&path, rewrite),
                        "{path:?}"
                    );
                }
            }
        }
        assert!(rewritten > 10_000);
    }

    /// The public path as the prefix of the configuration spells it.
    fn there_and_back(path: &RequestPath, rewrite: &Rewrite) -> String {
        let rest = rewrite.strip.rest_of(path).unwrap();
        let spelled = format!("{}{rest}", rewrite.strip.0);
        spelled.trim_end_matches('/').to_owned()
    }
}
