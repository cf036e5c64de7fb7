//! The check of the client that an access token was issued to, by the provider's word.
//!
//! GitHub: `POST /applications/{client_id}/token`, "Check a token". Facebook: `GET /debug_token`. Others: token
//! introspection (RFC 7662).

use super::{OAuthFault, resource};
use crate::{
    bearer::online,
    config::TokenCheck,
    encoding::{parameters, percent},
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
        outbound::{Outbound, Reply},
        url::Url,
    },
    oidc::{
        client_authentication::{ClientCredential, basic},
        document,
        token::{self, TokenFault},
    },
    secret::Secret,
};
use alloc::{
    format,
    string::{String, ToString},
    vec,
};
use serde_json::{Map, Value};

/// The question. `None` where the client identifier or secret cannot stand where it must.
pub fn request(
    check: &TokenCheck,
    client_id: &str,
    credential: &ClientCredential,
    access_token: &Secret<String>,
) -> Option<Outbound> {
    match check {
        TokenCheck::GitHub(api) => {
            let id = percent::encode_component(client_id);
            let url = Url::parse(&format!("{api}/applications/{id}/token")).ok()?;
            let mut body = Map::new();
            body.insert("access_token".into(), access_token.expose().as_str().into());
            Some(Outbound {
                method: Method::Post,
                url,
                headers: vec![
                    (
                        HeaderName::AUTHORIZATION,
                        basic(client_id, credential.secret()?)?,
                    ),
                    (
                        HeaderName::ACCEPT,
                        HeaderValue::from_static("application/json"),
                    ),
                    (
                        HeaderName::CONTENT_TYPE,
                        HeaderValue::from_static("application/json"),
                    ),
                    resource::user_agent(),
                ],
                body: Some(Value::Object(body).to_string()),
            })
        }
        TokenCheck::Facebook(endpoint) => {
            // The application itself asks, with what Facebook calls its access token.
            let secret = credential.secret()?.expose();
            let application = Secret::new(format!("{client_id}|{secret}"));
            let mut query = String::new();
            parameters::push(&mut query, "input_token", access_token.expose());
            resource::request(&endpoint.with_query(&query), &application).ok()
        }
        TokenCheck::Introspection(endpoint) => {
            online::introspection(endpoint, access_token.expose(), client_id, credential)
        }
    }
}

/// Holds the answer against our client and the user that the provider described.
///
/// # Errors
/// Any [`OAuthFault`] about tokens. A false accept signs someone in with a token that was issued to another
/// application, whose owner may have stolen or lent it.
pub fn check(
    check: &TokenCheck,
    reply: &Reply,
    client_id: &str,
    subject: &str,
) -> Result<(), OAuthFault> {
    if reply.status != 200 {
        // GitHub knows of no token by 404, others refuse us.
        return Err(OAuthFault::TokenCheck(token::refusal(reply)));
    }
    let document = document::read(reply);
    let document = document.map_err(|fault| OAuthFault::TokenCheck(TokenFault::Document(fault)))?;
    let at = |path: &[&str]| {
        path.iter()
            .skip(1)
            .try_fold(document.get(*path.first()?)?, |at, name| at.get(name))
    };
    let (client, user, is_active) = match check {
        TokenCheck::GitHub(_) => (at(&["app", "client_id"]), at(&["user", "id"]), true),
        TokenCheck::Facebook(_) => (
            at(&["data", "app_id"]),
            at(&["data", "user_id"]),
            at(&["data", "is_valid"]) == Some(&Value::Bool(true)),
        ),
        TokenCheck::Introspection(_) => (
            at(&["client_id"]),
            // Optional there (RFC 7662, section 2.2); where it stands it counts.
            at(&["sub"]),
            at(&["active"]) == Some(&Value::Bool(true)),
        ),
    };
    if !is_active {
        return Err(OAuthFault::TokenInactive);
    }
    let client = client.and_then(text).ok_or(OAuthFault::TokenInactive)?;
    if client != client_id {
        return Err(OAuthFault::OtherClient);
    }
    match (check, user.and_then(text)) {
        (_, Some(user)) if user == subject => Ok(()),
        (TokenCheck::Introspection(_), None) => Ok(()),
        (_, None) => Err(OAuthFault::TokenInactive),
        (_, Some(_)) => Err(OAuthFault::OtherUser),
    }
}

/// An identifier: a text, or a whole number as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_u64() => Some(number.to_string()),
        Value::Number(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    type Kind = fn(Url) -> TokenCheck;
    const GITHUB: Kind = TokenCheck::GitHub;
    const FACEBOOK: Kind = TokenCheck::Facebook;
    const INTROSPECTION: Kind = TokenCheck::Introspection;

    fn asked(kind: Kind, answer: &Value) -> Result<(), OAuthFault> {
        let reply = Reply {
            status: 200,
            content_type: Some("application/json; charset=utf-8".into()),
            body: answer.to_string().into_bytes(),
        };
        let kind = kind(Url::parse("https://api.example.com").unwrap());
        check(&kind, &reply, "edge", "42")
    }

    #[test]
    fn a_token_of_our_client_and_user_passes() {
        for (kind, answer) in [
            (
                GITHUB,
                json!({"app": {"client_id": "edge"}, "user": {"id": 42}}),
            ),
            (
                FACEBOOK,
                json!({"data": {"app_id": "edge", "is_valid": true, "user_id": "42"}}),
            ),
            (
                INTROSPECTION,
                json!({"active": true, "client_id": "edge", "sub": "42"}),
            ),
            (INTROSPECTION, json!({"active": true, "client_id": "edge"})),
        ] {
            assert_eq!(asked(kind, &answer), Ok(()), "{answer}");
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
        ] {
            assert_eq!(asked(kind, &answer), Err(fault), "{answer}");
        }
    }
}
