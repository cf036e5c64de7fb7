//! The facts about a signed-in user for the decision, the upstream and the page.

use crate::{
    access::principal::{Credential, Principal},
    config::ClaimHeader,
    encoding::percent,
    http::header::{HeaderName, HeaderValue},
    session::record::SessionRecord,
    time::UnixTime,
};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use serde_json::Value;

/// The facts that requirements are held against.
pub(in crate::gateway) fn principal(record: &SessionRecord) -> Principal<'_> {
    Principal {
        credential: Credential::Session,
        provider: Some(&record.provider),
        issuer: &record.iss,
        subject: &record.sub,
        scope: record.scope.as_deref().unwrap_or_default(),
        client_id: None,
        audiences: None,
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
pub(in crate::gateway) fn display_name(record: &SessionRecord) -> Option<String> {
    let text = |name| record.claims.get(name).and_then(Value::as_str);
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
pub(in crate::gateway) fn headers(
    who: &Principal<'_>,
    claims: &[ClaimHeader],
) -> Vec<(HeaderName, HeaderValue)> {
    let mut out = Vec::new();
    let mut add = |name: HeaderName, value: String| {
        out.extend(HeaderValue::parse(value).map(|value| (name, value)));
    };
    add(HeaderName::LYCHGATE_USER, encode(who.subject));
    add(HeaderName::LYCHGATE_ISSUER, encode(who.issuer));
    if let Some(email) = who.email.filter(|_| who.email_verified) {
        add(HeaderName::LYCHGATE_EMAIL, encode(email));
    }
    let groups: Vec<String> = who.groups.iter().map(|group| encode(group)).collect();
    add(HeaderName::LYCHGATE_GROUPS, groups.join(","));
    for claim in claims {
        let value = claim.path.find(who.claims).and_then(claim_value);
        let value = value.and_then(HeaderValue::parse);
        out.extend(value.map(|value| (claim.name.clone(), value)));
    }
    out
}

/// A claim as it stands in a header: a text, number or boolean, or those of a list with commas between
/// them. A claim that has members of its own, or is `null`, stands in none.
fn claim_value(claim: &Value) -> Option<String> {
    let Value::Array(items) = claim else {
        return plain_value(claim);
    };
    let items: Vec<String> = items.iter().filter_map(plain_value).collect();
    Some(items.join(","))
}

fn plain_value(claim: &Value) -> Option<String> {
    match claim {
        Value::String(text) => Some(encode(text)),
        Value::Bool(_) | Value::Number(_) => Some(claim.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
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
    use crate::gateway::context::for_tests::session_record;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_claim_is_told_as_text_or_as_a_list() {
        for (claim, expected) in [
            (json!("a, b"), Some("a%2C%20b")),
            (json!(""), Some("")),
            (json!(5), Some("5")),
            (json!(-1.5), Some("-1.5")),
            (json!(true), Some("true")),
            (json!(["a,b", 5, "c"]), Some("a%2Cb,5,c")),
            (json!([]), Some("")),
            (json!([["a"], null, {"b": "c"}, "d"]), Some("d")),
            (json!(null), None),
            (json!({"a": "b"}), None),
            (
                json!("a\r\nlychgate-user: b"),
                Some("a%0D%0Alychgate-user:%20b"),
            ),
        ] {
            assert_eq!(claim_value(&claim).as_deref(), expected, "{claim}");
        }
    }

    #[test]
    fn a_claim_cannot_break_out_of_its_header_or_list() {
        assert_eq!(encode("auth0|a@b.c"), "auth0|a@b.c");
        assert_eq!(encode("a\r\nX: y"), "a%0D%0AX:%20y");
        assert_eq!(encode("a,b\0%é"), "a%2Cb%00%25%C3%A9");
    }
    #[test]
    fn an_address_that_the_provider_does_not_vouch_for_is_told_to_no_upstream() {
        let told = |verified: Value| {
            let mut record = session_record();
            let claims = [
                ("email", json!("a@b.example")),
                ("email_verified", verified),
            ];
            let claims = claims.map(|(name, value)| (name.to_owned(), value));
            record.claims = claims.into_iter().collect();
            let headers = headers(&principal(&record), &[]);
            let mut values = headers.iter();
            let found = values.find(|(name, _)| *name == HeaderName::LYCHGATE_EMAIL);
            found.map(|(_, value)| value.as_str().to_owned())
        };
        assert_eq!(told(json!(true)).as_deref(), Some("a@b.example"));
        for verified in [json!(false), json!("true"), json!(1), json!(null)] {
            assert_eq!(told(verified.clone()), None, "{verified}");
        }
    }

    #[test]
    fn a_page_addresses_a_user_by_the_first_name_that_is_a_text() {
        let mut record = session_record();
        assert_eq!(display_name(&record).as_deref(), Some("alice"));
        for (claim, value, shown) in [
            ("email", json!("a@b.example"), "a@b.example"),
            ("preferred_username", json!("al"), "al"),
            ("name", json!(5), "al"),
            ("name", json!("Alice"), "Alice"),
        ] {
            record.claims.insert(claim.to_owned(), value);
            assert_eq!(display_name(&record).as_deref(), Some(shown));
        }
    }
}
