//! The copy of a key set in the store, for isolates and instances that have none in memory.
//!
//! It proves nothing by its age, and a store that fails is as good as an empty one. Nothing is stored for a failure.

use crate::{
    bearer::stored_keys::{self, StoredKeys},
    fault::{Fault, PlatformFault},
    gateway::{
        context::random,
        key_sets::source::Source,
        published::key_set_memory::{LAST_GOOD, Need},
    },
    jose::KeySet,
    platform::Platform,
};

impl<P: Platform> Source<'_, P> {
    /// Takes over what another isolate stored.
    pub(super) async fn load(&self) {
        let key = &self.published.place;
        let Ok(Some(sealed)) = self.platform.store_load(key).await else {
            return;
        };
        let (ring, origin) = (&self.deployment.ring, &self.deployment.origin);
        let Some(stored) = StoredKeys::open(&sealed, ring, key, origin, self.now) else {
            return;
        };
        let Ok(set) = KeySet::parse(&stored.document) else {
            return;
        };
        if set.is_empty() || self.now.since(stored.fetched_at) >= LAST_GOOD {
            return;
        }
        let mut memory = self.published.memory.borrow_mut();
        memory.loaded((set, stored.document), stored.fetched_at, stored.asked_at);
    }

    /// Stores what is known, where that is news to others. Without it they ask the issuer by themselves, so a store that
    /// fails stops nothing.
    pub(super) async fn save(&self, need: Need) {
        let (sealed, version, fetched_at) = {
            let memory = self.published.memory.borrow();
            let Some((document, fetched_at, asked_at)) = memory.to_store(need) else {
                return;
            };
            let stored = StoredKeys {
                document: document.to_vec(),
                fetched_at,
                asked_at,
            };
            let Ok(nonce) = random::bytes(self.platform) else {
                return;
            };
            let (ring, origin) = (&self.deployment.ring, &self.deployment.origin);
            let Ok(sealed) = stored.seal(ring, &self.published.place, origin, nonce) else {
                return;
            };
            (sealed, memory.version(), fetched_at)
        };
        let expires = self.now.plus(stored_keys::LIFETIME);
        let key = &self.published.place;
        if self
            .platform
            .store_save(key, &sealed, expires)
            .await
            .is_err()
        {
            self.record(&Fault::from(PlatformFault::Store));
        }
        self.published
            .memory
            .borrow_mut()
            .stored(version, fetched_at);
    }
}
