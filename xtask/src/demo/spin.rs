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

/// What of the committed `spin.toml` differs when it runs from the demo's folder.
const CHANGES: [(&str, &str); 3] = [
    (
        "source = \"build/spin/lychgate.wasm\"",
        "source = \"lychgate.wasm\"",
    ),
    (
        "source = \"build/spin/configuration\"",
        "source = \"configuration\"",
    ),
    (
        "source = \"site/public\"",
        "source = \"../../../site/public\"",
    ),
];

/// Builds the component, and what runs it, and copies it with its `spin.toml`.
pub(super) fn files(place: &Place, folder: &Path, ports: Ports, interrupt: &Interrupt) -> Outcome {
    spin::prepare(interrupt)?;
    component::build(place, interrupt)?;
    let built = place.build("spin/lychgate.wasm");
    let wasm = fs::read(built).doing("cannot read the built component")?;
    fresh::write(&folder.join("lychgate.wasm"), &wasm)?;
    let manifest = fs::read_to_string(place.at("spin.toml")).doing("cannot read spin.toml")?;
    let moved = changed("spin.toml", &at_ports(&manifest, ports), &CHANGES)?;
    fresh::write(&folder.join("spin.toml"), moved.as_bytes())
}

/// What runs it.
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
        spin.env(format!("SPIN_VARIABLE_{name}"), value);
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
