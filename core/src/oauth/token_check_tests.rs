//! Whose a token is, by the answers of each kind of endpoint.

use super::*;
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

type Kind = fn(Url) -> TokenCheck;
const GITHUB: Kind = TokenCheck::GitHub;
const FACEBOOK: Kind = TokenCheck::Facebook;
const INTROSPECTION: Kind = TokenCheck::Introspection;

const TOKENINFO: Kind = TokenCheck::TokenInfo;
const NOW: u64 = 1_800_000_000;

fn asked(kind: Kind, answer: &Value) -> Result<Option<u64>, OAuthFault> {
    let reply = Reply {
        status: 200,
        content_type: Some("application/json; charset=utf-8".into()),
        body: answer.to_string().into_bytes(),
    };
    let kind = kind(Url::parse("https://api.example.com").unwrap());
    let expected = Expected {
        client_id: "edge",
        authorized_parties: &["app".to_string()],
        issuer: "https://op.example.com",
        now: UnixTime::from_seconds(NOW),
    };
    let told = check(&kind, &reply, expected)?;
    told.check_user("42")?;
    Ok(told.expires.map(UnixTime::as_seconds))
}

#[test]
fn a_token_of_our_client_and_user_passes() {
    for (kind, answer, expires) in [
        (
            GITHUB,
            json!({"app": {"client_id": "edge"}, "user": {"id": 42}}),
            None,
        ),
        (
            FACEBOOK,
            json!({"data": {"app_id": "edge", "is_valid": true, "user_id": "42", "expires_at": 0}}),
            None,
        ),
        (
            FACEBOOK,
            json!({"data": {"app_id": "app", "is_valid": true, "user_id": "42", "expires_at": NOW}}),
            Some(NOW),
        ),
        (
            INTROSPECTION,
            json!({"active": true, "client_id": "edge", "sub": "42", "exp": NOW}),
            Some(NOW),
        ),
        (
            INTROSPECTION,
            json!({"active": true, "client_id": "app", "iss": "https://op.example.com"}),
            None,
        ),
        (
            TOKENINFO,
            json!({"aud": "edge", "azp": "edge", "sub": "42", "exp": NOW.to_string()}),
            Some(NOW),
        ),
        (
            TOKENINFO,
            json!({"audience": "edge", "issued_to": "edge", "user_id": "42", "exp": NOW}),
            Some(NOW),
        ),
    ] {
        assert_eq!(asked(kind, &answer), Ok(expires), "{answer}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_token_of_another_client_or_user_is_refused() {
    for (kind, answer, fault) in [
        (
            GITHUB,
            json!({"app": {"client_id": "other"}, "user": {"id": 42}}),
            OAuthFault::OtherClient,
        ),
        (
            GITHUB,
            json!({"app": {"client_id": "edge"}, "user": {"id": 43}}),
            OAuthFault::OtherUser,
        ),
        (
            GITHUB,
            json!({"app": {"client_id": "edge"}}),
            OAuthFault::TokenInactive,
        ),
        (
            GITHUB,
            json!({"app": {"client_id": "edge"}, "user": {"id": 42.5}}),
            OAuthFault::TokenInactive,
        ),
        (
            GITHUB,
            json!({"user": {"id": 42}}),
            OAuthFault::TokenInactive,
        ),
        (
            FACEBOOK,
            json!({"data": {"app_id": "edge", "is_valid": false, "user_id": "42"}}),
            OAuthFault::TokenInactive,
        ),
        (
            FACEBOOK,
            json!({"data": {"app_id": "edge", "is_valid": "true", "user_id": "42"}}),
            OAuthFault::TokenInactive,
        ),
        (
            FACEBOOK,
            json!({"data": {"app_id": "other", "is_valid": true, "user_id": "42"}}),
            OAuthFault::OtherClient,
        ),
        (
            FACEBOOK,
            json!({"data": {"app_id": "edge", "is_valid": true, "user_id": "43"}}),
            OAuthFault::OtherUser,
        ),
        (
            INTROSPECTION,
            json!({"active": false}),
            OAuthFault::TokenInactive,
        ),
        (
            INTROSPECTION,
            json!({"active": true}),
            OAuthFault::TokenInactive,
        ),
        (
            INTROSPECTION,
            json!({"active": true, "client_id": "other"}),
            OAuthFault::OtherClient,
        ),
        (
            INTROSPECTION,
            json!({"active": true, "client_id": "edge", "sub": "43"}),
            OAuthFault::OtherUser,
        ),
        (
            INTROSPECTION,
            json!({"active": "true", "client_id": "edge", "sub": "42"}),
            OAuthFault::TokenInactive,
        ),
        (
            INTROSPECTION,
            json!({"active": true, "client_id": "edge", "token_type": "refresh_token"}),
            OAuthFault::TokenInactive,
        ),
        (
            INTROSPECTION,
            json!({"active": true, "client_id": "edge", "iss": "https://other.example.com"}),
            OAuthFault::OtherClient,
        ),
        (
            TOKENINFO,
            json!({"aud": "edge", "azp": "other", "sub": "42", "exp": NOW.to_string()}),
            OAuthFault::OtherClient,
        ),
        (
            TOKENINFO,
            json!({"aud": "other", "azp": "other", "sub": "42", "exp": NOW.to_string()}),
            OAuthFault::OtherClient,
        ),
        (
            TOKENINFO,
            json!({"aud": "edge", "azp": "edge", "sub": "43", "exp": NOW.to_string()}),
            OAuthFault::OtherUser,
        ),
        (
            TOKENINFO,
            json!({"aud": "edge", "azp": "edge", "exp": NOW.to_string()}),
            OAuthFault::TokenInactive,
        ),
        (
            TOKENINFO,
            json!({"aud": "edge", "azp": "edge", "sub": "42"}),
            OAuthFault::TokenInactive,
        ),
        (
            TOKENINFO,
            json!({"aud": "edge", "azp": "edge", "sub": "42", "exp": (NOW - 61).to_string()}),
            OAuthFault::TokenInactive,
        ),
        (
            TOKENINFO,
            json!({"aud": "edge", "azp": "edge", "sub": "42", "exp": "soon"}),
            OAuthFault::TokenInactive,
        ),
        (
            FACEBOOK,
            json!({"data": {"app_id": "edge", "is_valid": true, "user_id": "42", "expires_at": NOW - 61}}),
            OAuthFault::TokenInactive,
        ),
        (
            FACEBOOK,
            json!({"data": {"app_id": "edge", "is_valid": true, "user_id": "42", "expires_at": "soon"}}),
            OAuthFault::TokenInactive,
        ),
        (
            INTROSPECTION,
            json!({"active": true, "client_id": "edge", "exp": NOW - 61}),
            OAuthFault::TokenInactive,
        ),
        (
            INTROSPECTION,
            json!({"active": true, "client_id": "edge", "nbf": NOW + 61}),
            OAuthFault::TokenInactive,
        ),
        (
            INTROSPECTION,
            json!({"active": true, "client_id": "edge", "exp": "soon"}),
            OAuthFault::TokenInactive,
        ),
        (
            INTROSPECTION,
            json!({"active": true, "client_id": "edge", "cnf": {"jkt": "x"}}),
            OAuthFault::TokenInactive,
        ),
    ] {
        assert_eq!(asked(kind, &answer), Err(fault), "{answer}");
    }
}
