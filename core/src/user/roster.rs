//! The roster: which users there are, in 256 partitions by the first byte of their keys.
//!
//! A user is entered before their record is first written, so a walk over the roster meets every record. An entry names
//! the user by the key alone.

use super::{Unreadable, key::UserKey};
use crate::{
    cookie::{
        ring::{KeyRing, SealedBy},
        seal::{Place, Purpose, SealFault},
    },
    platform::ledger::{Partition, PartitionKind, RecordName, Versioned},
    time::UnixTime,
};
use alloc::vec::Vec;

/// One of the 256 partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roster(pub u8);

/// An entry, and the key that sealed it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The user.
    pub user: UserKey,
    /// Whether it should be sealed anew.
    pub sealed_by: SealedBy,
}

impl Roster {
    /// The one with this user.
    pub const fn of(user: &UserKey) -> Self {
        let [first, ..] = user.as_bytes();
        Self(*first)
    }

    /// The next one; `None` after the last.
    pub const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(next) => Some(Self(next)),
            None => None,
        }
    }

    /// Its partition of the ledger.
    pub fn partition(self) -> Partition {
        let mut id = [0; 32];
        if let Some(first) = id.first_mut() {
            *first = self.0;
        }
        Partition {
            kind: PartitionKind::Roster,
            id,
        }
    }

    /// The name of a user's entry: the last 16 bytes of the key.
    pub fn name(user: &UserKey) -> RecordName {
        let (_, last) = user.as_bytes().split_at(16);
        RecordName::member(last.try_into().unwrap_or_default())
    }

    /// Seals a user's entry.
    ///
    /// # Errors
    /// [`SealFault`], which an entry of this size cannot cause.
    pub fn seal(
        user: &UserKey,
        directory: &KeyRing,
        origin: &str,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, SealFault> {
        let name = Self::of(user).partition().place(&Self::name(user));
        directory.seal(place(&name, origin), nonce, user.as_bytes())
    }

    /// Opens the entry of that name.
    ///
    /// # Errors
    /// [`Unreadable`] where we did not seal it for this place.
    pub fn open(
        self,
        name: &RecordName,
        stored: &Versioned,
        directory: &KeyRing,
        origin: &str,
        now: UnixTime,
    ) -> Result<Entry, Unreadable> {
        let at = self.partition().place(name);
        let opened = directory.open(place(&at, origin), &stored.value, now);
        let opened = opened.map_err(|_| Unreadable)?;
        let bytes: [u8; 32] = opened
            .plaintext
            .expose()
            .as_slice()
            .try_into()
            .map_err(|_| Unreadable)?;
        Ok(Entry {
            user: UserKey::from_bytes(bytes),
            sealed_by: opened.sealed_by,
        })
    }
}

const fn place<'a>(name: &'a str, origin: &'a str) -> Place<'a> {
    Place {
        purpose: Purpose::Roster,
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
    fn every_user_has_a_place_in_one_of_256() {
        let user = |first: u8, last: u8| {
            let mut key = [7; 32];
            (key[0], key[31]) = (first, last);
            UserKey::from_bytes(key)
        };
        assert_eq!(Roster::of(&user(0xab, 1)), Roster(0xab));
        assert_ne!(Roster::name(&user(1, 1)), Roster::name(&user(1, 2)));
        let mut walked = 1;
        let mut at = Roster(0);
        while let Some(next) = at.next() {
            assert_ne!(next.partition(), at.partition());
            (at, walked) = (next, walked + 1);
        }
        assert_eq!(walked, 256);
    }
}
