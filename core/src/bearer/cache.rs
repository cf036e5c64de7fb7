//! The token cache of one isolate: facts, no decisions.
//!
//! Tokens are found by the digest of their text, and opaque ones by that of their issuer and text. A token in the cache
//! was signed by a key of the set that was current then: a new set makes all of them unknown. Where its issuer was asked
//! about it, it counts as long as the answer does. Audience, time and requirements are judged at every use.

use super::access_token::AccessToken;
use crate::{config::IssuerIndex, generations::Generations, time::UnixTime};
use alloc::rc::Rc;
use sha2::{Digest, Sha256};

/// A bounded cache of access tokens.
#[derive(Debug)]
pub struct TokenCache {
    tokens: Generations<TokenDigest, Known>,
    verifying: Generations<TokenDigest, Lease>,
    leases: u32,
}

/// The lease to verify one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease(u32);

/// The digest of a token's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenDigest([u8; 32]);

/// Which of its key sets an issuer has: changes when the keys do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeySetVersion(u32);

/// The proofs for which the cache believes a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The keys that its signature was verified with.
    pub keys: Option<KeySetVersion>,
    /// When the answer of its issuer no longer counts.
    pub until: Option<UnixTime>,
}

#[derive(Debug)]
struct Known {
    token: Rc<AccessToken>,
    basis: Basis,
}

/// About 8 MiB, of the 128 MB that an isolate has.
const BYTES: usize = 8 * 1024 * 1024;

/// Room for the leases of some hundred tokens. One of a request that was cut while it verified stays until it is taken
/// over, or others push it out.
const LEASE_BYTES: usize = 64 * 1024;

/// The bytes that a lease takes in memory.
const LEASE_WEIGHT: usize = 48;

/// The bytes that the claims of a small token take in memory beside their text.
const OVERHEAD: usize = 1_536;

impl TokenDigest {
    /// The digest of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// That of a token which only its issuer can read: two issuers may issue the same text.
    pub fn of_opaque(issuer: &str, token: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(issuer.as_bytes());
        // No issuer has a line break in it.
        digest.update(b"\n");
        digest.update(token.as_bytes());
        Self(digest.finalize().into())
    }

    /// The digest itself, which `ath` of a proof holds (RFC 9449, section 4.2).
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl KeySetVersion {
    /// That of keys which never change.
    pub const FIRST: Self = Self(0);

    /// The next version.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

impl TokenCache {
    /// An empty cache.
    pub const fn new() -> Self {
        Self {
            tokens: Generations::new(BYTES),
            verifying: Generations::new(LEASE_BYTES),
            leases: 0,
        }
    }

    /// The token with this digest, if it was verified with the keys that `current` says its issuer has; `None` from there
    /// says that it cannot be told now.
    pub fn get(
        &mut self,
        digest: &TokenDigest,
        now: UnixTime,
        current: impl Fn(IssuerIndex) -> Option<KeySetVersion>,
    ) -> Option<Rc<AccessToken>> {
        let known = self.tokens.get(digest)?;
        let is_over = known.basis.until.is_some_and(|until| now >= until);
        let is_current = match known.basis.keys {
            None => Some(true),
            Some(keys) => current(known.token.issuer()).map(|current| current == keys),
        };
        match is_current {
            Some(true) if !is_over => Some(Rc::clone(&known.token)),
            // The keys it was verified with are no longer the issuer's, or the answer is too old.
            Some(_) => {
                self.tokens.remove(digest);
                None
            }
            None => None,
        }
    }

    /// Remembers a token of `length` bytes.
    pub fn remember(
        &mut self,
        digest: TokenDigest,
        token: Rc<AccessToken>,
        basis: Basis,
        length: usize,
    ) {
        let bytes = length.saturating_mul(2).saturating_add(OVERHEAD);
        self.tokens.insert(digest, Known { token, basis }, bytes);
    }

    /// The lease to verify this token; `None` while another one has it.
    pub fn begin(&mut self, digest: TokenDigest) -> Option<Lease> {
        if self.verifying.get(&digest).is_some() {
            return None;
        }
        Some(self.take_over(digest))
    }

    /// The lease to verify this token, even where another request holds it: that one may never end.
    pub fn take_over(&mut self, digest: TokenDigest) -> Lease {
        let lease = Lease(self.leases);
        self.leases = self.leases.wrapping_add(1);
        self.verifying.insert(digest, lease, LEASE_WEIGHT);
        lease
    }

    /// The verification in that lease is over, whatever came of it. A lease that was taken over ends nothing.
    pub fn end(&mut self, digest: &TokenDigest, lease: Lease) {
        if self
            .verifying
            .get(digest)
            .is_some_and(|held| *held == lease)
        {
            self.verifying.remove(digest);
        }
    }
}

impl Default for TokenCache {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_turn_that_never_ends_is_taken_over() {
        let mut cache = TokenCache::new();
        let digest = TokenDigest::of("token");
        let cut = cache.begin(digest).unwrap();
        assert_eq!(cache.begin(digest), None);
        let ours = cache.take_over(digest);
        // Should the first one go on after all, it ends nothing.
        cache.end(&digest, cut);
        assert_eq!(cache.begin(digest), None);
        cache.end(&digest, ours);
        assert!(cache.begin(digest).is_some());
    }

    #[test]
    fn leases_that_never_end_take_bounded_memory() {
        let mut cache = TokenCache::new();
        for number in 0..10_000_u32 {
            let digest = TokenDigest::of(&alloc::format!("{number}"));
            assert!(cache.begin(digest).is_some());
        }
        assert!(cache.verifying.len() <= LEASE_BYTES / LEASE_WEIGHT);
    }
}
