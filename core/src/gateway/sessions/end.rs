//! The end of a session: a write to its head in the ledger, which every edge sees at its next question there.

use crate::{
    config::{Provider, ResponseMode},
    cookie::{
        name,
        request::RequestCookies,
        set_cookie::{self, SameSite},
    },
    event::Event,
    fault::{Fault, PlatformFault},
    gateway::{
        context::{call::Call, random},
        sessions::identify,
    },
    http::{header::HeaderValue, inbound::Inbound},
    platform::{
        Platform,
        ledger::{Expected, LedgerError, RecordName, Write, Written},
    },
    session::{
        handle::SessionHandle,
        head::{EndReason, Head, HeadState},
        predecessor::Predecessor,
        tombstone,
    },
};

/// The sessions that a browser holds, alive or not.
pub(in crate::gateway) struct Held {
    /// That of its session cookie.
    pub(in crate::gateway) session: Option<Predecessor>,
    /// That of its predecessor cookie, which comes along where the session cookie does not; where it is another one.
    pub(in crate::gateway) named: Option<Predecessor>,
}

impl Held {
    /// All of them, that of the session cookie first.
    pub(in crate::gateway) fn all(&self) -> impl Iterator<Item = &Predecessor> {
        self.session.iter().chain(&self.named)
    }
}

/// Reads what a browser holds.
pub(in crate::gateway) fn held<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
) -> Held {
    let deployment = call.deployment;
    let session = cookies.one(name::SESSION);
    let session = session.and_then(|text| identify::open(deployment, text, call.now));
    let session = session.map(|known| Predecessor {
        user: known.opened.cookie.user,
        handle: known.handle,
    });
    let named = cookies.one(name::PREDECESSOR);
    let named = named
        .and_then(|text| Predecessor::open(text, &deployment.ring, &deployment.origin, call.now));
    let named = named.filter(|named| Some(named) != session.as_ref());
    Held { session, named }
}

/// The field that names a session to the sign-in that will replace it.
pub(in crate::gateway) fn name<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    named: &Predecessor,
) -> Result<HeaderValue, Fault> {
    let deployment = call.deployment;
    let nonce = random::bytes(call.platform)?;
    let text = named.seal(&deployment.ring, &deployment.origin, nonce);
    let text = text.map_err(|_| PlatformFault::Internal)?;
    let lifetime = deployment.config.session.absolute_timeout;
    let field = set_cookie::set(name::PREDECESSOR, &text, lifetime, same_site(call));
    field.ok_or_else(|| PlatformFault::Internal.into())
}

/// The field that makes the browser forget it.
pub(in crate::gateway) fn unname<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
) -> Option<HeaderValue> {
    set_cookie::clear(name::PREDECESSOR, same_site(call))
}

/// It must reach the callback of whichever provider comes next.
fn same_site<P: Platform, R: Inbound>(call: &Call<'_, P, R>) -> SameSite {
    let mut providers = call.deployment.config.providers.iter();
    let posts = providers.find(|provider| provider.response_mode == ResponseMode::FormPost);
    posts.map_or(SameSite::Lax, Provider::callback_same_site)
}

/// Writes `Ended`, whatever others write meanwhile. Answers the head as it was while it lived; `None` where there
/// is no living session.
///
/// # Errors
/// [`PlatformFault::Ledger`]: the session may be alive still.
pub(in crate::gateway) async fn session<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    session: &Predecessor,
    why: EndReason,
) -> Result<Option<Head>, Fault> {
    let deployment = call.deployment;
    let ended = write(call, session, why).await?;
    let mut sessions = deployment.sessions.borrow_mut();
    sessions.remember_ended(session.handle);
    drop(sessions);
    if ended.is_some() {
        let session = session.handle;
        call.platform.record(&match why {
            EndReason::Logout => Event::SignedOut { session },
            EndReason::Replaced => Event::Replaced { session },
        });
    }
    Ok(ended)
}

async fn write<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    session: &Predecessor,
    why: EndReason,
) -> Result<Option<Head>, Fault> {
    let deployment = call.deployment;
    let Predecessor { user, handle } = session;
    let partition = user.partition();
    let name = RecordName::head(*handle.as_bytes());
    // What a write of ours ended whose answer was lost.
    let mut ended_by_us = None;
    for _ in 0..MOST_TRIES {
        let found = call
            .platform
            .ledger_read(&partition, &[name], call.now)
            .await;
        let found = found.map_err(|_| PlatformFault::Ledger)?;
        let Some(stored) = found.into_iter().next().flatten() else {
            return Ok(None);
        };
        let (ring, origin) = (&deployment.ring, &deployment.origin);
        let head = Head::open(&stored, ring, origin, user, *handle, call.now);
        // A head that we cannot read is no session's: nothing is left to end.
        let Ok(head) = head else {
            return Ok(None);
        };
        match head.facts.state {
            HeadState::Live => {}
            HeadState::Ended { .. } => return Ok(ended_by_us),
        }
        let expires = head
            .created_at()
            .plus(deployment.config.session.absolute_timeout);
        let nonce = random::bytes(call.platform)?;
        let ended = head.clone().ended(call.now, why);
        let value = ended.seal(ring, origin, user, *handle, nonce);
        let write = Write {
            expected: Expected::Version(stored.version),
            value: &value.map_err(|_| PlatformFault::Internal)?,
            expires,
            now: call.now,
        };
        match call.platform.ledger_write(&partition, &name, write).await {
            Ok(Written::Stored(_)) => return Ok(Some(head)),
            // Someone else wrote, or our own write may have happened: look again.
            Ok(Written::Conflict(_)) => {}
            Err(LedgerError::OutcomeUnknown) => ended_by_us = Some(head),
            Err(LedgerError::Unavailable | LedgerError::TooLarge) => {
                return Err(PlatformFault::Ledger.into());
            }
        }
    }
    Err(PlatformFault::Ledger.into())
}

/// The field that sets the tombstone of a session.
pub(in crate::gateway) fn bury<P: Platform, R: Inbound>(
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

const MOST_TRIES: usize = 4;
