//! What others learn of a signed-in user: the decision, the upstream, the page.

use crate::{
    access::principal::Principal,
    encoding::percent,
    http::header::{HeaderName, HeaderValue},
    session::record::SessionRecord,
    time::UnixTime,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// The facts that requirements are held against.
pub(super) fn principal(record: &SessionRecord) -> Principal<'_> {
    Principal {
        subject: &record.sub,
        groups: &record.groups,
        roles: &record.roles,
        claims: &record.claims,
        email: record.email(),
        email_verified: record.is_email_verified(),
        acr: record.acr.as_deref(),
        authenticated_at: record.auth_time.map(UnixTime::from_seconds),
    }
}

/// How a page of ours addresses the user.
pub(super) fn display_name(record: &SessionRecord) -> Option<String> {
    let text = |name| record.claims.get(name).and_then(serde_json::Value::as_str);
    ["name", "preferred_username", "email"]
        .into_iter()
        .find_map(text)
        .or(Some(record.sub.as_str()))
        .map(ToOwned::to_owned)
}

/// The `lychgate-` request headers for an upstream.
///
/// Values are percent-encoded wherever they hold anything but visible ASCII, a comma or a percent
/// sign, so that no claim can start a new header or group.
pub(super) fn headers(record: &SessionRecord) -> Vec<(HeaderName, HeaderValue)> {
    let mut out = Vec::new();
    let mut add = |name: &str, value: String| {
        if let (Some(name), Some(value)) = (HeaderName::parse(name), HeaderValue::parse(value)) {
            out.push((name, value));
        }
    };
    add("lychgate-user", encode(&record.sub));
    add("lychgate-issuer", encode(&record.iss));
    if let Some(email) = record.email().filter(|_| record.is_email_verified()) {
        add("lychgate-email", encode(email));
    }
    let groups: Vec<String> = record.groups.iter().map(|group| encode(group)).collect();
    add("lychgate-groups", groups.join(","));
    out
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if (b'!'..=b'~').contains(&byte) && !matches!(byte, b',' | b'%') {
            out.push(char::from(byte));
        } else {
            percent::push_encoded(&mut out, byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_claim_cannot_break_out_of_its_header_or_list() {
        assert_eq!(encode("auth0|a@b.c"), "auth0|a@b.c");
        assert_eq!(encode("a\r\nX: y"), "a%0D%0AX:%20y");
        assert_eq!(encode("a,b\0%é"), "a%2Cb%00%25%C3%A9");
    }
}
