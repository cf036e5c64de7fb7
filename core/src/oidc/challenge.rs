//! The challenge to a browser whose page signs someone in with a provider's own script.
//!
//! The page asks the provider for an ID token with this nonce and hands the token over. The browser keeps the
//! challenge sealed in a cookie of its own, so a token that was made for another browser has another nonce.

use crate::{
    cookie::seal,
    encoding::base64url,
    platform::ledger::{Partition, PartitionKind},
    secret::Secret,
    time::{Seconds, UnixTime},
};
use alloc::{string::String, vec::Vec};

/// A challenge.
#[derive(Debug)]
pub struct Challenge {
    secret: Secret<[u8; 32]>,
    /// When it was given.
    pub created: UnixTime,
}

/// How long a token with its nonce may be handed over.
pub const LIFETIME: Seconds = Seconds::minutes(5);

/// A challenge with more time than this is given again, so that several tabs share it.
const ENOUGH: Seconds = Seconds::minutes(2);

impl Challenge {
    /// A new challenge; `secret` must be random.
    pub const fn new(secret: Secret<[u8; 32]>, created: UnixTime) -> Self {
        Self { secret, created }
    }

    /// `nonce` (OpenID Connect Core, section 3.1.2.1): 43 characters.
    pub fn nonce(&self) -> String {
        let bytes = seal::expand::<32>(self.secret.expose(), &[b"lychgate/1/challenge nonce"]);
        base64url::encode(bytes.expose())
    }

    /// Where the ledger marks this challenge as used.
    pub fn partition(&self) -> Partition {
        let id = seal::expand::<32>(self.secret.expose(), &[b"lychgate/1/challenge partition"]);
        Partition {
            kind: PartitionKind::Attempt,
            id: *id.expose(),
        }
    }

    /// How long it still counts; zero where it does no longer.
    pub fn left(&self, now: UnixTime) -> Seconds {
        self.created.plus(LIFETIME).since(now).min(LIFETIME)
    }

    /// Whether it still counts.
    pub fn is_live(&self, now: UnixTime) -> bool {
        self.left(now) > Seconds::new(0)
    }

    /// Whether a page that asks now can do with it.
    pub fn is_fresh(&self, now: UnixTime) -> bool {
        self.left(now) > ENOUGH
    }

    /// When the mark that it was used may go: long after it counts for nothing.
    pub fn forgotten(&self) -> UnixTime {
        self.created.plus(LIFETIME).plus(LIFETIME)
    }

    /// The plaintext of its cookie: `secret 32 | created 8`.
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        let mut out = Vec::with_capacity(40);
        out.extend_from_slice(self.secret.expose());
        out.extend_from_slice(&self.created.as_seconds().to_be_bytes());
        Secret::new(out)
    }

    /// Reads what [`Challenge::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (secret, rest) = bytes.split_first_chunk::<32>()?;
        let created: [u8; 8] = rest.try_into().ok()?;
        let created = UnixTime::from_seconds(u64::from_be_bytes(created));
        Some(Self::new(Secret::new(*secret), created))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const GIVEN: UnixTime = UnixTime::from_seconds(1_800_000_000);

    fn challenge() -> Challenge {
        Challenge::new(Secret::new([7; 32]), GIVEN)
    }

    fn after(seconds: u64) -> UnixTime {
        GIVEN.plus(Seconds::new(seconds))
    }

    #[test]
    fn a_challenge_reads_back_and_no_other_length_does() {
        let bytes = challenge().to_bytes();
        let read = Challenge::from_bytes(bytes.expose()).unwrap();
        assert_eq!(read.nonce(), challenge().nonce());
        assert_eq!(read.created, GIVEN);
        let longer = [bytes.expose().as_slice(), &[0]].concat();
        for bytes in [&bytes.expose()[..39], &longer, &[]] {
            assert!(Challenge::from_bytes(bytes).is_none());
        }
    }

    #[test]
    fn a_challenge_counts_for_five_minutes_and_is_given_again_for_three() {
        let at = |seconds| {
            let now = after(seconds);
            (challenge().is_live(now), challenge().is_fresh(now))
        };
        assert_eq!(at(0), (true, true));
        assert_eq!(at(179), (true, true));
        assert_eq!(at(180), (true, false));
        assert_eq!(at(299), (true, false));
        assert_eq!(at(300), (false, false));
        assert_eq!(challenge().left(after(300)), Seconds::new(0));
        // A machine whose clock is behind gives no more time than there is.
        assert_eq!(challenge().left(GIVEN.minus(Seconds::new(600))), LIFETIME);
    }

    #[test]
    fn every_challenge_has_a_nonce_and_a_place_of_its_own() {
        let other = Challenge::new(Secret::new([8; 32]), GIVEN);
        assert_ne!(other.nonce(), challenge().nonce());
        assert_ne!(other.partition(), challenge().partition());
        assert_eq!(challenge().nonce().len(), 43);
    }
}
