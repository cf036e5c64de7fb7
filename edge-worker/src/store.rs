//! The store: Workers KV (<https://developers.cloudflare.com/kv/api/>).
//!
//! KV shows a write elsewhere only after a while, and caches that a key was missing, so its answers prove nothing. Its
//! nearby cache answers reads for 30 seconds, the shortest time that KV offers. While this cache takes a session for
//! missing, and no longer, Lychgate serves it from the ledger's copy.

use crate::host;
use crate::platform::now;
use lychgate_core::platform::store::{StoreError, StoreKey};
use lychgate_core::time::{Milliseconds, Seconds, UnixTime};
use worker::{Env, KvStore};

/// The name of the binding.
pub(crate) const BINDING: &str = "LYCHGATE_STORE";

/// The timeout of KV. After that, a 503 is better than a longer wait.
pub(crate) const TIME_LIMIT: Milliseconds = Milliseconds::new(5_000);

/// For how many seconds KV's nearby cache answers a read.
const CACHE_TTL: u64 = 30;

/// KV refuses values that expire in less than 60 seconds by its own clock, which may run ahead of the Worker's.
const SHORTEST_LIFE: Seconds = Seconds::new(75);

/// The KV namespace, for one call.
pub(crate) struct Kv(KvStore);

impl Kv {
    /// The namespace of the deployment, for a call with this timeout.
    ///
    /// # Errors
    /// [`StoreError`] where none is bound.
    pub(crate) fn of(env: &Env, milliseconds: f64) -> Result<Self, StoreError> {
        let limited = host::limited_store(env, milliseconds).map_err(|_| StoreError)?;
        let store = KvStore::from_this(&limited, BINDING);
        Ok(Self(store.map_err(|_| StoreError)?))
    }

    /// Loads a value.
    ///
    /// # Errors
    /// [`StoreError`] where KV failed or took too long.
    pub(crate) async fn load(&self, key: &StoreKey) -> Result<Option<Vec<u8>>, StoreError> {
        let loading = self.0.get(key.as_str()).cache_ttl(CACHE_TTL);
        loading.bytes().await.map_err(|_| StoreError)
    }

    /// Saves a value until `expires`, and at least for the shortest life that KV accepts.
    ///
    /// # Errors
    /// [`StoreError`] where KV failed or did not confirm in time.
    pub(crate) async fn save(
        &self,
        key: &StoreKey,
        value: &[u8],
        expires: UnixTime,
    ) -> Result<(), StoreError> {
        let expires = expires.max(now().plus(SHORTEST_LIFE));
        let saving = self.0.put_bytes(key.as_str(), value);
        let saving = saving.map_err(|_| StoreError)?;
        let saved = saving.expiration(expires.as_seconds()).execute().await;
        saved.map_err(|_| StoreError)
    }

    /// Removes a value; succeeds where there is none.
    ///
    /// # Errors
    /// [`StoreError`] where KV failed or did not confirm in time.
    pub(crate) async fn remove(&self, key: &StoreKey) -> Result<(), StoreError> {
        let removed = self.0.delete(key.as_str()).await;
        removed.map_err(|_| StoreError)
    }
}
