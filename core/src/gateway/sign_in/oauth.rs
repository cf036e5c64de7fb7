//! The sign-in at a provider with OAuth 2.0 alone: tokens, then the client that they were issued to and the user
//! that they are about, and only then a session.

use crate::{
    config::{AuthorizationServer, Provider, TokenCheck},
    encoding::json,
    fault::{Exchange, Fault, PlatformFault, ProviderFault},
    gateway::{
        context::call::Call,
        providers::{
            self,
            client::{self, Client},
        },
        sign_in::redeem,
    },
    http::{inbound::Inbound, outbound::Reply, url::Url},
    oauth::{
        identity, resource,
        token_check::{self, Expected, Told},
    },
    oidc::{
        attempt::Attempt, callback::AuthorizationResponse, discovery::ResponseIssuer,
        identity::Identity, token::Tokens, userinfo,
    },
    platform::Platform,
    secret::Secret,
};
use alloc::string::String;

/// The person that the provider's answer is about, and the tokens that came with it.
///
/// # Errors
/// A [`ProviderFault`] where the token is not ours, or not of the user that is named (RFC 6749, section 10.16).
pub(in crate::gateway) async fn identify<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    server: &AuthorizationServer,
    response: AuthorizationResponse,
    attempt: &Attempt,
) -> Result<(Identity, Tokens), Fault> {
    let outcome = response
        .from_issuer(&provider.issuer, ResponseIssuer::NotPromised)
        .map_err(|_| ProviderFault::ResponseIssuer)?;
    let code = outcome.map_err(ProviderFault::Refused)?;
    let tokens = redeem::code(call, provider, &server.token_endpoint, &code, attempt).await?;
    let identity = describe(call, provider, server, &tokens.access_token, &[]).await?;
    let stated = tokens.expires_in.map(|span| call.now.plus(span));
    let token_expires = stated.or(identity.token_expires);
    let identity = Identity {
        token_expires,
        ..identity
    };
    Ok((identity, tokens))
}

/// The person that an access token of ours is about, or of one of these clients.
///
/// # Errors
/// A [`ProviderFault`] where the token is not ours, or not of the user that is named (RFC 6749, section 10.16).
pub(super) async fn describe<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    server: &AuthorizationServer,
    token: &Secret<String>,
    parties: &[String],
) -> Result<Identity, Fault> {
    // A token that is none, or another client's, opens no resource in our name.
    let told = check_token(call, provider, &server.token_check, token, parties).await?;
    let claims = resource(call, &server.userinfo_endpoint, token).await?;
    let mut claims = resource::read(&claims).map_err(ProviderFault::OAuth)?;
    let subject = identity::subject(&claims, &server.subject_claim);
    let subject = subject.map_err(ProviderFault::OAuth)?;
    told.check_user(&subject).map_err(ProviderFault::OAuth)?;
    if let Some(endpoint) = server
        .emails_endpoint
        .as_ref()
        .filter(|_| keeps(provider, "email"))
    {
        let emails = resource(call, endpoint, token).await?;
        let emails = resource::read_list(&emails).map_err(ProviderFault::OAuth)?;
        identity::take_email(&mut claims, &emails);
    }
    let groups = provider.groups_claim.path.top();
    if let Some(endpoint) = server
        .groups_endpoint
        .as_ref()
        .filter(|_| keeps(provider, groups))
    {
        let organisations = resource(call, endpoint, token).await?;
        let organisations = resource::read_list(&organisations).map_err(ProviderFault::OAuth)?;
        identity::take_groups(&mut claims, groups, &organisations);
    }
    // No ID token says who speaks, so nothing that could be taken for its word is kept.
    let may_state = |name: &str| name == "sub" || userinfo::may_state(name);
    let claims = json::keeping(claims, |name| keeps(provider, name) && may_state(name));
    Ok(Identity::of_subject(
        subject,
        claims,
        told.expires,
        call.now,
    ))
}

fn keeps(provider: &Provider, claim: &str) -> bool {
    provider.claims.iter().any(|kept| kept == claim)
}

async fn resource<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    endpoint: &Url,
    access_token: &Secret<String>,
) -> Result<Reply, Fault> {
    let request = resource::request(endpoint, access_token).map_err(ProviderFault::OAuth)?;
    providers::send(call, request, Exchange::Userinfo).await
}

/// Asks the provider which client the token was issued to.
///
/// # Errors
/// [`ProviderFault::OAuth`] where it is none of ours, or not valid.
pub(super) async fn check_token<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    check: &TokenCheck,
    access_token: &Secret<String>,
    authorized_parties: &[String],
) -> Result<Told, Fault> {
    let credential = client::credential(call, Client::at(provider)).await?;
    let client_id = &provider.client_id;
    let question = token_check::request(check, client_id, &credential, access_token);
    let question = question.ok_or(PlatformFault::Internal)?;
    let reply = providers::send(call, question, Exchange::TokenCheck).await?;
    let expected = Expected {
        client_id,
        authorized_parties,
        issuer: &provider.issuer,
        now: call.now,
    };
    Ok(token_check::check(check, &reply, expected).map_err(ProviderFault::OAuth)?)
}
