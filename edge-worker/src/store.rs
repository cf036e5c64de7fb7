//! The store: Workers KV (<https://developers.cloudflare.com/kv/api/>).
//!
//! KV shows a write elsewhere only after a while and caches what it did not find, so nothing is proved by
//! it. A read is answered from the nearby cache for 30 seconds, the shortest KV offers: a session that was
//! missed there is served from the ledger's copy only that long.

use crate::host::{self, Store};
use crate::number::to_double;
use crate::platform::now;
use alloc::vec::Vec;
use js_sys::{Array, Promise, Uint8Array};
use lychgate_core::platform::store::{StoreError, StoreKey};
use lychgate_core::time::{Milliseconds, Seconds, UnixTime};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// How long KV may take; a request that waits longer is better answered 503.
pub(crate) const TIME_LIMIT: Milliseconds = Milliseconds::new(5_000);

/// For how many seconds the nearby cache answers.
const CACHE_TTL: f64 = 30.0;

/// KV refuses what expires in less than 60 seconds by its own clock, which may run ahead of ours.
const SHORTEST_LIFE: Seconds = Seconds::new(75);

/// The namespace, for one call.
pub(crate) struct Kv {
    pub(crate) store: Store,
    /// How long the call may take.
    pub(crate) milliseconds: f64,
}

impl Kv {
    /// Loads a value.
    ///
    /// # Errors
    /// [`StoreError`] where KV failed or took too long.
    pub(crate) async fn load(&self, key: &StoreKey) -> Result<Option<Vec<u8>>, StoreError> {
        let loading = host::load(&self.store, key.as_str(), self.milliseconds, CACHE_TTL);
        let found = settled(loading).await?;
        let found = found.dyn_into::<Array>().map_err(|_| StoreError)?;
        match found.get(0).dyn_into::<Uint8Array>() {
            Ok(value) => Ok(Some(value.to_vec())),
            Err(_) if found.length() == 0 => Ok(None),
            Err(_) => Err(StoreError),
        }
    }

    /// Saves a value until `expires`, and at least for KV's shortest life.
    ///
    /// # Errors
    /// [`StoreError`] where KV failed or did not confirm in time.
    pub(crate) async fn save(
        &self,
        key: &StoreKey,
        value: &[u8],
        expires: UnixTime,
    ) -> Result<(), StoreError> {
        let expiration = to_double(expires.max(now().plus(SHORTEST_LIFE)).as_seconds());
        let value = Uint8Array::from(value);
        let key = key.as_str();
        let saving = host::save(&self.store, key, value, expiration, self.milliseconds);
        confirmed(settled(saving).await?)
    }

    /// Removes a value, there or not.
    ///
    /// # Errors
    /// [`StoreError`] where KV failed or did not confirm in time.
    pub(crate) async fn remove(&self, key: &StoreKey) -> Result<(), StoreError> {
        let removing = host::remove(&self.store, key.as_str(), self.milliseconds);
        confirmed(settled(removing).await?)
    }
}

async fn settled(started: Result<Promise, JsValue>) -> Result<JsValue, StoreError> {
    let promise = started.map_err(|_| StoreError)?;
    JsFuture::from(promise).await.map_err(|_| StoreError)
}

fn confirmed(answer: JsValue) -> Result<(), StoreError> {
    if answer.as_bool() == Some(true) {
        Ok(())
    } else {
        Err(StoreError)
    }
}
