//! How an upstream may read a path more loosely than it is matched.
//!
//! Servers and frameworks take several paths for one: they fold the case of letters, cut parameters (`;v=1`) off a
//! segment, leave out empty ones, ignore a slash at the end, drop dots and blanks around a name, or decode a second
//! time where another server stands before them. A reading is the path after all of this. It is coarser than whatever
//! a single server does, so that two paths that a server takes for one have a reading in common. The order matters
//! only where a second decoding brings something to light that another step looks for; there every order is a reading
//! of its own, of which there are at most six.
//!
//! A path that could be read as one with `..` in it has no reading, and is answered like an unknown one: it would be
//! another path for each server.

use crate::{encoding::percent, http::path::RequestPath};
use alloc::{
    borrow::{Cow, ToOwned},
    string::String,
    vec,
    vec::Vec,
};

/// The segments of a path as an upstream may read it; none is empty.
pub(super) type Reading<'a> = Vec<Cow<'a, str>>;

/// A path with a segment that could be read as `..`, or that ends at a NUL for some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoReading;

/// The treatment of escapes that are still there after a path was decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escapes {
    AsTheyAre,
    DecodedOnceMore,
    /// Decoded once more after the parameters were cut off, which then hide no slash.
    DecodedBehindNoParameters,
}

/// The meaning of `?` and `#` in a path that was decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marks {
    /// Characters like others.
    OfTheName,
    /// The end of the path, as for a server that is sent the decoded path by another one.
    EndThePath,
}

/// Whether the path is its own only reading. It is asked of every request, so it looks at bytes alone.
pub(super) fn is_plain(path: &RequestPath) -> bool {
    let mut before = b'/';
    for byte in path.as_str().bytes().skip(1) {
        match (before, byte) {
            (_, b'A'..=b'Z' | b'%' | b';') | (b'.', b'/') => return false,
            (_, _) => before = byte,
        }
    }
    before != b'.' && (before != b'/' || path.as_str() == "/")
}

/// Whether each segment is a name that every file system tells from all others: what is folded to itself.
pub(super) fn is_plain_name(path: &RequestPath) -> bool {
    let mut before = b'/';
    for byte in path.as_str().bytes().skip(1) {
        match (before, byte) {
            (_, b'A'..=b'Z' | b'%' | b':') | (b'.', b'/') => return false,
            (_, _) => before = byte,
        }
    }
    before != b'.'
}

/// A segment as the name that file systems which fold letters take it for: without dots and blanks at its end, and
/// without what stands behind a colon, which names a part of a file.
pub(super) fn fold_name(segment: &str) -> Cow<'_, str> {
    let name = before(segment, &[':']).0;
    let name = name.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    match name.is_empty() {
        true => Cow::Borrowed(segment),
        false => fold(name),
    }
}

/// Every reading of a path by its decoded segments, each once.
///
/// # Errors
/// [`NoReading`]
pub(super) fn readings<'a>(segments: &'a [Cow<'a, str>]) -> Result<Vec<Reading<'a>>, NoReading> {
    let has = |mark: &[char]| segments.iter().any(|segment| segment.contains(mark));
    let escapes: &[Escapes] = match (has(&['%']), has(&[';'])) {
        (false, _) => &[Escapes::AsTheyAre],
        (true, false) => &[Escapes::AsTheyAre, Escapes::DecodedOnceMore],
        (true, true) => &[
            Escapes::AsTheyAre,
            Escapes::DecodedOnceMore,
            Escapes::DecodedBehindNoParameters,
        ],
    };
    let marks: &[Marks] = match has(&['?', '#', '%']) {
        false => &[Marks::OfTheName],
        true => &[Marks::OfTheName, Marks::EndThePath],
    };
    let mut all: Vec<Reading<'a>> = Vec::new();
    for escapes in escapes {
        for marks in marks {
            let reading = read(segments, *escapes, *marks)?;
            if !all.contains(&reading) {
                all.push(reading);
            }
        }
    }
    Ok(all)
}

/// The segments that a pattern's literal segment comes to in readings: none where it is left out, several where it
/// hides a slash.
pub(super) fn of_literal(literal: &str) -> Vec<String> {
    let segments = [Cow::Borrowed(literal)];
    match read(&segments, Escapes::DecodedOnceMore, Marks::OfTheName) {
        Ok(reading) => reading.into_iter().map(Cow::into_owned).collect(),
        // No path is read so; the pattern still matches those that it names.
        Err(NoReading) => vec![literal.to_owned()],
    }
}

fn read<'a>(
    segments: &'a [Cow<'a, str>],
    escapes: Escapes,
    marks: Marks,
) -> Result<Reading<'a>, NoReading> {
    let mut reading = Vec::with_capacity(segments.len());
    for segment in segments {
        let text = match escapes {
            Escapes::AsTheyAre => Cow::Borrowed(segment.as_ref()),
            Escapes::DecodedOnceMore => percent::decode_leniently(segment),
            Escapes::DecodedBehindNoParameters => {
                percent::decode_leniently(before(segment, &[';']).0)
            }
        };
        let is_end = match text {
            Cow::Borrowed(text) => push_names(text, marks, |name| reading.push(name))?,
            Cow::Owned(text) => push_names(&text, marks, |name| {
                reading.push(Cow::Owned(name.into_owned()));
            })?,
        };
        if is_end {
            break;
        }
    }
    Ok(reading)
}

/// The names in a segment, of which a second decoding may have made several; whether the path ends there.
fn push_names<'t>(
    text: &'t str,
    marks: Marks,
    mut push: impl FnMut(Cow<'t, str>),
) -> Result<bool, NoReading> {
    let (text, is_end) = match marks {
        Marks::OfTheName => (text, false),
        Marks::EndThePath => before(text, &['?', '#']),
    };
    for piece in text.split(['/', '\\']) {
        if let Some(name) = loosen(piece)? {
            push(name);
        }
    }
    Ok(is_end)
}

/// The text before the first of these characters, and whether there is one.
fn before<'t>(text: &'t str, marks: &[char]) -> (&'t str, bool) {
    match text.split_once(marks) {
        Some((before, _)) => (before, true),
        None => (text, false),
    }
}

/// A segment without its parameters, and without blanks around it and dots behind it, in one case; `None` where
/// nothing is left.
fn loosen(segment: &str) -> Result<Option<Cow<'_, str>>, NoReading> {
    if segment.contains('\0') {
        return Err(NoReading);
    }
    let is_blank = |c: char| c.is_whitespace() || c.is_control();
    let name = before(segment, &[';']).0.trim_matches(is_blank);
    let bare = name.trim_end_matches(|c: char| c == '.' || is_blank(c));
    match (bare.is_empty(), name.len()) {
        (false, _) => Ok(Some(fold(bare))),
        // Nothing, or the folder itself.
        (true, 0 | 1) => Ok(None),
        (true, _) => Err(NoReading),
    }
}

/// The name in one case. ASCII is what most servers fold; some fold every letter, in the upper case or the lower.
fn fold(name: &str) -> Cow<'_, str> {
    if name
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
    {
        return Cow::Borrowed(name);
    }
    let upper = name.chars().flat_map(char::to_uppercase);
    Cow::Owned(upper.flat_map(char::to_lowercase).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn readings_of(path: &str) -> Result<Vec<String>, NoReading> {
        let path = RequestPath::parse(path).unwrap();
        let segments: Vec<_> = path.segments().collect();
        let all = readings(&segments)?;
        Ok(all
            .iter()
            .map(|one| format!("/{}", one.join("/")))
            .collect())
    }

    fn is_its_own(path: &str) -> bool {
        is_plain(&RequestPath::parse(path).unwrap())
    }

    #[test]
    fn each_looseness_and_all_together_come_to_the_plain_path() {
        for loose in [
            "/ex/admin/x",
            "/ex/Admin/x",
            "/EX/ADMIN/X",
            "/ex/admin/x/",
            "/ex/admin;v=1/x",
            "/ex/;/admin/x",
            "/ex/%3b/admin/x",
            "/ex/;a=b;c/admin/;/x/;",
            "/ex/admin%20/x",
            "/ex/%20admin/x",
            "/ex/%c2%a0admin%e3%80%80/x",
            "/ex/admin./x",
            "/ex/admin.%20./x",
            "/ex/%20/admin/x",
            "/ex/.%20/admin/x",
            "/ex/ADMIN.;v=1%20/x",
            "/ex/admin%20;v=1/x./",
        ] {
            assert_eq!(readings_of(loose).unwrap(), ["/ex/admin/x"], "{loose}");
        }
        for loose in [
            "/ex/%2561dmin/x",
            "/ex/%2541DMIN/x",
            "/ex/admin%253bv=1/x",
            "/ex/admin%2520/x",
            "/ex/admin%252e/x",
            "/ex%252fadmin%252Fx",
            "/ex%255cadmin/x",
            "/ex/%252f/admin/x",
            "/ex/admin/x%252f",
            "/ex/admin/x%253fy/z",
            "/ex/admin/x%253f%2523",
            "/ex/admin%2509/x",
            "/ex/%2561dmin;a/x",
        ] {
            let all = readings_of(loose).unwrap();
            assert!(
                all.iter().any(|one| one == "/ex/admin/x"),
                "{loose}: {all:?}"
            );
            assert!(!is_its_own(loose), "{loose}");
        }
    }

    #[test]
    fn every_order_of_decoding_and_cutting_is_a_reading() {
        let all = readings_of("/a;%252fb/c").unwrap();
        assert_eq!(all, ["/a/c", "/a/b/c"]);
        let all = readings_of("/a%253b%252fb").unwrap();
        assert_eq!(all, ["/a%3b%2fb", "/a/b"]);
        let all = readings_of("/a;%253fb/c").unwrap();
        assert_eq!(all, ["/a/c", "/a"]);
        let all = readings_of("/a%3fb/c").unwrap();
        assert_eq!(all, ["/a?b/c", "/a"]);
        let worst = readings_of("/%2561;%252fb%3fc/%2523").unwrap();
        assert!(worst.len() <= 6, "{worst:?}");
    }

    #[test]
    fn letters_beyond_ascii_are_folded_as_in_either_case() {
        for (one, other) in [
            ("/caf\u{e9}", "/CAF\u{c9}"),
            ("/stra\u{df}e", "/STRASSE"),
            ("/\u{17f}taff", "/staff"),
            ("/\u{212a}ey", "/key"),
        ] {
            assert_eq!(readings_of(one), readings_of(other), "{one}");
        }
        assert_ne!(readings_of("/caf\u{e9}"), readings_of("/cafe"));
    }

    #[test]
    fn what_could_be_a_parent_or_end_at_a_nul_has_no_reading() {
        for (bad, good) in [
            ("/a/%252e%252e/b", "/a/%252e%252eb/b"),
            ("/a/.%252e/b", "/a/.%252eb/b"),
            ("/a/..%20/b", "/a/..b%20/b"),
            ("/a/...", "/a/...b"),
            ("/a%252f../b", "/a%252f..b/b"),
            ("/a%252f..;x/b", "/a%252fx..;x/b"),
            ("/a/x;%252f..%252fb", "/a/x;%252fc%252fb"),
            ("/a%2500/b", "/a%2501/b"),
        ] {
            assert_eq!(readings_of(bad), Err(NoReading), "{bad}");
            assert!(readings_of(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_literal_is_read_as_a_path_that_spells_it() {
        for (literal, read) in [
            ("Admin", &["admin"][..]),
            ("", &[]),
            ("admin ;v=1", &["admin"]),
            ("%61dmin", &["admin"]),
            ("a%2fB", &["a", "b"]),
            ("what?", &["what?"]),
            ("%2e%2e", &["%2e%2e"]),
        ] {
            assert_eq!(of_literal(literal), read, "{literal}");
        }
    }

    /// Every sequence of up to four of these pieces behind a slash: where the quick test says so, the path is its own
    /// only reading; and a reading is read as itself.
    #[test]
    fn plain_paths_are_their_own_only_reading() {
        const PIECES: [&str; 16] = [
            "/", "a", "B", ".", ";", "%20", "%25", "61", "2f", "2e", "3b", "%3f", "%c3%a9", "~",
            "-", "!",
        ];
        let mut paths = vec![String::from("/")];
        let (mut plain, mut loose) = (0_u32, 0_u32);
        for _ in 0..4 {
            paths = paths
                .iter()
                .flat_map(|path| PIECES.map(|piece| path.clone() + piece))
                .collect();
            for path in &paths {
                let Ok(parsed) = RequestPath::parse(path) else {
                    continue;
                };
                let all = readings_of(path);
                if is_plain(&parsed) {
                    plain += 1;
                    assert_eq!(all, Ok(vec![parsed.as_str().to_owned()]), "{path}");
                    continue;
                }
                loose += 1;
                for reading in all.unwrap_or_default() {
                    let segments: Vec<_> = reading.split('/').skip(1).map(Cow::Borrowed).collect();
                    let again = read(&segments, Escapes::AsTheyAre, Marks::OfTheName).unwrap();
                    let again = format!("/{}", again.join("/"));
                    assert_eq!(again, reading, "{path}");
                }
            }
        }
        assert!(plain > 500 && loose > 10_000, "{plain} {loose}");
    }
}
