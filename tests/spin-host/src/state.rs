//! The data of one instance of a component.

use crate::key_value::KeyValue;
use crate::logs::Log;
use crate::outbound::Outbound;
use crate::sqlite::{self, Database};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use wasmtime::Result;
use wasmtime_wasi::{FsPerms, ResourceTable, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// How many stores, and how many connections, an instance may have open.
pub const OPEN_AT_ONCE: usize = 256;

/// The common part of all instances of a component.
pub struct Shared {
    /// Its id.
    pub id: String,
    /// Its environment variables.
    pub environment: BTreeMap<String, String>,
    /// Its variables with their values.
    pub variables: BTreeMap<String, String>,
    /// The folder that it sees as its root.
    pub root: Option<PathBuf>,
    /// The stores that it may open.
    pub stores: BTreeMap<String, Arc<KeyValue>>,
    /// The databases that it may open.
    pub databases: BTreeMap<String, Database>,
    /// The log of its standard output.
    pub stdout: Log,
    /// The log of its standard error.
    pub stderr: Log,
}

/// The data of an instance's store.
pub struct State {
    /// The part that it shares with the other instances.
    pub component: Arc<Shared>,
    /// Where its handles are.
    pub table: ResourceTable,
    /// How many stores it has open.
    pub open_stores: usize,
    /// How many connections it has open.
    pub open_connections: usize,
    /// Which instances it belongs to, of those that began together.
    pub generation: u64,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
}

impl State {
    /// The data of a new instance.
    ///
    /// # Errors
    /// A root that is not there any more.
    pub fn new(component: Arc<Shared>, outbound: Outbound) -> Result<Self> {
        let mut wasi = WasiCtx::builder();
        wasi.stdout(component.stdout.stream());
        wasi.stderr(component.stderr.stream());
        for (name, value) in &component.environment {
            wasi.env(name, value);
        }
        if let Some(root) = &component.root {
            wasi.preopened_dir(root, "/", FsPerms::ReadOnly)?;
        }
        Ok(Self {
            component,
            table: ResourceTable::new(),
            open_stores: 0,
            open_connections: 0,
            generation: sqlite::generation(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            outbound,
        })
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.outbound,
        }
    }
}
