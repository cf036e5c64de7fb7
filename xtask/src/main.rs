//! Builds, runs and tests Lychgate: `cargo xtask up | test | bench | build`.

mod bench;
mod chrome;
mod component;
mod demo;
mod failure;
mod fresh;
mod interrupt;
mod node;
mod place;
mod ports;
mod prepare;
mod process;
mod serving;
mod size;
mod spin;
mod test;
mod tidy;
mod up;
mod upstreams;
mod wasm_tests;
mod worker;

use bench::Asked;
use demo::Edge;
use failure::{Doing, Failure, Outcome};
use interrupt::Interrupt;
use place::Place;
use ports::Ports;
use std::path::absolute;
use std::process::ExitCode;
use test::Extent;

const USAGE: &str = "usage:
  cargo xtask up [--host workers|spin] [--port N]
                              build and run the demo on the ports N, N+1 and N+2 (N is 8787)
  cargo xtask test [--quick | --long]
                              run every check and test; with --quick, those before the suites in
                              front of real hosts; with --long, suites that repeat something do so
                              as often as they can, which takes much longer
  cargo xtask bench [--host workers|spin] [--beside FOLDER | --cold] | [--tokens | --token-memory]
                              measure a host, with another build of the Worker beside this one
                              where a folder is named, or how an isolate or an instance starts, or
                              what access tokens cost and hold on Workers; writes
                              docs/BENCHMARKS.md
  cargo xtask tidy            hold the sources against the rules of ARCHITECTURE.md
  cargo xtask build worker    build what is deployed to Cloudflare and print its size
  cargo xtask build contract  build the Worker that the contract suite drives
  cargo xtask build spin      build the component that runs on Spin and print its size
  cargo xtask build spin-contract
                              build the components that the contract suite drives
  cargo xtask build upstreams find or fetch the servers that the contract suite puts behind the gateway";

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
    process::adopt_orphans()?;
    if let ["run-wasm-tests", file, words @ ..] = words {
        // Cargo names the file from where it starts this, before the root is entered.
        let file = absolute(file).doing(format_args!("cannot find {file}"))?;
        return wasm_tests::run_file(&Place::find()?, &file, words, &interrupt);
    }
    let place = Place::find()?;
    match words {
        ["up", options @ ..] => {
            let (edge, ports) = asked(options)?;
            up::up(&place, edge, ports, &interrupt)
        }
        ["bench", options @ ..] => bench::bench(&place, &Asked::parse(options)?, &interrupt),
        ["test", "--long"] => test::test_long(),
        ["test", "--quick"] => test::test(&place, Extent::Quick, &interrupt),
        ["test"] => test::test(&place, Extent::Whole, &interrupt),
        ["tidy"] => tidy::tidy(&place),
        ["build", "worker"] => worker::build(&place, &interrupt),
        ["build", "contract"] => worker::build_contract(&place, &interrupt),
        ["build", "spin"] => component::build(&place, &interrupt),
        ["build", "spin-contract"] => component::build_for_tests(&place, &interrupt),
        ["build", "upstreams"] => {
            prepare::npm_packages(&place, &interrupt)?;
            upstreams::prepare(&place, &interrupt)
        }
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure::new(USAGE)),
    }
}

/// The host and the ports that `up` is asked for, each option at most once.
fn asked(options: &[&str]) -> Outcome<(Edge, Ports)> {
    let (mut edge, mut ports) = (None, None);
    let mut rest = options;
    loop {
        rest = match rest {
            [] => break,
            ["--host", name, rest @ ..] if edge.is_none() => {
                edge = Some(Edge::named(name)?);
                rest
            }
            ["--port", port, rest @ ..] if ports.is_none() => {
                let first = port.parse().doing(format_args!("--port {port}"))?;
                ports = Some(Ports::starting_at(first)?);
                rest
            }
            _ => return Err(Failure::new(USAGE)),
        };
    }
    let usual = Ports::starting_at(ports::DEFAULT)?;
    Ok((edge.unwrap_or(Edge::Workers), ports.unwrap_or(usual)))
}
