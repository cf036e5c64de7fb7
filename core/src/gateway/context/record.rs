//! Writes of records in the ledger: once, or as a change of what stands there, whatever others write meanwhile.

use crate::{
    fault::{Fault, PlatformFault},
    gateway::context::{call::Call, random},
    http::inbound::Inbound,
    platform::{
        Platform,
        ledger::{
            Expected, LedgerError, Partition, RecordName, Version, Versioned, Write, Written,
        },
    },
    time::UnixTime,
};
use alloc::vec::Vec;

/// A record's new value, and when the record is gone.
pub(in crate::gateway) struct NewValue<'a> {
    pub(in crate::gateway) value: &'a [u8],
    pub(in crate::gateway) expires: UnixTime,
}

/// A record that was to be written once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum Once {
    /// It was written now.
    Written,
    /// One stood there.
    AlreadyThere,
}

/// Writes a record where none stands.
///
/// # Errors
/// [`PlatformFault::Ledger`]: whether the record was written is not known. It must count as someone else's.
pub(in crate::gateway) async fn write_once<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    partition: &Partition,
    name: &RecordName,
    new: NewValue<'_>,
) -> Result<Once, Fault> {
    let write = Write {
        expected: Expected::Absent {
            first: Version::first(random::bytes(call.platform)?),
        },
        value: new.value,
        expires: new.expires,
        now: call.now,
    };
    match call.platform.ledger_write(partition, name, write).await {
        Ok(Written::Stored(_)) => Ok(Once::Written),
        Ok(Written::Conflict(_)) => Ok(Once::AlreadyThere),
        Err(LedgerError::Unavailable | LedgerError::OutcomeUnknown | LedgerError::TooLarge) => {
            Err(PlatformFault::Ledger.into())
        }
    }
}

/// A change of a record, by what stands there.
pub(in crate::gateway) enum Change<L> {
    /// It is to be written.
    Write { value: Vec<u8>, expires: UnixTime },
    /// It stays as it is, for this reason.
    Leave(L),
}

/// A record after a change.
pub(in crate::gateway) enum Changed<L> {
    /// The change was written.
    Written,
    /// The record stays as it is.
    Left {
        why: L,
        /// A write of ours had no answer before. The record may be the result of that write.
        is_after_doubt: bool,
    },
}

/// Writes what `change` makes of a record, and asks it again where someone else wrote in between, or a write had no
/// answer. `change` is given `None` where no record stands.
///
/// # Errors
/// [`PlatformFault::Ledger`]: the record may be as it was. And those of `change`.
pub(in crate::gateway) async fn update<P: Platform, R: Inbound, L>(
    call: &Call<'_, P, R>,
    partition: &Partition,
    name: RecordName,
    mut change: impl FnMut(Option<&Versioned>) -> Result<Change<L>, Fault>,
) -> Result<Changed<L>, Fault> {
    let mut is_after_doubt = false;
    for _ in 0..MOST_TRIES {
        let found = call
            .platform
            .ledger_read(partition, &[name], call.now)
            .await;
        let found = found.map_err(|_| PlatformFault::Ledger)?;
        let stored = found.into_iter().next().flatten();
        let (value, expires) = match change(stored.as_ref())? {
            Change::Write { value, expires } => (value, expires),
            Change::Leave(why) => {
                return Ok(Changed::Left {
                    why,
                    is_after_doubt,
                });
            }
        };
        let expected = match stored {
            Some(stored) => Expected::Version(stored.version),
            None => Expected::Absent {
                first: Version::first(random::bytes(call.platform)?),
            },
        };
        let write = Write {
            expected,
            value: &value,
            expires,
            now: call.now,
        };
        match call.platform.ledger_write(partition, &name, write).await {
            Ok(Written::Stored(_)) => return Ok(Changed::Written),
            Ok(Written::Conflict(_)) => {}
            Err(LedgerError::OutcomeUnknown) => is_after_doubt = true,
            Err(LedgerError::Unavailable | LedgerError::TooLarge) => break,
        }
    }
    Err(PlatformFault::Ledger.into())
}

const MOST_TRIES: usize = 4;
