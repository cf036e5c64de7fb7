//! A provider's key set (RFC 7517, section 5), and which of its keys may answer for a token.

use super::{
    algorithm::{Algorithm, JwsAlgorithm},
    key::{KeyFault, PublicKey},
    token::Hint,
};
use crate::encoding::json::{self, JsonFault, Limits};
use alloc::vec::Vec;
use serde_json::Value;

/// Far above any published set; a set is fetched, parsed and kept.
const LIMITS: Limits = Limits {
    bytes: 64 * 1024,
    depth: 6,
};

/// The most keys in a set, and with it the work of importing one.
const MOST_KEYS: usize = 64;

/// The most signatures verified for one token.
const MOST_CANDIDATES: usize = 4;

/// The keys of one issuer that may verify signatures.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Vec<PublicKey>,
    skipped: Vec<SkippedKey>,
}

/// A key of the set that is not used, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkippedKey {
    /// Its place in `keys`, from zero.
    pub position: usize,
    /// Why it is not used.
    pub fault: KeyFault,
}

/// Why a whole key set was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySetFault {
    /// It is not a JSON object within the limits.
    Json(JsonFault),
    /// `keys` is not an array of objects.
    Keys,
    /// It has more keys than any issuer needs.
    TooManyKeys {
        /// How many it has.
        found: usize,
    },
    /// It publishes a private or symmetric key, so that its owner is not alone in signing.
    PrivateKey {
        /// The key's place in `keys`, from zero.
        position: usize,
    },
    /// Two usable keys have the same `kid`, so that it does not say which of them signed.
    DuplicateKeyId {
        /// The second key's place in `keys`, from zero.
        position: usize,
    },
}

impl KeySet {
    /// Parses a JSON Web Key Set of at most 64 KiB and 64 keys.
    ///
    /// A key that cannot verify here, or is weak, is left out and listed in [`Self::skipped`]; a
    /// set that says something impossible or publishes a secret is refused as a whole.
    ///
    /// # Errors
    /// All of [`KeySetFault`].
    pub fn parse(document: &[u8]) -> Result<Self, KeySetFault> {
        let members = json::parse_object(document, LIMITS).map_err(KeySetFault::Json)?;
        let Some(Value::Array(listed)) = members.get("keys") else {
            return Err(KeySetFault::Keys);
        };
        if listed.len() > MOST_KEYS {
            return Err(KeySetFault::TooManyKeys {
                found: listed.len(),
            });
        }
        let mut set = Self {
            keys: Vec::new(),
            skipped: Vec::new(),
        };
        for (position, key) in listed.iter().enumerate() {
            set.add(position, key)?;
        }
        Ok(set)
    }

    /// The keys that can be used, in their published order.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// The keys that were left out, and why.
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// Whether no key can be used.
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys that may have signed a token with that hint, best first, at most four.
    ///
    /// The algorithm is the one that `allowed`, the key and the token's header all agree on. A key
    /// named by `kid` comes first and keys without a `kid` after it; a key of another name never.
    /// An empty answer means that no signature needs to be verified to refuse the token; for HS256 there is no other,
    /// since no published key is a secret.
    pub fn candidates(&self, hint: &Hint, allowed: &[Algorithm]) -> Vec<(&PublicKey, Algorithm)> {
        let algorithm = match hint.algorithm() {
            JwsAlgorithm::DigitalSignature(algorithm) if allowed.contains(&algorithm) => algorithm,
            JwsAlgorithm::DigitalSignature(_) | JwsAlgorithm::Hs256 => return Vec::new(),
        };
        let serving = || self.keys.iter().filter(move |key| key.serves(algorithm));
        let chosen: Vec<&PublicKey> = match hint.key_id() {
            None => serving().take(MOST_CANDIDATES).collect(),
            Some(wanted) => serving()
                .filter(|key| key.key_id() == Some(wanted))
                .chain(serving().filter(|key| key.key_id().is_none()))
                .take(MOST_CANDIDATES)
                .collect(),
        };
        chosen.into_iter().map(|key| (key, algorithm)).collect()
    }

    fn add(&mut self, position: usize, key: &Value) -> Result<(), KeySetFault> {
        let members = key.as_object().ok_or(KeySetFault::Keys)?;
        let key = match PublicKey::import(members) {
            Ok(key) => key,
            Err(KeyFault::PrivateMaterial) => return Err(KeySetFault::PrivateKey { position }),
            Err(fault) => {
                self.skipped.push(SkippedKey { position, fault });
                return Ok(());
            }
        };
        let known = |other: &PublicKey| other.key_id() == key.key_id();
        if key.key_id().is_some() && self.keys.iter().any(known) {
            return Err(KeySetFault::DuplicateKeyId { position });
        }
        self.keys.push(key);
        Ok(())
    }
}
