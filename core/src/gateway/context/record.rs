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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fault::PlatformFault::{Ledger, Random},
        gateway::context::for_tests::{Sent, calling, deployment},
        platform::{RandomError, for_tests::Edge},
        user::key::UserKey,
    };
    use alloc::collections::VecDeque;
    use core::cell::RefCell;
    use futures_util::FutureExt;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const EXPIRES: UnixTime = UnixTime::from_seconds(u64::MAX);

    fn version(number: u64) -> Version {
        Version::new(number).unwrap()
    }

    fn record(number: u64) -> Versioned {
        let version = version(number);
        let value = Vec::from([1]);
        Versioned { version, value }
    }

    fn write_at(edge: &Edge) -> Result<Once, Fault> {
        let partition = UserKey::from_bytes([0; 32]).partition();
        let value = &[];
        let expires = EXPIRES;
        let request = Sent::new("GET", "/");
        calling(&deployment(), edge, &request, |call| {
            let (name, new) = (RecordName::attempt(), NewValue { value, expires });
            let written = write_once(call, &partition, &name, new);
            written.now_or_never().unwrap()
        })
    }

    #[test]
    fn a_record_counts_as_ours_where_the_ledger_says_so_alone() {
        for (answer, once) in [
            (Ok(Written::Stored(version(1))), Ok(Once::Written)),
            (Ok(Written::Conflict(None)), Ok(Once::AlreadyThere)),
            (Err(LedgerError::OutcomeUnknown), Err(Ledger.into())),
            (Err(LedgerError::Unavailable), Err(Ledger.into())),
        ] {
            let edge = Edge {
                writes: RefCell::new(VecDeque::from([answer])),
                ..Edge::default()
            };
            assert_eq!(write_at(&edge), once);
        }
    }

    #[test]
    fn nothing_is_written_under_a_version_that_is_not_random() {
        let edge = Edge {
            random: Err(RandomError),
            ..Edge::default()
        };
        assert_eq!(write_at(&edge), Err(Random.into()));
        assert!(edge.written.borrow().is_empty());
    }

    /// Writes a record once, and leaves it where it has version 2.
    fn update_at(
        found: &[Option<Versioned>],
        writes: &[Result<Written, LedgerError>],
    ) -> (Result<Option<bool>, Fault>, Vec<Expected>) {
        let edge = Edge {
            found: RefCell::new(found.iter().map(|it| Vec::from([it.clone()])).collect()),
            writes: RefCell::new(writes.iter().cloned().collect()),
            ..Edge::default()
        };
        let partition = UserKey::from_bytes([0; 32]).partition();
        let request = Sent::new("GET", "/");
        let changed = calling(&deployment(), &edge, &request, |call| {
            let changed = update(call, &partition, RecordName::attempt(), |stored| {
                Ok(match stored {
                    Some(stored) if stored.version == version(2) => Change::Leave(()),
                    Some(_) | None => Change::Write {
                        value: Vec::new(),
                        expires: EXPIRES,
                    },
                })
            });
            changed.now_or_never().unwrap()
        });
        let doubt = changed.map(|changed| match changed {
            Changed::Written => None,
            Changed::Left { is_after_doubt, .. } => Some(is_after_doubt),
        });
        (doubt, edge.written.into_inner())
    }

    #[test]
    fn a_change_is_made_of_what_stands_there_now() {
        let conflict = || Ok(Written::Conflict(None));
        let found = [None, Some(record(1))];
        let (changed, written) = update_at(&found, &[conflict(), Ok(Written::Stored(version(2)))]);
        assert_eq!(changed, Ok(None));
        let first = Version::first([7; 6]);
        let expected = [Expected::Absent { first }, Expected::Version(version(1))];
        assert_eq!(written, expected);
        let found = [None, None, None, None, None];
        let (changed, written) = update_at(&found, &[(); 5].map(|()| conflict()));
        assert_eq!((changed, written.len()), (Err(Ledger.into()), MOST_TRIES));
    }

    #[test]
    fn a_record_that_is_as_wanted_may_be_so_by_a_write_without_an_answer() {
        let found = [Some(record(1)), Some(record(2))];
        let left = |write| update_at(&found, &[write]).0;
        assert_eq!(left(Err(LedgerError::OutcomeUnknown)), Ok(Some(true)));
        assert_eq!(left(Ok(Written::Conflict(None))), Ok(Some(false)));
        // Nothing was written, so nothing is asked again.
        assert_eq!(left(Err(LedgerError::Unavailable)), Err(Ledger.into()));
    }
}
