//! The DPoP proofs that one isolate has seen, so that each counts once (RFC 9449, section 11.1).
//!
//! A used proof is remembered until it is too old to be taken again, and never forgotten before: where there is no
//! room, a new proof is refused. Each key has room of its own, so that nobody's proofs push out or keep out another's
//! until the room of all is full.

use super::dpop::UsedProof;
use crate::{ordered::OrderedMap, time::UnixTime};

/// Room for the proofs of one key: 60 a second and more, since each counts for about a minute.
const MOST_OF_ONE_KEY: usize = 8 * 1024;

/// Room for all keys: 5 MiB at most, where each has a key of its own.
const MOST: usize = 32 * 1024;

/// A bounded set of used proofs.
#[derive(Debug, Default)]
pub struct UsedProofs {
    keys: OrderedMap<[u8; 32], OrderedMap<[u8; 16], UnixTime>>,
    count: usize,
}

/// Why a proof is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNoted {
    /// It was used before.
    Replayed,
    /// There is no room to remember that it was used.
    Full,
}

impl UsedProofs {
    /// An empty set.
    pub const fn new() -> Self {
        Self {
            keys: OrderedMap::new(),
            count: 0,
        }
    }

    /// Notes that a proof is used now.
    ///
    /// # Errors
    /// Both of [`NotNoted`]. A false accept lets a thief use a proof again; a false reject costs one call.
    pub fn note(&mut self, proof: &UsedProof, now: UnixTime) -> Result<(), NotNoted> {
        if self.count >= MOST {
            self.keys.retain(|_, proofs| {
                proofs.retain(|_, until| *until >= now);
                !proofs.is_empty()
            });
            self.count = self.keys.values().map(OrderedMap::len).sum();
        }
        if self.keys.get(&proof.thumbprint).is_none() {
            if self.count >= MOST {
                return Err(NotNoted::Full);
            }
            self.keys.insert(proof.thumbprint, OrderedMap::new());
        }
        let Some(proofs) = self.keys.get_mut(&proof.thumbprint) else {
            return Err(NotNoted::Full);
        };
        if proofs.get(&proof.id).is_some_and(|until| *until >= now) {
            return Err(NotNoted::Replayed);
        }
        let before = proofs.len();
        if before >= MOST_OF_ONE_KEY {
            proofs.retain(|_, until| *until >= now);
        }
        let others = self.count.saturating_sub(before);
        let has_room = proofs.len() < MOST_OF_ONE_KEY && others.saturating_add(proofs.len()) < MOST;
        if has_room {
            proofs.insert(proof.id, proof.until);
        }
        self.count = others.saturating_add(proofs.len());
        if has_room {
            Ok(())
        } else {
            Err(NotNoted::Full)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Seconds;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

    fn proof(key: u32, id: u32, until: UnixTime) -> UsedProof {
        let mut proof = UsedProof {
            thumbprint: [0; 32],
            id: [0; 16],
            until,
        };
        proof.thumbprint[..4].copy_from_slice(&key.to_be_bytes());
        proof.id[..4].copy_from_slice(&id.to_be_bytes());
        proof
    }

    #[test]
    fn a_proof_counts_once_while_it_is_young() {
        let mut used = UsedProofs::new();
        let until = NOW.plus(Seconds::new(61));
        assert_eq!(used.note(&proof(1, 1, until), NOW), Ok(()));
        for at in [NOW, until] {
            let again = used.note(&proof(1, 1, until), at);
            assert_eq!(again, Err(NotNoted::Replayed));
        }
        // The same id is another proof of another key.
        assert_eq!(used.note(&proof(2, 1, until), NOW), Ok(()));
        assert_eq!(used.note(&proof(1, 2, until), NOW), Ok(()));
    }

    #[test]
    fn a_flood_of_ones_own_proofs_pushes_none_out() {
        let mut used = UsedProofs::new();
        let until = NOW.plus(Seconds::new(61));
        let victim = proof(7, 7, until);
        let own = proof(1, 0, until);
        assert_eq!(used.note(&victim, NOW), Ok(()));
        let noted = |used: &mut UsedProofs, count: u32| {
            let noted = (0..count).filter(|id| used.note(&proof(1, *id, until), NOW).is_ok());
            noted.count()
        };
        assert_eq!(noted(&mut used, 20_000), MOST_OF_ONE_KEY);
        for replayed in [&victim, &own] {
            assert_eq!(used.note(replayed, NOW), Err(NotNoted::Replayed));
        }
        // Others have room, and so has the key once its proofs have run out.
        assert_eq!(used.note(&proof(2, 0, until), NOW), Ok(()));
        let refused = used.note(&proof(1, 20_001, until), NOW);
        assert_eq!(refused, Err(NotNoted::Full));
        let later = until.plus(Seconds::new(1));
        let next = proof(1, 20_001, later.plus(Seconds::new(61)));
        assert_eq!(used.note(&next, later), Ok(()));
    }

    #[test]
    fn many_keys_take_bounded_memory_and_push_none_out() {
        let mut used = UsedProofs::new();
        let until = NOW.plus(Seconds::new(61));
        let first = proof(0, 0, until);
        let keys = 0..u32::try_from(MOST).unwrap() + 10;
        let noted = keys.filter(|key| used.note(&proof(*key, 0, until), NOW).is_ok());
        assert_eq!(noted.count(), MOST);
        assert_eq!(used.note(&first, NOW), Err(NotNoted::Replayed));
        let later = until.plus(Seconds::new(1));
        let next = proof(0, 1, later.plus(Seconds::new(61)));
        assert_eq!(used.note(&next, later), Ok(()));
        assert_eq!((used.count, used.keys.len()), (1, 1));
    }
}
