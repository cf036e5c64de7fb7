//! Where among a person's claims something stands: a name, or a JSON Pointer (RFC 6901).
//!
//! Text that begins with `/` is a pointer into the claims, such as `/realm_access/roles`. Any other
//! text is the name of one top-level claim as it stands, so that `https://example.com/roles` needs
//! no escapes. An empty step, which RFC 6901 takes for a member without a name, is refused: it is
//! a slash too many.

use crate::encoding::digits;
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;
use serde_json::{Map, Value};

/// The path of a claim, such as `groups` or `/realm_access/roles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath {
    top: String,
    below: Vec<String>,
}

/// Why a text is no path of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimPathFault {
    /// Over 255 bytes.
    TooLong,
    /// More steps than any document of a provider nests.
    TooDeep,
    /// A control character.
    Character,
    /// Nothing, or nothing between two slashes.
    EmptyStep,
    /// `~` that is neither `~0` nor `~1` (RFC 6901, section 3).
    Escape,
}

/// The most bytes of a path as written.
const LONGEST: usize = 255;

/// The most steps: documents of providers nest no deeper.
const DEEPEST: usize = 16;

impl ClaimPath {
    /// Parses a path.
    ///
    /// # Errors
    /// Any [`ClaimPathFault`].
    pub fn parse(text: &str) -> Result<Self, ClaimPathFault> {
        if text.len() > LONGEST {
            return Err(ClaimPathFault::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(ClaimPathFault::Character);
        }
        let Some(pointer) = text.strip_prefix('/') else {
            return Self::name(text);
        };
        let mut below = Vec::new();
        for step in pointer.split('/') {
            if below.len() == DEEPEST {
                return Err(ClaimPathFault::TooDeep);
            }
            below.push(unescape(step)?);
        }
        let top = below.remove(0);
        Ok(Self { top, below })
    }

    fn name(text: &str) -> Result<Self, ClaimPathFault> {
        if text.is_empty() {
            return Err(ClaimPathFault::EmptyStep);
        }
        Ok(Self {
            top: text.to_owned(),
            below: Vec::new(),
        })
    }

    /// The name of the top-level claim that the path leads into: what must be kept of a person for
    /// the path to find anything.
    pub fn top(&self) -> &str {
        &self.top
    }

    /// The value at this path.
    ///
    /// A step into a list is a place in it, counted from zero (RFC 6901, section 4). A step that
    /// leads nowhere finds nothing; so does one into a text, a number, a boolean or `null`.
    pub fn find<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        let mut at = claims.get(&self.top)?;
        for step in &self.below {
            at = match at {
                Value::Object(members) => members.get(step)?,
                Value::Array(items) => items.get(place(step)?)?,
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
            };
        }
        Some(at)
    }
}

/// The path as one would write it.
impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.below.is_empty() && !self.top.starts_with('/') {
            return f.write_str(&self.top);
        }
        for step in core::iter::once(&self.top).chain(&self.below) {
            write!(f, "/{}", step.replace('~', "~0").replace('/', "~1"))?;
        }
        Ok(())
    }
}

/// A step without its escapes: `~1` is a slash, `~0` a tilde.
fn unescape(step: &str) -> Result<String, ClaimPathFault> {
    if step.is_empty() {
        return Err(ClaimPathFault::EmptyStep);
    }
    let mut out = String::with_capacity(step.len());
    let mut rest = step.chars();
    while let Some(character) = rest.next() {
        out.push(match character {
            '~' => match rest.next() {
                Some('0') => '~',
                Some('1') => '/',
                Some(_) | None => return Err(ClaimPathFault::Escape),
            },
            plain => plain,
        });
    }
    Ok(out)
}

/// The place in a list that `step` spells: digits without leading zeros.
fn place(step: &str) -> Option<usize> {
    digits::canonical(step)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn path(text: &str) -> ClaimPath {
        ClaimPath::parse(text).unwrap()
    }

    fn claims(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn found(text: &str, claims: &Map<String, Value>) -> Option<Value> {
        path(text).find(claims).cloned()
    }

    /// The document of RFC 6901, section 5; of its pointers those without an empty step.
    #[test]
    fn pointers_are_evaluated_as_rfc_6901_says() {
        let document = claims(&json!({
            "foo": ["bar", "baz"],
            "": 0,
            "a/b": 1,
            "c%d": 2,
            "e^f": 3,
            "g|h": 4,
            "i\\j": 5,
            "k\"l": 6,
            " ": 7,
            "m~n": 8,
        }));
        for (pointer, value) in [
            ("/foo", json!(["bar", "baz"])),
            ("/foo/0", json!("bar")),
            ("/a~1b", json!(1)),
            ("/c%d", json!(2)),
            ("/e^f", json!(3)),
            ("/g|h", json!(4)),
            ("/i\\j", json!(5)),
            ("/k\"l", json!(6)),
            ("/ ", json!(7)),
            ("/m~0n", json!(8)),
        ] {
            assert_eq!(found(pointer, &document), Some(value), "{pointer}");
        }
    }

    #[test]
    fn a_pointer_agrees_with_that_of_serde_json() {
        let value = json!({"a": {"b": [{"~1": "x"}, ["y"]], "/": 1, "0": 2}, "0": {"00": 3}});
        let document = claims(&value);
        for pointer in [
            "/a",
            "/a/b/0/~01",
            "/a/b/1/0",
            "/a/~1",
            "/a/0",
            "/0/00",
            "/a/b/00",
            "/a/b/+1",
            "/a/b/-",
            "/a/b/2",
            "/a/b/x",
            "/b",
            "/a/b/0/~01/0",
            "/a/b/18446744073709551616",
        ] {
            let expected = value.pointer(pointer).cloned();
            assert_eq!(found(pointer, &document), expected, "{pointer}");
        }
    }

    #[test]
    fn a_name_is_taken_as_it_stands() {
        let document = claims(&json!({
            "https://example.com/roles": ["a"],
            "a~1b": 1,
            "a/b": 2,
            "a": {"b": 3},
        }));
        assert_eq!(
            found("https://example.com/roles", &document),
            Some(json!(["a"]))
        );
        assert_eq!(found("a~1b", &document), Some(json!(1)));
        assert_eq!(found("a/b", &document), Some(json!(2)));
        assert_eq!(found("/a/b", &document), Some(json!(3)));
        assert_eq!(
            path("https://example.com/roles").top(),
            "https://example.com/roles"
        );
        assert_eq!(path("/a~1b/c").top(), "a/b");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        let fault = |text: &str| ClaimPath::parse(text).err();
        let steps = |count: usize| "/a".repeat(count);
        assert_eq!(fault(&"a".repeat(255)), None);
        assert_eq!(fault(&"a".repeat(256)), Some(ClaimPathFault::TooLong));
        assert_eq!(fault(&steps(16)), None);
        assert_eq!(fault(&steps(17)), Some(ClaimPathFault::TooDeep));
        assert_eq!(fault("a b"), None);
        assert_eq!(fault("a\nb"), Some(ClaimPathFault::Character));
        for text in ["", "/", "//a", "/a/", "/a//b"] {
            assert_eq!(fault(text), Some(ClaimPathFault::EmptyStep), "{text}");
        }
        assert_eq!(fault("/a~0"), None);
        for text in ["/~", "/a~2", "/a/~/b", "/a~"] {
            assert_eq!(fault(text), Some(ClaimPathFault::Escape), "{text}");
        }
        assert_eq!(fault("a~2"), None);
    }

    #[test]
    fn a_path_shows_itself_as_it_is_written() {
        for text in [
            "groups",
            "a~b",
            "/a~0b/c~1d/0",
            "/~1a",
            "https://example.com/roles",
        ] {
            assert_eq!(path(text).to_string(), text);
            assert_eq!(path(&path(text).to_string()), path(text));
        }
        assert_eq!(path("/groups"), path("groups"));
    }
}
