//! The cookie of an attempt, from the way to the provider until its answer: one for each sign-in that is under way.

use crate::{
    config::Provider,
    cookie::{
        name,
        request::RequestCookies,
        seal::{Place, Purpose},
        set_cookie::{self, SameSite},
    },
    fault::{BrowserFault, Fault, PlatformFault},
    gateway::context::{call::Call, random},
    http::{header::HeaderValue, inbound::Inbound},
    oidc::attempt::{self, Attempt, MOST_PER_BROWSER},
    platform::Platform,
    secret::same_bytes,
};
use alloc::vec::Vec;

/// A browser that holds more than this many was not filled by us; the rest expires by itself.
const MOST_READ: usize = 64;

/// The field that gives the browser an attempt, sealed for its own cookie.
///
/// # Errors
/// [`PlatformFault::Random`].
pub(super) fn set<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    name: &str,
    attempt: &Attempt,
) -> Result<HeaderValue, Fault> {
    let bytes = attempt.to_bytes().ok_or(PlatformFault::Internal)?;
    let nonce = random::bytes(call.platform)?;
    let text = call
        .deployment
        .ring
        .seal_text(place(name, &call.deployment.origin), nonce, bytes.expose())
        .map_err(|_| PlatformFault::Internal)?;
    let field = set_cookie::set(
        name,
        &text,
        attempt::LIFETIME,
        provider.callback_same_site(),
    );
    field.ok_or_else(|| PlatformFault::Internal.into())
}

/// The attempt of this browser that `state` belongs to.
///
/// # Errors
/// [`BrowserFault::AttemptUnknown`] where the browser holds none, or two, and [`BrowserFault::AttemptExpired`].
pub(super) fn find<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
    cookie_name: &str,
    state: &str,
) -> Result<Attempt, BrowserFault> {
    let text = cookies
        .one(cookie_name)
        .ok_or(BrowserFault::AttemptUnknown)?;
    let attempt = open(call, cookie_name, text).ok_or(BrowserFault::AttemptUnknown)?;
    // The cookie's name holds a part of the digest only.
    if !same_bytes(attempt.state().as_bytes(), state.as_bytes()) {
        return Err(BrowserFault::AttemptUnknown);
    }
    if attempt.is_expired(call.now) {
        return Err(BrowserFault::AttemptExpired);
    }
    Ok(attempt)
}

/// The attempt that a cookie of this name holds; `None` where we did not seal the text for this name.
fn open<P: Platform, R: Inbound>(call: &Call<'_, P, R>, name: &str, text: &str) -> Option<Attempt> {
    let place = place(name, &call.deployment.origin);
    let opened = call.deployment.ring.open_text(place, text, call.now).ok()?;
    Attempt::from_bytes(opened.plaintext.expose()).ok()
}

/// The field that clears an attempt cookie.
pub(super) fn clear(name: &str) -> Option<HeaderValue> {
    set_cookie::clear(name, SameSite::Lax)
}

/// Makes room for one more attempt: clears the oldest, and whatever does not open.
pub(super) fn clear_oldest<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
) -> Vec<HeaderValue> {
    let held = cookies.starting_with(name::ATTEMPT_PREFIX, MOST_READ);
    if held.len() < MOST_PER_BROWSER {
        return Vec::new();
    }
    let mut aged = Vec::new();
    for (name, text) in held {
        let attempt = open(call, name, text);
        // What does not open counts as the oldest.
        let began = attempt.map_or(0, |attempt| attempt.created.as_seconds());
        aged.push((began, name));
    }
    let mut cleared = Vec::new();
    while aged.len() >= MOST_PER_BROWSER {
        let Some(oldest) = (0..aged.len()).min_by_key(|place| aged.get(*place)) else {
            break;
        };
        let (_, name) = aged.swap_remove(oldest);
        cleared.extend(clear(name));
    }
    cleared
}

/// The place of an attempt cookie.
const fn place<'a>(name: &'a str, origin: &'a str) -> Place<'a> {
    Place {
        purpose: Purpose::Attempt,
        name,
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{Sent, calling, deployment},
        oidc::return_to::ReturnTo,
        platform::for_tests::{Edge, NOW},
        secret::Secret,
        time::{Seconds, UnixTime},
    };
    use alloc::{borrow::ToOwned, format};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn attempt(created: UnixTime) -> Attempt {
        let (secret, home) = (Secret::new([5; 32]), ReturnTo::home());
        Attempt::new(secret, created, Vec::new(), "demo".to_owned(), None, home)
    }

    /// Judges a callback with this state against an attempt that began at this time.
    fn find(created: UnixTime, state: &str, repeated: usize) -> Result<(), BrowserFault> {
        let deployment = deployment();
        let attempt = attempt(created);
        let cookie_name = attempt::cookie_name(&attempt.state());
        let bytes = attempt.to_bytes().unwrap();
        let place = place(&cookie_name, &deployment.origin);
        let sealed = deployment.ring.seal_text(place, [1; 24], bytes.expose());
        let field = format!("{cookie_name}={}; ", sealed.unwrap()).repeat(repeated);
        let cookies = RequestCookies::new(Some(&field));
        let request = Sent::new("GET", "/auth/callback/demo");
        calling(&deployment, &Edge::default(), &request, |call| {
            super::find(call, cookies, &cookie_name, state).map(|_| ())
        })
    }

    #[test]
    fn a_callback_belongs_to_an_attempt_of_this_browser_by_its_whole_state() {
        let state = attempt(NOW).state();
        let unknown = Err(BrowserFault::AttemptUnknown);
        assert_eq!(find(NOW, &state, 1), Ok(()));
        assert_eq!(find(NOW, &format!("{state}A"), 1), unknown);
        assert_eq!(find(NOW, &state, 0), unknown);
        assert_eq!(find(NOW, &state, 2), unknown);
    }

    #[test]
    fn an_attempt_counts_for_ten_minutes() {
        let state = attempt(NOW).state();
        let began = |seconds| find(NOW.minus(Seconds::new(seconds)), &state, 1);
        assert_eq!(began(600), Ok(()));
        assert_eq!(began(601), Err(BrowserFault::AttemptExpired));
    }
}
