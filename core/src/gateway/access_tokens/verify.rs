//! The access token of a request: from the token cache where it was verified before, else by its signature.

use crate::{
    access::routes::Dpop,
    bearer::{
        AccessToken, AccessTokenFault, Presented, Scheme, UnverifiedAccessToken,
        cache::{KeySetVersion, Lease, TokenDigest},
    },
    config::IssuerIndex,
    encoding::percent::{self, Plus},
    fault::{BrowserFault, Fault, PlatformFault},
    gateway::{
        access_tokens::dpop,
        context::{
            arrival::Target, call::Call, deployment::Deployment, issuer_keys::IssuerKeys,
            outcome::Later,
        },
        key_sets::{
            source::{Keys, Source, Whose},
            verify::{Proven, Unproven, prove},
        },
        published::key_sets::Published,
    },
    http::inbound::Inbound,
    jose::NotSigned,
    metrics::Family,
    platform::Platform,
    time::{Milliseconds, UnixTime},
};
use alloc::rc::Rc;

/// An access token that counts here and now.
pub(in crate::gateway) struct Bearer {
    pub(in crate::gateway) token: Rc<AccessToken>,
    pub(in crate::gateway) later: Option<Later>,
}

/// A token that is refused, and whose it was as far as that is proven.
pub(in crate::gateway) struct RefusedToken {
    pub(in crate::gateway) fault: Fault,
    /// The place of its issuer, once its signature was verified or its keys could not be had.
    pub(in crate::gateway) issuer: Option<IssuerIndex>,
}

impl<F: Into<Fault>> From<F> for RefusedToken {
    fn from(fault: F) -> Self {
        Self {
            fault: fault.into(),
            issuer: None,
        }
    }
}

/// How often and how long a request waits for another one that verifies the same token.
const MOST_LOOKS: u32 = 50;
const LOOK: Milliseconds = Milliseconds::new(1);

/// The token from the cache alone: verified with keys that are fresh, not bound, and valid now.
pub(in crate::gateway) fn from_cache(
    deployment: &Deployment,
    authorization: &str,
    now: UnixTime,
) -> Option<Rc<AccessToken>> {
    let presented = Presented::read(authorization).ok()?;
    let digest = TokenDigest::of(presented.token);
    let current = |index| fresh_version(deployment, index, now);
    let token = deployment.tokens.borrow_mut().get(&digest, current)?;
    let issuer = deployment.config.issuer(token.issuer())?;
    let is_plain = presented.scheme == Scheme::Bearer && token.thumbprint().is_none();
    (is_plain && token.check(issuer, now).is_ok()).then_some(token)
}

/// The token in `Authorization`, and its proof where it is bound to a key.
///
/// # Errors
/// [`RefusedToken`] with the issuer, once that is proven.
pub(in crate::gateway) async fn identify<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    target: &Target<'_>,
    authorization: &str,
    dpop: Dpop,
) -> Result<Bearer, RefusedToken> {
    let presented = Presented::read(authorization).map_err(refused)?;
    if has_token_in_query(target.query.unwrap_or_default()) {
        return Err(refused(AccessTokenFault::SecondToken).into());
    }
    let digest = TokenDigest::of(presented.token);
    let (token, later) = verified(call, presented.token, digest).await?;
    let about = |fault: Fault| RefusedToken {
        fault,
        issuer: Some(token.issuer()),
    };
    let issuer = call.deployment.config.issuer(token.issuer());
    let issuer = issuer.ok_or(Fault::from(PlatformFault::Internal))?;
    token
        .check(issuer, call.now)
        .map_err(|fault| about(refused(fault)))?;
    dpop::prove(call, target, presented.scheme, &token, &digest, dpop)
        .await
        .map_err(about)?;
    Ok(Bearer { token, later })
}

/// A token with a valid signature, from the token cache or verified now.
async fn verified<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    text: &str,
    digest: TokenDigest,
) -> Result<(Rc<AccessToken>, Option<Later>), RefusedToken> {
    if let Some(known) = known(call, &digest).await? {
        return Ok(known);
    }
    let unverified =
        UnverifiedAccessToken::read(text, &call.deployment.config.issuers).map_err(refused)?;
    let (issuer, index) = unverified.issuer();
    let about = |fault| RefusedToken {
        fault,
        issuer: Some(index),
    };
    let (keys, source) = match call.deployment.issuer_keys(index) {
        Some(IssuerKeys::Shared(secret)) => {
            let token = unverified.accept_with_secret(secret).map_err(refused)?;
            return Ok((remember(call, text, digest, token, FIXED), None));
        }
        Some(IssuerKeys::Fixed(set)) => {
            let keys = Keys {
                set: Rc::clone(set),
                version: FIXED,
                later: None,
            };
            (keys, None)
        }
        Some(IssuerKeys::Published(_)) | None => {
            let source = source(call, index)?.ok_or(Fault::from(PlatformFault::Internal))?;
            (source.current().await.map_err(about)?, Some(source))
        }
    };
    let lease = Held::take(call, digest).await;
    if let Some(known) = remembered(call, &digest) {
        return Ok((known, keys.later));
    }
    let allowed = &issuer.algorithms;
    let proven = match &source {
        Some(source) => source.prove(&keys, unverified.token(), allowed).await,
        None => prove(call.platform, &keys, unverified.token(), allowed).await,
    };
    count(call.deployment, &proven);
    let proven = proven.map_err(|unproven| match unproven {
        Unproven::NotSigned(fault) => refused(AccessTokenFault::from(fault)).into(),
        Unproven::Unknown(fault) => about(fault),
    })?;
    let token = unverified.accept(&proven.proof).map_err(refused)?;
    let token = remember(call, text, digest, token, proven.version);
    drop(lease);
    Ok((token, keys.later))
}

/// A token that is in the cache, with keys that are fresh now.
async fn known<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    digest: &TokenDigest,
) -> Result<Option<(Rc<AccessToken>, Option<Later>)>, RefusedToken> {
    let Some(known) = remembered(call, digest) else {
        return Ok(None);
    };
    let index = known.issuer();
    if fresh_version(call.deployment, index, call.now).is_some() {
        return Ok(Some((known, None)));
    }
    // Its keys have grown old: what is due is done, and a set that changed makes the token unknown.
    let later = match source(call, index)? {
        Some(source) => source.current().await?.later,
        None => None,
    };
    Ok(remembered(call, digest).map(|known| (known, later)))
}

/// The version of keys that never change.
const FIXED: KeySetVersion = KeySetVersion::FIRST;

/// The version of an issuer's set that the cache holds fresh, so that nobody need be asked; `None` where it has none.
fn fresh_version(
    deployment: &Deployment,
    index: IssuerIndex,
    now: UnixTime,
) -> Option<KeySetVersion> {
    version(deployment, index, |published| published.fresh_version(now))
}

/// The version of an issuer's set that the cache has, fresh or not.
fn known_version(
    deployment: &Deployment,
    index: IssuerIndex,
    now: UnixTime,
) -> Option<KeySetVersion> {
    version(deployment, index, |published| published.known_version(now))
}

fn version(
    deployment: &Deployment,
    index: IssuerIndex,
    of_published: impl Fn(&Published) -> Option<KeySetVersion>,
) -> Option<KeySetVersion> {
    match deployment.issuer_keys(index)? {
        IssuerKeys::Fixed(_) | IssuerKeys::Shared(_) => Some(FIXED),
        IssuerKeys::Published(index) => of_published(deployment.key_sets.get(*index)?),
    }
}

/// Where the keys of an issuer come from; `None` where it publishes none.
fn source<'a, P: Platform, R: Inbound>(
    call: &Call<'a, P, R>,
    index: IssuerIndex,
) -> Result<Option<Source<'a, P>>, Fault> {
    let index = match call.deployment.issuer_keys(index) {
        Some(IssuerKeys::Published(index)) => *index,
        Some(IssuerKeys::Fixed(_) | IssuerKeys::Shared(_)) => return Ok(None),
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

fn remembered<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    digest: &TokenDigest,
) -> Option<Rc<AccessToken>> {
    let current = |index| known_version(call.deployment, index, call.now);
    let known = call.deployment.tokens.borrow_mut().get(digest, current)?;
    call.deployment.metrics.token_from_cache();
    Some(known)
}

fn remember<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    text: &str,
    digest: TokenDigest,
    token: AccessToken,
    version: KeySetVersion,
) -> Rc<AccessToken> {
    let token = Rc::new(token);
    let mut tokens = call.deployment.tokens.borrow_mut();
    tokens.remember(digest, Rc::clone(&token), version, text.len());
    token
}

/// Whether the query has a token (RFC 6750, section 2.3), which an upstream might take instead.
pub(in crate::gateway) fn has_token_in_query(query: &str) -> bool {
    query.split('&').any(|part| {
        let name = part.split('=').next().unwrap_or_default();
        percent::decode(name, Plus::IsSpace).is_some_and(|name| name == "access_token")
    })
}

fn refused(fault: AccessTokenFault) -> Fault {
    BrowserFault::Token(fault).into()
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
    fn a_token_in_the_query_is_found_however_its_name_is_written() {
        for query in [
            "access_token=x",
            "a=b&access_token=x",
            "access%5ftoken=x",
            "access_token",
            "a&%61ccess_token=",
        ] {
            assert!(has_token_in_query(query), "{query}");
        }
        for query in ["", "access_tokens=x", "a=access_token", "access+token=x"] {
            assert!(!has_token_in_query(query), "{query}");
        }
    }

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
