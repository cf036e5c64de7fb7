//! The program that runs Spin applications: the one that `SPIN` names, `spin` on the path, or the host of the tests.

use crate::failure::Outcome;
use crate::interrupt::Interrupt;
use crate::place::Place;
use crate::process::run_aside;
use std::env;
use std::path::PathBuf;
use std::process::Command;

/// The package of the host that stands in where there is no Spin.
pub(crate) const HOST: &str = "lychgate-spin-host";

/// Builds the host of the tests, where it is what runs.
///
/// # Errors
/// A failed build.
pub(crate) fn prepare(interrupt: &Interrupt) -> Outcome {
    match real() {
        Some(spin) => {
            eprintln!("[spin] running {}", spin.display());
            Ok(())
        }
        None => {
            let mut cargo = Command::new("cargo");
            cargo.args(["build", "--package", HOST]);
            run_aside("the compilation of the host", &mut cargo, interrupt)
        }
    }
}

/// The program that takes `up` and its options.
pub(crate) fn program(place: &Place) -> PathBuf {
    real().unwrap_or_else(|| place.cargo_target().join("debug").join(HOST))
}

fn real() -> Option<PathBuf> {
    if let Some(named) = env::var_os("SPIN") {
        return Some(PathBuf::from(named));
    }
    let path = env::var_os("PATH")?;
    let mut programs = env::split_paths(&path).map(|folder| folder.join("spin"));
    programs.find(|program| program.is_file())
}
