//! Asking an issuer about a token: by introspection (RFC 7662, 9701), at its userinfo endpoint (OpenID Connect Core, section
//! 5.3), or in the forms of Google and Facebook.
//!
//! The answer alone lets a token in, so it is read strictly: a token is active only where the answer says so in the one
//! way that the endpoint has for it. Whatever cannot be read leaves it open whether the token is good, and so does a
//! refusal of us: nobody is told then that it is not.

use super::{
    AccessToken, AccessTokenFault,
    signed_answer::{self, Said, SignedAnswer, SignedAnswerFault},
};
use crate::{
    access::issuer_index::IssuerIndex,
    config::{CheckMethod, Issuer, OnlineCheck},
    encoding::{json, parameters},
    http::{
        header::{HeaderName, HeaderValue},
        outbound::{Outbound, Reply},
        url::Url,
    },
    jose::ClaimsSet,
    oidc::{
        client_authentication::ClientCredential,
        document::{self, DocumentFault},
        token, userinfo,
    },
    secret::Secret,
};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
};
use serde_json::{Map, Value};

/// How we prove who we are, with the secret at hand.
#[derive(Debug)]
pub enum Asker {
    /// A client, by its identifier.
    Client(String, ClientCredential),
    /// The holder of an access token of ours.
    Bearer(Secret<String>),
    /// Nobody: the endpoint asks for no proof.
    Nobody,
}

/// An answer, as it has to come.
pub enum Answer<'a> {
    /// As it came.
    Plain(&'a Reply),
    /// Signed by the issuer, and for us (RFC 9701).
    Signed(Said),
}

/// Why an answer says nothing about the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFault {
    /// The endpoint does not take us: our credential is wrong, or the client may not ask.
    Refused(u16),
    /// No document.
    Document(DocumentFault),
    /// `active` is missing or no boolean (RFC 7662, section 2.2), or what stands for it elsewhere.
    Active,
    /// It must be signed, and is not, or not so that it counts here.
    Signed(SignedAnswerFault),
}

/// Why a token does not count by the word of its issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody knows whether it is good.
    Unknown(AnswerFault),
    /// It is refused.
    Refused(AccessTokenFault),
}

impl From<AnswerFault> for Verdict {
    fn from(fault: AnswerFault) -> Self {
        Self::Unknown(fault)
    }
}

impl From<AccessTokenFault> for Verdict {
    fn from(fault: AccessTokenFault) -> Self {
        Self::Refused(fault)
    }
}

impl From<SignedAnswerFault> for AnswerFault {
    fn from(fault: SignedAnswerFault) -> Self {
        Self::Signed(fault)
    }
}

/// The question about a token. `None` where the credential or the token cannot stand where it must.
pub fn request(
    method: &CheckMethod,
    endpoint: &Url,
    asker: &Asker,
    token: &str,
) -> Option<Outbound> {
    match (method, asker) {
        (CheckMethod::Introspection { signed_for, .. }, Asker::Client(id, credential)) => {
            let request = introspection(endpoint, token, id, credential)?;
            Some(accepting(request, signed_for.is_some()))
        }
        (CheckMethod::Introspection { signed_for, .. }, Asker::Bearer(ours)) => {
            let mut request = token::plain_form_request(endpoint, introspection_form(token));
            let bearer = HeaderValue::parse(format!("Bearer {}", ours.expose()))?;
            request.headers.push((HeaderName::AUTHORIZATION, bearer));
            Some(accepting(request, signed_for.is_some()))
        }
        (CheckMethod::GoogleTokenInfo, _) => Some(token_info(endpoint, "access_token", token)),
        (CheckMethod::FacebookTokenInfo(_), Asker::Client(id, credential)) => {
            // The application itself asks, with what Facebook calls its access token.
            let application = format!("{id}|{}", credential.secret()?.expose());
            let mut query = String::new();
            parameters::push(&mut query, "input_token", token);
            userinfo::request(&endpoint.with_query(&query), &Secret::new(application)).ok()
        }
        (CheckMethod::Userinfo, _) => {
            userinfo::request(endpoint, &Secret::new(token.to_owned())).ok()
        }
        (CheckMethod::Introspection { .. } | CheckMethod::FacebookTokenInfo(_), _) => None,
    }
}

/// The question, which asks for a signed answer where it has to be one (RFC 9701, section 4).
fn accepting(mut request: Outbound, signed: bool) -> Outbound {
    if signed {
        let accept = HeaderValue::from_static(signed_answer::MEDIA_TYPE);
        request
            .headers
            .retain(|(name, _)| *name != HeaderName::ACCEPT);
        request.headers.push((HeaderName::ACCEPT, accept));
    }
    request
}

/// The question of a client to an introspection endpoint (RFC 7662, section 2.1). `None` where the client identifier or
/// secret cannot stand in a header field.
pub fn introspection(
    endpoint: &Url,
    token: &str,
    client_id: &str,
    credential: &ClientCredential,
) -> Option<Outbound> {
    token::form_request(endpoint, introspection_form(token), client_id, credential)
}

/// The question in Google's form about a token of this kind. The token stands in the body, so that no log of an address
/// has it.
pub fn token_info(endpoint: &Url, kind: &str, token: &str) -> Outbound {
    let mut form = String::new();
    parameters::push(&mut form, kind, token);
    token::plain_form_request(endpoint, form)
}

fn introspection_form(token: &str) -> String {
    let mut form = String::new();
    parameters::push(&mut form, "token", token);
    parameters::push(&mut form, "token_type_hint", "access_token");
    form
}

/// The answer that has to be signed, to find out who signed it.
///
/// # Errors
/// [`AnswerFault`] of a reply that is no answer, or not signed.
pub fn signed(reply: &Reply) -> Result<SignedAnswer<'_>, AnswerFault> {
    check_status(reply)?;
    Ok(SignedAnswer::read(reply)?)
}

/// The facts of an active token.
///
/// # Errors
/// [`Verdict`]. After a false accept, a token that was revoked, or was never an access token, opens the API.
pub fn read(
    check: &OnlineCheck,
    answer: Answer<'_>,
    issuer: &Issuer,
    index: IssuerIndex,
) -> Result<AccessToken, Verdict> {
    let claims = claims(check, answer, issuer)?;
    Ok(AccessToken::of_answer(claims, issuer, index)?)
}

/// Whether the issuer still stands to a token that it signed.
///
/// # Errors
/// [`Verdict`]. A false accept lets a revoked token in for as long as it lives.
pub fn confirm(
    check: &OnlineCheck,
    answer: Answer<'_>,
    issuer: &Issuer,
    token: &AccessToken,
) -> Result<(), Verdict> {
    let answer = claims(check, answer, issuer)?;
    // An answer about somebody else is about another token.
    let is_same = |stated| Some(stated) == token.claims().subject();
    match answer.subject().is_none_or(is_same) {
        true => Ok(()),
        false => Err(AccessTokenFault::Subject.into()),
    }
}

/// The claims of an active token, which name no other issuer.
fn claims(check: &OnlineCheck, answer: Answer<'_>, issuer: &Issuer) -> Result<ClaimsSet, Verdict> {
    let reply = match (answer, check.signed_for()) {
        (Answer::Plain(reply), None) => reply,
        (Answer::Signed(said), Some(_)) => {
            return of_issuer(introspected(said.into_members())?, issuer);
        }
        // An attacker who took the signature away could answer anything.
        (Answer::Plain(_), Some(_)) | (Answer::Signed(_), None) => {
            return Err(AnswerFault::from(SignedAnswerFault::Unsigned).into());
        }
    };
    let claims = match &check.method {
        CheckMethod::Introspection { .. } => introspected(document(reply)?)?,
        CheckMethod::Userinfo => of_userinfo(reply)?,
        CheckMethod::GoogleTokenInfo => of_google(reply)?,
        CheckMethod::FacebookTokenInfo(_) => of_facebook(document(reply)?)?,
    };
    of_issuer(claims, issuer)
}

/// The claims, where they name no other issuer.
fn of_issuer(claims: Map<String, Value>, issuer: &Issuer) -> Result<ClaimsSet, Verdict> {
    let claims = ClaimsSet::of_answer(claims).map_err(AccessTokenFault::Claims)?;
    let is_foreign = |stated: &str| stated != issuer.issuer;
    match claims.issuer().is_some_and(is_foreign) {
        true => Err(AccessTokenFault::UnknownIssuer.into()),
        false => Ok(claims),
    }
}

fn document(reply: &Reply) -> Result<Map<String, Value>, AnswerFault> {
    check_status(reply)?;
    document::read(reply).map_err(AnswerFault::Document)
}

/// A refusal says nothing of the token.
const fn check_status(reply: &Reply) -> Result<(), AnswerFault> {
    match reply.status {
        200 => Ok(()),
        status @ (400 | 401 | 403) => Err(AnswerFault::Refused(status)),
        status => Err(AnswerFault::Document(DocumentFault::Status(status))),
    }
}

/// The types of an access token, as servers state them beside `active`: of RFC 6749, section 7.1; of RFC 9068; and
/// what Keycloak and Glewlwyd say.
const ACCESS_TYPES: [&str; 5] = ["bearer", "dpop", "access_token", "at+jwt", "jwt"];

fn introspected(answer: Map<String, Value>) -> Result<Map<String, Value>, Verdict> {
    check_active(&answer)?;
    Ok(answer)
}

/// Whether the answer of an introspection endpoint is about an access token that is active (RFC 7662, section 2.2).
///
/// # Errors
/// [`Verdict`]. After a false accept, a token that was revoked, or was never an access token, counts.
pub fn check_active(answer: &Map<String, Value>) -> Result<(), Verdict> {
    match answer.get("active") {
        Some(Value::Bool(true)) => {}
        Some(Value::Bool(false)) => return Err(AccessTokenFault::Inactive.into()),
        Some(_) | None => return Err(AnswerFault::Active.into()),
    }
    // The hint is no more than one: a refresh token or an ID token may be active, too.
    let is_access = |name: &str| {
        answer.get(name).is_none_or(|stated| {
            let stated = stated.as_str().unwrap_or_default().to_ascii_lowercase();
            let short = stated.strip_prefix("application/").unwrap_or(&stated);
            let short = short
                .strip_prefix("urn:ietf:params:oauth:token-type:")
                .unwrap_or(short);
            ACCESS_TYPES.contains(&short)
        })
    };
    let is_used_for_access = |use_of: &Value| {
        use_of
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case("access"))
    };
    if !is_access("token_type")
        || !is_access("typ")
        || !answer.get("token_use").is_none_or(is_used_for_access)
        || ["at_hash", "c_hash", "s_hash", "events"]
            .iter()
            .any(|name| answer.contains_key(*name))
    {
        return Err(AccessTokenFault::Kind.into());
    }
    Ok(())
}

/// The claims about the user. The endpoint is no word on what the token may do, or whose it is.
fn of_userinfo(reply: &Reply) -> Result<Map<String, Value>, Verdict> {
    match reply.status {
        200 => {}
        // RFC 6750, section 3.1: the token is expired, revoked or malformed, or does not suffice.
        401 | 403 => return Err(AccessTokenFault::Inactive.into()),
        status => return Err(AnswerFault::Document(DocumentFault::Status(status)).into()),
    }
    let claims = document::read(reply).map_err(AnswerFault::Document)?;
    if document::text(&claims, "sub").is_none() {
        return Err(AccessTokenFault::Subject.into());
    }
    let is_about_user = |name: &str| {
        let of_token = ["client_id", "appid", "cid", "scope", "scp", "cnf"];
        name == "sub" || (userinfo::may_state(name) && !of_token.contains(&name))
    };
    Ok(json::keeping(claims, is_about_user))
}

/// Google says numbers and booleans as text, and `azp` or `issued_to` for the client.
fn of_google(reply: &Reply) -> Result<Map<String, Value>, Verdict> {
    // It knows of no other refusal than that of the token: `invalid_token` with 400.
    if reply.status == 400 {
        return Err(AccessTokenFault::Inactive.into());
    }
    let claims = typed(document(reply)?).ok_or(AnswerFault::Active)?;
    // Without its end nothing says that the token is one that still counts.
    match claims.contains_key("exp") {
        true => Ok(claims),
        false => Err(AnswerFault::Active.into()),
    }
}

/// The claims of an ID token, as Google's endpoint tells them.
///
/// # Errors
/// [`Verdict`]. After a false accept, a text that nobody signed signs someone in.
pub fn of_id_token(reply: &Reply) -> Result<ClaimsSet, Verdict> {
    Ok(ClaimsSet::of_answer(of_google(reply)?).map_err(AccessTokenFault::Claims)?)
}

/// Google's numbers and booleans, which it writes as text; `None` where one is no number.
fn typed(mut claims: Map<String, Value>) -> Option<Map<String, Value>> {
    for name in ["exp", "iat", "nbf", "auth_time"] {
        if let Some(Value::String(text)) = claims.get(name) {
            let number = text.parse::<u64>().ok()?;
            claims.insert(name.to_owned(), number.into());
        }
    }
    if let Some(Value::String(text)) = claims.get("email_verified") {
        let is_verified = text == "true";
        claims.insert("email_verified".to_owned(), is_verified.into());
    }
    Some(claims)
}

fn of_facebook(answer: Map<String, Value>) -> Result<Map<String, Value>, Verdict> {
    let data = answer.get("data").and_then(Value::as_object);
    let data = data.ok_or(AnswerFault::Active)?;
    match data.get("is_valid") {
        Some(Value::Bool(true)) => {}
        Some(Value::Bool(false)) => return Err(AccessTokenFault::Inactive.into()),
        Some(_) | None => return Err(AnswerFault::Active.into()),
    }
    if data.get("type").is_some_and(|kind| kind != "USER") {
        return Err(AccessTokenFault::Kind.into());
    }
    let text = |name: &str| match data.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) if number.is_u64() => Some(number.to_string()),
        Some(_) | None => None,
    };
    let mut claims = Map::new();
    claims.insert(
        "sub".to_owned(),
        text("user_id").ok_or(AccessTokenFault::Subject)?.into(),
    );
    claims.insert(
        "client_id".to_owned(),
        text("app_id").ok_or(AccessTokenFault::Client)?.into(),
    );
    // 0 stands for a token that does not end by itself.
    if let Some(end) = data.get("expires_at").filter(|end| end.as_u64() != Some(0)) {
        claims.insert("exp".to_owned(), end.clone());
    }
    if let Some(scopes) = data.get("scopes") {
        claims.insert("scope".to_owned(), scopes.clone());
    }
    Ok(claims)
}

#[cfg(test)]
#[path = "online_tests.rs"]
mod tests;
