//! The keys that an issuer signs with: tokens, or its answers about them.

use crate::{
    config::IssuerIndex,
    fault::{Fault, PlatformFault},
    gateway::{
        access_tokens::known::FIXED,
        context::{call::Call, issuer_keys::IssuerKeys},
        key_sets::{
            source::{Keys, Source, Whose},
            verify::{Proven, Unproven, prove},
        },
    },
    http::inbound::Inbound,
    jose::{Algorithm, UnverifiedToken},
    platform::Platform,
};
use alloc::rc::Rc;

/// The keys of an issuer that count now.
pub(in crate::gateway) struct Current<'a, P> {
    pub(in crate::gateway) keys: Keys,
    source: Option<Source<'a, P>>,
}

/// The keys of an issuer that has some which everybody may know.
///
/// # Errors
/// A [`Fault`] of the issuer, where there are none and none to be had.
pub(in crate::gateway) async fn current<'a, P: Platform, R: Inbound>(
    call: &Call<'a, P, R>,
    index: IssuerIndex,
) -> Result<Current<'a, P>, Fault> {
    if let Some(IssuerKeys::Fixed(set)) = call.deployment.issuer_keys(index) {
        let keys = Keys {
            set: Rc::clone(set),
            version: FIXED,
            later: None,
        };
        return Ok(Current { keys, source: None });
    }
    let source = source(call, index)?.ok_or(PlatformFault::Internal)?;
    let keys = source.current().await?;
    let source = Some(source);
    Ok(Current { keys, source })
}

impl<P: Platform> Current<'_, P> {
    /// The proof that one of them signed the token.
    ///
    /// # Errors
    /// [`Unproven`].
    pub(in crate::gateway) async fn prove<R: Inbound>(
        &self,
        call: &Call<'_, P, R>,
        token: &UnverifiedToken<'_>,
        allowed: &[Algorithm],
    ) -> Result<Proven, Unproven> {
        match &self.source {
            Some(source) => source.prove(&self.keys, token, allowed).await,
            None => prove(call.platform, &self.keys, token, allowed).await,
        }
    }
}

/// Where the keys of an issuer come from; `None` where it publishes none.
pub(in crate::gateway) fn source<'a, P: Platform, R: Inbound>(
    call: &Call<'a, P, R>,
    index: IssuerIndex,
) -> Result<Option<Source<'a, P>>, Fault> {
    let index = match call.deployment.issuer_keys(index) {
        Some(IssuerKeys::Published(index)) => *index,
        Some(IssuerKeys::Fixed(_) | IssuerKeys::Shared(_) | IssuerKeys::None) => return Ok(None),
        None => return Err(PlatformFault::Internal.into()),
    };
    let published = call.deployment.key_sets.get(index);
    Ok(Some(Source {
        deployment: call.deployment,
        platform: call.platform,
        index,
        published: published.ok_or(PlatformFault::Internal)?,
        whose: Whose::Issuer,
        jwks_uri: None,
        now: call.now,
    }))
}
