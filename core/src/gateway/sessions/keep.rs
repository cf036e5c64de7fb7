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
        sessions::end::{self, Held},
    },
    http::{header::HeaderValue, inbound::Inbound},
    oidc::attempt::Attempt,
    platform::Platform,
    session::{
        check::{self, LedgerAnswer},
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
    let deployment = call.deployment;
    let (ring, origin) = (&deployment.ring, &deployment.origin);
    let live = check::live_by_name(answer, user, *handle, ring, origin, call.now).ok();
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
pub(in crate::gateway) async fn finish<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    browser: &Browser<'_>,
    kept: &Predecessor,
) -> Result<Vec<HeaderValue>, Fault> {
    let mut fields = Vec::new();
    for session in browser.held.all().filter(|session| *session != kept) {
        end::session(call, session, EndReason::Replaced).await?;
        // The predecessor cookie named that one.
        fields.push(end::name(call, kept)?);
    }
    call.platform.record(&Event::SignedInAlready {
        session: kept.handle,
        provider: &provider.id,
    });
    Ok(fields)
}
