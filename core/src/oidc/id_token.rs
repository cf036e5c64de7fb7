//! ID token validation (OpenID Connect Core, sections 2 and 3.1.3.7).
//!
//! The signature is verified before; what is judged here is who speaks, to whom, about whom, when
//! and in answer to which request.

use crate::{
    jose::{CheckFault, JwsAlgorithm, Malformed, Refusal, TimeFault, VerifiedToken},
    secret::same_bytes,
    time::{Seconds, UnixTime},
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use serde_json::Value;

/// An ID token that passed every check.
#[derive(Debug)]
pub struct VerifiedIdToken {
    token: VerifiedToken,
    subject: String,
}

/// What an ID token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'a> {
    /// `iss`, byte for byte.
    pub issuer: &'a str,
    /// Our client identifier: in `aud`, and `azp` where there is one.
    pub client_id: &'a str,
    /// The nonce of the request.
    pub nonce: &'a str,
    /// How long ago the authentication may have been, where that was asked for.
    pub max_age: Option<Seconds>,
    /// The time of the request.
    pub now: UnixTime,
}

/// Why an ID token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdTokenFault {
    /// Not a token that we read.
    Malformed(Malformed),
    /// No key of the provider can have signed it.
    NoKey,
    /// Its signature has a wrong form for the key.
    Check(CheckFault),
    /// Its signature is wrong.
    Signature,
    /// Claims of a wrong type, or no `exp`.
    Claims(Refusal),
    /// `typ` is that of another kind of token.
    Kind,
    /// `iss` is not the provider.
    Issuer,
    /// We are not in `aud`, or others are and `azp` is not us.
    Audience,
    /// Expired or not valid yet.
    Time(TimeFault),
    /// No `iat`, or one that is days old.
    IssuedAt,
    /// `nonce` is missing or that of another request.
    Nonce,
    /// `sub` is missing, empty or over 255 characters.
    Subject,
    /// `auth_time` is missing or longer ago than was asked for.
    AuthenticationTime,
}

/// How far the provider's clock may differ from ours.
const LEEWAY: Seconds = Seconds::new(60);

/// The oldest ID token that a token endpoint may just have issued.
const OLDEST: Seconds = Seconds::minutes(10);

impl VerifiedIdToken {
    /// Judges the claims of a token whose signature is the provider's.
    ///
    /// # Errors
    /// Any [`IdTokenFault`] that is about claims. A false accept signs a stranger in as someone
    /// else; a false reject keeps a user out.
    pub fn new(token: VerifiedToken, expected: Expectation<'_>) -> Result<Self, IdTokenFault> {
        // Whoever verifies with a secret can sign with it too; nobody here asks for such ID tokens.
        if token.algorithm() == JwsAlgorithm::Hs256 {
            return Err(IdTokenFault::NoKey);
        }
        check_kind(&token)?;
        if token.issuer() != Some(expected.issuer) {
            return Err(IdTokenFault::Issuer);
        }
        check_audience(&token, expected.client_id)?;
        token
            .check_time(expected.now, LEEWAY)
            .map_err(IdTokenFault::Time)?;
        let issued_at = token.issued_at().ok_or(IdTokenFault::IssuedAt)?;
        if expected.now.since(issued_at) > OLDEST.plus(LEEWAY) {
            return Err(IdTokenFault::IssuedAt);
        }
        let nonce = token.nonce().ok_or(IdTokenFault::Nonce)?;
        if !same_bytes(nonce.as_bytes(), expected.nonce.as_bytes()) {
            return Err(IdTokenFault::Nonce);
        }
        if let Some(max_age) = expected.max_age {
            check_authentication_time(&token, max_age, expected.now)?;
        }
        let subject = subject(&token)?;
        Ok(Self { token, subject })
    }

    /// `sub`: who signed in, unique at the issuer.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `sid`: the provider's session, where it has a name.
    pub fn session_id(&self) -> Option<&str> {
        self.claim("sid").and_then(Value::as_str)
    }

    /// When the user last authenticated; the time of issue where the provider does not say.
    pub fn authenticated_at(&self, now: UnixTime) -> UnixTime {
        let stated = self.authentication_time(now);
        stated.or(self.token.issued_at()).unwrap_or(now).min(now)
    }

    /// `auth_time`, where it is stated; never in the future.
    pub fn authentication_time(&self, now: UnixTime) -> Option<UnixTime> {
        let stated = self.token.time("auth_time").ok().flatten();
        stated.map(|at| at.min(now))
    }

    /// `acr`
    pub fn authentication_context(&self) -> Option<&str> {
        self.claim("acr").and_then(Value::as_str)
    }

    /// `amr`
    pub fn authentication_methods(&self) -> Vec<String> {
        match self.claim("amr") {
            Some(Value::Array(methods)) => methods
                .iter()
                .filter_map(Value::as_str)
                .map(ToOwned::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Any other claim.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.token.claim(name)
    }
}

/// An ID token says `JWT` or nothing; access, logout and other tokens name themselves.
fn check_kind(token: &VerifiedToken) -> Result<(), IdTokenFault> {
    let plain = token
        .token_type()
        .is_none_or(|name| name.eq_ignore_ascii_case("JWT"));
    if !plain || token.claim("events").is_some() {
        return Err(IdTokenFault::Kind);
    }
    Ok(())
}

fn check_audience(token: &VerifiedToken, client_id: &str) -> Result<(), IdTokenFault> {
    let audiences = token.audiences();
    let ours = audiences.iter().any(|audience| audience == client_id);
    let only_ours = audiences.iter().all(|audience| audience == client_id);
    match token.authorized_party() {
        Some(party) if ours && party == client_id => Ok(()),
        None if ours && only_ours => Ok(()),
        _ => Err(IdTokenFault::Audience),
    }
}

/// A provider that was asked for `max_age` says when it authenticated the person, and authenticates
/// them anew where that is too long ago. One that did not would be asked again and again.
fn check_authentication_time(
    token: &VerifiedToken,
    max_age: Seconds,
    now: UnixTime,
) -> Result<(), IdTokenFault> {
    let stated = token.time("auth_time").ok().flatten();
    let at = stated.ok_or(IdTokenFault::AuthenticationTime)?;
    if now.since(at) > max_age.plus(LEEWAY) {
        return Err(IdTokenFault::AuthenticationTime);
    }
    Ok(())
}

fn subject(token: &VerifiedToken) -> Result<String, IdTokenFault> {
    let subject = token.subject().ok_or(IdTokenFault::Subject)?;
    let sound = !subject.is_empty() && subject.len() <= 255 && !subject.contains(char::is_control);
    if !sound {
        return Err(IdTokenFault::Subject);
    }
    Ok(subject.to_owned())
}

#[cfg(test)]
mod tests {
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
    fn who_was_asked_for_a_fresh_authentication_says_when_it_was() {
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
}
