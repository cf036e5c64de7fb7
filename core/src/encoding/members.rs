//! The members of a JSON object of our own, taken out one by one until none is left.
//!
//! A value that we sealed ourselves has exactly the members we wrote. One that is missing, of another type
//! or left over comes from another version, and nothing is read from it at all.

use super::json;
use alloc::{string::String, vec::Vec};
use core::mem;
use serde_json::{Map, Value};

/// The members of an object, and how many of them were taken.
#[derive(Debug)]
pub struct Members {
    members: Map<String, Value>,
    taken: usize,
}

impl Members {
    /// The members of the object that `text` spells.
    pub fn parse(text: &[u8]) -> Option<Self> {
        match json::parse(text) {
            Ok(Value::Object(members)) => Some(Self::of(members)),
            Ok(_) | Err(_) => None,
        }
    }

    /// The members of an object.
    pub const fn of(members: Map<String, Value>) -> Self {
        Self { members, taken: 0 }
    }

    /// Takes any member. Each is taken once; a second time it is `null`.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        // Leaving a hole is cheaper than closing it.
        let value = self.members.get_mut(name)?;
        self.taken = self.taken.saturating_add(1);
        Some(mem::take(value))
    }

    /// Takes a text.
    pub fn text(&mut self, name: &str) -> Option<String> {
        text(self.take(name)?)
    }

    /// Takes a text that may be absent; the outer `None` says that it is no text.
    pub fn optional_text(&mut self, name: &str) -> Option<Option<String>> {
        match self.take(name) {
            None => Some(None),
            Some(value) => text(value).map(Some),
        }
    }

    /// Takes a list of texts; an absent one is empty.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let Some(value) = self.take(name) else {
            return Some(Vec::new());
        };
        let Value::Array(values) = value else {
            return None;
        };
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            texts.push(text(value)?);
        }
        Some(texts)
    }

    /// Takes a whole number that is not negative.
    pub fn number(&mut self, name: &str) -> Option<u64> {
        self.take(name)?.as_u64()
    }

    /// Takes a whole number that may be absent; the outer `None` says that it is none.
    pub fn optional_number(&mut self, name: &str) -> Option<Option<u64>> {
        match self.take(name) {
            None => Some(None),
            Some(value) => value.as_u64().map(Some),
        }
    }

    /// Takes an object.
    pub fn object(&mut self, name: &str) -> Option<Map<String, Value>> {
        match self.take(name)? {
            Value::Object(members) => Some(members),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }

    /// `Some` where nothing is left.
    pub fn end(self) -> Option<()> {
        (self.taken == self.members.len()).then_some(())
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn exactly_the_members_that_are_taken_are_there() {
        let members = || Members::parse(br#"{"a":"x","n":3,"l":["y"]}"#).unwrap();
        let mut all = members();
        assert_eq!(all.text("a").as_deref(), Some("x"));
        assert_eq!(all.number("n"), Some(3));
        assert_eq!(all.texts("l").unwrap(), ["y"]);
        assert_eq!(all.optional_text("o"), Some(None));
        assert_eq!(all.optional_number("o"), Some(None));
        assert_eq!(all.end(), Some(()));
        assert_eq!(members().end(), None);
    }

    #[test]
    fn another_type_is_no_member() {
        let mut members = Members::parse(br#"{"a":1,"n":-3,"l":[1],"o":2,"p":-1}"#).unwrap();
        assert_eq!(members.text("a"), None);
        assert_eq!(members.number("n"), None);
        assert_eq!(members.texts("l"), None);
        assert_eq!(members.optional_text("o"), None);
        assert_eq!(members.optional_number("p"), None);
        assert!(Members::parse(b"[]").is_none());
    }
}
