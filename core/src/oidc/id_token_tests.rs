//! The values that an ID token must have, claim by claim.

use super::*;
use crate::{
    encoding::base64url,
    jose::{Algorithm, KeySet, SignatureVerdict, UnverifiedToken},
};
use alloc::{format, string::ToString};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: u64 = 1_800_000_000;
/// The public key of RFC 7515, appendix A.3.
const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

fn good() -> Value {
    json!({
        "iss": "https://op.example.com",
        "aud": "edge",
        "sub": "user-1",
        "exp": NOW + 300,
        "iat": NOW - 5,
        "nonce": "n-1",
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = good();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

/// The verdict is given: who signs is judged elsewhere, what is said is judged here.
fn judge_as(typ: &str, claims: &Value) -> Result<VerifiedIdToken, IdTokenFault> {
    judge_after(typ, claims, None)
}

fn judge_after(
    typ: &str,
    claims: &Value,
    max_age: Option<Seconds>,
) -> Result<VerifiedIdToken, IdTokenFault> {
    let header = format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#);
    let part = |text: &str| base64url::encode(text.as_bytes());
    let signature = base64url::encode(&[1; 64]);
    let text = format!(
        "{}.{}.{signature}",
        part(&header),
        part(&claims.to_string())
    );
    let keys = KeySet::parse(KEYS.as_bytes()).unwrap();
    let token = UnverifiedToken::parse(&text).unwrap();
    let (key, algorithm) = keys.candidates(token.hint(), &[Algorithm::Es256])[0];
    let proof = token
        .check(key, algorithm)
        .unwrap()
        .prove(SignatureVerdict::Valid)
        .unwrap();
    let token = token.confirm(&proof).map_err(IdTokenFault::Claims)?;
    let expected = Expectation {
        issuer: "https://op.example.com",
        client_id: "edge",
        nonce: "n-1",
        max_age,
        code: &Secret::new("code".to_owned()),
        access_token: &Secret::new("access token".to_owned()),
        now: UnixTime::from_seconds(NOW),
    };
    VerifiedIdToken::new(token, expected)
}

fn judge(claims: &Value) -> Option<IdTokenFault> {
    judge_as("JWT", claims).err()
}

#[test]
fn a_good_token_says_who_signed_in() {
    assert_eq!(judge_as("JWT", &good()).unwrap().subject(), "user-1");
    assert_eq!(judge_as("jwt", &good()).unwrap().subject(), "user-1");
}

#[test]
fn other_kinds_of_token_are_refused() {
    for typ in ["at+jwt", "logout+jwt", "application/at+jwt"] {
        assert_eq!(
            judge_as(typ, &good()).err(),
            Some(IdTokenFault::Kind),
            "{typ}"
        );
    }
    assert_eq!(judge(&with("events", json!({}))), Some(IdTokenFault::Kind));
}

#[test]
fn another_issuer_is_refused() {
    assert_eq!(judge(&without("iss")), Some(IdTokenFault::Issuer));
    for issuer in ["https://op.example.com/", "https://evil.example", ""] {
        assert_eq!(
            judge(&with("iss", json!(issuer))),
            Some(IdTokenFault::Issuer)
        );
    }
}

#[test]
fn a_token_for_others_is_refused() {
    assert_eq!(judge(&without("aud")), Some(IdTokenFault::Audience));
    for audience in [
        json!("edge2"),
        json!("edg"),
        json!([]),
        json!(["edge", "other"]),
        json!("EDGE"),
    ] {
        assert_eq!(judge(&with("aud", audience)), Some(IdTokenFault::Audience));
    }
    assert_eq!(
        judge(&with("azp", json!("other"))),
        Some(IdTokenFault::Audience)
    );
    assert_eq!(judge(&with("azp", json!("edge"))), None);
    let mut several = with("aud", json!(["edge", "other"]));
    several["azp"] = json!("edge");
    assert_eq!(judge(&several), None);
}

#[test]
fn time_is_judged_with_a_minute_of_leeway() {
    assert_eq!(judge(&with("exp", json!(NOW - 59))), None);
    assert!(matches!(
        judge(&with("exp", json!(NOW - 60))),
        Some(IdTokenFault::Time(_))
    ));
    assert!(matches!(
        judge(&with("iat", json!(NOW + 61))),
        Some(IdTokenFault::Time(_))
    ));
    assert_eq!(judge(&with("iat", json!(NOW - 660))), None);
    assert_eq!(
        judge(&with("iat", json!(NOW - 661))),
        Some(IdTokenFault::IssuedAt)
    );
    assert_eq!(judge(&without("iat")), Some(IdTokenFault::IssuedAt));
    assert!(matches!(
        judge(&without("exp")),
        Some(IdTokenFault::Claims(_))
    ));
}

#[test]
fn an_answer_to_another_request_is_refused() {
    assert_eq!(judge(&without("nonce")), Some(IdTokenFault::Nonce));
    assert_eq!(
        judge(&with("nonce", json!("n-2"))),
        Some(IdTokenFault::Nonce)
    );
}

#[test]
fn a_hash_that_is_stated_is_that_of_what_came_with_the_token() {
    let hash = |text: &str| {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(text);
        json!(base64url::encode(&digest[..16]))
    };
    for (name, value, fault) in [
        ("at_hash", "access token", IdTokenFault::AccessTokenHash),
        ("c_hash", "code", IdTokenFault::CodeHash),
    ] {
        assert_eq!(judge(&with(name, hash(value))), None);
        assert_eq!(judge(&with(name, hash("another"))), Some(fault));
        assert_eq!(judge(&with(name, json!(7))), Some(fault));
    }
}

#[test]
fn nobody_is_nobody() {
    assert_eq!(judge(&without("sub")), Some(IdTokenFault::Subject));
    for subject in ["", "a\nb", &"s".repeat(256)] {
        let subject = subject.replace("\\n", "\n");
        assert_eq!(
            judge(&with("sub", json!(subject))),
            Some(IdTokenFault::Subject)
        );
    }
    assert_eq!(judge(&with("sub", json!("s".repeat(255)))), None);
}

#[test]
fn authentication_is_never_in_the_future() {
    let at = |claims: &Value| {
        judge_as("JWT", claims)
            .unwrap()
            .authenticated_at(UnixTime::from_seconds(NOW))
    };
    assert_eq!(
        at(&with("auth_time", json!(NOW - 100))).as_seconds(),
        NOW - 100
    );
    assert_eq!(at(&with("auth_time", json!(NOW + 100))).as_seconds(), NOW);
    assert_eq!(at(&good()).as_seconds(), NOW - 5);
}

#[test]
fn an_id_token_asked_for_with_a_max_age_says_when_the_user_authenticated() {
    let judge = |claims: &Value, max_age: u64| {
        judge_after("JWT", claims, Some(Seconds::new(max_age))).err()
    };
    let stale = Some(IdTokenFault::AuthenticationTime);
    assert_eq!(judge(&with("auth_time", json!(NOW - 900)), 900), None);
    assert_eq!(judge(&with("auth_time", json!(NOW - 960)), 900), None);
    assert_eq!(judge(&with("auth_time", json!(NOW - 961)), 900), stale);
    assert_eq!(judge(&with("auth_time", json!("now")), 900), stale);
    assert_eq!(judge(&good(), 900), stale);
    assert!(judge_as("JWT", &good()).is_ok());
    assert!(judge_as("JWT", &with("auth_time", json!(NOW - 961))).is_ok());
}

#[test]
fn only_a_stated_time_of_authentication_is_one() {
    let stated = |claims: &Value| {
        judge_as("JWT", claims)
            .unwrap()
            .authentication_time(UnixTime::from_seconds(NOW))
            .map(UnixTime::as_seconds)
    };
    assert_eq!(
        stated(&with("auth_time", json!(NOW - 100))),
        Some(NOW - 100)
    );
    assert_eq!(stated(&with("auth_time", json!(NOW + 100))), Some(NOW));
    assert_eq!(stated(&with("auth_time", json!("yesterday"))), None);
    assert_eq!(stated(&good()), None);
}
