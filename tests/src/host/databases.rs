//! The databases below a running Spin, seen and disturbed from outside.
//!
//! They are found by what is in them. That both are SQLite files in the folder which the host is started with is what
//! Spin does without a runtime configuration, and the host of the tests after it.

use super::{server::TIMEOUT, workerd::Workerd};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The name of a table while it is not there.
const AWAY: &str = "lost_for_a_while";

/// One database, known by its table.
pub struct Database {
    file: PathBuf,
    table: &'static str,
}

/// While it lives, nobody else reads or writes.
pub struct Locked(Connection);

/// While it lives, the table is not there; it comes back with all that was in it.
pub struct Lost(Database);

impl Database {
    /// The ledger's, which is there once someone signed in.
    pub fn ledger(host: &Workerd) -> Self {
        Self::with_table(host, "ledger")
    }

    /// The one behind the key-value store.
    pub fn store(host: &Workerd) -> Self {
        Self::with_table(host, "spin_key_value")
    }

    fn with_table(host: &Workerd, table: &'static str) -> Self {
        let state = host.control("GET", "/state", &Value::Null);
        let folder = PathBuf::from(state["folder"].as_str().unwrap());
        let files = fs::read_dir(&folder).unwrap();
        let mut files = files.map(|entry| entry.unwrap().path());
        let found = files.find(|file| has_table(file, table).unwrap_or(false));
        let file = found.unwrap_or_else(|| panic!("no table {table} in {}", folder.display()));
        Self { file, table }
    }

    /// How many bytes the file has.
    pub fn size(&self) -> u64 {
        fs::metadata(&self.file).unwrap().len()
    }

    /// A connection of its own.
    pub fn connection(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = Connection::open_with_flags(&self.file, flags).unwrap();
        connection.busy_timeout(TIMEOUT).unwrap();
        connection
    }

    /// Locks out everyone else.
    pub fn lock(&self) -> Locked {
        let connection = self.connection();
        connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
        Locked(connection)
    }

    /// Takes away what is in it.
    pub fn lose(self) -> Lost {
        self.rename(self.table, AWAY);
        Lost(self)
    }

    fn rename(&self, from: &str, to: &str) {
        let statement = format!("ALTER TABLE {from} RENAME TO {to}");
        self.connection().execute_batch(&statement).unwrap();
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let _ = self.0.execute_batch("ROLLBACK");
    }
}

impl Drop for Lost {
    fn drop(&mut self) {
        self.0.rename(AWAY, self.0.table);
    }
}

fn has_table(file: &Path, table: &str) -> rusqlite::Result<bool> {
    if !file.is_file() {
        return Ok(false);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(file, flags)?;
    let asked = "SELECT count(*) FROM sqlite_master WHERE type='table' AND name=?1";
    let count: i64 = connection.query_row(asked, [table], |row| row.get(0))?;
    Ok(count > 0)
}
