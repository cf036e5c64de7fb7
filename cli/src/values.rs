//! Values that arguments of several commands have.

use lychgate_core::{config::timestamp, http::method::Method, time::UnixTime};

/// The configuration, where no argument names another one.
pub(crate) const CONFIGURATION: &str = "lychgate.toml";

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Json,
}

impl Form {
    /// By the flag `--json`.
    pub(crate) const fn of(is_json: bool) -> Self {
        if is_json { Self::Json } else { Self::Text }
    }
}

/// Nobody means the method `get`, which is another than `GET`.
pub(crate) fn method(text: &str) -> Method {
    Method::parse(&text.to_ascii_uppercase())
}

/// A point in time.
///
/// # Errors
/// A sentence about what `--at` takes.
pub(crate) fn time(text: &str) -> Result<UnixTime, String> {
    let seconds = text.parse().ok().map(UnixTime::from_seconds);
    let time = timestamp::parse(text).or(seconds);
    time.ok_or_else(|| {
        "--at takes a time such as 2026-12-01T00:00:00Z, or seconds since 1970".to_owned()
    })
}
