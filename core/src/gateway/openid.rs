//! Who signed in at a provider with OpenID Connect: from its answer in the browser to claims
//! (OpenID Connect Core, section 3.1.2.5 onwards).

use super::{provider, redeem, serve::Call};
use crate::{
    config::Provider,
    fault::{Exchange, Fault, ProviderFault},
    http::inbound::Inbound,
    oidc::{
        attempt::Attempt,
        callback::AuthorizationResponse,
        discovery::ProviderMetadata,
        id_token::{Expectation, VerifiedIdToken},
        identity::Identity,
        token::{TokenFault, Tokens},
        userinfo,
    },
    platform::Platform,
};
use alloc::{string::String, vec::Vec};
use serde_json::{Map, Value};

/// The person that the provider's answer is about, and the tokens that came with it.
pub(super) async fn identify<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    response: AuthorizationResponse,
    attempt: &Attempt,
) -> Result<(Identity, Tokens), Fault> {
    let metadata = provider::metadata(call, provider).await?;
    let outcome = response
        .from_issuer(&provider.issuer, metadata.response_issuer)
        .map_err(|_| ProviderFault::ResponseIssuer)?;
    let code = outcome.map_err(ProviderFault::Refused)?;
    let tokens = redeem::code(call, provider, &metadata.token_endpoint, &code, attempt).await?;
    let missing = ProviderFault::Token(TokenFault::Missing("id_token"));
    let text = tokens.id_token.as_ref().ok_or(missing)?;
    let token = provider::verify(call, provider, &metadata, text.expose()).await?;
    let expectation = Expectation {
        issuer: &provider.issuer,
        client_id: &provider.client_id,
        nonce: &attempt.nonce(),
        max_age: attempt.max_age,
        now: call.now,
    };
    let id_token = VerifiedIdToken::new(token, expectation).map_err(ProviderFault::IdToken)?;
    let claims = claims(call, provider, &metadata, &id_token, &tokens).await?;
    check_overage(provider, &id_token, &claims)?;
    Ok((Identity::of_id_token(&id_token, claims, call.now), tokens))
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

/// Signed in without groups, someone would be refused where they may go, and nobody would know why.
fn check_overage(
    provider: &Provider,
    id_token: &VerifiedIdToken,
    claims: &Map<String, Value>,
) -> Result<(), Fault> {
    let name = provider.groups_claim.top();
    let is_needed = provider.claims.iter().any(|kept| kept == name);
    let elsewhere = id_token.claim("_claim_names");
    let is_elsewhere = elsewhere.is_some_and(|names| names.get(name).is_some());
    if is_needed && is_elsewhere && !claims.contains_key(name) {
        return Err(ProviderFault::GroupsElsewhere.into());
    }
    Ok(())
}
