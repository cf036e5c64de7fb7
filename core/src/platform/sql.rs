//! The statements of a ledger that SQLite keeps (<https://sqlite.org>), the same on every host.
//!
//! Each operation is one statement, so that of several writers of one version exactly one wins. Names are
//! those of [`super::ledger::RecordName::text`], times seconds since 1970.

/// Makes the table where there is none.
pub const CREATE: &str = "CREATE TABLE IF NOT EXISTS ledger(\
    part TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, expires INTEGER NOT NULL, \
    value BLOB NOT NULL, PRIMARY KEY(part,name)) STRICT";

/// `name`, `version` and `value` of the live records of partition 1 at time 2, whose names are in JSON array 3.
pub const READ: &str = "SELECT name,version,value FROM ledger \
    WHERE part=?1 AND expires>?2 AND name IN (SELECT value FROM json_each(?3))";

/// As [`READ`], by name, at most 5 of those from name 3 to before name 4.
pub const LIST: &str = "SELECT name,version,value FROM ledger \
    WHERE part=?1 AND expires>?2 AND name>=?3 AND name<?4 ORDER BY name LIMIT ?5";

/// Writes where no live record stands: partition, name, first version, value, expiry, now. No row comes back
/// where one stands.
pub const INSERT: &str = "INSERT INTO ledger(part,name,version,value,expires) VALUES(?1,?2,?3,?4,?5) \
    ON CONFLICT(part,name) DO UPDATE SET version=max(?3,version+1),value=?4,expires=?5 \
    WHERE ledger.expires<=?6 RETURNING version";

/// Writes over version 3: partition, name, that version, value, expiry, now. No row comes back where another
/// version stands, or none.
pub const UPDATE: &str = "UPDATE ledger SET version=version+1,value=?4,expires=?5 \
    WHERE part=?1 AND name=?2 AND version=?3 AND expires>?6 RETURNING version";

/// For how many seconds a record stays after it expired: clocks of two machines differ, and a mark that is
/// purged too early lets a thing happen twice.
pub const GRACE: u64 = 300;
