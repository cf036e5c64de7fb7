//! Canonical JSON: one spelling per value, so that an unchanged configuration is an unchanged file.

use serde_json::{Map, Value};

/// `value` without white space and with its keys sorted by bytes.
pub(crate) fn to_text(value: &Value) -> String {
    sorted(value).to_string()
}

/// Sorted by hand, because a feature of serde_json that another crate may turn on keeps the order
/// of insertion.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            let members = members.into_iter();
            let sorted = members.map(|(key, value)| (key.clone(), sorted(value)));
            Value::Object(sorted.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_at_every_level_and_lists_are_not() {
        let value: Value =
            serde_json::from_str(r#"{"b": [2, 1], "a": {"d": 1, "c": "\u00e9"}}"#).unwrap();
        assert_eq!(
            to_text(&value),
            "{\"a\":{\"c\":\"\u{e9}\",\"d\":1},\"b\":[2,1]}"
        );
    }
}
