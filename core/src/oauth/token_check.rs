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
    time::UnixTime,
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
        TokenCheck::TokenInfo(endpoint) => Some(online::token_info(
            endpoint,
            "access_token",
            access_token.expose(),
        )),
    }
}

/// The client and the user that an access token must be of.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// Our client identifier.
    pub client_id: &'a str,
    /// The clients beside ours whose tokens count.
    pub authorized_parties: &'a [String],
    /// `iss` of the provider, where an answer states one.
    pub issuer: &'a str,
    /// The user that the provider described.
    pub subject: &'a str,
}

/// The answer about an access token that is valid.
struct Told {
    client: String,
    /// Optional in introspection alone (RFC 7662, section 2.2).
    user: Option<String>,
    expires: Option<UnixTime>,
}

/// Holds the answer against our client and the user that the provider described. Answers when the token expires, where
/// that is stated.
///
/// # Errors
/// Any [`OAuthFault`] about tokens. A false accept signs someone in with a token that was issued to another
/// application, whose owner may have stolen or lent it.
pub fn check(
    check: &TokenCheck,
    reply: &Reply,
    whose: Whose<'_>,
) -> Result<Option<UnixTime>, OAuthFault> {
    let told = told(check, reply, whose.issuer)?;
    let is_ours = told.client == whose.client_id || whose.authorized_parties.contains(&told.client);
    if !is_ours {
        return Err(OAuthFault::OtherClient);
    }
    match told.user {
        Some(user) if user != whose.subject => Err(OAuthFault::OtherUser),
        Some(_) | None => Ok(told.expires),
    }
}

fn told(check: &TokenCheck, reply: &Reply, issuer: &str) -> Result<Told, OAuthFault> {
    match (check, reply.status) {
        (_, 200) => {}
        // Google knows of no other refusal than that of the token.
        (TokenCheck::TokenInfo(_), 400) => return Err(OAuthFault::TokenInactive),
        // GitHub knows of no token by 404, others refuse us.
        (_, _) => return Err(OAuthFault::TokenCheck(token::refusal(reply))),
    }
    let document = document::read(reply);
    let document = document.map_err(|fault| OAuthFault::TokenCheck(TokenFault::Document(fault)))?;
    let at = |path: &[&str]| {
        path.iter()
            .skip(1)
            .try_fold(document.get(*path.first()?)?, |at, name| at.get(name))
    };
    let named = |path: &[&str]| at(path).and_then(text);
    let seconds = |path: &[&str]| {
        let value = at(path)?;
        let text = value.as_str().and_then(|text| text.parse().ok());
        value.as_u64().or(text).map(UnixTime::from_seconds)
    };
    let (client, user, expires) = match check {
        TokenCheck::GitHub(_) => (
            named(&["app", "client_id"]),
            Some(named(&["user", "id"]).ok_or(OAuthFault::TokenInactive)?),
            None,
        ),
        TokenCheck::Facebook(_) => {
            if at(&["data", "is_valid"]) != Some(&Value::Bool(true)) {
                return Err(OAuthFault::TokenInactive);
            }
            let user = named(&["data", "user_id"]).ok_or(OAuthFault::TokenInactive)?;
            // 0 stands for a token that does not end by itself.
            let expires = seconds(&["data", "expires_at"]);
            let expires = expires.filter(|end| *end != UnixTime::from_seconds(0));
            (named(&["data", "app_id"]), Some(user), expires)
        }
        TokenCheck::Introspection(_) => {
            online::check_active(&document).map_err(|_| OAuthFault::TokenInactive)?;
            if at(&["iss"]).is_some_and(|stated| stated.as_str() != Some(issuer)) {
                return Err(OAuthFault::OtherClient);
            }
            (named(&["client_id"]), named(&["sub"]), seconds(&["exp"]))
        }
        TokenCheck::TokenInfo(_) => {
            let client = named(&["azp"]).or_else(|| named(&["issued_to"]));
            let audience = named(&["aud"]).or_else(|| named(&["audience"]));
            // Both name the client; an answer that names two is about no token of one client.
            if client.is_some() && client != audience {
                return Err(OAuthFault::OtherClient);
            }
            let user = named(&["sub"]).or_else(|| named(&["user_id"]));
            let user = user.ok_or(OAuthFault::TokenInactive)?;
            let expires = seconds(&["exp"]).ok_or(OAuthFault::TokenInactive)?;
            (audience, Some(user), Some(expires))
        }
    };
    Ok(Told {
        client: client.ok_or(OAuthFault::TokenInactive)?,
        user,
        expires,
    })
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

    const TOKENINFO: Kind = TokenCheck::TokenInfo;

    fn asked(kind: Kind, answer: &Value) -> Result<Option<u64>, OAuthFault> {
        let reply = Reply {
            status: 200,
            content_type: Some("application/json; charset=utf-8".into()),
            body: answer.to_string().into_bytes(),
        };
        let kind = kind(Url::parse("https://api.example.com").unwrap());
        let whose = Whose {
            client_id: "edge",
            authorized_parties: &["app".to_string()],
            issuer: "https://op.example.com",
            subject: "42",
        };
        let expires = check(&kind, &reply, whose)?;
        Ok(expires.map(UnixTime::as_seconds))
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
                json!({"data": {"app_id": "app", "is_valid": true, "user_id": "42", "expires_at": 9}}),
                Some(9),
            ),
            (
                INTROSPECTION,
                json!({"active": true, "client_id": "edge", "sub": "42", "exp": 9}),
                Some(9),
            ),
            (
                INTROSPECTION,
                json!({"active": true, "client_id": "app", "iss": "https://op.example.com"}),
                None,
            ),
            (
                TOKENINFO,
                json!({"aud": "edge", "azp": "edge", "sub": "42", "exp": "9"}),
                Some(9),
            ),
            (
                TOKENINFO,
                json!({"audience": "edge", "issued_to": "edge", "user_id": "42", "exp": 9}),
                Some(9),
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
                json!({"aud": "edge", "azp": "other", "sub": "42", "exp": "9"}),
                OAuthFault::OtherClient,
            ),
            (
                TOKENINFO,
                json!({"aud": "other", "azp": "other", "sub": "42", "exp": "9"}),
                OAuthFault::OtherClient,
            ),
            (
                TOKENINFO,
                json!({"aud": "edge", "azp": "edge", "sub": "43", "exp": "9"}),
                OAuthFault::OtherUser,
            ),
            (
                TOKENINFO,
                json!({"aud": "edge", "azp": "edge", "exp": "9"}),
                OAuthFault::TokenInactive,
            ),
            (
                TOKENINFO,
                json!({"aud": "edge", "azp": "edge", "sub": "42"}),
                OAuthFault::TokenInactive,
            ),
        ] {
            assert_eq!(asked(kind, &answer), Err(fault), "{answer}");
        }
    }
}
