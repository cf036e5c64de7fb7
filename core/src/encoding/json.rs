//! JSON: from strangers bounded, and from everyone with one value per name.
//!
//! Two readers of a repeated name may take different values, and that difference has opened locks
//! before, so it is refused at every depth (RFC 8259, section 4, leaves it undefined). Size and
//! depth are bounded on the raw bytes, before any parser works on them.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How large a document may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the whole document.
    pub bytes: usize,
    /// Objects and arrays inside each other.
    pub depth: usize,
}

/// Why a document was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// It has more bytes than the limit.
    TooLarge,
    /// It nests deeper than the limit.
    TooDeep,
    /// It is not JSON, repeats a name, or holds a number that fits no type.
    Malformed,
    /// It is JSON, but not an object.
    NotAnObject,
}

/// Parses a JSON object in which no name repeats, at any depth.
///
/// # Errors
/// All of [`JsonFault`].
pub fn parse_object(bytes: &[u8], limits: Limits) -> Result<Map<String, Value>, JsonFault> {
    if bytes.len() > limits.bytes {
        return Err(JsonFault::TooLarge);
    }
    if depth(bytes) > limits.depth {
        return Err(JsonFault::TooDeep);
    }
    match parse(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(JsonFault::NotAnObject),
        Err(_) => Err(JsonFault::Malformed),
    }
}

/// Parses JSON of our own, in which no name repeats either.
///
/// # Errors
/// It is not JSON, repeats a name, or holds a number that fits no type.
pub fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(bytes).map(|Strict(value)| value)
}

/// The members whose names `keep` keeps.
///
/// They are put into a new map: to take one out of the library's tree weighs more, in a wasm, than the tree itself.
pub fn keeping(members: Map<String, Value>, keep: impl Fn(&str) -> bool) -> Map<String, Value> {
    let mut kept = Map::new();
    for (name, value) in members {
        if keep(&name) {
            kept.insert(name, value);
        }
    }
    kept
}

/// The deepest nesting of brackets outside strings; for text that is not JSON, an upper bound.
fn depth(bytes: &[u8]) -> usize {
    let (mut now, mut most) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                now = now.saturating_add(1);
                most = most.max(now);
            }
            b']' | b'}' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// A value in which no object repeats a name.
struct Strict(Value);

struct StrictVisitor;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated names")
    }

    fn visit_unit<E: Error>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(Value::Bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict(Value::Number(value.into())))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict(Value::Number(value.into())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Strict, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number"))?;
        Ok(Strict(Value::Number(number)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Strict, E> {
        Ok(Strict(Value::String(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Strict(Value::Array(array)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Strict, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("repeated name"));
            }
        }
        Ok(Strict(Value::Object(object)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const LIMITS: Limits = Limits {
        bytes: 64,
        depth: 3,
    };

    fn object(text: &str) -> Result<Map<String, Value>, JsonFault> {
        parse_object(text.as_bytes(), LIMITS)
    }

    #[test]
    fn a_repeated_name_is_refused_at_every_depth() {
        assert!(object(r#"{"a":1,"b":2}"#).is_ok());
        assert_eq!(object(r#"{"a":1,"a":1}"#), Err(JsonFault::Malformed));
        assert!(object(r#"{"x":[{"a":1,"b":2}]}"#).is_ok());
        assert_eq!(
            object(r#"{"x":[{"a":1,"a":2}]}"#),
            Err(JsonFault::Malformed)
        );
    }

    #[test]
    fn an_escaped_name_is_the_same_name() {
        assert!(object(r#"{"aud":1,"\u0061uc":2}"#).is_ok());
        assert_eq!(
            object(r#"{"aud":1,"\u0061ud":2}"#),
            Err(JsonFault::Malformed)
        );
    }

    #[test]
    fn size_is_bounded_before_parsing() {
        let fits = format!("{{\"a\":\"{}\"}}", "x".repeat(56));
        assert!(object(&fits).is_ok());
        let larger = format!("{{\"a\":\"{}\"}}", "x".repeat(57));
        assert_eq!(object(&larger), Err(JsonFault::TooLarge));
    }

    #[test]
    fn depth_counts_brackets_outside_strings_only() {
        assert!(object(r#"{"a":[[1]]}"#).is_ok());
        assert_eq!(object(r#"{"a":[[[1]]]}"#), Err(JsonFault::TooDeep));
        assert!(object(r#"{"a":"[[[[\"[[[{"}"#).is_ok());
        assert_eq!(object("[[[["), Err(JsonFault::TooDeep));
    }

    #[test]
    fn only_an_object_alone_is_accepted() {
        assert!(object(r#" {"a":null} "#).is_ok());
        assert_eq!(object("[1]"), Err(JsonFault::NotAnObject));
        assert_eq!(object("1"), Err(JsonFault::NotAnObject));
        for text in ["", "{", "{}{}", "{'a':1}", "{\"a\":1e999}", "{\"a\":NaN}"] {
            assert_eq!(object(text), Err(JsonFault::Malformed), "{text}");
        }
    }
}
