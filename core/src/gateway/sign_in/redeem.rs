//! From a code to tokens, once.
//!
//! The attempt is marked as used before the code is sent: of two callbacks with one state exactly
//! one ever speaks to the provider, and a mark whose write is in doubt counts as used.

use crate::{
    config::Provider,
    fault::{BrowserFault, Exchange, Fault, PlatformFault, ProviderFault},
    gateway::{
        context::{
            call::Call,
            record::{self, NewValue, Once},
        },
        providers::{self, client},
    },
    http::{inbound::Inbound, url::Url},
    oidc::{
        attempt::{self, Attempt},
        token::{self, CodeExchange, Tokens},
    },
    platform::{Platform, ledger::RecordName},
    secret::Secret,
};
use alloc::string::String;

/// Marks the attempt as used and trades the code for tokens.
pub(in crate::gateway) async fn code<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    token_endpoint: &Url,
    code: &Secret<String>,
    attempt: &Attempt,
) -> Result<Tokens, Fault> {
    mark_used(call, attempt).await?;
    let credential = client::credential(call, provider).await?;
    let exchange = CodeExchange {
        code,
        redirect_uri: &call.deployment.redirect_uri(provider),
        code_verifier: &attempt.code_verifier(),
        client_id: &provider.client_id,
    };
    let request = token::request(token_endpoint, &exchange, &credential);
    let request = request.ok_or(PlatformFault::Internal)?;
    let reply = providers::send(call, request, Exchange::Token).await?;
    Ok(token::read(&reply).map_err(ProviderFault::Token)?)
}

/// Marks the attempt in the ledger. A second callback is refused.
async fn mark_used<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    attempt: &Attempt,
) -> Result<(), Fault> {
    let mark = NewValue {
        value: &[],
        expires: attempt
            .created
            .plus(attempt::LIFETIME)
            .plus(attempt::LIFETIME),
    };
    let name = RecordName::attempt();
    match record::write_once(call, &attempt.partition(), &name, mark).await? {
        Once::Written => Ok(()),
        Once::AlreadyThere => Err(BrowserFault::AttemptUsed.into()),
    }
}
