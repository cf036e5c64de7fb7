//! The cookies that give a browser its session, name it and end it, as fields of an answer.
//!
//! [`identify`](super::identify) reads the session cookie and the tombstone, [`end`](super::end) the predecessor cookie.

use crate::{
    config::{Provider, ResponseMode},
    cookie::{
        name,
        ring::SealedBy,
        set_cookie::{self, SameSite},
    },
    fault::{Fault, PlatformFault},
    gateway::context::{call::Call, deployment::Deployment, random},
    http::{header::HeaderValue, inbound::Inbound},
    platform::Platform,
    session::{
        cache::KnownCookie, cookie::SessionCookie, handle::SessionHandle, keys::Generation,
        predecessor::Predecessor, tombstone,
    },
    time::UnixTime,
};

/// The field that gives the browser this session cookie.
///
/// # Errors
/// [`PlatformFault::Random`].
pub(in crate::gateway) fn set_session<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookie: &SessionCookie,
) -> Result<HeaderValue, Fault> {
    let deployment = call.deployment;
    let rules = &deployment.config.session;
    let nonce = random::bytes(call.platform)?;
    let text = cookie.seal(&deployment.ring, &deployment.origin, nonce);
    let text = text.map_err(|_| PlatformFault::Internal)?;
    let max_age = cookie.max_age(rules, call.now);
    set_cookie::set(name::SESSION, &text, max_age, rules.same_site)
        .ok_or_else(|| PlatformFault::Internal.into())
}

/// The field that writes a session cookie anew, where that is due or its session has another generation by now.
///
/// # Errors
/// [`PlatformFault::Random`].
pub(super) fn renewal<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    known: &KnownCookie,
    generation: Generation,
) -> Result<Option<HeaderValue>, Fault> {
    let is_moved = generation != known.opened.cookie.generation;
    if !is_moved && !is_rewrite_due(call.deployment, known, call.now) {
        return Ok(None);
    }
    let cookie = SessionCookie {
        generation,
        renewed: call.now,
        ..known.opened.cookie.clone()
    };
    set_session(call, &cookie).map(Some)
}

/// Whether a session cookie is to be written anew: an earlier key sealed it, or a quarter of its idle time has passed.
pub(super) fn is_rewrite_due(deployment: &Deployment, known: &KnownCookie, now: UnixTime) -> bool {
    let sealed_by_earlier = match known.opened.sealed_by {
        SealedBy::Current => false,
        SealedBy::Earlier => true,
    };
    sealed_by_earlier
        || known
            .opened
            .cookie
            .is_renewal_due(&deployment.config.session, now)
}

/// The field that makes the browser forget its session cookie.
pub(in crate::gateway) fn clear_session<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
) -> Option<HeaderValue> {
    set_cookie::clear(name::SESSION, call.deployment.config.session.same_site)
}

/// The field that names a session to the sign-in that will replace it.
///
/// # Errors
/// [`PlatformFault::Random`].
pub(in crate::gateway) fn set_predecessor<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    named: &Predecessor,
) -> Result<HeaderValue, Fault> {
    let deployment = call.deployment;
    let nonce = random::bytes(call.platform)?;
    let text = named.seal(&deployment.ring, &deployment.origin, nonce);
    let text = text.map_err(|_| PlatformFault::Internal)?;
    let lifetime = deployment.config.session.absolute_timeout;
    let same_site = predecessor_same_site(call);
    let field = set_cookie::set(name::PREDECESSOR, &text, lifetime, same_site);
    field.ok_or_else(|| PlatformFault::Internal.into())
}

/// The field that makes the browser forget its predecessor cookie.
pub(in crate::gateway) fn clear_predecessor<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
) -> Option<HeaderValue> {
    set_cookie::clear(name::PREDECESSOR, predecessor_same_site(call))
}

/// The predecessor cookie must reach the callback of whichever provider comes next.
fn predecessor_same_site<P: Platform, R: Inbound>(call: &Call<'_, P, R>) -> SameSite {
    let mut providers = call.deployment.config.providers.iter();
    let posts = providers.find(|provider| provider.response_mode == ResponseMode::FormPost);
    posts.map_or(SameSite::Lax, Provider::callback_same_site)
}

/// The field that sets the tombstone of a session.
///
/// # Errors
/// [`PlatformFault::Random`].
pub(in crate::gateway) fn set_tombstone<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    handle: SessionHandle,
) -> Result<HeaderValue, Fault> {
    let deployment = call.deployment;
    let nonce = random::bytes(call.platform)?;
    let text = tombstone::seal(handle, &deployment.ring, &deployment.origin, nonce);
    let text = text.map_err(|_| PlatformFault::Internal)?;
    let same_site = deployment.config.session.same_site;
    let field = set_cookie::set(name::TOMBSTONE, &text, tombstone::LIFETIME, same_site);
    field.ok_or_else(|| PlatformFault::Internal.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{
            Sent, calling, deploy, deployment, predecessor, session_cookie, settings,
        },
        platform::for_tests::{Edge, NOW},
        session::cookie::OpenedCookie,
        time::Seconds,
    };
    use alloc::format;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Whether the cookie of a session of this generation, sealed so and last written at this time, is written anew.
    fn is_renewed(sealed_by: SealedBy, renewed: UnixTime, generation: Generation) -> bool {
        let opened = OpenedCookie {
            cookie: SessionCookie {
                renewed,
                ..session_cookie()
            },
            sealed_by,
            key_id: 0,
        };
        let deployment = deployment();
        let known = deployment
            .sessions
            .borrow_mut()
            .remember_cookie("text", opened);
        let request = Sent::new("GET", "/");
        calling(&deployment, &Edge::default(), &request, |call| {
            renewal(call, &known, generation).unwrap().is_some()
        })
    }

    #[test]
    fn a_session_cookie_is_written_anew_where_its_key_its_time_or_its_generation_asks_for_it() {
        let same = session_cookie().generation;
        let quarter = deployment().config.session.idle_timeout.divided_by(4);
        let due = NOW.minus(quarter);
        assert!(!is_renewed(SealedBy::Current, NOW, same));
        assert!(!is_renewed(
            SealedBy::Current,
            due.plus(Seconds::new(1)),
            same
        ));
        assert!(is_renewed(SealedBy::Current, due, same));
        assert!(is_renewed(SealedBy::Earlier, NOW, same));
        assert!(is_renewed(SealedBy::Current, NOW, Generation(1)));
    }

    #[test]
    fn the_predecessor_cookie_reaches_the_callback_of_any_provider() {
        for (mode, same_site) in [("query", "Lax"), ("form_post", "None")] {
            let mut settings = settings();
            settings["session"] = json!({"same_site": "strict"});
            settings["provider"][1]["response_mode"] = json!(mode);
            let request = Sent::new("GET", "/");
            calling(&deploy(&settings), &Edge::default(), &request, |call| {
                let named = set_predecessor(call, &predecessor()).unwrap();
                for field in [named, clear_predecessor(call).unwrap()] {
                    let end = format!("SameSite={same_site}");
                    assert!(field.as_str().ends_with(&end), "{}", field.as_str());
                }
                // No other site's request needs to bring the tombstone.
                let tombstone = set_tombstone(call, predecessor().handle).unwrap();
                assert!(tombstone.as_str().ends_with("SameSite=Strict"));
            });
        }
    }
}
