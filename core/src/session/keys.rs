//! The values that are derived from a session's secret.

use super::handle::SessionHandle;
use crate::{
    cookie::seal::{self, SealingKey},
    encoding::base64url,
    platform::store::StoreKey,
    secret::Secret,
};
use alloc::format;

/// The secret of a session, which only its cookie holds.
#[derive(Clone, Debug)]
pub struct SessionSecret(Secret<[u8; 32]>);

/// How often a session's record was replaced; each generation has a place and a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub u32);

impl SessionSecret {
    /// The session with this secret; a new one must be random.
    pub const fn new(bytes: Secret<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub(super) const fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// The session's handle.
    pub fn handle(&self) -> SessionHandle {
        let bytes = seal::expand::<16>(self.expose(), &[b"lychgate/1/session handle"]);
        SessionHandle::from_bytes(*bytes.expose())
    }

    /// Where the store has the record: `s1/` name `/` generation.
    pub fn store_key(&self, generation: Generation) -> StoreKey {
        let name = seal::expand::<32>(self.expose(), &[b"lychgate/1/session name"]);
        StoreKey::new(format!(
            "s1/{}/{}",
            base64url::encode(name.expose()),
            generation.0
        ))
    }

    /// The key that the record is sealed with: an attacker who lacks the cookie cannot read it.
    pub fn record_key(&self, generation: Generation) -> SealingKey {
        let info: [&[u8]; 2] = [
            b"lychgate/1/session record key ",
            &generation.0.to_be_bytes(),
        ];
        SealingKey::new(seal::expand(self.expose(), &info))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn generations_have_places_of_their_own() {
        let secret = SessionSecret::new(Secret::new([1; 32]));
        let first = secret.store_key(Generation(0));
        assert_ne!(first, secret.store_key(Generation(1)));
        assert!(first.as_str().starts_with("s1/") && first.as_str().ends_with("/0"));
        assert_eq!(first.as_str().len(), 3 + 43 + 2);
    }

    #[test]
    fn sessions_share_nothing() {
        let one = SessionSecret::new(Secret::new([1; 32]));
        let two = SessionSecret::new(Secret::new([2; 32]));
        assert_ne!(one.handle(), two.handle());
        assert_ne!(one.store_key(Generation(0)), two.store_key(Generation(0)));
    }
}
