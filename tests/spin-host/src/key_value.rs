//! The key-value store: Spin's table in one SQLite file, which all instances write through one connection.

use crate::bindings::{SpinInterfaces, key_value as wit};
use crate::channel::{CAPACITY, Channel};
use crate::state::{OPEN_AT_ONCE, State};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{block_in_place, spawn_blocking};
use wasmtime::Result;
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

/// A value longer than this is not handed out.
const LONGEST: usize = 128 << 20;

/// The layout is Spin's, so that a test can look inside as if Spin had written it.
const CREATE: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (store, key)
)";
const GET: &str = "SELECT value FROM spin_key_value WHERE store=?1 AND key=?2";
const SET: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
    ON CONFLICT(store, key) DO UPDATE SET value=?3";
const DELETE: &str = "DELETE FROM spin_key_value WHERE store=?1 AND key=?2";
const KEYS: &str = "SELECT key FROM spin_key_value WHERE store=?1";

/// One store.
pub struct KeyValue {
    label: String,
    file: PathBuf,
    connection: OnceLock<Mutex<Connection>>,
}

/// A store that an instance has opened.
pub struct OpenStore(Arc<KeyValue>);

type Answer<T> = Result<T, wit::Error>;

impl KeyValue {
    /// The store of a label; the file is opened when it is first needed.
    pub fn new(label: &str, file: PathBuf) -> Self {
        Self {
            label: label.to_owned(),
            file,
            connection: OnceLock::new(),
        }
    }

    fn connection(&self) -> Answer<&Mutex<Connection>> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        // Two that come here together open it twice; one of them is used.
        let connection = Connection::open(&self.file).map_err(other)?;
        connection.execute(CREATE, []).map_err(other)?;
        Ok(self.connection.get_or_init(|| Mutex::new(connection)))
    }

    /// Runs `work` where it may wait for the disk.
    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Answer<T> {
        block_in_place(|| {
            let connection = self.connection()?;
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&connection).map_err(other)
        })
    }

    fn get(&self, key: &str) -> Answer<Option<Vec<u8>>> {
        self.with(|connection| {
            connection
                .prepare_cached(GET)?
                .query_row([&self.label, key], |row| row.get(0))
                .optional()
        })
    }

    fn set(&self, key: &str, value: &[u8]) -> Answer<()> {
        self.with(|connection| {
            connection
                .prepare_cached(SET)?
                .execute(params![self.label, key, value])?;
            Ok(())
        })
    }

    fn delete(&self, key: &str) -> Answer<()> {
        self.with(|connection| {
            connection
                .prepare_cached(DELETE)?
                .execute([&self.label, key])?;
            Ok(())
        })
    }

    /// Sends every key until there are no more or nobody reads them.
    fn send_keys(&self, keys: &mpsc::Sender<String>) -> Answer<()> {
        let connection = self.connection()?;
        let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection.prepare_cached(KEYS).map_err(other)?;
        let rows = statement
            .query_map([&self.label], |row| row.get::<_, String>(0))
            .map_err(other)?;
        for key in rows {
            keys.blocking_send(key.map_err(other)?)
                .map_err(|_| wit::Error::Other("nobody reads the keys".to_owned()))?;
        }
        Ok(())
    }
}

fn other(error: rusqlite::Error) -> wit::Error {
    wit::Error::Other(error.to_string())
}

impl wit::Host for State {
    fn convert_error(&mut self, error: wit::Error) -> Result<wit::Error> {
        Ok(error)
    }
}

impl wit::HostStore for State {
    async fn drop(&mut self, store: Resource<OpenStore>) -> Result<()> {
        self.table.delete(store)?;
        self.open_stores = self.open_stores.saturating_sub(1);
        Ok(())
    }
}

/// The store behind a handle.
fn store<T>(
    accessor: &Accessor<T, SpinInterfaces>,
    store: &Resource<OpenStore>,
) -> Answer<Arc<KeyValue>> {
    accessor.with(|mut access| match access.get().table.get(store) {
        Ok(OpenStore(store)) => Ok(Arc::clone(store)),
        Err(_) => Err(wit::Error::NoSuchStore),
    })
}

impl<T: Send> wit::HostStoreWithStore<T> for SpinInterfaces {
    async fn open(accessor: &Accessor<T, Self>, label: String) -> Answer<Resource<OpenStore>> {
        let found = accessor.with(|mut access| access.get().component.stores.get(&label).cloned());
        let store = found.ok_or(wit::Error::AccessDenied)?;
        block_in_place(|| store.connection().map(drop))?;
        accessor.with(|mut access| {
            let state = access.get();
            if state.open_stores >= OPEN_AT_ONCE {
                return Err(wit::Error::StoreTableFull);
            }
            state.open_stores = state.open_stores.saturating_add(1);
            state
                .table
                .push(OpenStore(store))
                .map_err(|_| wit::Error::StoreTableFull)
        })
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        handle: Resource<OpenStore>,
        key: String,
    ) -> Answer<Option<Vec<u8>>> {
        let value = store(accessor, &handle)?.get(&key)?;
        if value.as_ref().is_some_and(|value| value.len() > LONGEST) {
            return Err(wit::Error::Other("the value is too long".to_owned()));
        }
        Ok(value)
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        handle: Resource<OpenStore>,
        key: String,
        value: Vec<u8>,
    ) -> Answer<()> {
        store(accessor, &handle)?.set(&key, &value)
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        handle: Resource<OpenStore>,
        key: String,
    ) -> Answer<()> {
        store(accessor, &handle)?.delete(&key)
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        handle: Resource<OpenStore>,
        key: String,
    ) -> Answer<bool> {
        Ok(store(accessor, &handle)?.get(&key)?.is_some())
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        handle: Resource<OpenStore>,
    ) -> Result<(StreamReader<String>, FutureReader<Answer<()>>)> {
        let store = store(accessor, &handle)?;
        let (keys, read) = mpsc::channel(CAPACITY);
        let (end, ended) = oneshot::channel();
        spawn_blocking(move || {
            let answer = store.send_keys(&keys);
            drop(keys);
            let _ = end.send(answer);
        });
        accessor.with(|mut access| {
            let read = StreamReader::new(&mut access, Channel(read))?;
            Ok((read, FutureReader::new(&mut access, ended)?))
        })
    }
}
