//! The end of a session: a write to its head in the ledger, which every edge sees at its next question there.

use crate::{
    cookie::{name, request::RequestCookies},
    event::Event,
    fault::{Fault, PlatformFault},
    gateway::{
        context::{
            call::Call,
            random,
            record::{self, Change, Changed},
        },
        sessions::identify,
    },
    http::inbound::Inbound,
    platform::{
        Platform,
        ledger::{RecordName, Versioned},
    },
    session::{
        head::{EndReason, Head, HeadState},
        predecessor::Predecessor,
    },
};
use alloc::vec::Vec;

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

/// Answers the head as it was while it lived, where this ended it.
async fn write<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    session: &Predecessor,
    why: EndReason,
) -> Result<Option<Head>, Fault> {
    let Predecessor { user, handle } = session;
    let partition = user.partition();
    let name = RecordName::head(*handle.as_bytes());
    let mut living = None;
    let changed = record::update(call, &partition, name, |stored| {
        let head = stored.and_then(|stored| open(call, session, stored));
        let Some(head) = head else {
            return Ok(Change::Leave(NotLiving::Absent));
        };
        match head.facts.state {
            HeadState::Live => {}
            HeadState::Ended { .. } => return Ok(Change::Leave(NotLiving::Ended)),
        }
        let lifetime = call.deployment.config.session.absolute_timeout;
        let expires = head.created_at().plus(lifetime);
        let value = seal(call, session, head.clone().ended(call.now, why))?;
        living = Some(head);
        Ok(Change::Write { value, expires })
    });
    Ok(match changed.await? {
        Changed::Written
        | Changed::Left {
            why: NotLiving::Ended,
            is_after_doubt: true,
        } => living,
        Changed::Left { .. } => None,
    })
}

enum NotLiving {
    /// There is none, or none that we can read: nothing is left to end.
    Absent,
    Ended,
}

fn open<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    session: &Predecessor,
    stored: &Versioned,
) -> Option<Head> {
    let (ring, origin) = (&call.deployment.ring, &call.deployment.origin);
    let Predecessor { user, handle } = session;
    Head::open(stored, ring, origin, user, *handle, call.now).ok()
}

fn seal<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    session: &Predecessor,
    head: Head,
) -> Result<Vec<u8>, Fault> {
    let (ring, origin) = (&call.deployment.ring, &call.deployment.origin);
    let nonce = random::bytes(call.platform)?;
    let sealed = head.seal(ring, origin, &session.user, session.handle, nonce);
    Ok(sealed.map_err(|_| PlatformFault::Internal)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{Sent, calling, deployment, predecessor, session_cookie},
        platform::for_tests::Edge,
        session::handle::SessionHandle,
        user::key::UserKey,
    };
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_browser_holds_a_session_once_however_many_cookies_name_it() {
        let deployment = deployment();
        let (ring, origin) = (&deployment.ring, &deployment.origin);
        let session = session_cookie().seal(ring, origin, [1; 24]).unwrap();
        let other = Predecessor {
            user: UserKey::from_bytes([9; 32]),
            handle: SessionHandle::from_bytes([9; 16]),
        };
        let named = |it: &Predecessor| it.seal(ring, origin, [2; 24]).unwrap();
        for (session, named, expected) in [
            (
                session.as_str(),
                named(&predecessor()),
                (Some(predecessor()), None),
            ),
            (&session, named(&other), (Some(predecessor()), Some(other))),
            ("forged", named(&predecessor()), (None, Some(predecessor()))),
            (&session, "forged".into(), (Some(predecessor()), None)),
        ] {
            let field = format!("{}={session}; {}={named}", name::SESSION, name::PREDECESSOR);
            let cookies = RequestCookies::new(Some(&field));
            let request = Sent::new("GET", "/");
            let found = calling(&deployment, &Edge::default(), &request, |call| {
                let held = held(call, cookies);
                (held.session, held.named)
            });
            assert_eq!(found, expected);
        }
    }
}
