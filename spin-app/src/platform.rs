//! The port of the core, carried out by Spin.

use crate::{ledger, log, send, store};
use lychgate_core::event::Line;
use lychgate_core::http::outbound::{Outbound, Reply, SendError, SendLimits};
use lychgate_core::jose::{SignatureCheck, SignatureVerdict, SigningKey, software};
use lychgate_core::platform::ledger::{
    Count, LedgerError, Partition, RecordKind, RecordName, Versioned, Write, Written,
};
use lychgate_core::platform::store::{StoreError, StoreKey};
use lychgate_core::platform::{Platform, RandomError, SignerError, VerifierError};
use lychgate_core::time::{Milliseconds, UnixTime};
use spin_sdk::wasip3::clocks::monotonic_clock;
use std::time::SystemTime;

/// The host with what this component was granted. It holds nothing: every call asks the host again.
pub(crate) struct Spin;

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
        Milliseconds::new(monotonic_clock::now() / 1_000_000)
    }

    async fn pause(&self, time: Milliseconds) {
        let nanoseconds = time.as_milliseconds().saturating_mul(1_000_000);
        monotonic_clock::wait_for(nanoseconds).await;
    }

    fn fill_random(&self, out: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(out).map_err(|_| RandomError)
    }

    fn log(&self, line: &Line<'_>) {
        log::line(line);
    }

    async fn send(&self, request: Outbound, limits: SendLimits) -> Result<Reply, SendError> {
        send::send(request, limits).await
    }

    async fn store_load(&self, key: &StoreKey) -> Result<Option<Vec<u8>>, StoreError> {
        store::load(key).await
    }

    async fn store_save(
        &self,
        key: &StoreKey,
        value: &[u8],
        expires: UnixTime,
    ) -> Result<(), StoreError> {
        store::save(key, value, expires).await
    }

    async fn store_remove(&self, key: &StoreKey) -> Result<(), StoreError> {
        store::remove(key).await
    }

    async fn ledger_read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError> {
        ledger::read(at, names, now).await
    }

    async fn ledger_list(
        &self,
        at: &Partition,
        kind: RecordKind,
        now: UnixTime,
        limit: Count,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        ledger::list(at, kind, now, limit).await
    }

    async fn ledger_write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: Write<'_>,
    ) -> Result<Written, LedgerError> {
        ledger::write(at, name, write).await
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
