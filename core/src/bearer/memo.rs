//! What one isolate remembers of access tokens: facts, no decisions.
//!
//! Tokens are found by the digest of their text. What is found was signed by a key of the set that was current then:
//! a new set makes all of them unknown, and audience, time and requirements are judged at every use.

use super::access_token::AccessToken;
use crate::{config::IssuerIndex, generations::Generations, ordered::OrderedMap};
use alloc::rc::Rc;
use sha2::{Digest, Sha256};

/// A bounded memory of tokens.
#[derive(Debug)]
pub struct TokenMemo {
    tokens: Generations<TokenDigest, Known>,
    verifying: OrderedMap<TokenDigest, ()>,
}

/// The digest of a token's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenDigest([u8; 32]);

/// Which of its key sets an issuer has: changes when the keys do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeySetVersion(u32);

#[derive(Debug)]
struct Known {
    token: Rc<AccessToken>,
    keys: KeySetVersion,
}

/// About 8 MiB, of the 128 MB that an isolate has.
const BYTES: usize = 8 * 1024 * 1024;

/// What the claims of a small token take in memory beside their text.
const OVERHEAD: usize = 1_536;

impl TokenDigest {
    /// The digest of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
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

impl TokenMemo {
    /// An empty memory.
    pub const fn new() -> Self {
        Self {
            tokens: Generations::new(BYTES),
            verifying: OrderedMap::new(),
        }
    }

    /// The token with this digest, if it was verified with the keys that `current` says its issuer has; `None` from there
    /// says that it cannot be told now.
    pub fn get(
        &mut self,
        digest: &TokenDigest,
        current: impl Fn(IssuerIndex) -> Option<KeySetVersion>,
    ) -> Option<Rc<AccessToken>> {
        let known = self.tokens.get(digest)?;
        match current(known.token.issuer()) {
            Some(keys) if keys == known.keys => Some(Rc::clone(&known.token)),
            // The keys it was verified with are no longer the issuer's.
            Some(_) => {
                self.tokens.remove(digest);
                None
            }
            None => None,
        }
    }

    /// Remembers a token of `length` bytes, whose signature was verified with those keys.
    pub fn remember(
        &mut self,
        digest: TokenDigest,
        token: Rc<AccessToken>,
        keys: KeySetVersion,
        length: usize,
    ) {
        let bytes = length.saturating_mul(2).saturating_add(OVERHEAD);
        self.tokens.insert(digest, Known { token, keys }, bytes);
    }

    /// Whether somebody is verifying this token right now; if not, the caller is from here on.
    pub fn begin(&mut self, digest: TokenDigest) -> Begun {
        if self.verifying.get(&digest).is_some() {
            return Begun::ByAnother;
        }
        self.verifying.insert(digest, ());
        Begun::ByUs
    }

    /// The verification that was begun is over, whatever came of it.
    pub fn end(&mut self, digest: &TokenDigest) {
        self.verifying.remove(digest);
    }
}

/// Who verifies a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The caller, who must [`TokenMemo::end`] it.
    ByUs,
    /// Another request, whose result can be waited for.
    ByAnother,
}

impl Default for TokenMemo {
    fn default() -> Self {
        Self::new()
    }
}
