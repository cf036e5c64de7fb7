//! The form in the body of a request to one of our own endpoints.

use crate::{
    gateway::context::call::Call,
    http::{
        header::HeaderName,
        inbound::{ByteCount, Inbound},
    },
    platform::Platform,
};
use alloc::string::String;

const TYPE: &str = "application/x-www-form-urlencoded";

/// Room for a long code and whatever else a provider adds.
const LONGEST: ByteCount = ByteCount(16 * 1024);

/// The form; `None` where the body is none, or too large to be one of those that we read.
pub(in crate::gateway) async fn read<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
) -> Option<String> {
    let content_type = call.request.header(&HeaderName::CONTENT_TYPE)?;
    let media_type = content_type.split(';').next().unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case(TYPE) {
        return None;
    }
    let body = call.request.body(LONGEST).await.ok()?;
    String::from_utf8(body).ok()
}
