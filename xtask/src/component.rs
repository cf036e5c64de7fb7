//! `cargo xtask build spin`: the component and its configuration, as the manifest `spin.toml` names them.
//!
//! A change of the configuration alone never compiles Rust. `cargo xtask build spin-contract` builds another
//! component from the same sources, which opens the parts of the adapter to the contract suite; it is never
//! deployed.

use crate::failure::{Doing, Outcome};
use crate::fresh;
use crate::interrupt::Interrupt;
use crate::place::Place;
use crate::process::run_aside;
use crate::{prepare, size, worker};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The target that Spin runs.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// The profile of the workspace that components are built with.
const PROFILE: &str = "spin";

/// A component that is built here.
pub(crate) struct Build {
    package: &'static str,
    /// Arguments of cargo.
    features: &'static [&'static str],
    /// Where it is put, below `build/`.
    to: &'static str,
}

/// The component that is deployed.
const GATEWAY: Build = Build {
    package: "lychgate-spin",
    features: &[],
    to: "spin/lychgate.wasm",
};

/// The component that the contract suite drives.
const CONTRACT: Build = Build {
    package: "lychgate-spin",
    features: &["--features", "contract"],
    to: "spin-contract/lychgate.wasm",
};

/// The component that answers `hello`: measured beside the gateway, and put behind it.
const HELLO: Build = Build {
    package: "lychgate-spin-hello",
    features: &[],
    to: "spin-hello/hello.wasm",
};

/// Builds `build/spin` and prints what the component weighs.
///
/// # Errors
/// A failed step, or a component over the limit.
pub(crate) fn build(place: &Place, interrupt: &Interrupt) -> Outcome {
    let component = {
        let _turn = worker::take_turn(place)?;
        let component = GATEWAY.make(place, interrupt)?;
        let json = place.build("spin/configuration/lychgate.json");
        worker::configuration(&place.at("lychgate.toml"), &json, interrupt)?;
        component
    };
    size::component(&component)
}

/// Builds `build/spin-contract` and `build/spin-hello`.
///
/// # Errors
/// A failed step.
pub(crate) fn build_for_tests(place: &Place, interrupt: &Interrupt) -> Outcome {
    let _turn = worker::take_turn(place)?;
    CONTRACT.make(place, interrupt)?;
    HELLO.make(place, interrupt)?;
    Ok(())
}

impl Build {
    fn make(&self, place: &Place, interrupt: &Interrupt) -> Outcome<PathBuf> {
        prepare::rust_target(TARGET, interrupt)?;
        eprintln!("[build] compiling {} for {TARGET}", self.to);
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--profile", PROFILE, "--target", TARGET]);
        cargo.args(["--package", self.package]).args(self.features);
        let what = "the compilation of the component";
        run_aside(what, cargo.current_dir(place.at("")), interrupt)?;
        let file = format!("{}.wasm", self.package.replace('-', "_"));
        let compiled = place.cargo_target().join(TARGET).join(PROFILE).join(file);
        let bytes = fs::read(&compiled).doing("cannot read the compiled component")?;
        let to = place.build(self.to);
        fresh::write(&to, &bytes)?;
        Ok(to)
    }
}
