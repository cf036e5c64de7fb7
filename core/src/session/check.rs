//! Whether a session whose cookie opened is alive, by the ledger's answer.

use super::{
    cookie::SessionCookie,
    handle::SessionHandle,
    head::{Head, HeadState},
};
use crate::{
    cookie::ring::KeyRing,
    platform::ledger::{RecordName, Versioned},
    time::UnixTime,
    user::{
        key::UserKey,
        record::{Status, UserRecord},
    },
};

/// The ledger's answer about a session: its head, then its user's record.
#[derive(Clone, Copy, Debug)]
pub struct LedgerAnswer<'a> {
    /// The head.
    pub head: Option<&'a Versioned>,
    /// The user record; no user has one where the deployment keeps none.
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
    /// The head was not sealed by us for its place.
    Unreadable,
    /// There is a user record that cannot be read: nobody knows whether the user is shut out.
    UserUnreadable,
    /// It ended.
    Ended,
    /// The cookie names a later generation than the ledger.
    Generation,
    /// All sessions of the user from before a point in time ended.
    BeforeNotBefore,
    /// The user is shut out.
    Disabled,
}

/// The keys that open an answer, and the deployment that it must be of.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    /// The ring, for heads.
    pub ring: &'a KeyRing,
    /// The directory keys, for user records.
    pub directory: Option<&'a KeyRing>,
    /// The origin of `public_url`.
    pub origin: &'a str,
}

/// Judges the ledger's answer about the session of a cookie.
///
/// # Errors
/// Any [`SessionFault`]. A false accept serves a session that its user ended.
pub fn live(
    answer: LedgerAnswer<'_>,
    cookie: &SessionCookie,
    handle: SessionHandle,
    keys: Keys<'_>,
    now: UnixTime,
) -> Result<LiveSession, SessionFault> {
    let live = live_by_name(answer, &cookie.user, handle, keys, now)?;
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
    keys: Keys<'_>,
    now: UnixTime,
) -> Result<LiveSession, SessionFault> {
    let stored = answer.head.ok_or(SessionFault::Unknown)?;
    let head = Head::open(stored, keys.ring, keys.origin, user, handle, now);
    let head = head.map_err(|_| SessionFault::Unreadable)?;
    match head.facts.state {
        HeadState::Live => {}
        HeadState::Ended { .. } => return Err(SessionFault::Ended),
    }
    if let Some(stored) = answer.user {
        // A deployment without the key cannot tell whether the user is shut out.
        let directory = keys.directory.ok_or(SessionFault::UserUnreadable)?;
        let opened = UserRecord::open(stored, directory, keys.origin, user, now);
        let opened = opened.map_err(|_| SessionFault::UserUnreadable)?;
        check_user(&opened.record, &head)?;
    }
    Ok(LiveSession { head })
}

fn check_user(user: &UserRecord, head: &Head) -> Result<(), SessionFault> {
    match user.status {
        Status::Active => {}
        Status::Disabled => return Err(SessionFault::Disabled),
    }
    if head.created_at() < UnixTime::from_seconds(user.not_before) {
        return Err(SessionFault::BeforeNotBefore);
    }
    Ok(())
}
