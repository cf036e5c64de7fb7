//! `cors` of a route: which other sites' scripts may call it.

use super::{duration::span_at, fault::ConfigFault, reader::Table, site};
use crate::{
    access::cors::{Cors, CorsCredentials},
    http::{header::HeaderName, url::Reach},
    time::Seconds,
};
use alloc::string::{String, ToString};

const KEYS: &[&str] = &[
    "origins",
    "credentials",
    "request_headers",
    "exposed_headers",
    "max_age",
];

const SHORTEST: Seconds = Seconds::new(1);
/// Browsers keep no answer longer (Chromium: two hours).
const LONGEST: Seconds = Seconds::minutes(24 * 60);
const DEFAULT: Seconds = Seconds::minutes(10);

pub(super) fn read(route: &Table<'_>, reach: Reach) -> Option<Cors> {
    let table = route.table("cors", KEYS)?;
    table.require("origins");
    let origins = table.parsed_list("origins", |text| origin(text, reach));
    let credentials = match table.boolean("credentials") {
        Some(true) => CorsCredentials::Include,
        Some(false) | None => CorsCredentials::Omit,
    };
    let header = |text: &str| HeaderName::parse(text).ok_or(ConfigFault::HeaderName);
    let request_headers = table.parsed_list("request_headers", header);
    let exposed_headers = table.parsed_list("exposed_headers", header);
    let max_age = span_at(&table, "max_age", SHORTEST, LONGEST);
    Some(Cors {
        origins: origins?,
        credentials,
        request_headers: request_headers.unwrap_or_default(),
        exposed_headers: exposed_headers.unwrap_or_default(),
        max_age: max_age.unwrap_or(DEFAULT),
    })
}

/// An origin exactly as browsers write it, since that is what it is compared with.
fn origin(text: &str, reach: Reach) -> Result<String, ConfigFault> {
    if text.contains('*') {
        return Err(ConfigFault::CorsWildcard);
    }
    let origin = site::parse_origin(text)?;
    site::in_reach(text, reach)?;
    let written = origin.to_string();
    if written == text {
        Ok(written)
    } else {
        Err(ConfigFault::CorsOrigin)
    }
}
