//! An issuer's key set (RFC 7517, section 5), and which of its keys may answer for a token.
//!
//! An entry that is no key of ours is ignored, as that section asks, and never the good keys beside it. A mistake of
//! the issuer's is told apart from an entry that is merely for others, so that a log can name it.

use super::{
    algorithm::{Algorithm, JwsAlgorithm},
    key::{KeyFault, PublicKey},
    token::Hint,
};
use crate::encoding::json::{self, JsonFault, Limits};
use alloc::vec::Vec;
use core::fmt;
use serde_json::Value;

/// Far above any published set; a set is fetched, parsed and kept.
const LIMITS: Limits = Limits {
    bytes: 64 * 1024,
    depth: 6,
};

/// The most keys of a set that are used, and the most flaws that are kept.
const MOST_KEYS: usize = 64;

/// The most signatures verified for one token.
const MOST_CANDIDATES: usize = 4;

/// The keys of one issuer that may verify signatures.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Vec<PublicKey>,
    skipped: Vec<SkippedKey>,
    doubled: Vec<usize>,
}

/// An entry of the set that is not used, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkippedKey {
    /// Its place in `keys`, from zero.
    pub position: usize,
    /// Why it is not used.
    pub fault: KeyFault,
}

/// A mistake of the issuer's in its key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySetFlaw {
    /// The entry's place in `keys`, from zero.
    pub position: usize,
    /// The fault of the entry.
    pub kind: FlawKind,
}

/// The kinds of faults of an entry of a key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlawKind {
    /// It is left out.
    LeftOut(KeyFault),
    /// It has the `kid` of an earlier key, so that the name does not say which of them signed; both are tried.
    SameKeyId,
}

/// Why a whole key set was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySetFault {
    /// It is not a JSON object within the limits.
    Json(JsonFault),
    /// `keys` is not an array.
    Keys,
}

impl KeySet {
    /// Parses a JSON Web Key Set of at most 64 KiB, of which 64 keys are used.
    ///
    /// An entry that cannot verify here, is weak, publishes a secret or is no key at all is left out and listed in
    /// [`Self::skipped`]. A false accept of a weak key lets anyone in; a false reject of a set keeps everybody out.
    ///
    /// # Errors
    /// All of [`KeySetFault`].
    pub fn parse(document: &[u8]) -> Result<Self, KeySetFault> {
        let members = json::parse_usable(document, LIMITS).map_err(KeySetFault::Json)?;
        let Some(Value::Array(listed)) = members.get("keys") else {
            return Err(KeySetFault::Keys);
        };
        let mut set = Self {
            keys: Vec::new(),
            skipped: Vec::new(),
            doubled: Vec::new(),
        };
        for (position, entry) in listed.iter().enumerate() {
            set.add(position, entry);
        }
        Ok(set)
    }

    /// The keys that can be used, in their published order.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// The entries that were left out, and why; the first 64.
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// The mistakes of the issuer's. Keys for other purposes and algorithms are none.
    pub fn flaws(&self) -> impl Iterator<Item = KeySetFlaw> {
        let left_out = self.skipped.iter().filter(|it| it.fault.is_mistake());
        let left_out = left_out.map(|it| KeySetFlaw {
            position: it.position,
            kind: FlawKind::LeftOut(it.fault),
        });
        let doubled = self.doubled.iter().map(|position| KeySetFlaw {
            position: *position,
            kind: FlawKind::SameKeyId,
        });
        left_out.chain(doubled)
    }

    /// Whether no key can be used.
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a key of the set has that name.
    pub fn has_key_id(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.key_id() == Some(name))
    }

    /// The keys that may have signed a token with that hint, best first, at most four.
    ///
    /// The algorithm is the one that `allowed`, the key and the token's header all agree on. Keys
    /// named by `kid` come first and keys without a `kid` after them; a key of another name never.
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

    fn add(&mut self, position: usize, entry: &Value) {
        let imported = match entry {
            _ if self.keys.len() >= MOST_KEYS => Err(KeyFault::TooMany),
            Value::Object(members) => PublicKey::import(members),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Err(KeyFault::NotAnObject),
        };
        match imported {
            Ok(key) if self.keys.contains(&key) => {}
            Ok(key) => {
                if key.key_id().is_some_and(|name| self.has_key_id(name)) {
                    self.doubled.push(position);
                }
                self.keys.push(key);
            }
            Err(fault) if self.skipped.len() < MOST_KEYS => {
                self.skipped.push(SkippedKey { position, fault });
            }
            Err(_) => {}
        }
    }
}

/// `keys[2] publishes a private or symmetric key`
impl fmt::Display for KeySetFlaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.position;
        match self.kind {
            FlawKind::LeftOut(KeyFault::PrivateMaterial) => {
                write!(f, "keys[{position}] publishes a private or symmetric key")
            }
            FlawKind::LeftOut(fault) => write!(f, "keys[{position}] is left out: {fault:?}"),
            FlawKind::SameKeyId => write!(f, "keys[{position}] has the kid of an earlier key"),
        }
    }
}
