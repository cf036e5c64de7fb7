//! Whether a session whose cookie opened is alive, by the ledger's answer.

use super::{
    cookie::SessionCookie,
    handle::SessionHandle,
    head::{Head, HeadState},
    user::{UserKey, UserRecord},
};
use crate::{
    cookie::ring::KeyRing,
    platform::ledger::{RecordName, Versioned},
    time::UnixTime,
};

/// The ledger's answer about a session: its head, then its user's record.
#[derive(Clone, Copy, Debug)]
pub struct LedgerAnswer<'a> {
    /// The head.
    pub head: Option<&'a Versioned>,
    /// The user record; most users have none.
    pub user: Option<&'a Versioned>,
}

impl<'a> LedgerAnswer<'a> {
    /// The records of the user's partition to ask for.
    pub const fn names(handle: SessionHandle) -> [RecordName; 2] {
        [RecordName::head(*handle.as_bytes()), RecordName::user()]
    }

    /// The answer to a question for [`Self::names`].
    pub fn of(found: &'a [Option<Versioned>]) -> Self {
        Self {
            head: found.first().and_then(Option::as_ref),
            user: found.get(1).and_then(Option::as_ref),
        }
    }
}

/// A session that the ledger says is alive.
#[derive(Debug)]
pub struct LiveSession {
    /// Its head.
    pub head: Head,
}

/// Why a session does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionFault {
    /// The ledger has no such session: it never was, or its time is over.
    Unknown,
    /// The head or user record was not sealed by us for its place.
    Unreadable,
    /// It ended.
    Ended,
    /// The cookie names a later generation than the ledger.
    Generation,
    /// All sessions of the user from before a point in time ended.
    BeforeNotBefore,
    /// The user is shut out.
    Disabled,
}

/// Judges the ledger's answer about the session of a cookie.
///
/// # Errors
/// Any [`SessionFault`]. A false accept serves a session that its user ended.
pub fn live(
    answer: LedgerAnswer<'_>,
    cookie: &SessionCookie,
    handle: SessionHandle,
    ring: &KeyRing,
    origin: &str,
    now: UnixTime,
) -> Result<LiveSession, SessionFault> {
    let live = live_by_name(answer, &cookie.user, handle, ring, origin, now)?;
    if cookie.generation > live.head.generation() {
        return Err(SessionFault::Generation);
    }
    Ok(live)
}

/// Judges the ledger's answer about the session with this name, of which no cookie is at hand.
///
/// # Errors
/// Any [`SessionFault`] but [`SessionFault::Generation`].
pub fn live_by_name(
    answer: LedgerAnswer<'_>,
    user: &UserKey,
    handle: SessionHandle,
    ring: &KeyRing,
    origin: &str,
    now: UnixTime,
) -> Result<LiveSession, SessionFault> {
    let stored = answer.head.ok_or(SessionFault::Unknown)?;
    let head = Head::open(stored, ring, origin, user, handle, now);
    let head = head.map_err(|_| SessionFault::Unreadable)?;
    match head.facts.state {
        HeadState::Live => {}
        HeadState::Ended { .. } => return Err(SessionFault::Ended),
    }
    if let Some(stored) = answer.user {
        let record = UserRecord::open(stored, ring, origin, user, now);
        let record = record.map_err(|_| SessionFault::Unreadable)?;
        check_user(&record, &head)?;
    }
    Ok(LiveSession { head })
}

fn check_user(user: &UserRecord, head: &Head) -> Result<(), SessionFault> {
    if user.disabled {
        return Err(SessionFault::Disabled);
    }
    if head.created_at() < UnixTime::from_seconds(user.not_before) {
        return Err(SessionFault::BeforeNotBefore);
    }
    Ok(())
}
