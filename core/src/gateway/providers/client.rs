//! Proving who we are at a provider or an issuer: the credential of one request.

use crate::{
    config::{ClientAuthentication, Provider, SecretName},
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

/// A client of ours at a provider or an issuer.
#[derive(Clone, Copy)]
pub(in crate::gateway) struct Client<'a> {
    /// `client_id`
    pub(in crate::gateway) id: &'a str,
    pub(in crate::gateway) authentication: &'a ClientAuthentication,
    /// The issuer identifier of the other side, which an assertion is for.
    pub(in crate::gateway) issuer: &'a str,
}

impl<'a> Client<'a> {
    /// Ours at a provider.
    pub(in crate::gateway) fn at(provider: &'a Provider) -> Self {
        Self {
            id: &provider.client_id,
            authentication: &provider.client_authentication,
            issuer: &provider.issuer,
        }
    }
}

/// The credential for one request of a client; an assertion is signed anew each time.
///
/// # Errors
/// [`PlatformFault::Random`] and [`PlatformFault::Signer`] where an assertion cannot be signed.
pub(in crate::gateway) async fn credential<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    client: Client<'_>,
) -> Result<ClientCredential, Fault> {
    let secret = |name| {
        let secret = call.deployment.secrets.of_client(name);
        secret.cloned().ok_or(PlatformFault::Internal)
    };
    let assertion = |issuer| {
        Ok::<_, Fault>(Assertion {
            issuer,
            subject: client.id,
            audience: client.issuer,
            token_id: random::bytes(call.platform)?,
            now: call.now,
        })
    };
    Ok(match client.authentication {
        ClientAuthentication::None => ClientCredential::None,
        ClientAuthentication::ClientSecretBasic(name) => ClientCredential::Basic(secret(name)?),
        ClientAuthentication::ClientSecretPost(name) => ClientCredential::Post(secret(name)?),
        ClientAuthentication::AppleClientSecret {
            team_id,
            private_key,
        } => ClientCredential::Post(sign(call, private_key, &assertion(team_id)?).await?),
        ClientAuthentication::PrivateKeyJwt(key) => {
            ClientCredential::Assertion(sign(call, key, &assertion(client.id)?).await?)
        }
    })
}

async fn sign<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    key: &SecretName,
    assertion: &Assertion<'_>,
) -> Result<Secret<String>, Fault> {
    let key = call.deployment.secrets.signing_key(key);
    let key = key.ok_or(PlatformFault::Internal)?;
    let input = assertion.signing_input(key);
    let signature = call.platform.sign(key, input.as_bytes()).await;
    let signature = signature.map_err(|_| PlatformFault::Signer)?;
    Ok(client_assertion::signed(&input, &signature))
}
