//! A host for Spin applications on wasmtime, for tests, the demo and benchmarks.
//!
//! It takes a part of the words of `spin up` and does what Spin does; `README.md` lists every difference.

mod allowed_hosts;
mod application;
mod arguments;
mod bindings;
mod channel;
mod inbound;
mod instance;
mod key_value;
mod logs;
mod manifest;
mod mounts;
mod outbound;
mod routes;
#[cfg(test)]
mod scratch;
mod server;
mod sqlite;
mod sqlite_host;
mod state;
mod variables;

use crate::application::Application;
use crate::arguments::Arguments;
use std::env;
use std::process::ExitCode;
use wasmtime::Result;

/// Its name and version, for a report that says what was measured.
const VERSION: &str = concat!(
    "lychgate-spin-host ",
    env!("CARGO_PKG_VERSION"),
    ", the host of the tests"
);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:?}");
            ExitCode::FAILURE
        }
    }
}

/// SIGTERM and Ctrl-C keep what they do by default: they end the process at once.
fn run() -> Result<()> {
    if env::args_os().skip(1).eq(["--version"]) {
        println!("{VERSION}");
        return Ok(());
    }
    let arguments = Arguments::parse(env::args_os().skip(1))?;
    let application = Application::load(&arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(server::serve(application, arguments.listen))
}
