//! The userinfo request and response (OpenID Connect Core, section 5.3).

use super::{
    document::{self, DocumentFault, LIMITS},
    id_token::IdTokenFault,
};
use crate::{
    encoding::json,
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
        outbound::{Outbound, Reply},
        url::Url,
    },
    jose::whole_seconds,
    secret::Secret,
    time::{Seconds, UnixTime},
};
use alloc::{format, string::String, vec};
use serde_json::{Map, Value};

/// Why userinfo is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserinfoFault {
    /// No document.
    Document(DocumentFault),
    /// The access token cannot stand in a header field.
    AccessToken,
    /// It is an encrypted token, which nobody here can open.
    Encrypted,
    /// It is a token, and no key of the provider signed it.
    Token(IdTokenFault),
    /// Its `iss` is not the provider.
    Issuer,
    /// We are not in its `aud`.
    Audience,
    /// Its `exp` is over.
    Expired,
    /// `sub` is not the ID token's: claims of someone else (section 5.3.2).
    SubjectMismatch,
}

/// The answer of the endpoint.
#[derive(Debug)]
pub enum Userinfo<'a> {
    /// Claims.
    Claims(Map<String, Value>),
    /// A token that has them, not yet verified.
    Signed(&'a str),
}

/// The issuer that must have signed the answer, and the client that it must be for.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'a> {
    /// `iss`, byte for byte.
    pub issuer: &'a str,
    /// Our client identifier.
    pub client_id: &'a str,
    /// The time of the request.
    pub now: UnixTime,
}

/// The claims that only an ID token, or the provider's place in the configuration, can state.
const OF_ID_TOKEN: [&str; 15] = [
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "nbf",
    "iat",
    "jti",
    "nonce",
    "acr",
    "amr",
    "auth_time",
    "sid",
    "at_hash",
    "c_hash",
];

/// How far the provider's clock may differ from ours.
const LEEWAY: Seconds = Seconds::new(60);

impl UserinfoFault {
    /// Whether there is no answer that could be used, rather than one that must not be.
    pub const fn is_absence(&self) -> bool {
        match self {
            Self::Document(_) | Self::AccessToken | Self::Encrypted => true,
            Self::Token(_)
            | Self::Issuer
            | Self::Audience
            | Self::Expired
            | Self::SubjectMismatch => false,
        }
    }
}

/// Whether a claim may be taken from userinfo. The issuer, the audience and the authentication are never taken from
/// there.
pub fn may_state(claim: &str) -> bool {
    !OF_ID_TOKEN.contains(&claim)
}

/// The request for the claims of the token's user.
///
/// # Errors
/// [`UserinfoFault::AccessToken`].
pub fn request(endpoint: &Url, access_token: &Secret<String>) -> Result<Outbound, UserinfoFault> {
    let bearer = HeaderValue::parse(format!("Bearer {}", access_token.expose()));
    Ok(Outbound {
        method: Method::Get,
        url: endpoint.clone(),
        headers: vec![
            (
                HeaderName::AUTHORIZATION,
                bearer.ok_or(UserinfoFault::AccessToken)?,
            ),
            (
                HeaderName::ACCEPT,
                HeaderValue::from_static("application/json"),
            ),
        ],
        body: None,
    })
}

/// The content of a reply, by what it is and not by how it is labelled.
///
/// # Errors
/// [`UserinfoFault::Document`].
pub fn read(reply: &Reply) -> Result<Userinfo<'_>, UserinfoFault> {
    if !reply.is_success() {
        let status = DocumentFault::Status(reply.status);
        return Err(UserinfoFault::Document(status));
    }
    let text = core::str::from_utf8(&reply.body).unwrap_or_default().trim();
    // So every signed or encrypted token in the compact serialisation begins: `{"` in base64url.
    if text.starts_with("ey") {
        return Ok(Userinfo::Signed(text));
    }
    let claims = json::parse_usable(&reply.body, LIMITS);
    let claims = claims.map_err(|fault| UserinfoFault::Document(DocumentFault::Json(fault)))?;
    Ok(Userinfo::Claims(claims))
}

/// Judges what a token says whose signature is the provider's (section 5.3.2). It need not have any of this, since it
/// comes from the provider's own endpoint; what it has must fit.
///
/// # Errors
/// [`UserinfoFault::Issuer`], [`UserinfoFault::Audience`] and [`UserinfoFault::Expired`].
pub fn check_signed(
    claims: &Map<String, Value>,
    expected: Expectation<'_>,
) -> Result<(), UserinfoFault> {
    let is_provider = |issuer: &Value| issuer.as_str() == Some(expected.issuer);
    if !claims.get("iss").is_none_or(is_provider) {
        return Err(UserinfoFault::Issuer);
    }
    let is_us = |audience: &Value| audience.as_str() == Some(expected.client_id);
    let is_for_us = |audience: &Value| {
        let several = audience.as_array();
        several.map_or_else(|| is_us(audience), |several| several.iter().any(is_us))
    };
    if !claims.get("aud").is_none_or(is_for_us) {
        return Err(UserinfoFault::Audience);
    }
    let is_ahead = |end: &Value| {
        let seconds = end
            .as_u64()
            .or_else(|| end.as_f64().and_then(whole_seconds));
        let end = seconds.map(UnixTime::from_seconds);
        end.is_some_and(|end| expected.now < end.plus(LEEWAY))
    };
    if !claims.get("exp").is_none_or(is_ahead) {
        return Err(UserinfoFault::Expired);
    }
    Ok(())
}

/// The claims, once they are known to be about `subject`.
///
/// # Errors
/// [`UserinfoFault::SubjectMismatch`].
pub fn about(
    claims: Map<String, Value>,
    subject: &str,
) -> Result<Map<String, Value>, UserinfoFault> {
    if document::text(&claims, "sub") != Some(subject) {
        return Err(UserinfoFault::SubjectMismatch);
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::json::JsonFault;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn reply(status: u16, content_type: &str, body: &str) -> Reply {
        Reply {
            status,
            content_type: Some(content_type.into()),
            body: body.as_bytes().to_vec(),
        }
    }

    fn claims(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn an_answer_is_claims_or_a_token_by_what_it_is() {
        for label in ["application/json", "text/html", "application/jwt"] {
            let json = reply(200, label, r#" {"sub":"a"} "#);
            assert!(matches!(read(&json), Ok(Userinfo::Claims(_))), "{label}");
            let token = reply(200, label, "eyJhIjoxfQ.e30.\n");
            assert!(
                matches!(read(&token), Ok(Userinfo::Signed("eyJhIjoxfQ.e30."))),
                "{label}"
            );
        }
        let json = |fault| UserinfoFault::Document(DocumentFault::Json(fault));
        for (status, body, fault) in [
            (200, "<html>", json(JsonFault::Malformed)),
            (204, "", json(JsonFault::Malformed)),
            (200, "[]", json(JsonFault::NotAnObject)),
            (
                403,
                "{}",
                UserinfoFault::Document(DocumentFault::Status(403)),
            ),
        ] {
            let refused = read(&reply(status, "application/json", body)).err();
            assert_eq!(refused, Some(fault), "{body}");
            assert!(fault.is_absence());
        }
    }

    #[test]
    fn what_a_signed_answer_states_must_fit() {
        let expected = Expectation {
            issuer: "https://op.example.com",
            client_id: "edge",
            now: UnixTime::from_seconds(1_000),
        };
        for (stated, fault) in [
            (json!({}), None),
            (
                json!({"iss": "https://op.example.com", "aud": "edge", "exp": 1_001}),
                None,
            ),
            (json!({"aud": ["other", "edge"], "exp": 941.5}), None),
            (
                json!({"iss": "https://op.example.com/"}),
                Some(UserinfoFault::Issuer),
            ),
            (json!({"iss": null}), Some(UserinfoFault::Issuer)),
            (json!({"aud": "other"}), Some(UserinfoFault::Audience)),
            (json!({"aud": []}), Some(UserinfoFault::Audience)),
            (json!({"aud": {"edge": 1}}), Some(UserinfoFault::Audience)),
            (json!({"exp": 940}), Some(UserinfoFault::Expired)),
            (json!({"exp": "later"}), Some(UserinfoFault::Expired)),
        ] {
            let refused = check_signed(&claims(&stated), expected).err();
            assert_eq!(refused, fault, "{stated}");
            assert!(fault.is_none_or(|fault| !fault.is_absence()));
        }
    }

    #[test]
    fn claims_of_someone_else_are_refused() {
        assert!(about(claims(&json!({"sub": "a", "groups": ["x"]})), "a").is_ok());
        for other in [
            json!({"sub": "b"}),
            json!({"groups": ["x"]}),
            json!({"sub": ""}),
        ] {
            let refused = about(claims(&other), "a").err();
            assert_eq!(refused, Some(UserinfoFault::SubjectMismatch), "{other}");
        }
    }

    #[test]
    fn who_speaks_is_never_said_there() {
        for claim in ["iss", "sub", "acr", "auth_time"] {
            assert!(!may_state(claim), "{claim}");
        }
        assert!(may_state("email") && may_state("groups"));
    }

    #[test]
    fn an_access_token_cannot_start_a_header() {
        let url = Url::parse("https://op.example.com/me").unwrap();
        let token = |text: &str| Secret::new(String::from(text));
        assert!(request(&url, &token("abc")).is_ok());
        assert!(request(&url, &token("abc\r\nX: y")).is_err());
    }
}
