//! The secret of an operator, sent as a bearer token (RFC 6750, section 2.1) and compared in constant time.

use crate::{
    fault::{BrowserFault, PlatformFault},
    gateway::{answer::refusal::Refusal, context::call::Call},
    http::{header::HeaderName, inbound::Inbound},
    platform::Platform,
    secret::{Secret, same_bytes},
};
use alloc::string::String;

/// Whether the request has the secret.
///
/// # Errors
/// [`BrowserFault::BadCredential`] where it does not.
pub(super) fn check<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    secret: Option<&Secret<String>>,
) -> Result<(), Refusal> {
    let secret = secret.ok_or(PlatformFault::Internal)?;
    let sent = call.request.header(&HeaderName::AUTHORIZATION);
    let token = sent.as_deref().and_then(|sent| {
        let (scheme, token) = sent.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    });
    match token {
        Some(token) if same_bytes(token.as_bytes(), secret.expose().as_bytes()) => Ok(()),
        Some(_) | None => Err(BrowserFault::BadCredential.into()),
    }
}
