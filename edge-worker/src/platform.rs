//! The port of the core, carried out by the runtime of Workers.

use crate::host::{self, Dataset, Env, Objects, Store};
use crate::ledger::client;
use crate::number::{from_double, to_double};
use crate::verifier::Keys;
use crate::{points, send, signer, store};
use alloc::rc::Rc;
use alloc::vec::Vec;
use js_sys::{Date, Uint8Array};
use lychgate_core::event::{Level, Line};
use lychgate_core::gateway::Gateway;
use lychgate_core::http::outbound::{Outbound, Reply, SendError, SendLimits};
use lychgate_core::jose::{SignatureCheck, SignatureVerdict, SigningKey};
use lychgate_core::platform::ledger::{
    Count, LedgerError, Partition, RecordKind, RecordName, Versioned, Write, Written,
};
use lychgate_core::platform::store::{StoreError, StoreKey};
use lychgate_core::platform::{Platform, RandomError, SignerError, VerifierError};
use lychgate_core::time::{Milliseconds, UnixTime};
use wasm_bindgen_futures::JsFuture;

/// The runtime with the bindings of this deployment.
pub(crate) struct Workers {
    env: Env,
    metrics: Option<Dataset>,
    keys: Rc<Keys>,
}

impl Workers {
    pub(crate) const fn new(env: Env, metrics: Option<Dataset>, keys: Rc<Keys>) -> Self {
        Self { env, metrics, keys }
    }

    /// Writes what the gateway forwarded to the data set, where there is one.
    pub(crate) fn report(&self, gateway: &Gateway) {
        if let Some(dataset) = &self.metrics {
            points::report(dataset, gateway, now());
        }
    }

    // Without a binding the gateway is closed; should it be asked for all the same, it is unavailable.

    fn store(&self) -> Result<Store, StoreError> {
        self.env.store().ok_or(StoreError)
    }

    fn ledger(&self) -> Result<Objects, LedgerError> {
        self.env.ledger().ok_or(LedgerError::Unavailable)
    }
}

/// The time now, in whole seconds. The runtime holds it still while a request computes.
pub(crate) fn now() -> UnixTime {
    UnixTime::from_seconds(milliseconds() / 1000)
}

fn milliseconds() -> u64 {
    // The runtime's clock is never before 1970; were it, everything would have expired long after it.
    from_double(Date::now()).unwrap_or(u64::MAX)
}

impl Platform for Workers {
    fn now(&self) -> UnixTime {
        now()
    }

    fn stopwatch(&self) -> Milliseconds {
        Milliseconds::new(milliseconds())
    }

    async fn pause(&self, time: Milliseconds) {
        // A timer that the runtime refuses is no wait at all; whoever waits asks again only so often.
        if let Ok(waiting) = host::pause(to_double(time.as_milliseconds())) {
            drop(JsFuture::from(waiting).await);
        }
    }

    fn fill_random(&self, out: &mut [u8]) -> Result<(), RandomError> {
        let length = u32::try_from(out.len()).map_err(|_| RandomError)?;
        let bytes = Uint8Array::new_with_length(length);
        host::random_values(&bytes).map_err(|_| RandomError)?;
        bytes.copy_to(out);
        Ok(())
    }

    fn log(&self, line: &Line<'_>) {
        let text = line.to_json();
        // A line that the runtime does not take is lost; the request goes on.
        drop(match line.event.level() {
            Level::Info => host::log(&text),
            Level::Warning => host::warn(&text),
            Level::Error => host::error(&text),
        });
        if let Some(dataset) = &self.metrics {
            points::write(dataset, line);
        }
    }

    async fn send(&self, request: Outbound, limits: SendLimits) -> Result<Reply, SendError> {
        send::send(request, limits).await
    }

    async fn store_load(&self, key: &StoreKey) -> Result<Option<Vec<u8>>, StoreError> {
        store::load(&self.store()?, key).await
    }

    async fn store_save(
        &self,
        key: &StoreKey,
        value: &[u8],
        expires: UnixTime,
    ) -> Result<(), StoreError> {
        store::save(&self.store()?, key, value, expires).await
    }

    async fn store_remove(&self, key: &StoreKey) -> Result<(), StoreError> {
        store::remove(&self.store()?, key).await
    }

    async fn ledger_read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError> {
        client::read(&self.ledger()?, at, names, now).await
    }

    async fn ledger_list(
        &self,
        at: &Partition,
        kind: RecordKind,
        now: UnixTime,
        limit: Count,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        client::list(&self.ledger()?, at, kind, now, limit).await
    }

    async fn ledger_write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: Write<'_>,
    ) -> Result<Written, LedgerError> {
        client::write(&self.ledger()?, at, name, write).await
    }

    async fn verify_signature(
        &self,
        check: &SignatureCheck<'_>,
    ) -> Result<SignatureVerdict, VerifierError> {
        self.keys.verify(check).await
    }

    async fn sign(&self, key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, SignerError> {
        signer::sign(key, input).await
    }
}
