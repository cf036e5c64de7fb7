//! The core's port, [`Platform`], on the runtime of Workers.

use crate::host;
use crate::ledger::client::{self, Client};
use crate::number::milliseconds;
use crate::store::{self, Kv};
use crate::verifier::Keys;
use crate::waiting::{Waiting, stopwatch};
use crate::{points, send, signer};
use lychgate_core::event::{Level, Line};
use lychgate_core::gateway::Gateway;
use lychgate_core::http::outbound::{Outbound, Reply, SendError, SendLimits};
use lychgate_core::jose::{SignatureCheck, SignatureVerdict, SigningKey};
use lychgate_core::platform::ledger::{
    LedgerError, Listing, Partition, RecordName, Versioned, Write, Written,
};
use lychgate_core::platform::store::{StoreError, StoreKey};
use lychgate_core::platform::{OutOfTime, Platform, RandomError, SignerError, VerifierError};
use lychgate_core::time::{Milliseconds, UnixTime};
use std::rc::Rc;
use std::time::Duration;
use worker::{AnalyticsEngineDataset, Delay, Env};

/// The runtime with the bindings of this deployment.
pub(crate) struct Workers {
    env: Env,
    metrics: Option<AnalyticsEngineDataset>,
    keys: Rc<Keys>,
    waiting: Waiting,
}

impl Workers {
    /// For a request that may still wait so long.
    pub(crate) const fn new(
        env: Env,
        metrics: Option<AnalyticsEngineDataset>,
        keys: Rc<Keys>,
        waiting: Waiting,
    ) -> Self {
        Self {
            env,
            metrics,
            keys,
            waiting,
        }
    }

    /// For the work after an answer, which begins now.
    pub(crate) fn afterwards(self) -> Self {
        Self {
            waiting: Waiting::afterwards(),
            ..self
        }
    }

    /// Writes the counts of forwarded requests to the data set, where there is one.
    pub(crate) fn report(&self, gateway: &Gateway) {
        if let Some(dataset) = &self.metrics {
            points::report(dataset, gateway, now());
        }
    }

    // Without a binding the gateway is closed. A call that comes all the same fails as if the service were unavailable.

    fn store(&self) -> Result<Kv, StoreError> {
        let allowed = self.waiting.allows(store::TIME_LIMIT).ok_or(StoreError)?;
        Kv::of(&self.env, milliseconds(allowed))
    }

    fn ledger(&self) -> Result<Client, LedgerError> {
        let allowed = self.waiting.allows(client::TIME_LIMIT);
        let allowed = allowed.ok_or(LedgerError::Unavailable)?;
        Client::of(&self.env, milliseconds(allowed))
    }
}

/// The time now, in whole seconds. The runtime stops the clock while a request computes.
pub(crate) fn now() -> UnixTime {
    UnixTime::from_seconds(stopwatch().as_milliseconds() / 1000)
}

impl Platform for Workers {
    fn now(&self) -> UnixTime {
        now()
    }

    fn stopwatch(&self) -> Milliseconds {
        stopwatch()
    }

    async fn pause(&self, time: Milliseconds) -> Result<(), OutOfTime> {
        let time = self.waiting.allows(time).ok_or(OutOfTime)?;
        Delay::from(Duration::from_millis(time.as_milliseconds())).await;
        Ok(())
    }

    fn fill_random(&self, out: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(out).map_err(|_| RandomError)
    }

    fn log(&self, line: &Line<'_>) {
        let text = line.to_json();
        // A line that the runtime refuses is lost; the request goes on.
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
        send::send(request, limits, self.waiting).await
    }

    async fn store_load(&self, key: &StoreKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.store()?.load(key).await
    }

    async fn store_save(
        &self,
        key: &StoreKey,
        value: &[u8],
        expires: UnixTime,
    ) -> Result<(), StoreError> {
        self.store()?.save(key, value, expires).await
    }

    async fn store_remove(&self, key: &StoreKey) -> Result<(), StoreError> {
        self.store()?.remove(key).await
    }

    async fn ledger_read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError> {
        self.ledger()?.read(at, names, now).await
    }

    async fn ledger_list(
        &self,
        at: &Partition,
        listing: Listing,
        now: UnixTime,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        self.ledger()?.list(at, &listing, now).await
    }

    async fn ledger_write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: Write<'_>,
    ) -> Result<Written, LedgerError> {
        self.ledger()?.write(at, name, write).await
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
