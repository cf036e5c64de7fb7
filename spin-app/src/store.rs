//! The store: Spin's key-value store `default`.
//!
//! It knows no expiry, so a value begins with its own: 8 bytes, seconds since 1970, big-endian. An expired value
//! counts as absent, and the request that meets it removes it; for values that nobody asks for again, the ledger's
//! database keeps a list of keys by expiry ([`crate::ledger::sweep`]).

use crate::ledger;
use crate::limit::within;
use crate::log;
use crate::platform::now;
use lychgate_core::platform::store::{StoreError, StoreKey};
use lychgate_core::time::{Seconds, UnixTime};
use spin_sdk::key_value::{Error, Store};

/// How long the store may take; a request that waits longer is better answered 503.
const TIME_LIMIT: Seconds = Seconds::new(5);

/// Loads a value.
///
/// # Errors
/// [`StoreError`] where the store failed or took too long.
pub(crate) async fn load(key: &StoreKey) -> Result<Option<Vec<u8>>, StoreError> {
    limited(async {
        let store = Store::open_default().await?;
        let Some(stored) = store.get(key.as_str()).await? else {
            return Ok(None);
        };
        match live(&stored, now()) {
            Some(value) => Ok(Some(value.to_vec())),
            None => {
                store.delete(key.as_str()).await?;
                Ok(None)
            }
        }
    })
    .await
}

/// Saves a value until `expires`.
///
/// # Errors
/// [`StoreError`] where the store failed or did not confirm in time.
pub(crate) async fn save(
    key: &StoreKey,
    value: &[u8],
    expires: UnixTime,
) -> Result<(), StoreError> {
    // Listed first: a listed key without a value is nothing, a value that is not listed stays for ever.
    ledger::list_stored(key, expires)
        .await
        .map_err(|_| StoreError)?;
    let mut stored = expires.as_seconds().to_be_bytes().to_vec();
    stored.extend_from_slice(value);
    limited(async { Store::open_default().await?.set(key.as_str(), stored).await }).await
}

/// Removes a value, there or not.
///
/// # Errors
/// [`StoreError`] where the store failed or did not confirm in time.
pub(crate) async fn remove(key: &StoreKey) -> Result<(), StoreError> {
    limited(async { Store::open_default().await?.delete(key.as_str()).await }).await
}

/// Whether the deployment has a store at all; a store that fails is one.
pub(crate) async fn is_granted() -> bool {
    let opening = async {
        #[cfg(feature = "contract")]
        if crate::contract::store_hangs() {
            crate::contract::before_store().await?;
        }
        Store::open_default().await
    };
    let opened = within(TIME_LIMIT, opening).await;
    !matches!(opened, Some(Err(Error::AccessDenied | Error::NoSuchStore)))
}

async fn limited<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, StoreError> {
    #[cfg(feature = "contract")]
    let work = async {
        crate::contract::before_store().await?;
        work.await
    };
    match within(TIME_LIMIT, work).await {
        Some(Ok(done)) => Ok(done),
        Some(Err(error)) => {
            log::host_error("key-value", &error.to_string());
            Err(StoreError)
        }
        None => {
            log::host_error("key-value", "no answer in time");
            Err(StoreError)
        }
    }
}

/// The value behind its expiry; `None` where it expired, or where the bytes are not ours.
fn live(stored: &[u8], now: UnixTime) -> Option<&[u8]> {
    let (expires, value) = stored.split_first_chunk()?;
    let expires = UnixTime::from_seconds(u64::from_be_bytes(*expires));
    (expires > now).then_some(value)
}
