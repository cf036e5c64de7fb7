//! `{base_path}/callback/{provider}`: from the provider's answer to a session. The answer comes by `GET`, or
//! by `POST` from a provider that is configured so, and never by the other.
//!
//! The attempt is marked as used before the code is sent: of two callbacks with one state exactly
//! one ever speaks to the provider, and a mark whose write is in doubt counts as used.

use super::{
    client, establish, login, logout, provider, random,
    refusal::{Detail, Refusal},
    serve::Call,
    visitor,
};
use crate::{
    config::{Provider, ResponseMode},
    cookie::{name, request::RequestCookies},
    fault::{BrowserFault, Exchange, Fault, PlatformFault, ProviderFault},
    http::{
        header::HeaderName,
        inbound::{ByteCount, Inbound},
        method::Method,
        response::Response,
    },
    oidc::{
        attempt::{self, Attempt},
        callback::AuthorizationResponse,
        discovery::ProviderMetadata,
        id_token::{Expectation, VerifiedIdToken},
        return_to::ReturnTo,
        token::{self, CodeExchange, Tokens},
        userinfo,
    },
    page::{href::Href, onward::Onward},
    platform::{
        Platform,
        ledger::{Expected, LedgerError, RecordName, Version, Write, Written},
    },
    secret::{Secret, same_bytes},
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use serde_json::{Map, Value};

pub(super) async fn serve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider_id: &str,
    query: &str,
    cookies: RequestCookies<'_>,
) -> Result<Response, Refusal> {
    let home = |fault: BrowserFault| {
        Refusal::from(fault).with(Detail::SignIn {
            retry: ReturnTo::home(),
        })
    };
    let provider = call.deployment.config.provider(provider_id);
    let provider = provider.ok_or(BrowserFault::NoRoute)?;
    let parameters = parameters(call, provider, query).await?;
    let response = parameters
        .and_then(|parameters| AuthorizationResponse::parse(&parameters).ok())
        .ok_or_else(|| home(BrowserFault::CallbackMalformed))?;
    let cookie_name = attempt::cookie_name(&response.state);
    let attempt = find_attempt(call, cookies, &cookie_name, &response.state).map_err(home)?;
    let retry = attempt.return_to.clone();
    let done = finish(call, provider, response, attempt, cookies).await;
    let clear = login::clear(&cookie_name);
    match done {
        Ok(mut response) => {
            response
                .headers
                .extend(clear.map(|field| (HeaderName::SET_COOKIE, field)));
            Ok(response)
        }
        Err(fault) => Err(Refusal::from(fault)
            .about(provider)
            .with(Detail::SignIn { retry })
            .with_cookies(clear.into_iter().collect())),
    }
}

/// The parameters of the answer, where the provider gives it; `None` where they cannot be read there.
///
/// A `HEAD` would spend the code and show nobody the session.
async fn parameters<'q, P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    query: &'q str,
) -> Result<Option<Cow<'q, str>>, Refusal> {
    let method = match provider.response_mode {
        ResponseMode::Query => Method::Get,
        ResponseMode::FormPost => Method::Post,
    };
    if call.request.method() != method {
        return Err(
            Refusal::from(BrowserFault::MethodNotAllowed).with(Detail::Allow(Vec::from([method])))
        );
    }
    if provider.response_mode == ResponseMode::Query {
        return Ok(Some(Cow::Borrowed(query)));
    }
    let content_type = call.request.header(&HeaderName::CONTENT_TYPE);
    let media_type = content_type
        .as_deref()
        .and_then(|text| text.split(';').next());
    if !media_type.is_some_and(|text| text.trim().eq_ignore_ascii_case(FORM)) {
        return Ok(None);
    }
    let body = call.request.body(LONGEST_FORM).await.ok();
    let form = body.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(form.map(Cow::Owned))
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Room for a long code and whatever else a provider adds.
const LONGEST_FORM: ByteCount = ByteCount(16 * 1024);

/// The attempt of this browser that `state` belongs to.
fn find_attempt<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
    cookie_name: &str,
    state: &str,
) -> Result<Attempt, BrowserFault> {
    let text = cookies
        .one(cookie_name)
        .ok_or(BrowserFault::AttemptUnknown)?;
    let place = login::place(cookie_name, &call.deployment.origin);
    let opened = call.deployment.ring.open_text(place, text, call.now);
    let opened = opened.map_err(|_| BrowserFault::AttemptUnknown)?;
    let attempt =
        Attempt::from_bytes(opened.plaintext.expose()).map_err(|_| BrowserFault::AttemptUnknown)?;
    // The cookie's name holds a part of the digest only.
    if !same_bytes(attempt.state().as_bytes(), state.as_bytes()) {
        return Err(BrowserFault::AttemptUnknown);
    }
    if attempt.is_expired(call.now) {
        return Err(BrowserFault::AttemptExpired);
    }
    Ok(attempt)
}

async fn finish<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    response: AuthorizationResponse,
    attempt: Attempt,
    cookies: RequestCookies<'_>,
) -> Result<Response, Fault> {
    if attempt.provider != provider.id {
        return Err(BrowserFault::AttemptOfOtherProvider.into());
    }
    let metadata = provider::metadata(call, provider).await?;
    let outcome = response
        .from_issuer(&provider.issuer, metadata.response_issuer)
        .map_err(|_| ProviderFault::ResponseIssuer)?;
    let code = outcome.map_err(ProviderFault::Refused)?;
    mark_used(call, &attempt).await?;
    let tokens = exchange(call, provider, &metadata, &code, &attempt).await?;
    let token = provider::verify(call, provider, &metadata, tokens.id_token.expose()).await?;
    let expectation = Expectation {
        issuer: &provider.issuer,
        client_id: &provider.client_id,
        nonce: &attempt.nonce(),
        max_age: attempt.max_age,
        now: call.now,
    };
    let id_token = VerifiedIdToken::new(token, expectation).map_err(ProviderFault::IdToken)?;
    let claims = claims(call, provider, &metadata, &id_token, &tokens).await?;
    let session = establish::session(call, provider, &id_token, claims, tokens).await?;
    // A page and not a redirect: it alone can bring the address's fragment back, which is never sent.
    let cookie_name = attempt::cookie_name(&attempt.state());
    let page = Onward::Back {
        to: Href::local(attempt.return_to.as_str()),
        attempt: name::attempt_id(&cookie_name),
    };
    let mut response = page.response(call.voice());
    response.headers.push((HeaderName::SET_COOKIE, session));
    // A late answer to an earlier request must not bring the session back that this one replaces.
    let replaced = cookies
        .one(name::SESSION)
        .and_then(|text| visitor::open(call.deployment, text, call.now));
    if let Some(replaced) = replaced {
        let tombstone = logout::bury(call, replaced.handle)?;
        response.headers.push((HeaderName::SET_COOKIE, tombstone));
    }
    Ok(response)
}

/// Marks the attempt in the ledger; whoever comes second is refused.
async fn mark_used<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    attempt: &Attempt,
) -> Result<(), Fault> {
    let write = Write {
        expected: Expected::Absent {
            first: Version::first(random::bytes(call.platform)?),
        },
        value: &[],
        expires: attempt
            .created
            .plus(attempt::LIFETIME)
            .plus(attempt::LIFETIME),
        now: call.now,
    };
    let written = call
        .platform
        .ledger_write(&attempt.partition(), &RecordName::attempt(), write)
        .await;
    match written {
        Ok(Written::Stored(_)) => Ok(()),
        Ok(Written::Conflict(_)) => Err(BrowserFault::AttemptUsed.into()),
        Err(LedgerError::Unavailable | LedgerError::OutcomeUnknown | LedgerError::TooLarge) => {
            Err(PlatformFault::Ledger.into())
        }
    }
}

async fn exchange<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
    code: &Secret<String>,
    attempt: &Attempt,
) -> Result<Tokens, Fault> {
    let credential = client::credential(call, provider).await?;
    let exchange = CodeExchange {
        code,
        redirect_uri: &call.deployment.redirect_uri(provider),
        code_verifier: &attempt.code_verifier(),
        client_id: &provider.client_id,
    };
    let request = token::request(&metadata.token_endpoint, &exchange, &credential);
    let request = request.ok_or(PlatformFault::Internal)?;
    let reply = provider::send(call, request, Exchange::Token).await?;
    Ok(token::read(&reply).map_err(ProviderFault::Token)?)
}

/// The claims that are taken from one document only.
const EMAIL: [&str; 2] = ["email", "email_verified"];

/// The configured claims: from the ID token, and from userinfo where one is missing there.
async fn claims<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
    id_token: &VerifiedIdToken,
    tokens: &Tokens,
) -> Result<Map<String, Value>, Fault> {
    // An address and its verification belong together: one of each document would verify an address
    // that nobody verified. Where the ID token lacks one, userinfo is asked for both.
    let is_split = EMAIL.iter().any(|name| id_token.claim(name).is_none());
    let asks_elsewhere =
        |name: &str| is_split && metadata.userinfo_endpoint.is_some() && EMAIL.contains(&name);
    let stated = |name: &String| {
        let claim = id_token.claim(name).filter(|_| !asks_elsewhere(name))?;
        Some((name.clone(), claim.clone()))
    };
    let mut claims = Map::new();
    claims.extend(provider.claims.iter().filter_map(stated));
    let missing: Vec<&String> = provider
        .claims
        .iter()
        .filter(|name| !claims.contains_key(*name))
        .collect();
    let Some(endpoint) = metadata
        .userinfo_endpoint
        .as_ref()
        .filter(|_| !missing.is_empty())
    else {
        return Ok(claims);
    };
    let request =
        userinfo::request(endpoint, &tokens.access_token).map_err(ProviderFault::Userinfo)?;
    let reply = provider::send(call, request, Exchange::Userinfo).await?;
    let mut more = userinfo::read(&reply, id_token.subject()).map_err(ProviderFault::Userinfo)?;
    for name in missing {
        if let Some(value) = more.get_mut(name) {
            claims.insert(name.clone(), value.take());
        }
    }
    Ok(claims)
}
