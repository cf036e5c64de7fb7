//! User records and entries of the roster, as the ledger holds them: sealed with the directory key of today, opened with
//! any.

use crate::{
    cookie::ring::KeyRing,
    fault::{Fault, PlatformFault},
    gateway::context::{call::Call, random, record::Change},
    http::inbound::Inbound,
    platform::{
        Platform,
        ledger::{RecordName, Versioned},
    },
    user::{
        key::UserKey,
        record::{EXPIRES, Opened, UserRecord},
        roster::{Entry, Roster},
    },
};
use alloc::vec::Vec;

/// The write of a user record.
///
/// # Errors
/// [`PlatformFault::Random`].
pub(super) fn record<P: Platform, R: Inbound, L>(
    call: &Call<'_, P, R>,
    user: &UserKey,
    record: &UserRecord,
) -> Result<Change<L>, Fault> {
    let nonce = random::bytes(call.platform)?;
    let value = record.seal(directory(call)?, &call.deployment.origin, user, nonce);
    Ok(Change::Write {
        value: value.map_err(|_| PlatformFault::Internal)?,
        expires: EXPIRES,
    })
}

/// Opens a user record.
///
/// # Errors
/// [`PlatformFault::Directory`].
pub(super) fn open_record<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    user: &UserKey,
    stored: &Versioned,
) -> Result<Opened, Fault> {
    let origin = &call.deployment.origin;
    let opened = UserRecord::open(stored, directory(call)?, origin, user, call.now);
    Ok(opened.map_err(|_| PlatformFault::Directory)?)
}

/// The value of a user's entry in the roster.
///
/// # Errors
/// [`PlatformFault::Random`].
pub(super) fn entry<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    user: &UserKey,
) -> Result<Vec<u8>, Fault> {
    let nonce = random::bytes(call.platform)?;
    let value = Roster::seal(user, directory(call)?, &call.deployment.origin, nonce);
    Ok(value.map_err(|_| PlatformFault::Internal)?)
}

/// Opens the entry of that name.
///
/// # Errors
/// [`PlatformFault::Directory`].
pub(super) fn open_entry<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    roster: Roster,
    name: &RecordName,
    stored: &Versioned,
) -> Result<Entry, Fault> {
    let origin = &call.deployment.origin;
    let entry = roster.open(name, stored, directory(call)?, origin, call.now);
    Ok(entry.map_err(|_| PlatformFault::Directory)?)
}

/// The directory keys. Nothing that they sealed can be read without them.
fn directory<'c, P, R>(call: &Call<'c, P, R>) -> Result<&'c KeyRing, Fault> {
    let directory = call.deployment.directory.as_ref();
    directory.ok_or_else(|| PlatformFault::Directory.into())
}
