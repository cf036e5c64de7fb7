//! The ledger: strongly consistent, versioned records in partitions.
//!
//! An action that must happen once goes through a conditional write. Hosts carry the write out as one SQL
//! statement (see STORAGE.md), so that of several writers of one version exactly one wins.

use crate::{encoding::base64url, time::UnixTime};
use alloc::{format, string::String, vec::Vec};

/// The most bytes of a record's value.
pub const LARGEST_VALUE: usize = 128 * 1024;

/// The subject of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartitionKind {
    /// One user: session heads and the user record.
    User,
    /// One attempt to sign in.
    Attempt,
    /// One key that clients prove possession of.
    ProofKey,
    /// One access token that a page handed over.
    HandedOver,
    /// One part of the roster of users.
    Roster,
}

/// A partition: records in one are read together; no statement spans two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partition {
    /// The subject of its records.
    pub kind: PartitionKind,
    /// Which one: a digest or derived value, never an identifier of a person.
    pub id: [u8; 32],
}

/// The kind of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKind {
    /// The head of a session.
    Head,
    /// The one record about the user as such.
    User,
    /// The mark that an attempt was used.
    Attempt,
    /// The mark that a DPoP proof was used.
    Proof,
    /// The entry of a user in the roster.
    Member,
}

/// The name of a record within its partition: its kind and, where there are several, its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordName {
    kind: RecordKind,
    id: [u8; 16],
}

/// The version of a record; it grows with every write. At most 2^53 - 1, so that it is exact in
/// every host's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u64);

/// A record's value at a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// The version.
    pub version: Version,
    /// The sealed value.
    pub value: Vec<u8>,
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub u32);

/// Records of one kind in one partition, by name.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// The kind.
    pub kind: RecordKind,
    /// The first name that is listed; `None` from the first record on.
    pub from: Option<RecordName>,
    /// The most records.
    pub limit: Count,
}

impl Listing {
    /// All of that kind, but no more than `limit`.
    pub const fn all(kind: RecordKind, limit: Count) -> Self {
        let from = None;
        Self { kind, from, limit }
    }

    /// The text that the names of the listed records do not come before.
    pub fn start(&self) -> String {
        let from = self.from.filter(|name| name.kind() == self.kind);
        from.map_or_else(|| String::from(self.kind.letter()), |name| name.text())
    }

    /// The text that they come before.
    pub fn end(&self) -> String {
        let next = u32::from(self.kind.letter()).saturating_add(1);
        String::from(char::from_u32(next).unwrap_or('~'))
    }
}

/// A conditional write.
#[derive(Clone, Copy, Debug)]
pub struct Write<'a> {
    /// The condition for the write to happen.
    pub expected: Expected,
    /// The new, sealed value; at most [`LARGEST_VALUE`] bytes.
    pub value: &'a [u8],
    /// When the record is gone.
    pub expires: UnixTime,
    /// The time of the request; records that expired by then count as absent.
    pub now: UnixTime,
}

/// The condition on the ledger for a write to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// No live record.
    Absent {
        /// The version it gets: random, so that a version from before a purge matches nothing.
        first: Version,
    },
    /// A live record at this version.
    Version(Version),
}

/// The result of a conditional write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It happened; the record's version now.
    Stored(Version),
    /// Something else stood there; what stands there now.
    Conflict(Option<Versioned>),
}

/// Why the ledger gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerError {
    /// Not reached; nothing was written.
    Unavailable,
    /// Asked, but no answer in time; a write may have happened.
    OutcomeUnknown,
    /// The value is larger than the ledger takes.
    TooLarge,
}

impl Partition {
    /// The partition's name, for hosts that address partitions by text.
    pub fn name(&self) -> String {
        let kind = match self.kind {
            PartitionKind::User => 'u',
            PartitionKind::Attempt => 'a',
            PartitionKind::ProofKey => 'k',
            PartitionKind::HandedOver => 't',
            PartitionKind::Roster => 'r',
        };
        format!("{kind}1/{}", base64url::encode(&self.id))
    }

    /// The place of a record in associated data: partition and name.
    pub fn place(&self, name: &RecordName) -> String {
        format!("{}/{}", self.name(), name.text())
    }
}

impl RecordKind {
    /// The letter that names of this kind begin with.
    pub const fn letter(self) -> char {
        match self {
            Self::Head => 'h',
            Self::User => 'u',
            Self::Attempt => 'a',
            Self::Proof => 'p',
            Self::Member => 'm',
        }
    }
}

impl RecordName {
    /// The head of the session with this handle.
    pub const fn head(handle: [u8; 16]) -> Self {
        Self {
            kind: RecordKind::Head,
            id: handle,
        }
    }

    /// The user record.
    pub const fn user() -> Self {
        Self {
            kind: RecordKind::User,
            id: [0; 16],
        }
    }

    /// The mark of an attempt.
    pub const fn attempt() -> Self {
        Self {
            kind: RecordKind::Attempt,
            id: [0; 16],
        }
    }

    /// The mark of a DPoP proof.
    pub const fn proof(id: [u8; 16]) -> Self {
        Self {
            kind: RecordKind::Proof,
            id,
        }
    }

    /// The entry of a user in the roster.
    pub const fn member(id: [u8; 16]) -> Self {
        Self {
            kind: RecordKind::Member,
            id,
        }
    }

    /// The kind of record that it names.
    pub const fn kind(&self) -> RecordKind {
        self.kind
    }

    /// The name as text: the kind's letter and 22 characters of base64url.
    pub fn text(&self) -> String {
        format!("{}{}", self.kind.letter(), base64url::encode(&self.id))
    }

    /// The name that [`RecordName::text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut letters = text.chars();
        let kind = match letters.next()? {
            'h' => RecordKind::Head,
            'u' => RecordKind::User,
            'a' => RecordKind::Attempt,
            'p' => RecordKind::Proof,
            'm' => RecordKind::Member,
            _ => return None,
        };
        let id = base64url::decode_array(letters.as_str())?;
        Some(Self { kind, id })
    }
}

impl Version {
    const LARGEST: u64 = (1 << 53) - 1;

    /// The version `number`, or `None` where it is no exact number on every host.
    pub const fn new(number: u64) -> Option<Self> {
        if number > Self::LARGEST {
            return None;
        }
        Some(Self(number))
    }

    /// A first version from random bytes; 48 bits, so that there is room to grow.
    pub const fn first(random: [u8; 6]) -> Self {
        let [a, b, c, d, e, f] = random;
        Self(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }

    /// The number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn names_read_back_and_differ_by_kind() {
        for name in [
            RecordName::head([7; 16]),
            RecordName::user(),
            RecordName::attempt(),
            RecordName::proof([9; 16]),
            RecordName::member([8; 16]),
        ] {
            assert_eq!(RecordName::parse(&name.text()), Some(name));
        }
        assert_ne!(RecordName::user().text(), RecordName::attempt().text());
        for bad in ["", "h", "x0000000000000000000000", "hAAAA"] {
            assert_eq!(RecordName::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn partitions_of_two_kinds_never_share_a_name() {
        let id = [1; 32];
        let user = Partition {
            kind: PartitionKind::User,
            id,
        };
        let attempt = Partition {
            kind: PartitionKind::Attempt,
            id,
        };
        assert_ne!(user.name(), attempt.name());
    }

    #[test]
    fn versions_stay_exact_in_double_precision() {
        assert!(Version::new((1 << 53) - 1).is_some());
        assert!(Version::new(1 << 53).is_none());
        assert_eq!(Version::first([255; 6]).number(), (1 << 48) - 1);
    }
}
