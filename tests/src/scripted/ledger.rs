//! The ledger in memory, with the meaning of the two SQL statements that real hosts run.

use lychgate_core::{
    platform::ledger::{
        Expected, LedgerError, Listing, Partition, RecordName, Version, Versioned, Write, Written,
    },
    time::UnixTime,
};
use std::collections::BTreeMap;

/// The most bytes of a value.
const LARGEST: usize = 128 * 1024;

/// All partitions.
#[derive(Clone, Debug, Default)]
pub struct Ledger(BTreeMap<(Partition, RecordName), Row>);

#[derive(Clone, Debug)]
struct Row {
    version: u64,
    value: Vec<u8>,
    expires: UnixTime,
}

impl Ledger {
    /// The live records with these names.
    pub fn read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Vec<Option<Versioned>> {
        names.iter().map(|name| self.live(at, name, now)).collect()
    }

    /// The live records of one kind, by name.
    pub fn list(
        &self,
        at: &Partition,
        listing: &Listing,
        now: UnixTime,
    ) -> Vec<(RecordName, Versioned)> {
        let mut found: Vec<_> = self
            .0
            .iter()
            .filter(|((part, _), row)| part == at && row.expires > now)
            .filter(|((_, name), _)| {
                let text = name.text();
                text >= listing.start() && text < listing.end()
            })
            .map(|((_, name), row)| (*name, row.versioned()))
            .collect();
        found.sort_by_key(|(name, _)| name.text());
        found.truncate(usize::try_from(listing.limit.0).unwrap());
        found
    }

    /// One conditional write.
    pub fn write(
        &mut self,
        at: &Partition,
        name: &RecordName,
        write: &Write<'_>,
    ) -> Result<Written, LedgerError> {
        if write.value.len() > LARGEST {
            return Err(LedgerError::TooLarge);
        }
        let row = self.0.get(&(*at, *name));
        let version = match (write.expected, row) {
            (Expected::Absent { first }, None) => first.number(),
            (Expected::Absent { first }, Some(row)) if row.expires <= write.now => {
                first.number().max(row.version + 1)
            }
            (Expected::Version(version), Some(row))
                if row.version == version.number() && row.expires > write.now =>
            {
                row.version + 1
            }
            (Expected::Absent { .. } | Expected::Version(_), _) => {
                return Ok(Written::Conflict(self.live(at, name, write.now)));
            }
        };
        let row = Row {
            version,
            value: write.value.to_vec(),
            expires: write.expires,
        };
        self.0.insert((*at, *name), row);
        Ok(Written::Stored(Version::new(version).unwrap()))
    }

    /// Drops what expired, as the alarm of a real host does.
    pub fn purge(&mut self, now: UnixTime) {
        self.0.retain(|_, row| row.expires > now);
    }

    /// Every value, for tests that look for secrets or swap records.
    pub fn values_mut(&mut self) -> impl Iterator<Item = (&Partition, &RecordName, &mut Vec<u8>)> {
        self.0
            .iter_mut()
            .map(|((part, name), row)| (part, name, &mut row.value))
    }

    fn live(&self, at: &Partition, name: &RecordName, now: UnixTime) -> Option<Versioned> {
        let row = self.0.get(&(*at, *name))?;
        (row.expires > now).then(|| row.versioned())
    }
}

impl Row {
    fn versioned(&self) -> Versioned {
        Versioned {
            version: Version::new(self.version).unwrap(),
            value: self.value.clone(),
        }
    }
}
