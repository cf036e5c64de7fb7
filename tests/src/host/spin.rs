//! The built component on Spin: the program that `SPIN` names, `spin` on the path, or the host of the tests.

use std::{
    env,
    path::{Path, PathBuf},
};

/// How a component is run.
#[derive(Clone, Copy, Debug)]
pub struct Spin {
    /// The wasm, from the repository's root.
    pub component: &'static str,
    /// How many requests an instance serves.
    pub reuse: usize,
    /// Whether what serves is a child of what is started, as with `spin up`, also where it is not Spin that runs it.
    pub is_child: bool,
}

/// The program that takes `up` and its options.
pub fn program(root: &Path) -> PathBuf {
    if let Some(named) = env::var_os("SPIN") {
        return PathBuf::from(named);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut programs = env::split_paths(&path).map(|folder| folder.join("spin"));
    if let Some(spin) = programs.find(|program| program.is_file()) {
        return spin;
    }
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let host = target.join("debug/lychgate-spin-host");
    assert!(
        host.is_file(),
        "the host is not built; `cargo build -p lychgate-spin-host` builds it"
    );
    host
}
