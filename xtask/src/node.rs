//! Node: the one among the npm packages. The machine's own may be older than the tools can run on; it installs them.

use crate::place::Place;
use std::env;
use std::ffi::OsString;
use std::process::Command;

/// Node, and ahead of other programs those that npm installed, for whatever it starts in turn.
pub(crate) fn command(place: &Place) -> Command {
    let installed = place.npm_program("node");
    let mut node = match installed.exists() {
        true => Command::new(installed),
        // A platform without a package has only its own.
        false => Command::new("node"),
    };
    node.env("PATH", path(place));
    node
}

/// A program that npm installed, which may be a script for Node.
pub(crate) fn program(place: &Place, name: &str) -> Command {
    let mut program = Command::new(place.npm_program(name));
    program.env("PATH", path(place));
    program
}

/// `PATH` with the programs that npm installed first.
fn path(place: &Place) -> OsString {
    let installed = place.at("node_modules/.bin");
    let own = env::var_os("PATH").unwrap_or_default();
    let all = [installed].into_iter().chain(env::split_paths(&own));
    // No folder of `PATH` holds what parts folders there, or it would be two.
    env::join_paths(all).unwrap_or(own)
}
