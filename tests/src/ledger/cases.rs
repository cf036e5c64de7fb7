//! The cases of the ledger's contract.

use super::{LedgerHost, OwnedWrite, partition, version};
use lychgate_core::{
    platform::ledger::{
        Count, Expected, LedgerError, Listing, Partition, PartitionKind, RecordKind, RecordName,
        Version, Versioned, Written,
    },
    time::{Seconds, UnixTime},
};

/// How many write one record at once.
const WRITERS: usize = 100;

const HOUR: Seconds = Seconds::minutes(60);

/// A case: its name and what it does.
pub type Case = (&'static str, fn(&dyn LedgerHost));

/// Every case of the contract.
pub const CASES: [Case; 13] = [
    ("what is written is read", what_is_written_is_read),
    ("absent is written once", absent_is_written_once),
    ("a version is written once", a_version_is_written_once),
    (
        "a conflict changes nothing and shows what stands",
        a_conflict_shows_what_stands,
    ),
    (
        "an absent record has no version",
        an_absent_record_has_no_version,
    ),
    ("expired counts as absent", expired_counts_as_absent),
    ("a version never comes twice", a_version_never_comes_twice),
    (
        "first versions are the writer's after a purge",
        first_version_after_purge,
    ),
    (
        "a purge takes what expired and nothing else",
        a_purge_takes_what_expired,
    ),
    (
        "a list is of one kind, by name, and limited",
        a_list_is_of_one_kind,
    ),
    ("partitions share nothing", partitions_share_nothing),
    (
        "a write without an answer may have happened",
        a_write_without_an_answer,
    ),
    (
        "of a hundred writers one wins each version",
        of_a_hundred_writers_one_wins,
    ),
];

/// Runs one case after the other.
pub fn run(host: &dyn LedgerHost) {
    for (name, case) in CASES {
        eprintln!("ledger: {name}");
        case(host);
    }
}

/// A place for the records of one case.
struct Bench<'a> {
    host: &'a dyn LedgerHost,
    at: Partition,
    now: UnixTime,
}

impl<'a> Bench<'a> {
    fn new(host: &'a dyn LedgerHost, case: &str) -> Self {
        Self {
            host,
            at: partition(PartitionKind::User, case),
            now: host.now(),
        }
    }

    fn put(&self, name: RecordName, expected: Expected, value: &str) -> Written {
        let write = self.prepare(expected, value);
        self.host.write(&self.at, &name, &write).unwrap()
    }

    fn prepare(&self, expected: Expected, value: &str) -> OwnedWrite {
        OwnedWrite {
            expected,
            value: value.as_bytes().to_vec(),
            expires: self.now.plus(HOUR),
            now: self.now,
        }
    }

    fn get(&self, name: RecordName) -> Option<Versioned> {
        self.get_at(name, self.now)
    }

    fn get_at(&self, name: RecordName, now: UnixTime) -> Option<Versioned> {
        let mut found = self.host.read(&self.at, &[name], now).unwrap();
        assert_eq!(found.len(), 1);
        found.remove(0)
    }
}

const fn head(id: u8) -> RecordName {
    RecordName::head([id; 16])
}

fn absent(first: u64) -> Expected {
    Expected::Absent {
        first: version(first),
    }
}

fn stands(number: u64, value: &str) -> Option<Versioned> {
    Some(Versioned {
        version: version(number),
        value: value.as_bytes().to_vec(),
    })
}

fn what_is_written_is_read(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "read");
    bench.put(head(1), absent(7), "one");
    bench.put(RecordName::user(), absent(8), "user");
    let names = [head(2), RecordName::user(), head(1)];
    let found = host.read(&bench.at, &names, bench.now).unwrap();
    assert_eq!(found, [None, stands(8, "user"), stands(7, "one")]);
    let bytes: Vec<u8> = (0..=255).collect();
    let mut write = bench.prepare(absent(1), "");
    write.value.clone_from(&bytes);
    host.write(&bench.at, &head(3), &write).unwrap();
    assert_eq!(bench.get(head(3)).unwrap().value, bytes);
}

fn absent_is_written_once(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "once");
    assert_eq!(bench.get(RecordName::attempt()), None);
    let first = bench.put(RecordName::attempt(), absent(5), "first");
    assert_eq!(first, Written::Stored(version(5)));
    let second = bench.put(RecordName::attempt(), absent(6), "second");
    assert_eq!(second, Written::Conflict(stands(5, "first")));
}

fn a_version_is_written_once(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "version");
    bench.put(head(1), absent(10), "a");
    let stored = bench.put(head(1), Expected::Version(version(10)), "b");
    assert_eq!(stored, Written::Stored(version(11)));
    let late = bench.put(head(1), Expected::Version(version(10)), "c");
    assert_eq!(late, Written::Conflict(stands(11, "b")));
}

fn a_conflict_shows_what_stands(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "conflict");
    bench.put(head(1), absent(10), "a");
    for wrong in [9, 11, 0, (1 << 53) - 1] {
        let refused = bench.put(head(1), Expected::Version(version(wrong)), "b");
        assert_eq!(refused, Written::Conflict(stands(10, "a")));
    }
    assert_eq!(bench.get(head(1)), stands(10, "a"));
}

fn an_absent_record_has_no_version(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "no version");
    let refused = bench.put(head(1), Expected::Version(version(1)), "a");
    assert_eq!(refused, Written::Conflict(None));
    assert_eq!(bench.get(head(1)), None);
}

fn expired_counts_as_absent(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "expiry");
    bench.put(head(1), absent(10), "a");
    let end = bench.now.plus(HOUR);
    let before = end.minus(Seconds::new(1));
    assert_eq!(bench.get_at(head(1), before), stands(10, "a"));
    assert_eq!(bench.get_at(head(1), end), None);
    let listed = |now| {
        host.list(&bench.at, Listing::all(RecordKind::Head, Count(9)), now)
            .unwrap()
    };
    assert_eq!((listed(before).len(), listed(end).len()), (1, 0));
    let write = |expected, now: UnixTime| {
        let mut write = bench.prepare(expected, "b");
        (write.now, write.expires) = (now, now.plus(HOUR));
        host.write(&bench.at, &head(1), &write).unwrap()
    };
    let by_version = Expected::Version(version(10));
    assert_eq!(write(by_version, end), Written::Conflict(None));
    assert_eq!(write(absent(1), before), Written::Conflict(stands(10, "a")));
    assert_eq!(write(absent(1), end), Written::Stored(version(11)));
}

fn a_version_never_comes_twice(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "twice");
    bench.put(head(1), absent(10), "a");
    let end = bench.now.plus(HOUR);
    let mut write = bench.prepare(absent(3), "b");
    (write.now, write.expires) = (end, end.plus(HOUR));
    // The random first version is smaller than the old one; the record still grows past it.
    let stored = host.write(&bench.at, &head(1), &write).unwrap();
    assert_eq!(stored, Written::Stored(version(11)));
    let mut late = write.clone();
    late.expected = Expected::Version(version(10));
    let late = host.write(&bench.at, &head(1), &late).unwrap();
    assert_eq!(late, Written::Conflict(stands(11, "b")));
}

fn first_version_after_purge(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "first");
    let short = OwnedWrite {
        expires: bench.now.plus(Seconds::new(1)),
        ..bench.prepare(absent(10), "a")
    };
    host.write(&bench.at, &head(1), &short).unwrap();
    let later = bench.now.plus(Seconds::new(2));
    host.purge(&bench.at, later);
    let first = Version::first([1, 2, 3, 4, 5, 6]);
    let mut write = bench.prepare(Expected::Absent { first }, "b");
    write.now = later;
    let stored = host.write(&bench.at, &head(1), &write).unwrap();
    assert_eq!(stored, Written::Stored(first));
    write.expected = Expected::Version(version(10));
    let late = host.write(&bench.at, &head(1), &write).unwrap();
    assert!(matches!(late, Written::Conflict(Some(_))));
}

fn a_purge_takes_what_expired(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "purge");
    let short = OwnedWrite {
        expires: bench.now.plus(Seconds::new(1)),
        ..bench.prepare(absent(10), "short")
    };
    host.write(&bench.at, &head(1), &short).unwrap();
    bench.put(head(2), absent(20), "long");
    host.purge(&bench.at, bench.now.plus(Seconds::new(2)));
    // Asked with a time before its end, a record that still lay there would be seen.
    assert_eq!(bench.get(head(1)), None);
    assert_eq!(bench.get(head(2)), stands(20, "long"));
}

fn a_list_is_of_one_kind(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "list");
    for id in [3, 1, 2] {
        bench.put(head(id), absent(u64::from(id)), "head");
    }
    bench.put(RecordName::user(), absent(9), "user");
    let list = |kind, limit| {
        let listing = Listing::all(kind, Count(limit));
        host.list(&bench.at, listing, bench.now).unwrap()
    };
    let names: Vec<_> = list(RecordKind::Head, 9)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, [head(1), head(2), head(3)]);
    assert_eq!(list(RecordKind::Head, 2).len(), 2);
    let from = Listing {
        from: Some(head(2)),
        ..Listing::all(RecordKind::Head, Count(9))
    };
    let rest = host.list(&bench.at, from, bench.now).unwrap();
    let rest: Vec<_> = rest.into_iter().map(|(name, _)| name).collect();
    assert_eq!(rest, [head(2), head(3)]);
    let member = RecordName::member([7; 16]);
    bench.put(member, absent(4), "member");
    let members = list(RecordKind::Member, 9);
    assert_eq!(members.len(), 1);
    let users = list(RecordKind::User, 9);
    assert_eq!(
        users.first().map(|(_, record)| record.clone()),
        stands(9, "user")
    );
    assert_eq!(list(RecordKind::Attempt, 9), []);
}

fn partitions_share_nothing(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "partitions");
    bench.put(head(1), absent(10), "a");
    for other in [
        partition(PartitionKind::Attempt, "partitions"),
        partition(PartitionKind::User, "other"),
    ] {
        let found = host.read(&other, &[head(1)], bench.now).unwrap();
        assert_eq!(found, [None]);
    }
}

fn a_write_without_an_answer(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "unknown");
    let write = bench.prepare(absent(10), "a");
    let answer = host.write_without_answer(&bench.at, &head(1), &write);
    assert_eq!(answer, Err(LedgerError::OutcomeUnknown));
    // Trying again is safe: either it had happened, or it happens now.
    let again = host.write(&bench.at, &head(1), &write).unwrap();
    assert!(
        again == Written::Stored(version(10)) || again == Written::Conflict(stands(10, "a")),
        "{again:?}"
    );
    assert_eq!(bench.get(head(1)), stands(10, "a"));
}

fn of_a_hundred_writers_one_wins(host: &dyn LedgerHost) {
    let bench = Bench::new(host, "hundred");
    let writers = |expected| -> Vec<OwnedWrite> {
        (0..WRITERS)
            .map(|writer| bench.prepare(expected, &writer.to_string()))
            .collect()
    };
    let mut expected = absent(100);
    for round in 0..3 {
        let writes = writers(expected);
        let answers = host.write_at_once(&bench.at, &head(1), &writes);
        assert_eq!(answers.len(), WRITERS);
        let won = version(100 + round);
        let winners: Vec<usize> = (0..WRITERS)
            .filter(|writer| answers[*writer] == Ok(Written::Stored(won)))
            .collect();
        assert_eq!(winners.len(), 1, "winners of version {won:?}");
        let record = stands(won.number(), &winners[0].to_string());
        let is_beaten = |answer: &&_| **answer == Ok(Written::Conflict(record.clone()));
        let beaten = answers.iter().filter(is_beaten).count();
        // A hundred at once may be more than a machine of two cores answers in time, the write or the
        // reading of what stands there instead; a writer without an answer has not won.
        let is_late = |answer: &&_| {
            matches!(
                answer,
                Err(LedgerError::OutcomeUnknown | LedgerError::Unavailable)
            )
        };
        let late = answers.iter().filter(is_late).count();
        assert_eq!(beaten + late, WRITERS - 1, "{beaten} {late}");
        assert!(beaten > WRITERS / 2, "{late} without an answer");
        assert_eq!(bench.get(head(1)), record);
        expected = Expected::Version(won);
    }
}
