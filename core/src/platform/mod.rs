//! The world as the core sees it: the port that each host implements.
//!
//! Hosts are single-threaded, so nothing here asks for `Send`. A wrong answer from `ledger_*`
//! admits a replay or an ended session; from `verify_signature`, anyone.

pub mod deadline;
pub mod ledger;
pub mod sql;
pub mod store;

#[cfg(test)]
pub(crate) mod for_tests;

use crate::{
    event::Line,
    http::outbound::{Outbound, Reply, SendError, SendLimits},
    jose::{SignatureCheck, SignatureVerdict, SigningKey},
    time::{Milliseconds, UnixTime},
};
use alloc::vec::Vec;
use ledger::{LedgerError, Listing, Partition, RecordName, Versioned, Write, Written};
use store::{StoreError, StoreKey};

/// The services that a host offers to the core for the length of one request.
#[expect(
    async_fn_in_trait,
    reason = "hosts are single-threaded, so no `Send` is wanted"
)]
pub trait Platform {
    /// The time. The gateway reads it once per request.
    fn now(&self) -> UnixTime;

    /// A stopwatch, begun at any moment: only differences mean anything, and only to the log. On hosts whose
    /// clock stands still while a request computes it shows what was waited for.
    fn stopwatch(&self) -> Milliseconds;

    /// Waits for about that long, while other requests go on.
    ///
    /// # Errors
    /// [`OutOfTime`] where it did not wait: the request has no time left, or the host has no timer for it.
    async fn pause(&self, time: Milliseconds) -> Result<(), OutOfTime>;

    /// Fills `out` with bytes of a cryptographic random number generator.
    ///
    /// # Errors
    /// [`RandomError`] where the host has none; nothing may be sealed or signed then.
    fn fill_random(&self, out: &mut [u8]) -> Result<(), RandomError>;

    /// Writes a line to the host's log. An event cannot hold a secret, by type.
    fn log(&self, line: &Line<'_>);

    /// Sends a request of our own. Redirects are handed back, never followed.
    ///
    /// # Errors
    /// Any [`SendError`]; a reply with an error status is a reply.
    async fn send(&self, request: Outbound, limits: SendLimits) -> Result<Reply, SendError>;

    /// Loads a value from the store, which is eventually consistent and proves nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the store did not answer; a missing value is `None`.
    async fn store_load(&self, key: &StoreKey) -> Result<Option<Vec<u8>>, StoreError>;

    /// Saves a value until `expires`; hosts with a shortest life of values use that instead.
    ///
    /// # Errors
    /// [`StoreError`] where the store did not confirm.
    async fn store_save(
        &self,
        key: &StoreKey,
        value: &[u8],
        expires: UnixTime,
    ) -> Result<(), StoreError>;

    /// Removes a value; removing what is not there succeeds.
    ///
    /// # Errors
    /// [`StoreError`] where the store did not confirm.
    async fn store_remove(&self, key: &StoreKey) -> Result<(), StoreError>;

    /// Reads records of one partition in one strongly consistent step, in the order of `names`.
    /// A record that expired at or before `now` is absent.
    ///
    /// # Errors
    /// Any [`LedgerError`].
    async fn ledger_read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError>;

    /// Lists live records of one partition.
    ///
    /// # Errors
    /// Any [`LedgerError`].
    async fn ledger_list(
        &self,
        at: &Partition,
        listing: Listing,
        now: UnixTime,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError>;

    /// Writes one record if it is still as expected; of several writers of one version exactly one
    /// wins.
    ///
    /// # Errors
    /// [`LedgerError::OutcomeUnknown`] where the write may have happened; any other means that it
    /// did not.
    async fn ledger_write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: Write<'_>,
    ) -> Result<Written, LedgerError>;

    /// Verifies one signature.
    ///
    /// # Errors
    /// [`VerifierError`] where the host could not decide.
    async fn verify_signature(
        &self,
        check: &SignatureCheck<'_>,
    ) -> Result<SignatureVerdict, VerifierError>;

    /// Signs with a private key of ours: 64 bytes, for ES256 the two numbers one after the other (RFC 7518,
    /// section 3.4).
    ///
    /// # Errors
    /// [`SignerError`] where the host takes the key for none, or could not sign.
    async fn sign(&self, key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, SignerError>;
}

/// The request may not wait any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfTime;

/// The host has no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomError;

/// The host could not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignerError;

/// The host could not verify a signature either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifierError;
