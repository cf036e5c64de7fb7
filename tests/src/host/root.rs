//! The checkout whose tests these are.

use std::{env, path::PathBuf};

/// The root of the repository, asked for when the tests run: the compiler knows the checkout that it compiled, and a
/// copy of that has the same tests.
pub fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR");
    let package = package.expect("cargo runs the tests and says where their package is");
    let root = PathBuf::from(package).join("..");
    root.canonicalize().unwrap()
}
