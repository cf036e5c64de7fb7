//! Request paths in their one normal form (WHATWG URL, section 4.4; RFC 3986, section 6.2.2).
//!
//! Lychgate forwards the very path that it matched against the routes, so every spelling that some server
//! could read as another path is either resolved here or refused: `\` and dot segments resolve as
//! in a browser, unreserved characters are decoded, and an empty segment, an encoded slash,
//! backslash or control character, or an escape that is no UTF-8 has no normal form at all.

use crate::encoding::percent::{self, Plus};
use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt;

/// A path in normal form: begins with `/`, has no dot or empty segments but for a trailing slash,
/// and encodes what is neither unreserved nor allowed in a segment, in upper-case hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPath(String);

/// Why a path has no normal form; each is answered with 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// Longer than 4 KiB, as sent or in normal form.
    TooLong,
    /// It does not begin with a slash.
    NotAbsolute,
    /// Two slashes in a row: servers disagree on whether they are one.
    EmptySegment,
    /// A raw control character, or a `?` or `#`, which end a path.
    Character,
    /// `%` without two hex digits.
    BrokenEscape,
    /// `%2f`, `%5c`, or an encoded control character: some servers decode them, some do not.
    ForbiddenEscape,
    /// Escapes that are no UTF-8, among them over-long forms of `/` and `.`.
    NotUtf8,
    /// A dot segment with parameters (`..;x`), which servlet containers resolve and others do not.
    DotParameters,
}

/// Whether a path is another one, or stands below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below<'a> {
    /// It is; what follows, without the slash.
    Yes(&'a str),
    /// It is somewhere else.
    No,
}

const LONGEST_PATH: usize = 4096;

impl RequestPath {
    /// Brings the path part of a request target, without its query, to normal form.
    ///
    /// A false accept would let a path be matched by a public route and served as a protected file.
    ///
    /// # Errors
    /// Any [`PathFault`]. Segments that a following `..` removes are not looked at, because hosts
    /// that resolve dot segments themselves never show them.
    pub fn parse(path: &str) -> Result<Self, PathFault> {
        if path.len() > LONGEST_PATH {
            return Err(PathFault::TooLong);
        }
        let ends_path = |byte: u8| byte.is_ascii_control() || matches!(byte, b'?' | b'#');
        if path.bytes().any(ends_path) {
            return Err(PathFault::Character);
        }
        let rest = path
            .strip_prefix(['/', '\\'])
            .ok_or(PathFault::NotAbsolute)?;
        let segments = resolve_dots(rest);
        let (last, inner) = segments.split_last().ok_or(PathFault::NotAbsolute)?;
        let mut normal = String::with_capacity(path.len());
        for segment in inner {
            if segment.is_empty() {
                return Err(PathFault::EmptySegment);
            }
            push_segment(&mut normal, segment)?;
        }
        push_segment(&mut normal, last)?;
        if normal.len() > LONGEST_PATH {
            return Err(PathFault::TooLong);
        }
        Ok(Self(normal))
    }

    /// The normal form, which is forwarded.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is `base`, or stands below it. Unreserved characters are decoded here, so that no spelling
    /// of a path made of them escapes.
    pub fn below(&self, base: &str) -> Below<'_> {
        match self.0.strip_prefix(base) {
            Some("") => Below::Yes(""),
            Some(rest) => rest.strip_prefix('/').map_or(Below::No, Below::Yes),
            None => Below::No,
        }
    }

    /// The segments with every escape decoded, for matching; a trailing slash is an empty last one.
    ///
    /// Servers of files decode escapes of reserved characters (`%21` and `!` name one file), so
    /// matching must not tell them apart.
    pub fn segments(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let inner = self.0.strip_prefix('/').unwrap_or(&self.0);
        inner.split('/').map(decode_segment)
    }
}

impl fmt::Display for PathFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "longer than 4096 bytes",
            Self::NotAbsolute => "a path begins with /",
            Self::EmptySegment => "two slashes in a row",
            Self::Character => "a control character, ? or #",
            Self::BrokenEscape => "% without two hex digits",
            Self::ForbiddenEscape => "an encoded slash, backslash or control character",
            Self::NotUtf8 => "escapes that are not UTF-8",
            Self::DotParameters => "a dot segment with parameters",
        })
    }
}

/// Splits at `/` and `\` and resolves dot segments; the last segment is empty where the path names
/// a directory.
fn resolve_dots(path: &str) -> Vec<&str> {
    let mut resolved = Vec::new();
    let mut ends_in_dots = false;
    for segment in path.split(['/', '\\']) {
        let dots = Dots::of(segment);
        ends_in_dots = dots.is_some();
        match dots {
            None => resolved.push(segment),
            Some(Dots::Same) => {}
            Some(Dots::Parent) => {
                resolved.pop();
            }
        }
    }
    if ends_in_dots {
        resolved.push("");
    }
    resolved
}

/// A dot segment, in any mix of `.` and `%2e`.
enum Dots {
    Same,
    Parent,
}

impl Dots {
    fn of(segment: &str) -> Option<Self> {
        let rest = Self::strip_dot(segment)?;
        if rest.is_empty() {
            return Some(Self::Same);
        }
        let rest = Self::strip_dot(rest)?;
        rest.is_empty().then_some(Self::Parent)
    }

    fn strip_dot(segment: &str) -> Option<&str> {
        let prefixes = [".", "%2e", "%2E"];
        prefixes
            .iter()
            .find_map(|prefix| segment.strip_prefix(prefix))
    }
}

fn push_segment(normal: &mut String, segment: &str) -> Result<(), PathFault> {
    normal.push('/');
    let start = normal.len();
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            push_raw(normal, byte);
            continue;
        }
        let (high, low) = (bytes.next(), bytes.next());
        let (Some(high), Some(low)) = (high, low) else {
            return Err(PathFault::BrokenEscape);
        };
        let decoded = percent::hex_pair(high, low).ok_or(PathFault::BrokenEscape)?;
        if decoded.is_ascii_control() || matches!(decoded, b'/' | b'\\') {
            return Err(PathFault::ForbiddenEscape);
        }
        if percent::is_unreserved(decoded) {
            normal.push(char::from(decoded));
        } else {
            percent::push_encoded(normal, decoded);
        }
    }
    let written = normal.get(start..).unwrap_or_default();
    let decoded = percent::decode(written, Plus::IsPlus).ok_or(PathFault::NotUtf8)?;
    match decoded.split_once(';') {
        Some(("." | "..", _)) => Err(PathFault::DotParameters),
        Some(_) | None => Ok(()),
    }
}

/// A decoded segment as it stands in a normal form.
pub(crate) fn encode_segment(segment: &str) -> String {
    let mut normal = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        push_raw(&mut normal, byte);
    }
    normal
}

fn push_raw(normal: &mut String, byte: u8) {
    if percent::is_unreserved(byte) || is_segment_delimiter(byte) {
        normal.push(char::from(byte));
    } else {
        percent::push_encoded(normal, byte);
    }
}

/// `sub-delims`, `:` and `@`: what RFC 3986 lets stand in a segment beside unreserved characters.
const fn is_segment_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':' | b'@'
    )
}

fn decode_segment(segment: &str) -> Cow<'_, str> {
    if !segment.contains('%') {
        return Cow::Borrowed(segment);
    }
    // `parse` has decoded every segment once, so this cannot fail; were it to, the raw text
    // matches nothing that a pattern spells decoded.
    percent::decode(segment, Plus::IsPlus).map_or(Cow::Borrowed(segment), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, vec};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn normal(path: &str) -> String {
        RequestPath::parse(path).unwrap().as_str().to_owned()
    }

    fn segments(path: &str) -> Vec<String> {
        let path = RequestPath::parse(path).unwrap();
        path.segments().map(Cow::into_owned).collect()
    }

    #[test]
    fn dot_segments_and_backslashes_resolve_as_in_a_browser() {
        for (path, expected) in [
            ("/", "/"),
            ("/a/b/", "/a/b/"),
            ("/public/../admin", "/admin"),
            ("/public/%2e%2e/admin", "/admin"),
            ("/public/.%2E/admin", "/admin"),
            ("/public/%2e./admin", "/admin"),
            ("/public\\..\\admin", "/admin"),
            ("/a/./b/%2E/c", "/a/b/c"),
            ("/a/..", "/"),
            ("/a/b/..", "/a/"),
            ("/a/.", "/a/"),
            ("/../../a", "/a"),
            ("/..", "/"),
            ("/a//../b", "/a/b"),
            ("/a%2fb/../c", "/c"),
            ("\\a", "/a"),
            ("/...", "/..."),
            ("/.a/..b", "/.a/..b"),
        ] {
            assert_eq!(normal(path), expected, "{path}");
        }
    }

    #[test]
    fn escapes_have_one_spelling() {
        for (path, expected) in [
            ("/%61%7Eb", "/a~b"),
            ("/caf\u{e9}", "/caf%C3%A9"),
            ("/caf%c3%a9", "/caf%C3%A9"),
            ("/a b|c", "/a%20b%7Cc"),
            ("/a%21b", "/a%21b"),
            ("/a!b", "/a!b"),
            ("/%252e%252e/a", "/%252e%252e/a"),
            ("/admin%23/public", "/admin%23/public"),
            ("/admin%3Fx", "/admin%3Fx"),
            ("/admin;x", "/admin;x"),
            ("/%2e%2e%2e", "/..."),
        ] {
            assert_eq!(normal(path), expected, "{path}");
        }
    }

    #[test]
    fn what_servers_read_differently_has_no_normal_form() {
        // Each pair differs in one thing.
        for (bad, fault, good) in [
            ("//admin", PathFault::EmptySegment, "/admin"),
            ("/a\\\\b", PathFault::EmptySegment, "/a\\b"),
            ("/a//", PathFault::EmptySegment, "/a/"),
            ("/a%2fb", PathFault::ForbiddenEscape, "/a%2eb"),
            ("/a%2Fb", PathFault::ForbiddenEscape, "/a%2Eb"),
            ("/a%5cb", PathFault::ForbiddenEscape, "/a%5bb"),
            ("/a%00", PathFault::ForbiddenEscape, "/a%20"),
            ("/a%0d%0ab", PathFault::ForbiddenEscape, "/a%2d%2ab"),
            ("/a%7f", PathFault::ForbiddenEscape, "/a%7e"),
            ("/a\tb", PathFault::Character, "/a b"),
            ("/a\0", PathFault::Character, "/a0"),
            ("/a?b", PathFault::Character, "/a%3fb"),
            ("/a#b", PathFault::Character, "/a%23b"),
            ("/a%", PathFault::BrokenEscape, "/a%25"),
            ("/a%2", PathFault::BrokenEscape, "/a%25"),
            ("/a%2g", PathFault::BrokenEscape, "/a%2a"),
            ("/a%2%65", PathFault::BrokenEscape, "/a%252%65"),
            ("/a%ff", PathFault::NotUtf8, "/a%c3%bf"),
            ("/a%c0%af", PathFault::NotUtf8, "/a%c2%af"),
            (
                "/public/..;/admin",
                PathFault::DotParameters,
                "/public/x;/admin",
            ),
            (
                "/public/%2e%2e%3bx",
                PathFault::DotParameters,
                "/public/%2e%2ex",
            ),
            ("", PathFault::NotAbsolute, "/"),
            ("*", PathFault::NotAbsolute, "/*"),
            ("a/b", PathFault::NotAbsolute, "/a/b"),
        ] {
            assert_eq!(RequestPath::parse(bad), Err(fault), "{bad:?}");
            assert!(RequestPath::parse(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn length_is_bounded_before_and_after_encoding() {
        let path = |count: usize, text: &str| "/".to_owned() + &text.repeat(count);
        assert!(RequestPath::parse(&path(4095, "a")).is_ok());
        assert_eq!(
            RequestPath::parse(&path(4096, "a")),
            Err(PathFault::TooLong)
        );
        assert!(RequestPath::parse(&path(1365, " ")).is_ok());
        assert_eq!(
            RequestPath::parse(&path(1366, " ")),
            Err(PathFault::TooLong)
        );
    }

    #[test]
    fn matching_sees_decoded_segments_and_the_trailing_slash() {
        assert_eq!(segments("/"), vec![""]);
        assert_eq!(segments("/a%21b/x/"), vec!["a!b", "x", ""]);
        assert_eq!(segments("/a!b/x/"), segments("/a%21b/x/"));
        assert_eq!(segments("/caf\u{e9}"), vec!["caf\u{e9}"]);
        assert_eq!(segments("/admin%23/public"), vec!["admin#", "public"]);
    }

    /// Every sequence of up to four of these pieces, which holds all the tricks in combination.
    #[test]
    fn the_normal_form_is_a_fixed_point_that_decodes_to_plain_segments() {
        const PIECES: [&str; 20] = [
            "/", "\\", ".", "..", "%2e", "%2E", "%2f", "%5C", "%00", "%", "%25", "2e", "a", "%61",
            "%21", "!", ";", "%c3%a9", "\u{e9}", " ",
        ];
        let mut accepted = 0_u32;
        let mut paths = vec!["/".to_owned()];
        for _ in 0..4 {
            paths = paths
                .iter()
                .flat_map(|path| PIECES.map(|piece| path.clone() + piece))
                .collect();
            for path in &paths {
                let Ok(parsed) = RequestPath::parse(path) else {
                    continue;
                };
                accepted += 1;
                assert_eq!(RequestPath::parse(parsed.as_str()).as_ref(), Ok(&parsed));
                let mut segments: Vec<_> = parsed.segments().collect();
                let last = segments.pop().unwrap();
                assert!(segments.iter().all(|segment| !segment.is_empty()), "{path}");
                segments.push(last);
                for segment in segments {
                    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
                    assert!(!segment.contains(odd), "{path}");
                    assert!(!matches!(&*segment, "." | ".."), "{path}");
                }
            }
        }
        assert!(accepted > 10_000);
    }
}
