//! The contract of the ledger, written once over [`LedgerHost`].
//!
//! Everything that may happen only once rests on it: another way of keeping the ledger must pass this suite.

mod cases;
mod durable_object;
mod scripted;

use lychgate_core::{
    platform::ledger::{
        Expected, LedgerError, Listing, Partition, PartitionKind, RecordName, Version, Versioned,
        Written,
    },
    time::UnixTime,
};

/// A host that keeps a ledger.
pub trait LedgerHost {
    /// Reads records.
    fn read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError>;

    /// Lists records of one kind.
    fn list(
        &self,
        at: &Partition,
        listing: Listing,
        now: UnixTime,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError>;

    /// Writes a record.
    fn write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: &OwnedWrite,
    ) -> Result<Written, LedgerError>;

    /// Makes all these writes of one record at the same time.
    fn write_at_once(
        &self,
        at: &Partition,
        name: &RecordName,
        writes: &[OwnedWrite],
    ) -> Vec<Result<Written, LedgerError>>;

    /// Writes a record, but the answer does not come in time.
    fn write_without_answer(
        &self,
        at: &Partition,
        name: &RecordName,
        write: &OwnedWrite,
    ) -> Result<Written, LedgerError>;

    /// Throws away what expired by `now`, as the host does in the background.
    fn purge(&self, at: &Partition, now: UnixTime);

    /// A time that the host takes for now.
    fn now(&self) -> UnixTime;
}

/// A write that can be sent several times.
#[derive(Clone, Debug)]
pub struct OwnedWrite {
    pub expected: Expected,
    pub value: Vec<u8>,
    pub expires: UnixTime,
    pub now: UnixTime,
}

/// A partition that no other case uses.
pub fn partition(kind: PartitionKind, case: &str) -> Partition {
    use sha2::{Digest, Sha256};
    Partition {
        kind,
        id: Sha256::digest(case).into(),
    }
}

/// The version `number`.
pub fn version(number: u64) -> Version {
    Version::new(number).unwrap()
}
