//! A published key set in the store, for isolates and instances that have none in memory.
//!
//! A stored set is sealed with the ring, so that an attacker who can write to the store gains no key that signs tokens.
//! It carries its times inside: the store's own say nothing.

use crate::{
    cookie::{
        ring::KeyRing,
        seal::{Place, Purpose, SealFault},
    },
    encoding::base64url,
    platform::store::StoreKey,
    time::{Seconds, UnixTime},
};
use alloc::{string::String, vec::Vec};
use sha2::{Digest, Sha256};

/// A key set as the store holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKeys {
    /// The key set as it was fetched.
    pub document: Vec<u8>,
    /// When it was.
    pub fetched_at: UnixTime,
    /// When the issuer was last asked for it because of a token that no key signed: nobody asks again for a while. The
    /// epoch where it never was.
    pub asked_at: UnixTime,
}

/// How long what is stored is of any use.
pub const LIFETIME: Seconds = Seconds::minutes(24 * 60);

const TIMES: usize = 16;

/// Where a key set is stored. The place where they are published is part of it, so that another setting
/// never reads what was fetched under an old one.
pub fn place(issuer: &str, published_at: &str) -> StoreKey {
    let digest = Sha256::new()
        .chain_update(Sha256::digest(issuer.as_bytes()))
        .chain_update(published_at.as_bytes())
        .finalize();
    let mut key = String::from("j1/");
    key.push_str(&base64url::encode(&digest));
    StoreKey::new(key)
}

impl StoredKeys {
    /// Seals them for the store.
    ///
    /// # Errors
    /// [`SealFault`] where the document is too long.
    pub fn seal(
        &self,
        ring: &KeyRing,
        key: &StoreKey,
        origin: &str,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, SealFault> {
        let mut plaintext = Vec::with_capacity(self.document.len().saturating_add(TIMES));
        for time in [self.asked_at, self.fetched_at] {
            plaintext.extend_from_slice(&time.as_seconds().to_be_bytes());
        }
        plaintext.extend_from_slice(&self.document);
        ring.seal(at(key, origin), nonce, &plaintext)
    }

    /// Opens what was sealed under that key of the store; `None` where it was not.
    pub fn open(
        sealed: &[u8],
        ring: &KeyRing,
        key: &StoreKey,
        origin: &str,
        now: UnixTime,
    ) -> Option<Self> {
        let opened = ring.open(at(key, origin), sealed, now).ok()?;
        let (asked_at, rest) = opened.plaintext.expose().split_first_chunk::<8>()?;
        let (fetched_at, document) = rest.split_first_chunk::<8>()?;
        let time = |bytes: &[u8; 8]| UnixTime::from_seconds(u64::from_be_bytes(*bytes));
        Some(Self {
            document: document.to_vec(),
            fetched_at: time(fetched_at),
            asked_at: time(asked_at),
        })
    }
}

fn at<'a>(key: &'a StoreKey, origin: &'a str) -> Place<'a> {
    Place {
        purpose: Purpose::IssuerKeys,
        name: key.as_str(),
        origin,
    }
}
