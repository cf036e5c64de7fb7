//! Entity tags (RFC 9110, section 8.8.3), of files and in requests.

use crate::{http::header::HeaderValue, time::UnixTime};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
};
use core::fmt;

/// The entity tag, which tells one state of a file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityTag {
    /// The text between the quotes.
    opaque: String,
    strength: Strength,
}

/// Whether equal tags mean equal bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strength {
    Strong,
    Weak,
}

/// How two tags are held against each other (RFC 9110, section 8.8.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Both are strong, and the same.
    Strong,
    /// They say the same, whatever their strength.
    Weak,
}

impl EntityTag {
    /// A strong tag from a digest of the contents, of which the first 16 bytes are taken.
    ///
    /// This is the one to use: it is the same on every host, it survives a new unpacking of the same
    /// files, and parts of a file can be asked for with it. A digest costs reading the file once;
    /// keep it by name, length and time of modification.
    pub fn of_contents(digest: &[u8; 32]) -> Self {
        let mut opaque = String::with_capacity(32);
        for byte in digest.iter().take(16) {
            opaque.push_str(&format!("{byte:02x}"));
        }
        Self {
            opaque,
            strength: Strength::Strong,
        }
    }

    /// A weak tag from length and time of modification, where the contents are too long to be read.
    ///
    /// A host that unpacks every deployment with the same time for all files makes two versions of one
    /// length look alike, and browsers keep the old one: such a host needs [`EntityTag::of_contents`].
    pub fn of_metadata(length: u64, modified: UnixTime, nanoseconds: u32) -> Self {
        let seconds = modified.as_seconds();
        Self {
            opaque: format!("{length:x}-{seconds:x}-{nanoseconds:x}"),
            strength: Strength::Weak,
        }
    }

    /// The one tag that `text` is.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (tag, rest) = Self::take(text.trim_matches(BLANK))?;
        rest.is_empty().then_some(tag)
    }

    /// Whether both are strong and the same.
    pub(super) fn is_exactly(&self, other: &Self) -> bool {
        let is_strong = |tag: &Self| tag.strength == Strength::Strong;
        self.opaque == other.opaque && is_strong(self) && is_strong(other)
    }

    /// The tag as it stands in a header.
    pub(super) fn value(&self) -> Option<HeaderValue> {
        HeaderValue::parse(self.to_string())
    }

    /// The tag that `text` begins with, and what follows it.
    fn take(text: &str) -> Option<(Self, &str)> {
        let (strength, rest) = match text.strip_prefix("W/") {
            Some(rest) => (Strength::Weak, rest),
            None => (Strength::Strong, text),
        };
        let (opaque, rest) = rest.strip_prefix('"')?.split_once('"')?;
        let is_allowed = |c: char| !c.is_ascii() || c.is_ascii_graphic();
        let opaque = opaque.chars().all(is_allowed).then(|| opaque.to_owned())?;
        Some((Self { opaque, strength }, rest))
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = match self.strength {
            Strength::Strong => "",
            Strength::Weak => "W/",
        };
        write!(f, "{prefix}\"{}\"", self.opaque)
    }
}

const BLANK: [char; 2] = [' ', '\t'];

/// Whether `field`, the value of `If-Match` or `If-None-Match`, names the state of a file that is
/// there: by `*`, or by `tag`. Reading ends at the first malformed tag.
pub(super) fn list_contains(field: &str, tag: Option<&EntityTag>, comparison: Comparison) -> bool {
    if field.trim_matches(BLANK) == "*" {
        return true;
    }
    let Some(tag) = tag else {
        return false;
    };
    let separators = [' ', '\t', ','];
    let mut rest = field.trim_start_matches(separators);
    while let Some((listed, after)) = EntityTag::take(rest) {
        let is_same = match comparison {
            Comparison::Strong => listed.is_exactly(tag),
            Comparison::Weak => listed.opaque == tag.opaque,
        };
        if is_same {
            return true;
        }
        let after = after.trim_start_matches(BLANK);
        rest = match after.strip_prefix(',') {
            Some(next) => next.trim_start_matches(separators),
            None => return false,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn tags_say_where_they_come_from() {
        let mut digest = [0xab; 32];
        digest[0] = 1;
        let strong = EntityTag::of_contents(&digest).to_string();
        assert_eq!(strong, "\"01ababababababababababababababab\"");
        let modified = UnixTime::from_seconds(0x6000);
        let weak = EntityTag::of_metadata(0x20, modified, 0x30);
        assert_eq!(weak.to_string(), "W/\"20-6000-30\"");
        assert_eq!(weak.value().unwrap().as_str(), "W/\"20-6000-30\"");
    }

    #[test]
    fn a_tag_stands_in_quotes() {
        for text in [
            "\"a\"",
            "W/\"a\"",
            "\"\"",
            " \"a,b\" ",
            "\"\\\"",
            "\"\u{e9}\"",
        ] {
            let tag = EntityTag::parse(text).unwrap();
            assert_eq!(tag.to_string(), text.trim());
        }
        for text in [
            "",
            "a",
            "\"a",
            "a\"",
            "w/\"a\"",
            "W/ \"a\"",
            "\"a b\"",
            "\"a\" x",
            "*",
            "\"a\"\"b\"",
        ] {
            assert_eq!(EntityTag::parse(text), None, "{text}");
        }
    }

    /// The table of RFC 9110, section 8.8.3.2.
    #[test]
    fn comparison_is_strong_or_weak() {
        for (left, right, strong, weak) in [
            ("W/\"1\"", "W/\"1\"", false, true),
            ("W/\"1\"", "W/\"2\"", false, false),
            ("W/\"1\"", "\"1\"", false, true),
            ("\"1\"", "\"1\"", true, true),
        ] {
            let tag = EntityTag::parse(left);
            let contains = |comparison| list_contains(right, tag.as_ref(), comparison);
            assert_eq!(contains(Comparison::Strong), strong, "{left} {right}");
            assert_eq!(contains(Comparison::Weak), weak, "{left} {right}");
        }
    }

    #[test]
    fn a_list_is_read_up_to_what_is_malformed() {
        let tag = EntityTag::parse("\"b\"");
        for field in [
            "*",
            " * ",
            "\"b\"",
            "\"a\", \"b\"",
            "\"a\",\"b\"",
            ",, \"a\" ,\t, W/\"b\"",
            "\"a,\", \"b\"",
            "\"b\", broken",
        ] {
            assert!(
                list_contains(field, tag.as_ref(), Comparison::Weak),
                "{field}"
            );
        }
        for field in [
            "",
            ",",
            "b",
            "\"a\"",
            "\"a,b\"",
            "\"a\" \"b\"",
            "broken, \"b\"",
            "\"a\", *",
            "\"B\"",
        ] {
            assert!(
                !list_contains(field, tag.as_ref(), Comparison::Weak),
                "{field}"
            );
        }
        assert!(list_contains("*", None, Comparison::Strong));
        assert!(!list_contains("\"b\"", None, Comparison::Weak));
    }
}
