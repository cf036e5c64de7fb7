//! The sign-in at a provider with OpenID Connect: from its answer in the browser to claims
//! (OpenID Connect Core, section 3.1.2.5 onwards).

use crate::{
    config::Provider,
    fault::{Fault, ProviderFault},
    gateway::{
        context::call::Call,
        providers,
        sign_in::{
            claims::{self, Collected},
            redeem,
        },
    },
    http::inbound::Inbound,
    oidc::{
        attempt::Attempt,
        callback::AuthorizationResponse,
        id_token::{Expectation, VerifiedIdToken},
        identity::Identity,
        token::{TokenFault, Tokens},
    },
    platform::Platform,
};
use alloc::string::String;
use serde_json::{Map, Value};

/// The person that the provider's answer is about, and the tokens that came with it.
///
/// # Errors
/// A [`ProviderFault`] where the answer, the tokens or the ID token are refused, and those of
/// [`redeem::code`].
pub(in crate::gateway) async fn identify<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    response: AuthorizationResponse,
    attempt: &Attempt,
) -> Result<(Identity, Tokens), Fault> {
    let metadata = providers::metadata(call, provider).await?;
    let outcome = response
        .from_issuer(&provider.issuer, metadata.response_issuer)
        .map_err(|_| ProviderFault::ResponseIssuer)?;
    let code = outcome.map_err(ProviderFault::Refused)?;
    let tokens = redeem::code(call, provider, &metadata.token_endpoint, &code, attempt).await?;
    let missing = ProviderFault::Token(TokenFault::Missing("id_token"));
    let text = tokens.id_token.as_ref().ok_or(missing)?;
    let token = providers::verify(call, provider, &metadata, text.expose()).await?;
    let expectation = Expectation {
        issuer: &provider.issuer,
        client_id: &provider.client_id,
        nonce: &attempt.nonce(),
        max_age: attempt.max_age,
        code: &code,
        access_token: &tokens.access_token,
        now: call.now,
    };
    let id_token = VerifiedIdToken::new(token, expectation).map_err(ProviderFault::IdToken)?;
    let Collected { claims, missing } =
        claims::collect(call, provider, &metadata, &id_token, &tokens).await?;
    check_overage(provider, id_token.claim("_claim_names"), &claims)?;
    let identity = Identity::of_id_token(&id_token, claims, call.now);
    Ok((identity.without(missing), tokens))
}

/// `elsewhere` is `_claim_names` (OpenID Connect Core, section 5.6.2).
///
/// Signed in without groups, someone would be refused where they may go, and nobody would know why.
pub(super) fn check_overage(
    provider: &Provider,
    elsewhere: Option<&Value>,
    claims: &Map<String, Value>,
) -> Result<(), Fault> {
    let name = provider.groups_claim.path.top();
    let is_needed = provider.claims.iter().any(|kept| kept == name);
    let is_elsewhere = elsewhere.is_some_and(|names| names.get(name).is_some());
    if is_needed && is_elsewhere && !claims.contains_key(name) {
        return Err(ProviderFault::GroupsElsewhere.into());
    }
    Ok(())
}
