//! Users: their key, and the record that ends all their sessions at once.

use crate::{
    cookie::{
        ring::KeyRing,
        seal::{Place, Purpose, SealFault},
    },
    encoding::members::Members,
    platform::ledger::{Partition, PartitionKind, RecordName, Versioned},
    time::UnixTime,
};
use alloc::{string::String, vec::Vec};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A user at an issuer: `SHA-256(length 4 | iss | length 4 | sub)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserKey([u8; 32]);

/// The facts that hold for all sessions of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserRecord {
    /// Sessions created before this end; seconds since the epoch.
    pub not_before: u64,
    /// Whether the user is shut out altogether.
    pub disabled: bool,
}

/// A record of the ledger that cannot be read: no session is accepted on its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl UserKey {
    /// The key of `subject` at `issuer`. The lengths keep the two apart.
    pub fn new(issuer: &str, subject: &str) -> Self {
        let mut digest = Sha256::new();
        for part in [issuer, subject] {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            digest.update(length.to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self(digest.finalize().into())
    }

    /// The key with these bytes, from a cookie that opened.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The user's partition of the ledger.
    pub const fn partition(&self) -> Partition {
        Partition {
            kind: PartitionKind::User,
            id: self.0,
        }
    }
}

impl UserRecord {
    /// Seals the record for its place in the ledger.
    ///
    /// # Errors
    /// [`SealFault`], which a record of this size cannot cause.
    pub fn seal(
        &self,
        ring: &KeyRing,
        origin: &str,
        user: &UserKey,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, SealFault> {
        let name = place_name(user);
        let json = serde_json::to_vec(self).map_err(|_| SealFault)?;
        ring.seal(place(&name, origin), nonce, &json)
    }

    fn read(mut members: Members) -> Option<Self> {
        let not_before = members.number("not_before")?;
        let Value::Bool(disabled) = members.take("disabled")? else {
            return None;
        };
        members.end()?;
        Some(Self {
            not_before,
            disabled,
        })
    }

    /// Opens a user record.
    ///
    /// # Errors
    /// [`Unreadable`] where it was not sealed by us for this place.
    pub fn open(
        stored: &Versioned,
        ring: &KeyRing,
        origin: &str,
        user: &UserKey,
        now: UnixTime,
    ) -> Result<Self, Unreadable> {
        let name = place_name(user);
        let opened = ring.open(place(&name, origin), &stored.value, now);
        let opened = opened.map_err(|_| Unreadable)?;
        Members::parse(opened.plaintext.expose())
            .and_then(Self::read)
            .ok_or(Unreadable)
    }
}

fn place_name(user: &UserKey) -> String {
    super::head::ledger_place(&user.partition(), &RecordName::user())
}

const fn place<'a>(name: &'a str, origin: &'a str) -> Place<'a> {
    Place {
        purpose: Purpose::User,
        name,
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn issuer_and_subject_cannot_flow_into_each_other() {
        assert_ne!(UserKey::new("ab", "c"), UserKey::new("a", "bc"));
        assert_eq!(UserKey::new("a", "b"), UserKey::new("a", "b"));
    }
}
