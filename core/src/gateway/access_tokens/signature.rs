//! A token with a valid signature: the keys of its issuer, one verification for all requests with the same token, and
//! the question whether it was revoked, where its issuer is asked.

use crate::{
    bearer::{
        AccessToken, AccessTokenFault, UnverifiedAccessToken,
        cache::{Basis, Lease, TokenDigest},
    },
    config::IssuerCheck,
    fault::{Fault, PlatformFault},
    gateway::{
        access_tokens::{
            keys,
            known::{FIXED, fresh_version, remember, remembered},
            online::{self, Asked, Signed},
            refused::{RefusedToken, refused},
        },
        context::{call::Call, deployment::Deployment, issuer_keys::IssuerKeys, outcome::Later},
        key_sets::verify::{Proven, Unproven},
    },
    http::inbound::Inbound,
    jose::NotSigned,
    metrics::Family,
    platform::Platform,
    time::Milliseconds,
};
use alloc::rc::Rc;

/// An access token that counts here and now.
pub(in crate::gateway) struct Bearer {
    pub(in crate::gateway) token: Rc<AccessToken>,
    pub(in crate::gateway) later: Option<Later>,
}

/// How often and how long a request waits for another one that verifies the same token.
const MOST_LOOKS: u32 = 50;
const LOOK: Milliseconds = Milliseconds::new(1);

/// A token that is in the cache, with keys that are fresh now, or by an answer that still counts.
pub(in crate::gateway) async fn from_cache<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    digest: &TokenDigest,
) -> Result<Option<Bearer>, RefusedToken> {
    let Some(known) = remembered(call, digest) else {
        return Ok(None);
    };
    let index = known.issuer();
    if fresh_version(call.deployment, index, call.now).is_some() {
        return Ok(Some(Bearer {
            token: known,
            later: None,
        }));
    }
    // Its keys have grown old: what is due is done, and a set that changed makes the token unknown.
    let later = match keys::source(call, index)? {
        Some(source) => source.current().await?.later,
        None => None,
    };
    Ok(remembered(call, digest).map(|token| Bearer { token, later }))
}

/// A token whose signature is verified now.
///
/// # Errors
/// [`RefusedToken`].
pub(in crate::gateway) async fn verified<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    text: &str,
    digest: TokenDigest,
) -> Result<Bearer, RefusedToken> {
    let unverified =
        UnverifiedAccessToken::read(text, &call.deployment.config.issuers).map_err(refused)?;
    let (issuer, index) = unverified.issuer();
    let about = |fault| RefusedToken {
        fault,
        issuer: Some(index),
    };
    if let Some(IssuerKeys::Shared(secret)) = call.deployment.issuer_keys(index) {
        let token = unverified.accept_with_secret(secret).map_err(refused)?;
        let signed = Signed { token, keys: FIXED };
        let token = unrevoked(call, text, digest, signed).await?;
        return Ok(Bearer { token, later: None });
    }
    let current = keys::current(call, index).await.map_err(about)?;
    let lease = Held::take(call, digest).await;
    if let Some(token) = remembered(call, &digest) {
        let later = current.keys.later;
        return Ok(Bearer { token, later });
    }
    let allowed = &issuer.algorithms;
    let proven = current.prove(call, unverified.token(), allowed).await;
    count(call.deployment, &proven);
    let proven = proven.map_err(|unproven| match unproven {
        Unproven::NotSigned(fault) => refused(AccessTokenFault::from(fault)).into(),
        Unproven::Unknown(fault) => about(fault),
    })?;
    let token = unverified.accept(&proven.proof).map_err(refused)?;
    let keys_of = proven.version;
    drop(lease);
    let signed = Signed {
        token,
        keys: keys_of,
    };
    let token = unrevoked(call, text, digest, signed).await?;
    let later = current.keys.later;
    Ok(Bearer { token, later })
}

/// The token, where its issuer is not asked or says that it still counts.
async fn unrevoked<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    text: &str,
    digest: TokenDigest,
    signed: Signed,
) -> Result<Rc<AccessToken>, RefusedToken> {
    let index = signed.token.issuer();
    let issuer = call.deployment.config.issuer(index);
    let issuer = issuer.ok_or(Fault::from(PlatformFault::Internal))?;
    match &issuer.check {
        IssuerCheck::SignatureAndAnswer(check) => {
            // Nobody is asked about a token that counts nowhere.
            signed.token.check(issuer, call.now).map_err(refused)?;
            let asked = Asked {
                text,
                digest,
                index,
                issuer,
                check,
            };
            online::ask(call, asked, Some(signed)).await
        }
        IssuerCheck::Signature | IssuerCheck::Answer(_) => {
            let basis = Basis {
                keys: Some(signed.keys),
                until: None,
            };
            Ok(remember(call, text, digest, signed.token, basis))
        }
    }
}

/// Counts a signature that was verified, whatever came of it.
fn count(deployment: &Deployment, proven: &Result<Proven, Unproven>) {
    match proven {
        Ok(_) | Err(Unproven::NotSigned(NotSigned::Signature)) => {
            let labels = ["signature", ""];
            deployment.metrics.count(Family::TokenChecks, labels);
        }
        Err(Unproven::NotSigned(_) | Unproven::Unknown(_)) => {}
    }
}

/// The lease to verify a token, so that of requests with one token at the same time only one does. It ends when it is
/// dropped, whatever becomes of the request.
struct Held<'a> {
    deployment: &'a Deployment,
    digest: TokenDigest,
    lease: Lease,
}

impl<'a> Held<'a> {
    /// Waits for the lease. One that takes too long may never end, so a request that has waited, or may not wait any more,
    /// takes it over: better to verify twice than not at all.
    async fn take<P: Platform, R: Inbound>(call: &Call<'a, P, R>, digest: TokenDigest) -> Self {
        let tokens = &call.deployment.tokens;
        let held = |lease| Self {
            deployment: call.deployment,
            digest,
            lease,
        };
        for _ in 0..MOST_LOOKS {
            let lease = tokens.borrow_mut().begin(digest);
            if let Some(lease) = lease {
                return held(lease);
            }
            if call.platform.pause(LOOK).await.is_err() {
                break;
            }
        }
        held(tokens.borrow_mut().take_over(digest))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut tokens = self.deployment.tokens.borrow_mut();
        tokens.end(&self.digest, self.lease);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{Sent, calling, deployment},
        platform::{OutOfTime, for_tests::Edge},
    };
    use futures_util::FutureExt;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_lease_to_verify_ends_with_its_request() {
        let (deployment, edge) = (deployment(), Edge::default());
        let digest = TokenDigest::of("token");
        let is_free = || deployment.tokens.borrow_mut().begin(digest).is_some();
        calling(&deployment, &edge, &Sent::new("GET", "/"), |call| {
            let held = Held::take(call, digest).now_or_never().unwrap();
            assert!(!is_free());
            drop(held);
            assert!(is_free());
        });
        assert_eq!(edge.pauses.get(), 0);
    }

    #[test]
    fn a_request_takes_a_lease_over_that_it_has_waited_for_or_may_not_wait_for() {
        for (pausing, pauses) in [(Ok(()), MOST_LOOKS), (Err(OutOfTime), 1)] {
            let deployment = deployment();
            let digest = TokenDigest::of("token");
            let lost = deployment.tokens.borrow_mut().begin(digest).unwrap();
            let edge = Edge {
                pausing,
                ..Edge::default()
            };
            calling(&deployment, &edge, &Sent::new("GET", "/"), |call| {
                let held = Held::take(call, digest).now_or_never().unwrap();
                assert_ne!(held.lease, lost);
            });
            assert_eq!(edge.pauses.get(), pauses);
        }
    }
}
