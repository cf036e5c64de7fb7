//! Reads the members of a question; whatever is missing or of another form makes it none.

use alloc::vec::Vec;
use lychgate_core::{encoding::base64url, time::UnixTime};
use serde_json::Value;

pub(crate) fn text<'a>(question: &'a Value, name: &str) -> Option<&'a str> {
    question.get(name)?.as_str()
}

pub(crate) fn bytes(question: &Value, name: &str) -> Option<Vec<u8>> {
    base64url::decode(text(question, name)?)
}

pub(crate) fn time(question: &Value, name: &str) -> Option<UnixTime> {
    question.get(name)?.as_u64().map(UnixTime::from_seconds)
}
