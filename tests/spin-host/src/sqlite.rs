//! SQLite databases: a connection of its own for every `open`, as Spin has them.

use crate::bindings::sqlite as wit;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::mpsc::Sender;

/// An answer longer than this is not handed out.
const LONGEST: usize = 128 << 20;

/// How often instances began anew. Calls of earlier ones count no more.
static GENERATION: AtomicU64 = AtomicU64::new(0);
/// How many connections the instances of now opened, and how many statements they gave.
static CONNECTIONS: AtomicU64 = AtomicU64::new(0);
static STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// Both numbers, as JSON: over a network each of these calls is a wait of its own.
pub fn calls() -> String {
    let [connections, statements] =
        [&CONNECTIONS, &STATEMENTS].map(|count| count.load(Ordering::Relaxed));
    format!(r#"{{"connections":{connections},"statements":{statements}}}"#)
}

/// The generation of an instance that is made now.
pub fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}

/// Counts anew, for new instances alone.
pub fn begin_anew() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    for count in [&CONNECTIONS, &STATEMENTS] {
        count.store(0, Ordering::Relaxed);
    }
}

fn count(calls: &AtomicU64, of: u64) {
    if of == generation() {
        calls.fetch_add(1, Ordering::Relaxed);
    }
}

/// Where a database is.
#[derive(Clone, Debug)]
pub struct Database(pub PathBuf);

/// A connection that an instance has opened. The file is opened when it is first needed.
#[derive(Clone)]
pub struct OpenConnection(Arc<Lazy>);

struct Lazy {
    database: Database,
    /// Of the instance that opened it.
    generation: u64,
    connection: OnceLock<Mutex<Connection>>,
}

pub(crate) type Answer<T> = Result<T, wit::Error>;

impl OpenConnection {
    /// A connection to a database, for an instance of that generation.
    pub fn new(database: Database, generation: u64) -> Self {
        count(&CONNECTIONS, generation);
        Self(Arc::new(Lazy {
            database,
            generation,
            connection: OnceLock::new(),
        }))
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> Answer<T>) -> Answer<T> {
        let connection = match self.0.connection.get() {
            Some(connection) => connection,
            None => {
                let opened = self.open()?;
                self.0.connection.get_or_init(|| Mutex::new(opened))
            }
        };
        let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection)
    }

    fn open(&self) -> Answer<Connection> {
        let mut connection = Connection::open(&self.0.database.0).map_err(io)?;
        // A component reaches no other file of the host.
        connection
            .authorizer(Some(|context: AuthContext<'_>| {
                let file = matches!(context.action,
                    AuthAction::Attach { filename } if !matches!(filename, "" | ":memory:"));
                if file {
                    Authorization::Deny
                } else {
                    Authorization::Allow
                }
            }))
            .map_err(io)?;
        Ok(connection)
    }

    /// All rows at once.
    ///
    /// # Errors
    /// An error of SQLite, or too long an answer.
    pub fn execute(
        &self,
        statement: &str,
        parameters: Vec<wit::Value>,
    ) -> Answer<wit::QueryResult> {
        count(&STATEMENTS, self.0.generation);
        self.with(|connection| {
            let mut statement = connection.prepare_cached(statement).map_err(io)?;
            let columns = columns(&statement);
            let mut found = statement
                .query(params_from_iter(parameters.into_iter().map(to_sql)))
                .map_err(io)?;
            let mut rows = Vec::new();
            let mut length = 0;
            while let Some(row) = found.next().map_err(io)? {
                rows.push(read_row(row, columns.len(), &mut length)?);
            }
            drop(found);
            Ok(wit::QueryResult { columns, rows })
        })
    }

    /// The names of the columns, then each row, as they are found.
    ///
    /// # Errors
    /// An error of SQLite, too long a row, or nobody who reads.
    pub fn stream(
        &self,
        statement: &str,
        parameters: Vec<wit::Value>,
        names: impl FnOnce(Vec<String>),
        rows: &Sender<wit::RowResult>,
    ) -> Answer<()> {
        count(&STATEMENTS, self.0.generation);
        self.with(|connection| {
            let mut statement = connection.prepare_cached(statement).map_err(io)?;
            let columns = columns(&statement);
            let width = columns.len();
            names(columns);
            let mut found = statement
                .query(params_from_iter(parameters.into_iter().map(to_sql)))
                .map_err(io)?;
            while let Some(row) = found.next().map_err(io)? {
                rows.blocking_send(read_row(row, width, &mut 0)?)
                    .map_err(|_| wit::Error::Io("nobody reads the rows".to_owned()))?;
            }
            Ok(())
        })
    }

    /// How many rows the last statement changed.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn changes(&self) -> Answer<u64> {
        self.with(|connection| Ok(connection.changes()))
    }

    /// Where the last row was inserted.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn last_insert_rowid(&self) -> Answer<i64> {
        self.with(|connection| Ok(connection.last_insert_rowid()))
    }
}

pub(crate) fn io(error: impl ToString) -> wit::Error {
    wit::Error::Io(error.to_string())
}

fn columns(statement: &rusqlite::Statement<'_>) -> Vec<String> {
    let names = statement.column_names();
    names.into_iter().map(str::to_owned).collect()
}

fn to_sql(value: wit::Value) -> Sql {
    match value {
        wit::Value::Null => Sql::Null,
        wit::Value::Integer(integer) => Sql::Integer(integer),
        wit::Value::Real(real) => Sql::Real(real),
        wit::Value::Text(text) => Sql::Text(text),
        wit::Value::Blob(blob) => Sql::Blob(blob),
    }
}

fn read_row(row: &Row<'_>, width: usize, length: &mut usize) -> Answer<wit::RowResult> {
    let mut values = Vec::with_capacity(width);
    for column in 0..width {
        let value = match row.get_ref(column).map_err(io)? {
            ValueRef::Null => wit::Value::Null,
            ValueRef::Integer(integer) => wit::Value::Integer(integer),
            ValueRef::Real(real) => wit::Value::Real(real),
            ValueRef::Text(text) => {
                *length = length.saturating_add(text.len());
                wit::Value::Text(String::from_utf8(text.to_vec()).map_err(io)?)
            }
            ValueRef::Blob(blob) => {
                *length = length.saturating_add(blob.len());
                wit::Value::Blob(blob.to_vec())
            }
        };
        *length = length.saturating_add(size_of::<wit::Value>());
        values.push(value);
    }
    if *length > LONGEST {
        return Err(io(format!("the result exceeds {LONGEST} bytes")));
    }
    Ok(wit::RowResult { values })
}
