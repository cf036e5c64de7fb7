//! The challenge to this browser's pages, sealed in one cookie: from the page's question for a nonce until it hands a
//! token over.

use crate::{
    cookie::{
        name,
        request::RequestCookies,
        seal::{Place, Purpose},
        set_cookie::{self, SameSite},
    },
    fault::{Fault, PlatformFault},
    gateway::context::{call::Call, random},
    http::{header::HeaderValue, inbound::Inbound},
    oidc::challenge::{self, Challenge},
    platform::Platform,
    secret::Secret,
};

/// A new challenge.
///
/// # Errors
/// [`PlatformFault::Random`].
pub(super) fn new<P: Platform, R: Inbound>(call: &Call<'_, P, R>) -> Result<Challenge, Fault> {
    let secret = Secret::new(random::bytes(call.platform)?);
    Ok(Challenge::new(secret, call.now))
}

/// The challenge of this browser, where it has one that counts.
pub(super) fn find<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
) -> Option<Challenge> {
    let text = cookies.one(name::CHALLENGE)?;
    let place = place(&call.deployment.origin);
    let opened = call.deployment.ring.open_text(place, text, call.now).ok()?;
    let challenge = Challenge::from_bytes(opened.plaintext.expose())?;
    challenge.is_live(call.now).then_some(challenge)
}

/// The field that gives the browser a challenge. Only pages of this site use it, so no other site's request brings it
/// along.
///
/// # Errors
/// [`PlatformFault::Random`].
pub(super) fn set<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    challenge: &Challenge,
) -> Result<HeaderValue, Fault> {
    let nonce = random::bytes(call.platform)?;
    let bytes = challenge.to_bytes();
    let place = place(&call.deployment.origin);
    let text = call.deployment.ring.seal_text(place, nonce, bytes.expose());
    let text = text.map_err(|_| PlatformFault::Internal)?;
    let field = set_cookie::set(
        name::CHALLENGE,
        &text,
        challenge::LIFETIME,
        SameSite::Strict,
    );
    field.ok_or_else(|| PlatformFault::Internal.into())
}

/// The field that makes the browser forget its challenge.
pub(super) fn clear() -> Option<HeaderValue> {
    set_cookie::clear(name::CHALLENGE, SameSite::Strict)
}

const fn place(origin: &str) -> Place<'_> {
    Place {
        purpose: Purpose::Challenge,
        name: name::CHALLENGE,
        origin,
    }
}
