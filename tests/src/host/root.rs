//! The checkout whose tests these are.

use std::{env, path::PathBuf, process::Command};

/// The root of the repository, asked for when the tests run: the compiler knows the checkout that it compiled, and a
/// copy of that has the same tests.
pub fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR");
    let package = package.expect("cargo runs the tests and says where their package is");
    let root = PathBuf::from(package).join("..");
    root.canonicalize().unwrap()
}

/// Node: the one among the npm packages, since the machine's own may be older than workerd's tools can run on.
pub fn node() -> Command {
    let programs = root().join("node_modules/.bin");
    let installed = programs.join("node");
    let mut node = match installed.exists() {
        true => Command::new(installed),
        false => Command::new("node"),
    };
    let own = env::var_os("PATH").unwrap_or_default();
    let all = [programs].into_iter().chain(env::split_paths(&own));
    node.env("PATH", env::join_paths(all).unwrap());
    node
}

/// A program among the Python packages.
pub fn python(name: &str) -> Command {
    let program = root().join("build/python/bin").join(name);
    assert!(
        program.is_file(),
        "{} is not installed; `cargo xtask test` installs it first",
        program.display()
    );
    Command::new(program)
}
