//! The demo's gateway on Workers: wrangler with workerd.

use super::changed;
use crate::failure::{Doing, Outcome};
use crate::fresh;
use crate::interrupt::Interrupt;
use crate::node;
use crate::place::Place;
use crate::ports::Ports;
use crate::worker;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The changes to the committed `wrangler.toml` for a run from the demo's folder.
const CHANGES: [(&str, &str); 3] = [
    (
        "main = \"build/worker/index.js\"",
        "main = \"worker/index.js\"",
    ),
    (
        "directory = \"./site/public\"",
        "directory = \"../../../site/public\"",
    ),
    ("[build]\ncommand = \"cargo xtask build worker\"\n", ""),
];

/// Builds the Worker and copies it, with its `wrangler.toml`.
pub(super) fn files(place: &Place, folder: &Path, interrupt: &Interrupt) -> Outcome {
    worker::build(place, interrupt)?;
    copy_worker(&place.build("worker"), &folder.join("worker"))?;
    let wrangler =
        fs::read_to_string(place.at("wrangler.toml")).doing("cannot read wrangler.toml")?;
    let moved = changed("wrangler.toml", &wrangler, &CHANGES)?;
    fresh::write(&folder.join("wrangler.toml"), moved.as_bytes())
}

fn copy_worker(from: &Path, to: &Path) -> Outcome {
    if to.exists() {
        fs::remove_dir_all(to).doing(format_args!("cannot empty {}", to.display()))?;
    }
    for entry in fs::read_dir(from).doing(format_args!("cannot list {}", from.display()))? {
        let entry = entry.doing("cannot list the built Worker")?;
        let bytes = fs::read(entry.path()).doing("cannot read the built Worker")?;
        fresh::write(&to.join(entry.file_name()), &bytes)?;
    }
    Ok(())
}

/// The command that runs it.
pub(super) fn command(place: &Place, folder: &Path, ports: Ports) -> Command {
    let mut wrangler = node::program(place, "wrangler");
    wrangler
        .args(["dev", "--config"])
        .arg(folder.join("wrangler.toml"));
    wrangler.args([
        "--ip",
        "127.0.0.1",
        "--inspector-port",
        "0",
        "--show-interactive-dev-session=false",
    ]);
    wrangler.arg("--port").arg(ports.gateway.to_string());
    wrangler.arg("--persist-to").arg(folder.join("state"));
    worker::keep_to_itself(&mut wrangler, folder);
    wrangler
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_wrangler_file_runs_from_the_demo_folder() {
        let committed = include_str!("../../../wrangler.toml");
        let moved = changed("wrangler.toml", committed, &CHANGES).unwrap();
        assert!(moved.contains("main = \"worker/index.js\""));
        assert!(!moved.contains("[build]"));
    }
}
