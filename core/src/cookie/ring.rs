//! The key ring: the key that seals, and earlier ones that still open.
//!
//! A key other than the first is accepted until its `not_after`; what it sealed is sealed anew at
//! the next chance, so that changing keys logs nobody out.

use super::seal::{self, OpenFault, Place, Purpose, SealFault, SealingKey};
use crate::{encoding::base64url, secret::Secret, time::UnixTime};
use alloc::{string::String, vec::Vec};

/// The sealing keys of a deployment.
#[derive(Debug)]
pub struct KeyRing {
    sealing: Entry,
    earlier: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    id: u8,
    not_after: Option<UnixTime>,
    keys: [(Purpose, SealingKey); Purpose::ALL.len()],
}

/// A key of the ring before its purposes are derived.
#[derive(Debug)]
pub struct RingSecret {
    /// Its id.
    pub id: u8,
    /// 32 random bytes.
    pub secret: Secret<[u8; 32]>,
    /// When it is no longer accepted.
    pub not_after: Option<UnixTime>,
}

/// An opened value.
#[derive(Debug)]
pub struct Opened {
    /// The plaintext.
    pub plaintext: Secret<Vec<u8>>,
    /// Which kind of key sealed it.
    pub sealed_by: SealedBy,
    /// The key's id.
    pub key_id: u8,
}

/// Which kind of key sealed a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedBy {
    /// The key that seals today.
    Current,
    /// One on its way out; the value should be sealed anew.
    Earlier,
}

impl KeyRing {
    /// A ring whose first key seals.
    pub fn new(sealing: &RingSecret, earlier: &[RingSecret]) -> Self {
        Self {
            sealing: Entry::new(sealing),
            earlier: earlier.iter().map(Entry::new).collect(),
        }
    }

    /// Seals `plaintext` for `place`.
    ///
    /// # Errors
    /// [`SealFault`] where a part is too long.
    pub fn seal(
        &self,
        place: Place<'_>,
        nonce: [u8; 24],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealFault> {
        self.sealing.key(place.purpose).ok_or(SealFault)?.seal(
            self.sealing.id,
            place,
            nonce,
            plaintext,
        )
    }

    /// Seals `plaintext` as the text of a cookie.
    ///
    /// # Errors
    /// [`SealFault`] where a part is too long.
    pub fn seal_text(
        &self,
        place: Place<'_>,
        nonce: [u8; 24],
        plaintext: &[u8],
    ) -> Result<String, SealFault> {
        Ok(seal::to_text(&self.seal(place, nonce, plaintext)?))
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// Any [`OpenFault`]. A false accept here lets anyone in; a false reject logs a user out.
    pub fn open(
        &self,
        place: Place<'_>,
        sealed: &[u8],
        now: UnixTime,
    ) -> Result<Opened, OpenFault> {
        let id = seal::key_id(sealed)?;
        let (entry, sealed_by) = self.entry(id, now)?;
        let key = entry.key(place.purpose).ok_or(OpenFault::UnknownKey)?;
        Ok(Opened {
            plaintext: key.open(place, sealed)?,
            sealed_by,
            key_id: id,
        })
    }

    /// Whether what was sealed with this key still counts, for values that were opened before.
    pub fn accepts(&self, key_id: u8, now: UnixTime) -> bool {
        self.entry(key_id, now).is_ok()
    }

    fn entry(&self, id: u8, now: UnixTime) -> Result<(&Entry, SealedBy), OpenFault> {
        let (entry, sealed_by) = if self.sealing.id == id {
            (&self.sealing, SealedBy::Current)
        } else {
            let entry = self.earlier.iter().find(|entry| entry.id == id);
            (entry.ok_or(OpenFault::UnknownKey)?, SealedBy::Earlier)
        };
        if entry.not_after.is_some_and(|end| now > end) {
            return Err(OpenFault::RetiredKey);
        }
        Ok((entry, sealed_by))
    }

    /// Opens the text of a cookie that was sealed for `place`.
    ///
    /// # Errors
    /// Any [`OpenFault`].
    pub fn open_text(
        &self,
        place: Place<'_>,
        text: &str,
        now: UnixTime,
    ) -> Result<Opened, OpenFault> {
        // The largest cookie a browser keeps is 4,096 bytes.
        if text.len() > 4096 {
            return Err(OpenFault::Format);
        }
        let sealed = base64url::decode(text).ok_or(OpenFault::Format)?;
        self.open(place, &sealed, now)
    }
}

impl Entry {
    fn new(secret: &RingSecret) -> Self {
        Self {
            id: secret.id,
            not_after: secret.not_after,
            keys: Purpose::ALL
                .map(|purpose| (purpose, SealingKey::derive(&secret.secret, purpose))),
        }
    }

    fn key(&self, purpose: Purpose) -> Option<&SealingKey> {
        let found = self.keys.iter().find(|(of, _)| *of == purpose);
        found.map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const PLACE: Place<'_> = Place {
        purpose: Purpose::Session,
        name: "cookie",
        origin: "https://app.example.com",
    };
    const NOW: UnixTime = UnixTime::from_seconds(1_000);

    fn secret(id: u8, not_after: Option<u64>) -> RingSecret {
        RingSecret {
            id,
            secret: Secret::new([id; 32]),
            not_after: not_after.map(UnixTime::from_seconds),
        }
    }

    #[test]
    fn an_earlier_key_opens_until_its_end_and_asks_to_seal_anew() {
        let before = KeyRing::new(&secret(1, None), &[]);
        let text = before.seal_text(PLACE, [3; 24], b"x").unwrap();
        let after = KeyRing::new(&secret(2, None), &[secret(1, Some(1_000))]);
        let opened = after.open_text(PLACE, &text, NOW).unwrap();
        assert_eq!(opened.sealed_by, SealedBy::Earlier);
        let late = UnixTime::from_seconds(1_001);
        assert_eq!(
            after.open_text(PLACE, &text, late).err(),
            Some(OpenFault::RetiredKey)
        );
        let anew = after.seal_text(PLACE, [4; 24], b"x").unwrap();
        assert_eq!(
            after.open_text(PLACE, &anew, late).unwrap().sealed_by,
            SealedBy::Current
        );
    }

    #[test]
    fn a_key_that_left_the_ring_opens_nothing() {
        let text = KeyRing::new(&secret(1, None), &[])
            .seal_text(PLACE, [3; 24], b"x")
            .unwrap();
        let ring = KeyRing::new(&secret(2, None), &[]);
        assert_eq!(
            ring.open_text(PLACE, &text, NOW).err(),
            Some(OpenFault::UnknownKey)
        );
    }

    #[test]
    fn the_same_text_sealed_twice_differs() {
        let ring = KeyRing::new(&secret(1, None), &[]);
        let one = ring.seal_text(PLACE, [3; 24], b"x").unwrap();
        let two = ring.seal_text(PLACE, [4; 24], b"x").unwrap();
        assert_ne!(one, two);
    }

    #[test]
    fn garbage_is_refused() {
        let ring = KeyRing::new(&secret(1, None), &[]);
        let long = "A".repeat(4097);
        for text in ["", "AQ", "not base64url!", long.as_str()] {
            assert_eq!(
                ring.open_text(PLACE, text, NOW).err(),
                Some(OpenFault::Format),
                "{text}"
            );
        }
    }
}
