//! The session of a request: from the session cache where it is fresh enough, else from store and ledger.

use crate::{
    cookie::{name, request::RequestCookies},
    fault::Fault,
    gateway::{
        context::{
            authenticated_session::{AuthenticatedSession, StaleCookies},
            call::Call,
            deployment::Deployment,
            outcome::Later,
        },
        sessions::{ask, cookies},
    },
    http::inbound::Inbound,
    metrics::Family,
    platform::Platform,
    session::{
        cache::{KnownCookie, Refresh, Remembered},
        cookie::SessionCookie,
        tombstone,
    },
    time::UnixTime,
};
use alloc::rc::Rc;

/// The session of a request, if any.
pub(in crate::gateway) enum Identified {
    /// None that counts.
    Nobody(StaleCookies),
    /// A living session.
    Session(AuthenticatedSession),
}

/// The answer of the session cache about a request.
pub(in crate::gateway) enum FromCache {
    /// No session, for sure.
    Nobody(StaleCookies),
    /// A living session with nothing to write or ask.
    Session(AuthenticatedSession),
    /// The cookie opened; the ledger must be asked, or a cookie written.
    Ask(Asking),
}

/// A cookie that opened, and the answer of the session cache about its session.
pub(in crate::gateway) struct Asking {
    known: Rc<KnownCookie>,
    remembered: Remembered,
}

/// The first half: the answer of the session cache alone. A forged cookie ends here: it opens with no key.
pub(in crate::gateway) fn from_cache(
    deployment: &Deployment,
    cookies: RequestCookies<'_>,
    now: UnixTime,
) -> FromCache {
    let Some(text) = cookies.one(name::SESSION) else {
        let stale = if cookies.has(name::SESSION) {
            StaleCookies::Session
        } else {
            StaleCookies::None
        };
        return FromCache::Nobody(stale);
    };
    let Some(known) = open(deployment, text, now) else {
        return FromCache::Nobody(StaleCookies::Session);
    };
    if is_buried(deployment, cookies, &known, now) {
        return FromCache::Nobody(StaleCookies::Session);
    }
    let rules = &deployment.config.session;
    let remembered = deployment
        .sessions
        .borrow_mut()
        .session(&known.handle, rules.freshness, now);
    match remembered {
        Remembered::Ended => FromCache::Nobody(StaleCookies::None),
        Remembered::Fresh {
            record,
            refresh: Refresh::NotDue,
        } if !cookies::is_rewrite_due(deployment, &known, now) => {
            FromCache::Session(AuthenticatedSession {
                record,
                renewal: None,
                later: None,
            })
        }
        Remembered::Fresh { .. } | Remembered::Stale(_) | Remembered::Unknown => {
            FromCache::Ask(Asking { known, remembered })
        }
    }
}

/// Both halves at once, for the endpoints of ours that ask whose a request is: `session` and `metrics`. A request on a
/// route takes them one by one.
///
/// # Errors
/// Those of [`resolve`].
pub(in crate::gateway) async fn identify<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
) -> Result<Identified, Fault> {
    let known = from_cache(call.deployment, cookies, call.now);
    resolve(call, known).await
}

/// The second half: the session of the request about which the session cache says this. Asks store and ledger where
/// that does not suffice.
///
/// # Errors
/// Those of [`ask::ledger`] and [`cookies::renewal`].
pub(in crate::gateway) async fn resolve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    known: FromCache,
) -> Result<Identified, Fault> {
    let deployment = call.deployment;
    let asking = match known {
        FromCache::Nobody(stale) => return Ok(Identified::Nobody(stale)),
        FromCache::Session(signed) => {
            deployment.metrics.from_cache();
            return Ok(Identified::Session(signed));
        }
        FromCache::Ask(asking) => asking,
    };
    let known = asking.known;
    let (record, generation, later) = match asking.remembered {
        Remembered::Fresh { record, refresh } => {
            deployment.metrics.from_cache();
            let later = match refresh {
                Refresh::Due => {
                    deployment
                        .sessions
                        .borrow_mut()
                        .begin_refresh(&known.handle, call.now);
                    Some(Later::AskAgain(Rc::clone(&known)))
                }
                Refresh::NotDue => None,
            };
            (record, known.opened.cookie.generation, later)
        }
        Remembered::Stale(record) => {
            from_ledger(deployment);
            match ask::ledger(deployment, call.platform, &known, Some(record), call.now).await? {
                Some((record, generation)) => (record, generation, None),
                None => return Ok(Identified::Nobody(stale(deployment, &known, call.now))),
            }
        }
        Remembered::Unknown => {
            from_ledger(deployment);
            match ask::ledger(deployment, call.platform, &known, None, call.now).await? {
                Some((record, generation)) => (record, generation, None),
                None => return Ok(Identified::Nobody(stale(deployment, &known, call.now))),
            }
        }
        Remembered::Ended => return Ok(Identified::Nobody(StaleCookies::None)),
    };
    let renewal = cookies::renewal(call, &known, generation)?;
    Ok(Identified::Session(AuthenticatedSession {
        record,
        renewal,
        later,
    }))
}

/// The cookies to clear where the ledger knows no living session for a cookie.
fn stale(deployment: &Deployment, known: &KnownCookie, now: UnixTime) -> StaleCookies {
    let freshness = deployment.config.session.freshness;
    let mut sessions = deployment.sessions.borrow_mut();
    match sessions.session(&known.handle, freshness, now) {
        Remembered::Ended => StaleCookies::None,
        Remembered::Fresh { .. } | Remembered::Stale(_) | Remembered::Unknown => {
            StaleCookies::Session
        }
    }
}

fn from_ledger(deployment: &Deployment) {
    let by = ["ledger", ""];
    deployment.metrics.count(Family::SessionChecks, by);
}

/// Opens the cookie, or finds it opened before; its times are judged either way.
pub(in crate::gateway) fn open(
    deployment: &Deployment,
    text: &str,
    now: UnixTime,
) -> Option<Rc<KnownCookie>> {
    let rules = &deployment.config.session;
    let mut sessions = deployment.sessions.borrow_mut();
    if let Some(known) = sessions.cookie(text) {
        let cookie = &known.opened.cookie;
        let counts = cookie.check_times(rules, now).is_ok()
            && deployment.ring.accepts(known.opened.key_id, now);
        return counts.then_some(known);
    }
    let opened =
        SessionCookie::open(text, &deployment.ring, &deployment.origin, rules, now).ok()?;
    Some(sessions.remember_cookie(text, opened))
}

fn is_buried(
    deployment: &Deployment,
    cookies: RequestCookies<'_>,
    known: &KnownCookie,
    now: UnixTime,
) -> bool {
    cookies
        .one(name::TOMBSTONE)
        .and_then(|text| tombstone::open(text, &deployment.ring, &deployment.origin, now))
        .is_some_and(|handle| handle == known.handle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{deployment, session_cookie},
        platform::for_tests::NOW,
        session::handle::SessionHandle,
    };
    use alloc::{format, string::String};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn found(deployment: &Deployment, field: &str) -> Option<StaleCookies> {
        match from_cache(deployment, RequestCookies::new(Some(field)), NOW) {
            FromCache::Nobody(stale) => Some(stale),
            FromCache::Session(_) | FromCache::Ask(_) => None,
        }
    }

    fn session(deployment: &Deployment) -> String {
        let sealed = session_cookie().seal(&deployment.ring, &deployment.origin, [1; 24]);
        format!("{}={}", name::SESSION, sealed.unwrap())
    }

    #[test]
    fn a_session_cookie_that_stands_twice_or_is_forged_is_cleared() {
        let deployment = deployment();
        let session = session(&deployment);
        assert_eq!(found(&deployment, &session), None);
        assert_eq!(found(&deployment, "a=1"), Some(StaleCookies::None));
        for field in [format!("{session}; {session}"), format!("{session}A")] {
            let stale = Some(StaleCookies::Session);
            assert_eq!(found(&deployment, &field), stale, "{field}");
        }
    }

    #[test]
    fn a_tombstone_buries_the_session_that_it_names_and_no_other() {
        let deployment = deployment();
        let session = session(&deployment);
        let handle = session_cookie().secret.handle();
        let other = SessionHandle::from_bytes([9; 16]);
        for (buried, stale) in [(handle, Some(StaleCookies::Session)), (other, None)] {
            let text = tombstone::seal(buried, &deployment.ring, &deployment.origin, [2; 24]);
            let field = format!("{session}; {}={}", name::TOMBSTONE, text.unwrap());
            assert_eq!(found(&deployment, &field), stale);
        }
    }

    #[test]
    fn a_session_that_ended_leaves_the_cookie_that_may_have_replaced_it() {
        let deployment = deployment();
        let handle = session_cookie().secret.handle();
        deployment.sessions.borrow_mut().remember_ended(handle);
        let stale = found(&deployment, &session(&deployment));
        assert_eq!(stale, Some(StaleCookies::None));
    }
}
