//! A host for unit tests. It answers each call with what a test laid out for it, in order, and a call for which nothing is
//! left as a host does whose services are down.

use super::{
    OutOfTime, Platform, RandomError, SignerError, VerifierError,
    ledger::{Expected, LedgerError, Listing, Partition, RecordName, Versioned, Write, Written},
    store::{StoreError, StoreKey},
};
use crate::{
    event::{Line, Timings},
    http::outbound::{Outbound, Reply, SendError, SendLimits},
    jose::{SignatureCheck, SignatureVerdict, SigningKey},
    time::{Milliseconds, UnixTime},
};
use alloc::{collections::VecDeque, vec::Vec};
use core::cell::{Cell, RefCell};

/// The time at this host.
pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

/// The host.
pub(crate) struct Edge {
    /// The value of each random byte.
    pub(crate) random: Result<u8, RandomError>,
    /// Whether requests may wait.
    pub(crate) pausing: Result<(), OutOfTime>,
    /// How often they did, or wanted to.
    pub(crate) pauses: Cell<u32>,
    /// How long each exchange takes.
    pub(crate) exchange: Milliseconds,
    /// The answers to requests of ours.
    pub(crate) replies: RefCell<VecDeque<Result<Reply, SendError>>>,
    /// The limits that those were sent with.
    pub(crate) sent: RefCell<Vec<SendLimits>>,
    /// The ledger's answers to reads, in order.
    pub(crate) found: RefCell<VecDeque<Vec<Option<Versioned>>>>,
    /// The ledger's answers to writes, in order.
    pub(crate) writes: RefCell<VecDeque<Result<Written, LedgerError>>>,
    /// The conditions of those writes.
    pub(crate) written: RefCell<Vec<Expected>>,
    /// The times of the lines in the log.
    pub(crate) timings: RefCell<Vec<Timings>>,
    /// How long its requests have waited.
    pub(crate) stopwatch: Cell<Milliseconds>,
}

impl Default for Edge {
    fn default() -> Self {
        Self {
            random: Ok(7),
            pausing: Ok(()),
            pauses: Cell::default(),
            exchange: Milliseconds::default(),
            replies: RefCell::default(),
            sent: RefCell::default(),
            found: RefCell::default(),
            writes: RefCell::default(),
            written: RefCell::default(),
            timings: RefCell::default(),
            stopwatch: Cell::default(),
        }
    }
}

impl Platform for Edge {
    fn now(&self) -> UnixTime {
        NOW
    }

    fn stopwatch(&self) -> Milliseconds {
        self.stopwatch.get()
    }

    async fn pause(&self, _: Milliseconds) -> Result<(), OutOfTime> {
        self.pauses.set(self.pauses.get().saturating_add(1));
        self.pausing
    }

    fn fill_random(&self, out: &mut [u8]) -> Result<(), RandomError> {
        out.fill(self.random?);
        Ok(())
    }

    fn log(&self, line: &Line<'_>) {
        self.timings.borrow_mut().push(line.timings);
    }

    async fn send(&self, _: Outbound, limits: SendLimits) -> Result<Reply, SendError> {
        self.stopwatch.set(self.stopwatch.get().plus(self.exchange));
        self.sent.borrow_mut().push(limits);
        let reply = self.replies.borrow_mut().pop_front();
        reply.unwrap_or(Err(SendError::Unreachable))
    }

    async fn store_load(&self, _: &StoreKey) -> Result<Option<Vec<u8>>, StoreError> {
        Err(StoreError)
    }

    async fn store_save(&self, _: &StoreKey, _: &[u8], _: UnixTime) -> Result<(), StoreError> {
        Err(StoreError)
    }

    async fn store_remove(&self, _: &StoreKey) -> Result<(), StoreError> {
        Err(StoreError)
    }

    async fn ledger_read(
        &self,
        _: &Partition,
        _: &[RecordName],
        _: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError> {
        let found = self.found.borrow_mut().pop_front();
        found.ok_or(LedgerError::Unavailable)
    }

    async fn ledger_list(
        &self,
        _: &Partition,
        _: Listing,
        _: UnixTime,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        Err(LedgerError::Unavailable)
    }

    async fn ledger_write(
        &self,
        _: &Partition,
        _: &RecordName,
        write: Write<'_>,
    ) -> Result<Written, LedgerError> {
        self.written.borrow_mut().push(write.expected);
        let written = self.writes.borrow_mut().pop_front();
        written.unwrap_or(Err(LedgerError::Unavailable))
    }

    async fn verify_signature(
        &self,
        _: &SignatureCheck<'_>,
    ) -> Result<SignatureVerdict, VerifierError> {
        Err(VerifierError)
    }

    async fn sign(&self, _: &SigningKey, _: &[u8]) -> Result<Vec<u8>, SignerError> {
        Err(SignerError)
    }
}
