//! From a code to tokens, once.
//!
//! The attempt is marked as used before the code is sent: of two callbacks with one state exactly
//! one ever speaks to the provider, and a mark whose write is in doubt counts as used.

use crate::{
    config::Provider,
    fault::{BrowserFault, Exchange, Fault, PlatformFault, ProviderFault},
    gateway::{
        context::{call::Call, random},
        providers::{self, client},
    },
    http::{inbound::Inbound, url::Url},
    oidc::{
        attempt::{self, Attempt},
        token::{self, CodeExchange, Tokens},
    },
    platform::{
        Platform,
        ledger::{Expected, LedgerError, RecordName, Version, Write, Written},
    },
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
