//! Sealing: bytes that only we can read and that fit one place only.
//!
//! A sealed value is `version 1 | key id | nonce 24 | ciphertext | tag 16`, XChaCha20-Poly1305
//! (draft-irtf-cfrg-xchacha), in a cookie as base64url. The associated data names what the value
//! is for, where it stands and for which deployment, each part behind its length, so that a value
//! copied to another place does not open.

use crate::{encoding::base64url, secret::Secret};
use alloc::{string::String, vec::Vec};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;

/// The version of the format, the first byte of every sealed value.
const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
const HEADER: usize = 2 + NONCE;

/// The purpose of a sealed value. Each purpose has a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The session cookie.
    Session,
    /// An attempt cookie.
    Attempt,
    /// The cookie of a challenge to a page that hands a token over.
    Challenge,
    /// The tombstone cookie.
    Tombstone,
    /// The predecessor cookie.
    Predecessor,
    /// A session's head in the ledger.
    Head,
    /// A user record in the ledger.
    User,
    /// An entry of the roster in the ledger.
    Roster,
    /// A session record, in the store and as the ledger's copy.
    Record,
    /// An issuer's key set in the store.
    IssuerKeys,
}

/// The place a sealed value belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The purpose of the value.
    pub purpose: Purpose,
    /// The cookie's name, or the key or record name it is stored under.
    pub name: &'a str,
    /// The origin of `public_url`.
    pub origin: &'a str,
}

/// A key for one purpose.
#[derive(Clone, Debug)]
pub struct SealingKey(Secret<[u8; 32]>);

/// The value cannot be sealed: it, or the place's name, is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealFault;

/// Why sealed bytes did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenFault {
    /// Not the format: too short, or of another version.
    Format,
    /// Sealed with a key that is not in the ring.
    UnknownKey,
    /// Sealed with a key whose time is over.
    RetiredKey,
    /// Changed, forged, or made for another place.
    Forged,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 10] = [
        Self::Session,
        Self::Attempt,
        Self::Challenge,
        Self::Tombstone,
        Self::Predecessor,
        Self::Head,
        Self::User,
        Self::Roster,
        Self::Record,
        Self::IssuerKeys,
    ];

    /// The purpose's name, in key derivation and associated data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Attempt => "attempt",
            Self::Challenge => "challenge",
            Self::Tombstone => "tombstone",
            Self::Predecessor => "predecessor",
            Self::Head => "head",
            Self::User => "user",
            Self::Roster => "roster",
            Self::Record => "record",
            Self::IssuerKeys => "issuer-keys",
        }
    }
}

impl SealingKey {
    /// Derives the key of one purpose from a ring key: HKDF-SHA-256 (RFC 5869) without salt, info
    /// `lychgate/1/` and the purpose.
    pub fn derive(ring_key: &Secret<[u8; 32]>, purpose: Purpose) -> Self {
        let mut info = String::from("lychgate/1/");
        info.push_str(purpose.name());
        Self(expand(ring_key.expose(), &[info.as_bytes()]))
    }

    /// A key that was derived elsewhere, such as a session's record key.
    pub const fn new(key: Secret<[u8; 32]>) -> Self {
        Self(key)
    }

    /// Seals `plaintext` for `place` under this key, called `key_id`.
    ///
    /// `nonce` must be random: anyone who sees two values sealed with the same one can read both.
    ///
    /// # Errors
    /// [`SealFault`] where a part is longer than the format allows.
    pub fn seal(
        &self,
        key_id: u8,
        place: Place<'_>,
        nonce: [u8; NONCE],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealFault> {
        let aad = associated_data(place, key_id).ok_or(SealFault)?;
        let payload = Payload {
            msg: plaintext,
            aad: &aad,
        };
        let sealed = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| SealFault)?;
        let mut out = Vec::with_capacity(HEADER.saturating_add(sealed.len()));
        out.push(VERSION);
        out.push(key_id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens bytes that were sealed for `place` under this key.
    ///
    /// # Errors
    /// [`OpenFault::Format`] and [`OpenFault::Forged`].
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Secret<Vec<u8>>, OpenFault> {
        let key_id = key_id(sealed)?;
        let nonce = sealed.get(2..HEADER).ok_or(OpenFault::Format)?;
        let ciphertext = sealed.get(HEADER..).ok_or(OpenFault::Format)?;
        let aad = associated_data(place, key_id).ok_or(OpenFault::Format)?;
        let payload = Payload {
            msg: ciphertext,
            aad: &aad,
        };
        self.cipher()
            .decrypt(XNonce::from_slice(nonce), payload)
            .map(Secret::new)
            .map_err(|_| OpenFault::Forged)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.expose().into())
    }
}

/// The id of the key that sealed these bytes.
///
/// # Errors
/// [`OpenFault::Format`] where they are too short or of another version.
pub fn key_id(sealed: &[u8]) -> Result<u8, OpenFault> {
    if sealed.len() < HEADER.saturating_add(TAG) {
        return Err(OpenFault::Format);
    }
    match sealed {
        [VERSION, key_id, ..] => Ok(*key_id),
        _ => Err(OpenFault::Format),
    }
}

/// 32 bytes of HKDF-SHA-256 over `secret`, without salt, with the joined `info`.
pub fn expand<const N: usize>(secret: &[u8; 32], info: &[&[u8]]) -> Secret<[u8; N]> {
    let mut out = [0; N];
    let expanded = Hkdf::<Sha256>::new(None, secret).expand_multi_info(info, &mut out);
    // HKDF refuses outputs over 255 blocks only; ours are at most one.
    debug_assert!(expanded.is_ok());
    Secret::new(out)
}

/// Text of sealed bytes for a cookie.
pub fn to_text(sealed: &[u8]) -> String {
    base64url::encode(sealed)
}

fn associated_data(place: Place<'_>, key_id: u8) -> Option<Vec<u8>> {
    let parts: [&[u8]; 5] = [
        place.purpose.name().as_bytes(),
        place.name.as_bytes(),
        place.origin.as_bytes(),
        &[VERSION],
        &[key_id],
    ];
    let mut out = Vec::new();
    for part in parts {
        let length = u16::try_from(part.len()).ok()?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(part);
    }
    Some(out)
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

    fn key() -> SealingKey {
        SealingKey::derive(&Secret::new([7; 32]), Purpose::Session)
    }

    fn sealed() -> Vec<u8> {
        key().seal(1, PLACE, [9; 24], b"SECRET-IN-TEST").unwrap()
    }

    #[test]
    fn what_was_sealed_opens_in_its_place() {
        assert_eq!(
            key().open(PLACE, &sealed()).unwrap().expose(),
            b"SECRET-IN-TEST"
        );
    }

    #[test]
    fn no_bit_can_be_changed_and_no_byte_dropped() {
        let sealed = sealed();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key().open(PLACE, &changed).is_err(), "byte {at}");
            assert!(key().open(PLACE, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_value_moved_to_another_place_does_not_open() {
        for place in [
            Place {
                purpose: Purpose::Attempt,
                ..PLACE
            },
            Place {
                name: "cookie2",
                ..PLACE
            },
            Place {
                origin: "https://app.example.co",
                ..PLACE
            },
        ] {
            assert_eq!(key().open(place, &sealed()).err(), Some(OpenFault::Forged));
        }
    }

    #[test]
    fn parts_cannot_flow_into_each_other() {
        let one = associated_data(
            Place {
                name: "ab",
                origin: "c",
                ..PLACE
            },
            1,
        );
        let two = associated_data(
            Place {
                name: "a",
                origin: "bc",
                ..PLACE
            },
            1,
        );
        assert_ne!(one, two);
    }

    #[test]
    fn each_purpose_has_its_own_key() {
        let ring_key = Secret::new([7; 32]);
        for (index, purpose) in Purpose::ALL.iter().enumerate() {
            for other in Purpose::ALL.iter().skip(index + 1) {
                let one = SealingKey::derive(&ring_key, *purpose);
                let two = SealingKey::derive(&ring_key, *other);
                assert_ne!(one.0.expose(), two.0.expose());
            }
        }
    }
}
