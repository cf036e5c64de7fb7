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
    jose::ClaimsSet,
    oidc::{
        client_authentication::{ClientCredential, basic},
        document,
        token::{self, TokenFault},
    },
    secret::Secret,
    time::{Seconds, UnixTime},
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

/// The client that an access token must be of, and when it is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Our client identifier.
    pub client_id: &'a str,
    /// The clients beside ours whose tokens count.
    pub authorized_parties: &'a [String],
    /// `iss` of the provider, where an answer states one.
    pub issuer: &'a str,
    /// The time of the request.
    pub now: UnixTime,
}

/// The answer about an access token that is valid, and ours.
#[derive(Debug)]
pub struct Told {
    /// Optional in introspection alone (RFC 7662, section 2.2).
    user: Option<String>,
    /// When it expires, where that is stated.
    pub expires: Option<UnixTime>,
}

impl Told {
    /// Whether the token is this user's, whom the provider described.
    ///
    /// # Errors
    /// [`OAuthFault::OtherUser`].
    pub fn check_user(&self, subject: &str) -> Result<(), OAuthFault> {
        match &self.user {
            Some(user) if user != subject => Err(OAuthFault::OtherUser),
            Some(_) | None => Ok(()),
        }
    }
}

/// How far the provider's clock may differ from ours.
const LEEWAY: Seconds = Seconds::new(60);

/// Holds the answer against our client.
///
/// # Errors
/// Any [`OAuthFault`] about tokens. A false accept signs someone in with a token that was issued to another
/// application, whose owner may have stolen or lent it.
pub fn check(
    check: &TokenCheck,
    reply: &Reply,
    expected: Expected<'_>,
) -> Result<Told, OAuthFault> {
    match (check, reply.status) {
        (_, 200) => {}
        // Google knows of no other refusal than that of the token.
        (TokenCheck::TokenInfo(_), 400) => return Err(OAuthFault::TokenInactive),
        // GitHub knows of no token by 404, others refuse us.
        (_, _) => return Err(OAuthFault::TokenCheck(token::refusal(reply))),
    }
    let document = document::read(reply);
    let document = document.map_err(|fault| OAuthFault::TokenCheck(TokenFault::Document(fault)))?;
    let (client, told) = match check {
        TokenCheck::GitHub(_) => of_github(&document)?,
        TokenCheck::Facebook(_) => of_facebook(&document)?,
        TokenCheck::Introspection(_) => of_introspection(document, expected)?,
        TokenCheck::TokenInfo(_) => of_google(&document)?,
    };
    let is_ours = client == expected.client_id || expected.authorized_parties.contains(&client);
    if !is_ours {
        return Err(OAuthFault::OtherClient);
    }
    match told.expires {
        Some(end) if expected.now >= end.plus(LEEWAY) => Err(OAuthFault::TokenInactive),
        Some(_) | None => Ok(told),
    }
}

type OfClient = (String, Told);

fn named(of: Option<&Value>) -> Result<String, OAuthFault> {
    of.and_then(text).ok_or(OAuthFault::TokenInactive)
}

/// Seconds since the epoch, as a number or as text. What is there and cannot be read is no end that never comes.
fn seconds(of: Option<&Value>) -> Result<Option<UnixTime>, OAuthFault> {
    let Some(value) = of else {
        return Ok(None);
    };
    let text = value.as_str().and_then(|text| text.parse().ok());
    let seconds = value.as_u64().or(text).ok_or(OAuthFault::TokenInactive)?;
    Ok(Some(UnixTime::from_seconds(seconds)))
}

fn of_github(answer: &Map<String, Value>) -> Result<OfClient, OAuthFault> {
    let member = |table: &str, name: &str| answer.get(table)?.get(name);
    let user = named(member("user", "id"))?;
    let told = Told {
        user: Some(user),
        expires: None,
    };
    Ok((named(member("app", "client_id"))?, told))
}

fn of_facebook(answer: &Map<String, Value>) -> Result<OfClient, OAuthFault> {
    let member = |name: &str| answer.get("data")?.get(name);
    if member("is_valid") != Some(&Value::Bool(true)) {
        return Err(OAuthFault::TokenInactive);
    }
    // 0 stands for a token that does not end by itself.
    let expires = seconds(member("expires_at"))?;
    let told = Told {
        user: Some(named(member("user_id"))?),
        expires: expires.filter(|end| *end != UnixTime::from_seconds(0)),
    };
    Ok((named(member("app_id"))?, told))
}

/// An answer that is judged as that about a token that a program shows.
fn of_introspection(
    answer: Map<String, Value>,
    expected: Expected<'_>,
) -> Result<OfClient, OAuthFault> {
    online::check_active(&answer).map_err(|_| OAuthFault::TokenInactive)?;
    let claims = ClaimsSet::of_answer(answer).map_err(|_| OAuthFault::TokenInactive)?;
    claims
        .check_time(expected.now, LEEWAY)
        .map_err(|_| OAuthFault::TokenInactive)?;
    // Bound to a key that the page cannot show here.
    if claims.claim("cnf").is_some() {
        return Err(OAuthFault::TokenInactive);
    }
    if claims
        .issuer()
        .is_some_and(|stated| stated != expected.issuer)
    {
        return Err(OAuthFault::OtherClient);
    }
    let told = Told {
        user: claims.claim("sub").and_then(text),
        expires: claims.stated_expiration(),
    };
    Ok((named(claims.claim("client_id"))?, told))
}

fn of_google(answer: &Map<String, Value>) -> Result<OfClient, OAuthFault> {
    let either = |name: &str, earlier: &str| answer.get(name).or_else(|| answer.get(earlier));
    let client = either("azp", "issued_to").and_then(text);
    let audience = named(either("aud", "audience"))?;
    // Both name the client; an answer that names two is about no token of one client.
    if client.is_some_and(|client| client != audience) {
        return Err(OAuthFault::OtherClient);
    }
    let expires = seconds(answer.get("exp"))?.ok_or(OAuthFault::TokenInactive)?;
    let told = Told {
        user: Some(named(either("sub", "user_id"))?),
        expires: Some(expires),
    };
    Ok((audience, told))
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
#[path = "token_check_tests.rs"]
mod tests;
