//! The token cache, as a request finds its token in it.

use crate::{
    bearer::{
        AccessToken, Presented, Scheme,
        cache::{Basis, KeySetVersion, TokenDigest},
    },
    config::{Config, Issuer, IssuerIndex},
    gateway::{
        context::{call::Call, deployment::Deployment, issuer_keys::IssuerKeys},
        published::key_sets::Published,
    },
    http::inbound::Inbound,
    platform::Platform,
    time::UnixTime,
};
use alloc::rc::Rc;

/// The token from the cache alone: verified with keys that are fresh, or by an answer that still counts; not bound, and
/// valid now. `of_route` is the issuer of tokens that name none.
pub(in crate::gateway) fn from_cache(
    deployment: &Deployment,
    authorization: &str,
    of_route: Option<IssuerIndex>,
    now: UnixTime,
) -> Option<Rc<AccessToken>> {
    let presented = Presented::read(authorization).ok()?;
    let text = presented.token;
    let find = |digest: &TokenDigest| {
        let current = |index| fresh_version(deployment, index, now);
        deployment.tokens.borrow_mut().get(digest, now, current)
    };
    // Only a token with dots can name its issuer.
    let named = || text.contains('.').then(|| find(&TokenDigest::of(text)))?;
    let opaque = || {
        let issuer = issuer_of_opaque(&deployment.config, text, of_route)?;
        find(&TokenDigest::of_opaque(&issuer.1.issuer, text))
    };
    let token = named().or_else(opaque)?;
    let issuer = deployment.config.issuer(token.issuer())?;
    let is_plain = presented.scheme == Scheme::Bearer && token.thumbprint().is_none();
    (is_plain && token.check(issuer, now).is_ok()).then_some(token)
}

/// Whose a token is that names nobody: the issuer's whose prefix it has, else the one of its route.
pub(in crate::gateway) fn issuer_of_opaque<'a>(
    config: &'a Config,
    token: &str,
    of_route: Option<IssuerIndex>,
) -> Option<(IssuerIndex, &'a Issuer)> {
    let by_route = || Some((of_route?, config.issuer(of_route?)?));
    config.issuer_by_prefix(token).or_else(by_route)
}

/// The token with this digest, as far as its keys are known, fresh or not.
pub(in crate::gateway) fn known<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    digest: &TokenDigest,
) -> Option<Rc<AccessToken>> {
    let current = |index| known_version(call.deployment, index, call.now);
    let mut tokens = call.deployment.tokens.borrow_mut();
    tokens.get(digest, call.now, current)
}

/// The same, for a request that is served with it.
pub(in crate::gateway) fn remembered<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    digest: &TokenDigest,
) -> Option<Rc<AccessToken>> {
    let known = known(call, digest)?;
    call.deployment.metrics.token_from_cache();
    Some(known)
}

/// Remembers a token that stands on this.
pub(in crate::gateway) fn remember<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    text: &str,
    digest: TokenDigest,
    token: AccessToken,
    basis: Basis,
) -> Rc<AccessToken> {
    let token = Rc::new(token);
    let mut tokens = call.deployment.tokens.borrow_mut();
    tokens.remember(digest, Rc::clone(&token), basis, text.len());
    token
}

/// The version of keys that never change.
pub(in crate::gateway) const FIXED: KeySetVersion = KeySetVersion::FIRST;

/// The version of an issuer's set that the cache holds fresh, so that nobody need be asked; `None` where it has none.
pub(in crate::gateway) fn fresh_version(
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
    let issuer = deployment.config.issuer(index)?;
    if issuer.is_asked_alone() {
        // Its keys sign its answers, each of which counts for a time of its own.
        return Some(FIXED);
    }
    match deployment.issuer_keys(index)? {
        IssuerKeys::Fixed(_) | IssuerKeys::Shared(_) | IssuerKeys::None => Some(FIXED),
        IssuerKeys::Published(index) => of_published(deployment.key_sets.get(*index)?),
    }
}
