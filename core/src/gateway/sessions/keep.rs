//! The session of another tab, which a sign-in keeps in place of making one.
//!
//! Of many tabs that sign in at once, each would end the session of the one before, and take the cookie from a tab that
//! is on its way with it. So a sign-in keeps a session that came into the browser while it was under way, where the
//! provider says the same of the same user. A sign-in that began with that session in the browser replaces it.

use crate::{
    config::{Provider, ResponseMode},
    cookie::set_cookie::SameSite,
    event::Event,
    fault::{Fault, PlatformFault},
    gateway::{
        context::call::Call,
        sessions::{
            cookies,
            end::{self, Held},
        },
    },
    http::{header::HeaderValue, inbound::Inbound},
    oidc::attempt::Attempt,
    platform::Platform,
    session::{
        check::{self, LedgerAnswer, SessionFault},
        head::EndReason,
        predecessor::Predecessor,
    },
    time::Seconds,
};
use alloc::vec::Vec;

/// A browser that comes back from a provider.
pub(in crate::gateway) struct Browser<'a> {
    /// The sessions that it holds now.
    pub(in crate::gateway) held: Held,
    /// The attempt that it comes back with.
    pub(in crate::gateway) attempt: &'a Attempt,
}

/// The session that the browser keeps, where it keeps one.
///
/// # Errors
/// [`PlatformFault::Ledger`]: whether the session lives is not known.
pub(in crate::gateway) async fn session<'b, P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    browser: &'b Browser<'_>,
    digest: &str,
) -> Result<Option<&'b Predecessor>, Fault> {
    // A session cookie that should have come and did not is gone, and only a new session brings another.
    let may_stay_behind = call.deployment.config.session.same_site == SameSite::Strict
        || provider.response_mode == ResponseMode::FormPost;
    let named = browser.held.named.as_ref().filter(|_| may_stay_behind);
    let Some(session) = browser.held.session.as_ref().or(named) else {
        return Ok(None);
    };
    if browser.attempt.held.contains(&session.handle) {
        return Ok(None);
    }
    let Predecessor { user, handle } = session;
    let names = LedgerAnswer::names(*handle);
    let answer = call
        .platform
        .ledger_read(&user.partition(), &names, call.now)
        .await
        .map_err(|_| PlatformFault::Ledger)?;
    let answer = LedgerAnswer::of(&answer);
    let keys = call.deployment.session_keys();
    let live = match check::live_by_name(answer, user, *handle, keys, call.now) {
        Err(SessionFault::UserUnreadable) => return Err(PlatformFault::Directory.into()),
        live => live.ok(),
    };
    let live = live.filter(|live| {
        let is_recent = live.head.created_at().plus(OVERLAP) >= browser.attempt.created;
        is_recent && live.head.facts.identity.as_deref() == Some(digest)
    });
    Ok(live.map(|_| session))
}

/// A session may have begun this long before an attempt and come into the browser after it: the token exchange lies
/// between the two.
const OVERLAP: Seconds = Seconds::minutes(1);

/// Ends what the browser holds beside the session that it keeps.
///
/// # Errors
/// [`PlatformFault::Ledger`]: another session that it holds may be alive still.
pub(in crate::gateway) async fn finish<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    browser: &Browser<'_>,
    kept: &Predecessor,
) -> Result<Vec<HeaderValue>, Fault> {
    let mut fields = Vec::new();
    for session in browser.held.all().filter(|session| *session != kept) {
        end::session(call, session, EndReason::Replaced).await?;
        // The predecessor cookie named that one, and a late answer must not bring its own cookie back.
        fields.push(cookies::set_predecessor(call, kept)?);
        fields.push(cookies::set_tombstone(call, session.handle)?);
    }
    call.platform.record(&Event::SignedInAlready {
        session: kept.handle,
        provider: &provider.id,
    });
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cookie::name,
        gateway::context::{
            deployment::Deployment,
            for_tests::{Sent, calling, deploy, deployment, predecessor, settings},
        },
        oidc::return_to::ReturnTo,
        platform::{
            for_tests::{Edge, NOW},
            ledger::{Version, Versioned},
        },
        secret::Secret,
        session::{
            handle::SessionHandle,
            head::{Head, HeadFacts, HeadState},
        },
        time::UnixTime,
    };
    use alloc::collections::VecDeque;
    use core::cell::RefCell;
    use futures_util::FutureExt;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// A living head of that time, whose user the provider described so.
    fn head(created: UnixTime) -> Head {
        Head {
            facts: HeadFacts {
                state: HeadState::Live,
                created: created.as_seconds(),
                provider: "demo".into(),
                sid: None,
                identity: Some("alice".into()),
                generation: 0,
            },
            copy: Vec::new(),
        }
    }

    fn is_kept(
        deployment: &Deployment,
        head: &Head,
        held: Held,
        before: Vec<SessionHandle>,
        digest: &str,
    ) -> Result<bool, Fault> {
        let Predecessor { user, handle } = predecessor();
        let (ring, origin) = (&deployment.ring, &deployment.origin);
        let stored = Versioned {
            version: Version::first([0; 6]),
            value: head.seal(ring, origin, &user, handle, [3; 24]).unwrap(),
        };
        let edge = Edge {
            found: RefCell::new(VecDeque::from([Vec::from([Some(stored), None])])),
            ..Edge::default()
        };
        let (secret, home) = (Secret::new([0; 32]), ReturnTo::home());
        let attempt = Attempt::new(secret, NOW, before, "demo".into(), None, home);
        let attempt = &attempt;
        let browser = Browser { held, attempt };
        let provider = deployment.config.provider("demo").unwrap();
        calling(deployment, &edge, &Sent::new("GET", "/"), |call| {
            let kept = session(call, provider, &browser, digest);
            kept.now_or_never().unwrap().map(|kept| kept.is_some())
        })
    }

    fn in_its_cookie() -> Held {
        Held {
            session: Some(predecessor()),
            named: None,
        }
    }

    fn by_name_alone() -> Held {
        Held {
            session: None,
            named: Some(predecessor()),
        }
    }

    #[test]
    fn a_sign_in_keeps_the_session_of_another_tab_for_the_same_user_alone() {
        let deployment = deployment();
        let head = head(NOW);
        let kept = |digest| is_kept(&deployment, &head, in_its_cookie(), Vec::new(), digest);
        assert_eq!(kept("alice"), Ok(true));
        assert_eq!(kept("mallory"), Ok(false));
        let ended = head.clone().ended(NOW, EndReason::Logout);
        let kept = is_kept(&deployment, &ended, in_its_cookie(), Vec::new(), "alice");
        assert_eq!(kept, Ok(false));
    }

    #[test]
    fn a_session_that_was_there_before_the_sign_in_is_not_kept() {
        let deployment = deployment();
        for (age, is_recent) in [(60, true), (61, false)] {
            let head = head(NOW.minus(Seconds::new(age)));
            let kept = is_kept(&deployment, &head, in_its_cookie(), Vec::new(), "alice");
            assert_eq!(kept, Ok(is_recent), "{age}");
        }
        for (before, is_new) in [
            (predecessor().handle, false),
            (SessionHandle::from_bytes([9; 16]), true),
        ] {
            let before = Vec::from([before]);
            let kept = is_kept(&deployment, &head(NOW), in_its_cookie(), before, "alice");
            assert_eq!(kept, Ok(is_new));
        }
    }

    #[test]
    fn a_session_is_kept_by_its_name_where_its_cookie_stays_behind() {
        let kept = |deployment: &Deployment| {
            is_kept(deployment, &head(NOW), by_name_alone(), Vec::new(), "alice")
        };
        assert_eq!(kept(&deployment()), Ok(false));
        let mut strict = settings();
        strict["session"] = json!({"same_site": "strict"});
        assert_eq!(kept(&deploy(&strict)), Ok(true));
        let mut form = settings();
        form["provider"][0]["response_mode"] = json!("form_post");
        assert_eq!(kept(&deploy(&form)), Ok(true));
    }

    #[test]
    fn the_other_session_of_the_browser_ends_for_good() {
        let deployment = deployment();
        // Its head is no longer there.
        let edge = Edge {
            found: RefCell::new(VecDeque::from([Vec::from([None])])),
            ..Edge::default()
        };
        let (kept, other) = (predecessor(), SessionHandle::from_bytes([9; 16]));
        let named = Predecessor {
            handle: other,
            ..predecessor()
        };
        let held = Held {
            session: Some(predecessor()),
            named: Some(named),
        };
        let (secret, home) = (Secret::new([0; 32]), ReturnTo::home());
        let attempt = Attempt::new(secret, NOW, Vec::new(), "demo".into(), None, home);
        let attempt = &attempt;
        let browser = Browser { held, attempt };
        let provider = deployment.config.provider("demo").unwrap();
        let fields = calling(&deployment, &edge, &Sent::new("GET", "/"), |call| {
            finish(call, provider, &browser, &kept)
                .now_or_never()
                .unwrap()
        });
        let fields = fields.unwrap();
        let names = fields
            .iter()
            .map(|field| field.as_str().split('=').next().unwrap());
        assert_eq!(
            names.collect::<Vec<_>>(),
            [name::PREDECESSOR, name::TOMBSTONE]
        );
    }
}
