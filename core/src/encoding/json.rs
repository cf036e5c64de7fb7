//! JSON: from strangers bounded, and from everyone with one value per name.
//!
//! Two readers of a repeated name may take different values, and that difference has opened locks
//! before, so it is refused at every depth (RFC 8259, section 4, leaves it undefined). Size and
//! depth are bounded on the raw bytes, before any parser works on them.

use super::unusable;
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
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

/// Parses a JSON object of which only what is usable is read, for documents whose odd parts must not take the good ones
/// down.
///
/// A member that readers do not agree on has no value: of a repeated name in the outermost object every member is absent; an
/// object inside it that repeats a name is `null`, and so is a text that is no Unicode (RFC 8259, section 8.2) or a number
/// that fits no type. So nothing is ever equal to what it is not. A byte order mark in front is skipped (section 8.1).
///
/// # Errors
/// All of [`JsonFault`].
pub fn parse_usable(bytes: &[u8], limits: Limits) -> Result<Map<String, Value>, JsonFault> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if bytes.len() > limits.bytes {
        return Err(JsonFault::TooLarge);
    }
    if depth(bytes) > limits.depth {
        return Err(JsonFault::TooDeep);
    }
    match read(&unusable::blanked(bytes), Reader::Usable(Level::Outermost)) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(JsonFault::NotAnObject),
        Err(_) => Err(JsonFault::Malformed),
    }
}

/// Parses the claims of a token: a JSON object in which no name repeats, at any depth.
///
/// A text that is no Unicode and a number that fits no type are `null`, as for [`parse_usable`], so that a claim on
/// which nothing depends keeps nobody out. Where something depends on it, `null` is neither a text nor a number.
///
/// # Errors
/// All of [`JsonFault`].
pub fn parse_claims(bytes: &[u8], limits: Limits) -> Result<Map<String, Value>, JsonFault> {
    parse_object(&unusable::blanked(bytes), limits)
}

/// The names that stand twice or more in the outermost object of what [`parse_usable`] parsed.
pub fn repeated_names(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let names = serde_json::from_slice(&unusable::blanked(bytes));
    let Names(mut names) = names.unwrap_or_default();
    names.sort_unstable();
    let pairs = names.windows(2).filter_map(|pair| match pair {
        [one, other] if one == other => Some(one.clone()),
        _ => None,
    });
    pairs.collect()
}

/// The names of an object's members, in order.
#[derive(Default)]
struct Names(Vec<String>);

struct NamesVisitor;

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamesVisitor)
    }
}

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Names, A::Error> {
        let mut names = Vec::new();
        while let Some((name, IgnoredAny)) = members.next_entry()? {
            names.push(name);
        }
        Ok(Names(names))
    }
}

/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// Parses JSON of our own, in which no name repeats either.
///
/// # Errors
/// It is not JSON, repeats a name, or holds a number that fits no type.
pub fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    read(bytes, Reader::Strict)
}

fn read(bytes: &[u8], reader: Reader) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = reader.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
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

/// How values are read.
#[derive(Clone, Copy)]
enum Reader {
    /// A repeated name is an error.
    Strict,
    /// A repeated name has no value.
    Usable(Level),
}

/// Where a value stands.
#[derive(Clone, Copy)]
enum Level {
    Outermost,
    Inside,
}

impl Reader {
    const fn inside(self) -> Self {
        match self {
            Self::Strict => Self::Strict,
            Self::Usable(_) => Self::Usable(Level::Inside),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated names")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self.inside())? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut repeated = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(self.inside())?;
            if object.insert(name.clone(), value).is_none() {
                continue;
            }
            match self {
                Self::Strict => return Err(A::Error::custom("repeated name")),
                Self::Usable(_) => repeated.push(name),
            }
        }
        Ok(match self {
            Self::Usable(Level::Inside) if !repeated.is_empty() => Value::Null,
            Self::Strict | Self::Usable(_) if repeated.is_empty() => Value::Object(object),
            Self::Strict | Self::Usable(_) => {
                Value::Object(keeping(object, |name| repeated.iter().all(|it| it != name)))
            }
        })
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

    fn usable(text: &[u8]) -> Result<Value, JsonFault> {
        parse_usable(text, LIMITS).map(Value::Object)
    }

    #[test]
    fn what_is_odd_takes_nothing_else_down() {
        let good = serde_json::json!({"a": 1, "b": "x"});
        for text in [
            &b"{\"a\":1,\"b\":\"x\"}"[..],
            b"\xef\xbb\xbf{\"a\":1,\"b\":\"x\"}",
            // Every member of a repeated name is absent, however it is spelled.
            br#"{"c":1,"a":1,"\u0063":1,"b":"x"}"#,
            br#"{"c":1,"a":1,"c":1,"b":"x","c":2}"#,
        ] {
            assert_eq!(usable(text), Ok(good.clone()), "{text:?}");
        }
        let with_null = serde_json::json!({"a": 1, "b": null});
        for text in [
            &br#"{"a":1,"b":"\ud800"}"#[..],
            br#"{"a":1,"b":"\udc00x"}"#,
            br#"{"a":1,"b":"\ud800\ud800"}"#,
            b"{\"a\":1,\"b\":\"\xff\"}",
            br#"{"a":1,"b":1e999}"#,
            br#"{"a":1,"b":-1E+400}"#,
            br#"{"a":1,"b":{"c":1,"c":1}}"#,
        ] {
            assert_eq!(usable(text), Ok(with_null.clone()), "{text:?}");
        }
        let in_list = usable(br#"{"b":["\ud800",{"c":1,"c":2},"x"]}"#);
        assert_eq!(in_list, Ok(serde_json::json!({"b": [null, null, "x"]})));
        let astral = usable(br#"{"b":"\ud83d\ude00"}"#);
        assert_eq!(astral, Ok(serde_json::json!({"b": "\u{1f600}"})));
        // A name that is no Unicode is no name.
        let named = usable(b"{\"a\":1,\"\\ud800\":2,\"b\":\"x\"}").unwrap();
        assert_eq!((&named["a"], &named["b"]), (&good["a"], &good["b"]));
    }

    #[test]
    fn claims_stay_strict_but_for_what_nothing_depends_on() {
        let claims = |text: &str| parse_claims(text.as_bytes(), LIMITS);
        let read = claims(r#"{"a":"\udc00","b":["\ud800","c"],"d":1e999,"e":1}"#).unwrap();
        let expected = serde_json::json!({"a": null, "b": [null, "c"], "d": null, "e": 1});
        assert_eq!(Value::Object(read), expected);
        let twice = claims(r#"{"a":"\udc00","a":"x"}"#);
        assert_eq!(twice, Err(JsonFault::Malformed));
    }

    #[test]
    fn names_that_repeat_are_told() {
        let repeated = |text: &str| repeated_names(text.as_bytes());
        assert_eq!(
            repeated(r#"{"a":1,"b":{"c":1,"c":2},"\u0061":"\ud800","a":2}"#),
            ["a", "a"]
        );
        assert!(repeated(r#"{"a":1,"b":2}"#).is_empty());
        assert!(repeated("[]").is_empty());
        assert_eq!(repeated("\u{feff}{\"a\":1,\"a\":1}"), ["a"]);
    }

    #[test]
    fn what_is_no_json_stays_refused() {
        for text in [
            "",
            "{",
            "{}{}",
            "{'a':1}",
            "{\"a\":NaN}",
            "{\"a\":1e}",
            "{\"a\" 1}",
        ] {
            assert_eq!(usable(text.as_bytes()), Err(JsonFault::Malformed), "{text}");
        }
        assert_eq!(usable(b"[1]"), Err(JsonFault::NotAnObject));
        assert_eq!(usable(b"{\"a\":[[[1]]]}"), Err(JsonFault::TooDeep));
        assert_eq!(usable(&[b' '; 65]), Err(JsonFault::TooLarge));
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
