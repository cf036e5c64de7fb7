//! The demo's gateway on Spin: `spin` where there is one, else the host of the tests.

use super::{at_ports, changed};
use crate::component;
use crate::failure::{Doing, Outcome};
use crate::fresh;
use crate::interrupt::Interrupt;
use crate::place::Place;
use crate::ports::Ports;
use crate::spin;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The changes to the committed `spin.toml` for a run from the demo's folder.
const CHANGES: [(&str, &str); 3] = [
    (
        "source = \"build/spin/lychgate.wasm\"",
        "source = \"lychgate.wasm\"",
    ),
    (
        "source = \"build/spin/configuration\"",
        "source = \"configuration\"",
    ),
    ("source = \"site/public\"", "source = \"site\""),
];

/// Builds the component, and what runs it, and copies it with its `spin.toml`.
pub(super) fn files(place: &Place, folder: &Path, ports: Ports, interrupt: &Interrupt) -> Outcome {
    spin::prepare(interrupt)?;
    component::build(place, interrupt)?;
    let built = place.build("spin/lychgate.wasm");
    let wasm = fs::read(built).doing("cannot read the built component")?;
    fresh::write(&folder.join("lychgate.wasm"), &wasm)?;
    // Mounted files have to lie in the folder of the application.
    copy_all(&place.at("site/public"), &folder.join("site"))?;
    let manifest = fs::read_to_string(place.at("spin.toml")).doing("cannot read spin.toml")?;
    let moved = changed("spin.toml", &at_ports(&manifest, ports), &CHANGES)?;
    fresh::write(&folder.join("spin.toml"), moved.as_bytes())
}

fn copy_all(from: &Path, to: &Path) -> Outcome {
    let entries = fs::read_dir(from).doing(format_args!("cannot list {}", from.display()))?;
    for entry in entries {
        let entry = entry.doing("cannot list the site")?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_all(&path, &copy)?;
        } else {
            let bytes = fs::read(&path).doing("cannot read the site")?;
            fresh::write(&copy, &bytes)?;
        }
    }
    Ok(())
}

/// The command that runs it.
pub(super) fn command(
    place: &Place,
    folder: &Path,
    ports: Ports,
    secrets: &[(String, String)],
) -> Command {
    let mut spin = Command::new(spin::program(place));
    spin.arg("up").arg("--from").arg(folder.join("spin.toml"));
    spin.arg("--listen")
        .arg(format!("127.0.0.1:{}", ports.gateway));
    spin.arg("--state-dir").arg(folder.join("state"));
    for (name, value) in secrets {
        // Of a variable, every word begins with a letter.
        let variable = name.replace("_1", "1");
        spin.env(format!("SPIN_VARIABLE_{variable}"), value);
    }
    spin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_manifest_runs_from_the_demo_folder() {
        let committed = include_str!("../../../spin.toml");
        let ports = Ports::starting_at(9000).unwrap();
        let moved = changed("spin.toml", &at_ports(committed, ports), &CHANGES).unwrap();
        assert!(moved.contains("source = \"lychgate.wasm\""));
        assert!(moved.contains(r#"["http://localhost:9001", "http://localhost:9002"]"#));
    }
}
