//! Header fields between the host and the core.

use lychgate_core::http::header::{HeaderName, HeaderValue};
use spin_sdk::wasip3::http::types::{ErrorCode, Fields};

/// Names and values in order, names as the host gives them.
pub(crate) use lychgate_core::gateway::fields::{Fields as FieldList, joined};

/// Fields about one connection (RFC 9110, section 7.6.1), which the host writes itself and takes from nobody.
const OF_THE_CONNECTION: [&str; 9] = [
    "connection",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// The fields as the host takes them, without those about the connection.
///
/// # Errors
/// A field that the host does not accept.
pub(crate) fn into_host(mut fields: FieldList) -> Result<Fields, ErrorCode> {
    fields.retain(|(name, _)| !is_of_the_connection(name));
    Fields::from_list(&fields).map_err(|_| ErrorCode::InternalError(None))
}

/// Fields of our own as a list.
pub(crate) fn of_ours(fields: Vec<(HeaderName, HeaderValue)>) -> FieldList {
    let pair = |(name, value): (HeaderName, HeaderValue)| {
        (name.as_str().to_owned(), value.as_str().as_bytes().to_vec())
    };
    fields.into_iter().map(pair).collect()
}

/// Whether there is a field of this name.
pub(crate) fn has(fields: &FieldList, name: &str) -> bool {
    fields.iter().any(|(other, _)| is_name(other, name))
}

fn is_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn is_of_the_connection(name: &str) -> bool {
    OF_THE_CONNECTION.iter().any(|other| is_name(name, other))
}
