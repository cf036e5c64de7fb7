//! The predecessor cookie: names a browser's session to the sign-in that will replace it.
//!
//! A session cookie does not come along where a sign-in ends: not from another site with `SameSite=Strict`, not with
//! a form of another site, and not after it was unused for too long, while a copy of it may be in use elsewhere. This
//! cookie does, and it opens nothing: a sign-in ends the session that it names, or leaves it alive where another tab
//! began it meanwhile.

use super::handle::SessionHandle;
use crate::{
    cookie::{
        name,
        ring::KeyRing,
        seal::{Place, Purpose, SealFault},
    },
    time::UnixTime,
    user::key::UserKey,
};
use alloc::{string::String, vec::Vec};

/// A session, by the place of its head in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Predecessor {
    /// The user of the session.
    pub user: UserKey,
    /// Which one.
    pub handle: SessionHandle,
}

impl Predecessor {
    /// The cookie's text: `user key 32 | handle 16`, sealed.
    ///
    /// # Errors
    /// [`SealFault`], which 48 bytes cannot cause.
    pub fn seal(&self, ring: &KeyRing, origin: &str, nonce: [u8; 24]) -> Result<String, SealFault> {
        let mut plaintext = Vec::from(*self.user.as_bytes());
        plaintext.extend_from_slice(self.handle.as_bytes());
        ring.seal_text(place(origin), nonce, &plaintext)
    }

    /// The session that the text names; `None` where it was not sealed by us. A false accept ends someone's
    /// session.
    pub fn open(text: &str, ring: &KeyRing, origin: &str, now: UnixTime) -> Option<Self> {
        let opened = ring.open_text(place(origin), text, now).ok()?;
        let (user, rest) = opened.plaintext.expose().split_first_chunk::<32>()?;
        Some(Self {
            user: UserKey::from_bytes(*user),
            handle: SessionHandle::from_bytes(rest.try_into().ok()?),
        })
    }
}

const fn place(origin: &str) -> Place<'_> {
    Place {
        purpose: Purpose::Predecessor,
        name: name::PREDECESSOR,
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cookie::ring::RingSecret, secret::Secret};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ORIGIN: &str = "https://app.example.com";
    const NOW: UnixTime = UnixTime::from_seconds(10);

    fn ring() -> KeyRing {
        let secret = RingSecret {
            id: 1,
            secret: Secret::new([3; 32]),
            not_after: None,
        };
        KeyRing::new(&secret, &[])
    }

    #[test]
    fn a_predecessor_reads_back_where_it_was_made_for() {
        let named = Predecessor {
            user: UserKey::new("i", "s"),
            handle: SessionHandle::from_bytes([4; 16]),
        };
        let text = named.seal(&ring(), ORIGIN, [1; 24]).unwrap();
        assert_eq!(Predecessor::open(&text, &ring(), ORIGIN, NOW), Some(named));
        let elsewhere = "https://other.example.com";
        assert_eq!(Predecessor::open(&text, &ring(), elsewhere, NOW), None);
        // No length but its own is one.
        for length in [0, 31, 47, 49] {
            let bytes = Vec::from_iter((0..length).map(|_| 7));
            let text = ring().seal_text(place(ORIGIN), [1; 24], &bytes).unwrap();
            assert_eq!(Predecessor::open(&text, &ring(), ORIGIN, NOW), None);
        }
    }
}
