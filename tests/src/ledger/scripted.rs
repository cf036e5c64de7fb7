//! The ledger's contract on the scripted platform, which other suites take for the truth.

use super::{LedgerHost, OwnedWrite, cases};
use crate::{
    executor::{block_on, block_on_all},
    scripted::{
        Place, Scripted, World,
        schedule::{Behaviour, Call},
    },
};
use lychgate_core::{
    platform::{
        Platform,
        ledger::{LedgerError, Listing, Partition, RecordName, Versioned, Write, Written},
    },
    time::UnixTime,
};

impl OwnedWrite {
    const fn borrowed(&self) -> Write<'_> {
        Write {
            expected: self.expected,
            value: self.value.as_slice(),
            expires: self.expires,
            now: self.now,
        }
    }
}

impl LedgerHost for Scripted {
    fn read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError> {
        block_on(self.ledger_read(at, names, now))
    }

    fn list(
        &self,
        at: &Partition,
        listing: Listing,
        now: UnixTime,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        block_on(self.ledger_list(at, listing, now))
    }

    fn write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: &OwnedWrite,
    ) -> Result<Written, LedgerError> {
        block_on(self.ledger_write(at, name, write.borrowed()))
    }

    fn write_at_once(
        &self,
        at: &Partition,
        name: &RecordName,
        writes: &[OwnedWrite],
    ) -> Vec<Result<Written, LedgerError>> {
        self.world.schedule.borrow_mut().before = 1;
        let all = writes
            .iter()
            .map(|write| self.ledger_write(at, name, write.borrowed()));
        let answers = block_on_all(all);
        self.world.schedule.borrow_mut().before = 0;
        answers
    }

    fn write_without_answer(
        &self,
        at: &Partition,
        name: &RecordName,
        write: &OwnedWrite,
    ) -> Result<Written, LedgerError> {
        let lost = Behaviour::AppliedButTimedOut;
        self.world
            .schedule
            .borrow_mut()
            .nth(Call::LedgerWrite, 0, lost);
        self.write(at, name, write)
    }

    fn purge(&self, _at: &Partition, now: UnixTime) {
        self.world.ledger.borrow_mut().purge(now);
    }

    fn now(&self) -> UnixTime {
        self.world.now()
    }
}

#[test]
fn the_scripted_ledger_keeps_the_contract() {
    cases::run(&World::new().edge(Place(0)));
}

#[test]
fn a_value_that_is_too_large_is_refused() {
    let edge = World::new().edge(Place(0));
    let at = super::partition(
        lychgate_core::platform::ledger::PartitionKind::User,
        "large",
    );
    let write = |length| OwnedWrite {
        expected: lychgate_core::platform::ledger::Expected::Absent {
            first: super::version(1),
        },
        value: vec![0; length],
        expires: LedgerHost::now(&edge).plus(lychgate_core::time::Seconds::minutes(1)),
        now: LedgerHost::now(&edge),
    };
    let name = RecordName::user();
    let refused = LedgerHost::write(&edge, &at, &name, &write(128 * 1024 + 1));
    assert_eq!(refused, Err(LedgerError::TooLarge));
    assert!(LedgerHost::write(&edge, &at, &name, &write(128 * 1024)).is_ok());
}
