//! The port of the core, carried out by Spin.

use crate::limit::{Waiting, stopwatch};
use crate::{ledger, log, send, store};
use lychgate_core::event::Line;
use lychgate_core::http::outbound::{Outbound, Reply, SendError, SendLimits};
use lychgate_core::jose::{SignatureCheck, SignatureVerdict, SigningKey, software};
use lychgate_core::platform::ledger::{
    LedgerError, Listing, Partition, RecordName, Versioned, Write, Written,
};
use lychgate_core::platform::store::{StoreError, StoreKey};
use lychgate_core::platform::{OutOfTime, Platform, RandomError, SignerError, VerifierError};
use lychgate_core::time::{Milliseconds, Seconds, UnixTime};
use std::time::SystemTime;

/// How long one call of the ledger may take with all its steps, of which each has a limit of its own.
const LEDGER: Seconds = Seconds::new(4);

/// How long one call of the store may take with all its steps, and with the note of it in the ledger's database.
const STORE: Seconds = Seconds::new(6);

/// The host with what this component was granted, for one request: every call asks the host again, and gets no more
/// time than the request has left.
pub(crate) struct Spin(Waiting);

impl Spin {
    /// For a request, with what is left of its time.
    pub(crate) const fn new(waiting: Waiting) -> Self {
        Self(waiting)
    }

    /// For the work after an answer that is given now.
    pub(crate) fn afterwards() -> Self {
        Self(Waiting::afterwards())
    }
}

/// The time now, in whole seconds.
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    // A clock before 1970 is no clock; then everything has expired.
    UnixTime::from_seconds(since.map_or(u64::MAX, |since| since.as_secs()))
}

impl Platform for Spin {
    fn now(&self) -> UnixTime {
        now()
    }

    fn stopwatch(&self) -> Milliseconds {
        stopwatch()
    }

    async fn pause(&self, time: Milliseconds) -> Result<(), OutOfTime> {
        self.0.pause(time).await
    }

    fn fill_random(&self, out: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(out).map_err(|_| RandomError)
    }

    fn log(&self, line: &Line<'_>) {
        log::line(line);
    }

    async fn send(&self, request: Outbound, limits: SendLimits) -> Result<Reply, SendError> {
        let exchange = send::exchange(request, limits.body);
        self.0.send(limits.timeout, exchange).await
    }

    async fn store_load(&self, key: &StoreKey) -> Result<Option<Vec<u8>>, StoreError> {
        let loaded = self.0.within(STORE, store::load(key)).await;
        loaded.unwrap_or(Err(StoreError))
    }

    async fn store_save(
        &self,
        key: &StoreKey,
        value: &[u8],
        expires: UnixTime,
    ) -> Result<(), StoreError> {
        let saving = store::save(key, value, expires);
        self.0
            .within(STORE, saving)
            .await
            .unwrap_or(Err(StoreError))
    }

    async fn store_remove(&self, key: &StoreKey) -> Result<(), StoreError> {
        let removed = self.0.within(STORE, store::remove(key)).await;
        removed.unwrap_or(Err(StoreError))
    }

    async fn ledger_read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError> {
        let read = self.0.within(LEDGER, ledger::read(at, names, now)).await;
        read.unwrap_or(Err(LedgerError::Unavailable))
    }

    async fn ledger_list(
        &self,
        at: &Partition,
        listing: Listing,
        now: UnixTime,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        let listing = ledger::list(at, listing, now);
        let listed = self.0.within(LEDGER, listing).await;
        listed.unwrap_or(Err(LedgerError::Unavailable))
    }

    async fn ledger_write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: Write<'_>,
    ) -> Result<Written, LedgerError> {
        // It may have been given to the database by then.
        let written = self.0.within(LEDGER, ledger::write(at, name, write)).await;
        written.unwrap_or(Err(LedgerError::OutcomeUnknown))
    }

    async fn verify_signature(
        &self,
        check: &SignatureCheck<'_>,
    ) -> Result<SignatureVerdict, VerifierError> {
        Ok(software::verify(check))
    }

    async fn sign(&self, key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, SignerError> {
        software::sign(key, input).ok_or(SignerError)
    }
}
