//! The tombstone cookie: names the session that this browser signed out of.
//!
//! A response that was still on its way when the user signed out may set the session cookie once
//! more; with the tombstone beside it, that cookie counts for nothing, even where an edge has not
//! yet heard that the session ended.

use super::handle::SessionHandle;
use crate::{
    cookie::{
        name,
        ring::KeyRing,
        seal::{Place, Purpose, SealFault},
    },
    time::{Seconds, UnixTime},
};
use alloc::string::String;

/// Longer than any response takes to come, and than any edge takes to hear of the end.
pub const LIFETIME: Seconds = Seconds::minutes(10);

/// The text of the tombstone for a session.
///
/// # Errors
/// [`SealFault`], which 16 bytes cannot cause.
pub fn seal(
    handle: SessionHandle,
    ring: &KeyRing,
    origin: &str,
    nonce: [u8; 24],
) -> Result<String, SealFault> {
    ring.seal_text(place(origin), nonce, handle.as_bytes())
}

/// The session that a tombstone names; `None` where it was not sealed by us.
pub fn open(text: &str, ring: &KeyRing, origin: &str, now: UnixTime) -> Option<SessionHandle> {
    let opened = ring.open_text(place(origin), text, now).ok()?;
    let bytes: &[u8; 16] = opened.plaintext.expose().first_chunk()?;
    Some(SessionHandle::from_bytes(*bytes))
}

const fn place(origin: &str) -> Place<'_> {
    Place {
        purpose: Purpose::Tombstone,
        name: name::TOMBSTONE,
        origin,
    }
}
