//! Proving who we are at a provider: the credential of one request.

use crate::{
    config::{ClientAuthentication, Provider},
    fault::{Fault, PlatformFault},
    gateway::context::{call::Call, random},
    http::inbound::Inbound,
    oidc::{
        client_assertion::{self, Assertion},
        client_authentication::ClientCredential,
    },
    platform::Platform,
    secret::Secret,
};
use alloc::string::String;

/// The credential for one request to `provider`; an assertion is signed anew each time.
///
/// # Errors
/// [`PlatformFault::Random`] and [`PlatformFault::Signer`] where an assertion cannot be signed.
pub(in crate::gateway) async fn credential<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
) -> Result<ClientCredential, Fault> {
    let secret = || {
        let secret = call.deployment.secrets.of_client(provider);
        secret.cloned().ok_or(PlatformFault::Internal)
    };
    Ok(match &provider.client_authentication {
        ClientAuthentication::None => ClientCredential::None,
        ClientAuthentication::ClientSecretBasic(_) => ClientCredential::Basic(secret()?),
        ClientAuthentication::ClientSecretPost(_) => ClientCredential::Post(secret()?),
        ClientAuthentication::AppleClientSecret { team_id, .. } => {
            let assertion = Assertion {
                issuer: team_id,
                subject: &provider.client_id,
                audience: &provider.issuer,
                token_id: random::bytes(call.platform)?,
                now: call.now,
            };
            ClientCredential::Post(sign(call, provider, &assertion).await?)
        }
        ClientAuthentication::PrivateKeyJwt(_) => {
            let assertion = Assertion {
                issuer: &provider.client_id,
                subject: &provider.client_id,
                audience: &provider.issuer,
                token_id: random::bytes(call.platform)?,
                now: call.now,
            };
            ClientCredential::Assertion(sign(call, provider, &assertion).await?)
        }
    })
}

async fn sign<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    assertion: &Assertion<'_>,
) -> Result<Secret<String>, Fault> {
    let key = call.deployment.secrets.signing_key(provider);
    let key = key.ok_or(PlatformFault::Internal)?;
    let input = assertion.signing_input(key);
    let signature = call.platform.sign(key, input.as_bytes()).await;
    let signature = signature.map_err(|_| PlatformFault::Signer)?;
    Ok(client_assertion::signed(&input, &signature))
}
