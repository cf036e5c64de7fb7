//! Builds, runs and tests Lychgate: `cargo xtask up | test | build worker`.

mod failure;
mod fresh;
mod interrupt;
mod place;
mod prepare;
mod process;
mod size;
mod worker;

use failure::{Failure, Outcome};
use interrupt::Interrupt;
use place::Place;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask build worker";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match command(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn command(words: &[&str]) -> Outcome {
    let interrupt = Interrupt::install()?;
    let place = Place::find()?;
    match words {
        ["build", "worker"] => worker::build(&place, &interrupt),
        _ => Err(Failure::new(USAGE)),
    }
}
