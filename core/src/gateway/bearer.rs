//! Who calls with an access token: from memory where the token was verified before, else by its signature.

use super::{
    arrival::Target,
    deployment::Deployment,
    issuer_keys::{self, IssuerKeys, Keys, Source},
    outcome::Later,
    possession,
    serve::Call,
};
use crate::{
    access::routes::Dpop,
    bearer::{
        AccessToken, AccessTokenFault, Candidate, Presented, Scheme,
        memo::{Begun, KeySetVersion, TokenDigest},
    },
    config::IssuerIndex,
    encoding::percent::{self, Plus},
    fault::{BrowserFault, Fault, PlatformFault},
    http::inbound::Inbound,
    metrics::Family,
    platform::Platform,
    time::{Milliseconds, UnixTime},
};
use alloc::{boxed::Box, rc::Rc};

/// Someone with a token that counts here and now.
pub(super) struct Bearer {
    pub(super) token: Rc<AccessToken>,
    pub(super) later: Option<Later>,
}

/// A token that is refused, and whose it was as far as that is proven.
pub(super) struct RefusedToken {
    pub(super) fault: Fault,
    /// The place of its issuer, once its signature was verified or its keys could not be had.
    pub(super) issuer: Option<IssuerIndex>,
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
const TURNS: u32 = 50;
const TURN: Milliseconds = Milliseconds::new(1);

/// What memory alone says: a token that was verified with keys that are fresh, is not bound, and counts now.
pub(super) fn from_memory(
    deployment: &Deployment,
    authorization: &str,
    now: UnixTime,
) -> Option<Rc<AccessToken>> {
    let presented = Presented::read(authorization).ok()?;
    let digest = TokenDigest::of(presented.token);
    let current = |index| issuer_keys::fresh_version(deployment, index, now);
    let token = deployment.tokens.borrow_mut().get(&digest, current)?;
    let issuer = deployment.config.issuer(token.issuer())?;
    let is_plain = presented.scheme == Scheme::Bearer && token.thumbprint().is_none();
    (is_plain && token.check(issuer, now).is_ok()).then_some(token)
}

/// Who shows the token in `Authorization`.
pub(super) async fn identify<P: Platform, R: Inbound>(
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
    possession::prove(call, target, presented.scheme, &token, &digest, dpop)
        .await
        .map_err(about)?;
    Ok(Bearer { token, later })
}

/// A token with a valid signature, from memory or verified now.
async fn verified<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    text: &str,
    digest: TokenDigest,
) -> Result<(Rc<AccessToken>, Option<Later>), RefusedToken> {
    if let Some(known) = remembered(call, &digest) {
        // Its keys may have grown old: what is due is done, and a set that changed makes it unknown.
        let index = known.issuer();
        if issuer_keys::fresh_version(call.deployment, index, call.now).is_some() {
            return Ok((known, None));
        }
        let keys = source(call, index)?.current().await?;
        if let Some(known) = remembered(call, &digest) {
            return Ok((known, keys.later));
        }
    }
    let candidate = Candidate::read(text, &call.deployment.config.issuers).map_err(refused)?;
    let (_, index) = candidate.issuer();
    if let Some(IssuerKeys::Shared(secret)) = call.deployment.issuer_keys(index) {
        let token = candidate.accept_with_secret(secret).map_err(refused)?;
        let version = issuer_keys::known_version(call.deployment, index, call.now);
        return Ok((remember(call, text, digest, token, version), None));
    }
    let source = source(call, index)?;
    let about = |fault| RefusedToken {
        fault,
        issuer: Some(index),
    };
    let keys = source.current().await.map_err(about)?;
    let turn = Turn::take(call, digest).await;
    if let Some(known) = remembered(call, &digest) {
        return Ok((known, keys.later));
    }
    let token = match verify(call, candidate, &keys).await {
        Err(NotVerified::ByTheseKeys(candidate, fault)) => {
            // The issuer may have changed its keys since.
            let newer = source.newer_than(keys.version).await.map_err(about)?;
            let newer = newer.ok_or(refused(fault))?;
            let again = verify(call, *candidate, &newer).await;
            let token = again.map_err(NotVerified::into_fault)?;
            remember(call, text, digest, token, Some(newer.version))
        }
        other => {
            let token = other.map_err(NotVerified::into_fault)?;
            remember(call, text, digest, token, Some(keys.version))
        }
    };
    drop(turn);
    Ok((token, keys.later))
}

/// Why a signature was not verified.
enum NotVerified<'a> {
    /// No key of the set has signed the token; another set may.
    ByTheseKeys(Box<Candidate<'a>>, AccessTokenFault),
    /// For good.
    AtAll(Fault),
}

impl<'a> NotVerified<'a> {
    fn by(keys: &Keys, candidate: Candidate<'a>, fault: AccessTokenFault) -> Self {
        if candidate.names_key_of(&keys.set) {
            Self::AtAll(refused(fault))
        } else {
            Self::ByTheseKeys(Box::new(candidate), fault)
        }
    }

    fn into_fault(self) -> Fault {
        match self {
            Self::ByTheseKeys(_, fault) => refused(fault),
            Self::AtAll(fault) => fault,
        }
    }
}

async fn verify<'a, P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    candidate: Candidate<'a>,
    keys: &Keys,
) -> Result<AccessToken, NotVerified<'a>> {
    let proof = {
        let checks = match candidate.checks(&keys.set) {
            Ok(checks) => checks,
            Err(fault) => return Err(NotVerified::by(keys, candidate, fault)),
        };
        let mut proof = None;
        for check in checks {
            let verdict = call.platform.verify_signature(&check).await;
            let verdict =
                verdict.map_err(|_| NotVerified::AtAll(PlatformFault::Verifier.into()))?;
            proof = check.prove(verdict);
            if proof.is_some() {
                break;
            }
        }
        proof
    };
    call.deployment
        .metrics
        .count(Family::TokenChecks, ["signature", ""]);
    match proof {
        Some(proof) => candidate
            .accept(&proof)
            .map_err(|fault| NotVerified::AtAll(refused(fault))),
        None => Err(NotVerified::by(
            keys,
            candidate,
            AccessTokenFault::Signature,
        )),
    }
}

fn source<'a, P: Platform, R: Inbound>(
    call: &Call<'a, P, R>,
    index: IssuerIndex,
) -> Result<Source<'a, P>, Fault> {
    let issuer = call.deployment.config.issuer(index);
    Ok(Source {
        deployment: call.deployment,
        platform: call.platform,
        issuer: issuer.ok_or(PlatformFault::Internal)?,
        index,
        now: call.now,
    })
}

fn remembered<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    digest: &TokenDigest,
) -> Option<Rc<AccessToken>> {
    let current = |index| issuer_keys::known_version(call.deployment, index, call.now);
    let known = call.deployment.tokens.borrow_mut().get(digest, current)?;
    call.deployment.metrics.token_from_memory();
    Some(known)
}

fn remember<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    text: &str,
    digest: TokenDigest,
    token: AccessToken,
    version: Option<KeySetVersion>,
) -> Rc<AccessToken> {
    let token = Rc::new(token);
    if let Some(version) = version {
        let mut tokens = call.deployment.tokens.borrow_mut();
        tokens.remember(digest, Rc::clone(&token), version, text.len());
    }
    token
}

/// Whether the query has a token (RFC 6750, section 2.3), which an upstream might take instead.
pub(super) fn has_token_in_query(query: &str) -> bool {
    query.split('&').any(|part| {
        let name = part.split('=').next().unwrap_or_default();
        percent::decode(name, Plus::IsSpace).is_some_and(|name| name == "access_token")
    })
}

fn refused(fault: AccessTokenFault) -> Fault {
    BrowserFault::Token(fault).into()
}

/// The turn to verify a token, so that of requests with one token at the same time only one does. It ends when it is
/// dropped, whatever becomes of the request.
struct Turn<'a> {
    deployment: &'a Deployment,
    digest: TokenDigest,
}

impl<'a> Turn<'a> {
    async fn take<P: Platform, R: Inbound>(
        call: &Call<'a, P, R>,
        digest: TokenDigest,
    ) -> Option<Self> {
        for _ in 0..TURNS {
            match call.deployment.tokens.borrow_mut().begin(digest) {
                Begun::ByUs => {
                    return Some(Self {
                        deployment: call.deployment,
                        digest,
                    });
                }
                Begun::ByAnother => {}
            }
            call.platform.pause(TURN).await;
        }
        // Whoever has the turn takes too long: better to verify twice than not at all.
        None
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.deployment.tokens.borrow_mut().end(&self.digest);
    }
}
