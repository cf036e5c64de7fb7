//! The Spin interfaces of `wit/host.wit` as Rust traits; the WASI ones come with wasmtime.

use crate::state::State;
use wasmtime::component::{HasData, Linker};

wasmtime::component::bindgen!({
    path: "wit",
    world: "host",
    imports: { default: async | trappable },
    trappable_error_type: {
        "spin:key-value/key-value@3.0.0.error" => spin::key_value::key_value::Error,
        "spin:sqlite/sqlite@3.1.0.error" => spin::sqlite::sqlite::Error,
        "spin:variables/variables@3.0.0.error" => spin::variables::variables::Error,
    },
    with: {
        "spin:key-value/key-value@3.0.0.store": crate::key_value::OpenStore,
        "spin:sqlite/sqlite@3.1.0.connection": crate::sqlite::OpenConnection,
    },
});

pub use spin::{key_value::key_value, sqlite::sqlite, variables::variables};

/// Names the part of a store's data that the Spin interfaces work on: all of it.
pub struct SpinInterfaces;

impl HasData for SpinInterfaces {
    type Data<'a> = &'a mut State;
}

/// Adds WASI 0.2, WASI 0.3 and the Spin interfaces.
///
/// # Errors
/// An interface that was there already.
pub fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi::p3::add_to_linker(linker)?;
    wasmtime_wasi_http::p3::add_to_linker(linker)?;
    Host_::add_to_linker::<_, SpinInterfaces>(linker, |state| state)
}
