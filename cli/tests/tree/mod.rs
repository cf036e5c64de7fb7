//! The checkout that a test runs in, asked for when it runs: the compiler knows the one that it compiled, and a copy
//! of that has the same programs.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of the repository.
pub fn root() -> PathBuf {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap());
    package.parent().unwrap().to_owned()
}

/// The command line that is tested.
pub fn program() -> PathBuf {
    PathBuf::from(env::var_os("CARGO_BIN_EXE_lychgate").unwrap())
}

/// Where tests put their files, beside the programs.
pub fn files() -> PathBuf {
    let profile = program();
    let profile = profile.parent().and_then(Path::parent);
    profile.unwrap().join("tmp")
}
