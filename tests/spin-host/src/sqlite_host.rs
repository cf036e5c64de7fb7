//! The functions of `spin:sqlite`: what an instance calls, and which thread does the work.

use crate::bindings::{SpinInterfaces, sqlite as wit};
use crate::channel::{CAPACITY, Channel};
use crate::sqlite::{Answer, Database, OpenConnection, io};
use crate::state::{OPEN_AT_ONCE, State};
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};
use wasmtime::{Result, format_err};

impl State {
    fn database(&self, label: &str) -> Answer<Database> {
        let databases = &self.component.databases;
        databases
            .get(label)
            .cloned()
            .ok_or(wit::Error::AccessDenied)
    }

    fn connect(&mut self, database: Database) -> Answer<Resource<OpenConnection>> {
        if self.open_connections >= OPEN_AT_ONCE {
            return Err(io("too many connections opened"));
        }
        self.open_connections = self.open_connections.saturating_add(1);
        let connection = OpenConnection::new(database, self.generation);
        self.table.push(connection).map_err(io)
    }

    fn connection(&self, handle: &Resource<OpenConnection>) -> Answer<OpenConnection> {
        match self.table.get(handle) {
            Ok(connection) => Ok(connection.clone()),
            Err(_) => Err(wit::Error::InvalidConnection),
        }
    }
}

fn connection<T>(
    accessor: &Accessor<T, SpinInterfaces>,
    handle: &Resource<OpenConnection>,
) -> Answer<OpenConnection> {
    accessor.with(|mut access| access.get().connection(handle))
}

fn trap(error: wit::Error) -> wasmtime::Error {
    format_err!("{error}")
}

impl wit::Host for State {
    fn convert_error(&mut self, error: wit::Error) -> Result<wit::Error> {
        Ok(error)
    }
}

impl wit::HostConnection for State {
    async fn open(&mut self, label: String) -> Answer<Resource<OpenConnection>> {
        let database = self.database(&label)?;
        self.connect(database)
    }

    async fn execute(
        &mut self,
        handle: Resource<OpenConnection>,
        statement: String,
        parameters: Vec<wit::Value>,
    ) -> Answer<wit::QueryResult> {
        let connection = self.connection(&handle)?;
        spawn_blocking(move || connection.execute(&statement, parameters))
            .await
            .map_err(io)?
    }

    async fn changes(&mut self, handle: Resource<OpenConnection>) -> Result<u64> {
        let connection = self.connection(&handle).map_err(trap)?;
        connection.changes().map_err(trap)
    }

    async fn last_insert_rowid(&mut self, handle: Resource<OpenConnection>) -> Result<i64> {
        let connection = self.connection(&handle).map_err(trap)?;
        connection.last_insert_rowid().map_err(trap)
    }

    async fn drop(&mut self, handle: Resource<OpenConnection>) -> Result<()> {
        self.table.delete(handle)?;
        self.open_connections = self.open_connections.saturating_sub(1);
        Ok(())
    }
}

type Rows = (
    Vec<String>,
    StreamReader<wit::RowResult>,
    FutureReader<Answer<()>>,
);

impl<T: Send> wit::HostConnectionWithStore<T> for SpinInterfaces {
    async fn open_async(
        accessor: &Accessor<T, Self>,
        label: String,
    ) -> Answer<Resource<OpenConnection>> {
        accessor.with(|mut access| {
            let state = access.get();
            let database = state.database(&label)?;
            state.connect(database)
        })
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        handle: Resource<OpenConnection>,
        statement: String,
        parameters: Vec<wit::Value>,
    ) -> Answer<Rows> {
        let connection = connection(accessor, &handle)?;
        let (names, named) = oneshot::channel();
        let (rows, read) = mpsc::channel(CAPACITY);
        let (end, ended) = oneshot::channel();
        spawn_blocking(move || {
            let answer = connection.stream(
                &statement,
                parameters,
                |columns| {
                    let _ = names.send(columns);
                },
                &rows,
            );
            drop(rows);
            let _ = end.send(answer);
        });
        // A statement that cannot be prepared has no columns, and its error comes at the end.
        let columns = named.await.unwrap_or_default();
        accessor
            .with(|mut access| {
                let read = StreamReader::new(&mut access, Channel(read))?;
                Ok((columns, read, FutureReader::new(&mut access, ended)?))
            })
            .map_err(|error: wasmtime::Error| io(error))
    }

    async fn changes_async(
        accessor: &Accessor<T, Self>,
        handle: Resource<OpenConnection>,
    ) -> Result<u64> {
        let connection = connection(accessor, &handle).map_err(trap)?;
        connection.changes().map_err(trap)
    }

    async fn last_insert_rowid_async(
        accessor: &Accessor<T, Self>,
        handle: Resource<OpenConnection>,
    ) -> Result<i64> {
        let connection = connection(accessor, &handle).map_err(trap)?;
        connection.last_insert_rowid().map_err(trap)
    }
}
