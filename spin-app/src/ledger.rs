//! The ledger: Spin's SQLite database `default`.
//!
//! A wrong answer from here admits a replay or an ended session, so whatever is not understood is an error.
//! An operation that failed before the statement was given wrote nothing; a write that failed or was not answered in
//! time may have happened, also where rows came back: the database commits after the last of them.

use crate::limit::within;
use crate::platform::now;
use crate::{log, store};
use lychgate_core::platform::ledger::{
    Expected, LARGEST_VALUE, LedgerError, Listing, Partition, RecordName, Version, Versioned,
    Write, Written,
};
use lychgate_core::platform::sql::{CREATE, GRACE, INSERT, LIST, READ, UPDATE};
use lychgate_core::platform::store::StoreKey;
use lychgate_core::time::{Seconds, UnixTime};
use spin_sdk::sqlite::{Connection, Error, RowResult, Value};
use spin_sdk::wasip3::spawn;
use std::cell::Cell;

/// How long the database may take to open, and again for a statement. A healthy one needs milliseconds.
const TIME_LIMIT: Seconds = Seconds::new(2);

/// How often an instance looks for what has expired.
const SWEEP_EVERY: Seconds = Seconds::minutes(1);

/// Makes the tables, a way to what expires first, and the list of the store's keys by expiry.
const PREPARE: [&str; 4] = [
    CREATE,
    "CREATE INDEX IF NOT EXISTS ledger_expires ON ledger(expires)",
    "CREATE TABLE IF NOT EXISTS stored(key TEXT NOT NULL PRIMARY KEY, expires INTEGER NOT NULL) STRICT",
    "CREATE INDEX IF NOT EXISTS stored_expires ON stored(expires)",
];
const LIST_STORED: &str = "INSERT INTO stored(key,expires) VALUES(?1,?2) \
    ON CONFLICT(key) DO UPDATE SET expires=?2";
const PURGE: &str = "DELETE FROM ledger WHERE rowid IN \
    (SELECT rowid FROM ledger WHERE expires<=?1 ORDER BY expires LIMIT 500)";
const EXPIRED: &str = "SELECT key FROM stored WHERE expires<=?1 ORDER BY expires LIMIT 100";
const UNLIST: &str = "DELETE FROM stored WHERE key=?1 AND expires<=?2";

/// SQLite's error for a statement that names a table which is not there, on every host of it.
const NO_TABLE: &str = "no such table";

thread_local! {
    /// The connection by which this instance saw that there is a database, for the first operation.
    static FIRST: Cell<Option<Connection>> = const { Cell::new(None) };
    /// When this instance last swept the database.
    static SWEPT: Cell<UnixTime> = const { Cell::new(UnixTime::from_seconds(0)) };
}

/// Reads records of one partition, in the order of `names`.
///
/// # Errors
/// [`LedgerError::Unavailable`].
pub(crate) async fn read(
    at: &Partition,
    names: &[RecordName],
    now: UnixTime,
) -> Result<Vec<Option<Versioned>>, LedgerError> {
    read_by(&open().await?, at, names, now).await
}

async fn read_by(
    connection: &Connection,
    at: &Partition,
    names: &[RecordName],
    now: UnixTime,
) -> Result<Vec<Option<Versioned>>, LedgerError> {
    let texts: Vec<String> = names.iter().map(RecordName::text).collect();
    // Names are letters, digits, `-` and `_`, so they need no escaping.
    let list = format!("[\"{}\"]", texts.join("\",\""));
    let parameters = [at.name().into(), time(now)?, list.into()];
    let found = select(connection, READ, parameters).await?;
    let find = |name: &RecordName| {
        let of_name = found.iter().find(|(found, _)| found == name);
        of_name.map(|(_, record)| record.clone())
    };
    Ok(names.iter().map(find).collect())
}

/// Lists live records of one partition.
///
/// # Errors
/// [`LedgerError::Unavailable`].
pub(crate) async fn list(
    at: &Partition,
    listing: Listing,
    now: UnixTime,
) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
    let parameters = [
        at.name().into(),
        time(now)?,
        listing.start().into(),
        listing.end().into(),
        listing.limit.0.into(),
    ];
    select(&open().await?, LIST, parameters).await
}

/// Writes one record if it is still as expected.
///
/// # Errors
/// Any [`LedgerError`].
pub(crate) async fn write(
    at: &Partition,
    name: &RecordName,
    write: Write<'_>,
) -> Result<Written, LedgerError> {
    if write.value.len() > LARGEST_VALUE {
        return Err(LedgerError::TooLarge);
    }
    let (statement, version) = match write.expected {
        Expected::Absent { first } => (INSERT, first),
        Expected::Version(version) => (UPDATE, version),
    };
    let parameters = [
        at.name().into(),
        name.text().into(),
        integer(version.number())?,
        write.value.into(),
        time(write.expires)?,
        time(write.now)?,
    ];
    let connection = open().await?;
    let rows = executed(&connection, statement, parameters).await;
    let rows = rows.ok_or(LedgerError::OutcomeUnknown)?;
    sweep_at_times();
    match rows.first() {
        Some(row) => {
            let version = row.get(0).and_then(Version::new);
            version
                .map(Written::Stored)
                .ok_or(LedgerError::OutcomeUnknown)
        }
        None => {
            let mut standing = read_by(&connection, at, &[*name], write.now).await?;
            Ok(Written::Conflict(standing.pop().flatten()))
        }
    }
}

/// Notes when a key of the store expires, so that [`sweep`] finds it.
///
/// # Errors
/// [`LedgerError`] where the database did not confirm.
pub(crate) async fn list_stored(key: &StoreKey, expires: UnixTime) -> Result<(), LedgerError> {
    let parameters = [key.as_str().into(), time(expires)?];
    let connection = open().await?;
    let done = executed(&connection, LIST_STORED, parameters).await;
    done.map(|_| ()).ok_or(LedgerError::OutcomeUnknown)
}

/// Whether the deployment has a database at all; a database that fails is one.
pub(crate) async fn is_granted() -> bool {
    match within(TIME_LIMIT, Connection::open_default()).await {
        Some(Ok(connection)) => {
            FIRST.set(Some(connection));
            true
        }
        Some(Err(Error::AccessDenied | Error::NoSuchDatabase)) => false,
        Some(Err(_)) | None => true,
    }
}

/// Deletes records that expired by `end`, for the suite.
///
/// # Errors
/// [`LedgerError`] where the database did not confirm.
#[cfg(feature = "contract")]
pub(crate) async fn purge(end: UnixTime) -> Result<(), LedgerError> {
    purge_by(&open().await?, end).await
}

/// Deletes records that expired by `end`.
async fn purge_by(connection: &Connection, end: UnixTime) -> Result<(), LedgerError> {
    let done = executed(connection, PURGE, [time(end)?]).await;
    done.map(|_| ()).ok_or(LedgerError::OutcomeUnknown)
}

fn sweep_at_times() {
    let now = now();
    if now.since(SWEPT.get()) >= SWEEP_EVERY {
        SWEPT.set(now);
        spawn(async move {
            // The next sweep takes what is left over; why it failed stands in the log.
            let _ = sweep(now).await;
        });
    }
}

/// Deletes what has expired by `now`: records of the ledger, some time later, and values of the store.
async fn sweep(now: UnixTime) -> Result<(), LedgerError> {
    let connection = open().await?;
    purge_by(&connection, now.minus(Seconds::new(GRACE))).await?;
    let rows = executed(&connection, EXPIRED, [time(now)?]).await;
    for row in rows.ok_or(LedgerError::Unavailable)? {
        let text: Option<&str> = row.get(0);
        let Some(key) = text.and_then(StoreKey::parse) else {
            continue;
        };
        // A value that is saved again at this very moment may go with it: the store proves nothing, and
        // a request that misses it there asks the ledger.
        if store::remove(&key).await.is_ok() {
            let parameters = [key.as_str().into(), time(now)?];
            executed(&connection, UNLIST, parameters).await;
        }
    }
    Ok(())
}

async fn select<const N: usize>(
    connection: &Connection,
    statement: &str,
    parameters: [Value; N],
) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
    let rows = executed(connection, statement, parameters).await;
    let rows = rows.ok_or(LedgerError::Unavailable)?;
    let records = rows.into_iter().map(record).collect::<Option<_>>();
    records.ok_or(LedgerError::Unavailable)
}

/// A connection for one operation. Nothing was written where that fails.
async fn open() -> Result<Connection, LedgerError> {
    if let Some(first) = FIRST.take() {
        return Ok(first);
    }
    let opened = settled(Connection::open_default()).await;
    opened.map_err(|_| LedgerError::Unavailable)
}

/// All rows of a statement that succeeded to its end. Where a table is missing nothing was written; then all of them are
/// made, and it is given once more. To make them for every new instance would be four statements each, which over a
/// network take longer than the operation.
async fn executed<const N: usize>(
    connection: &Connection,
    statement: &str,
    parameters: [Value; N],
) -> Option<Vec<RowResult>> {
    match attempted(connection, statement, parameters.clone()).await {
        Ok(rows) => return Some(rows),
        Err(Failed::Otherwise) => return None,
        Err(Failed::NoTable) => {}
    }
    for statement in PREPARE {
        attempted(connection, statement, []).await.ok()?;
    }
    let again = attempted(connection, statement, parameters).await;
    if matches!(again, Err(Failed::NoTable)) {
        log::host_error("sqlite", "a table is missing that was just made");
    }
    again.ok()
}

async fn attempted<const N: usize>(
    connection: &Connection,
    statement: &str,
    parameters: [Value; N],
) -> Result<Vec<RowResult>, Failed> {
    settled(async {
        #[cfg(feature = "contract")]
        crate::contract::before(statement).await?;
        let result = connection.execute(statement, parameters).await?;
        let rows = result.collect().await?;
        #[cfg(feature = "contract")]
        let rows = crate::contract::answered(statement, rows).await?;
        Ok(rows)
    })
    .await
}

/// The failure of a call.
enum Failed {
    /// It named a table that is not there, and did nothing.
    NoTable,
    /// Anything else. The reason stands in the log.
    Otherwise,
}

async fn settled<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Failed> {
    let reason = match within(TIME_LIMIT, work).await {
        Some(Ok(done)) => return Ok(done),
        Some(Err(error)) => error.to_string(),
        None => "no answer in time".to_owned(),
    };
    if reason.contains(NO_TABLE) {
        return Err(Failed::NoTable);
    }
    log::host_error("sqlite", &reason);
    Err(Failed::Otherwise)
}

fn record(row: RowResult) -> Option<(RecordName, Versioned)> {
    let name = RecordName::parse(row.get(0)?)?;
    let version = Version::new(row.get(1)?)?;
    match row.values.into_iter().nth(2)? {
        Value::Blob(value) => Some((name, Versioned { version, value })),
        Value::Integer(_) | Value::Real(_) | Value::Text(_) | Value::Null => None,
    }
}

fn time(time: UnixTime) -> Result<Value, LedgerError> {
    integer(time.as_seconds())
}

fn integer(number: u64) -> Result<Value, LedgerError> {
    i64::try_from(number)
        .map(Value::Integer)
        .map_err(|_| LedgerError::Unavailable)
}
