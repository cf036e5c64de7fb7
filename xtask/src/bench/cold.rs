//! The cold start of a Worker: processor time from the start of an isolate to its first answer.
//!
//! One start is too short to be told from the start of workerd. So workerd starts with few and with many isolates of one
//! Worker, each with bytes of its own, since equal ones are compiled once; the difference is what an isolate costs. A run
//! with isolates that answer 401, and one with such that carry the bytes of Lychgate without compiling them, stand beside
//! it: workerd reads them from its configuration, which is no part of a cold start at an edge.

use super::workers::{Started, bundle};
use super::{Measured, cpu, find, report};
use crate::failure::{Failure, Outcome};
use crate::interrupt::Interrupt;
use crate::node;
use crate::place::Place;
use crate::process::Group;
use crate::worker;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How many isolates one workerd starts, the fewer and the more, and how often each kind has its turn.
const FEW: u32 = 4;
const MANY: u32 = 28;
const ROUNDS: usize = 9;

const START_LIMIT: Duration = Duration::from_secs(120);

const HELLO: &str = "a Worker that answers 401";
const CARRIED: &str = "the same, with the bytes of Lychgate beside it";
const JOSE: &str = "a Worker with jose";
const OURS: &str = "Lychgate";

/// The kinds as `tests/bench/cold.mjs` knows them.
const KINDS: [(&str, &str); 4] = [
    (HELLO, "hello"),
    (CARRIED, "carried"),
    (JOSE, "jose"),
    (OURS, "lychgate"),
];

pub(super) fn bench(place: &Place, interrupt: &Interrupt) -> Outcome {
    worker::build(place, interrupt)?;
    let jose = place.build("bench/cold/jose.js");
    bundle(place, "tests/bench/jose.js", &jose, interrupt)?;
    let mut all: Vec<Measured> = KINDS
        .iter()
        .map(|(name, _)| Measured {
            name,
            rounds: Vec::new(),
        })
        .collect();
    // The first round warms the files' cache and is not counted.
    for round in 0..=ROUNDS {
        eprintln!("[bench] round {round} of {ROUNDS}");
        for ((_, kind), measured) in KINDS.iter().zip(&mut all) {
            if interrupt.asked() {
                return Err(Failure::new("interrupted"));
            }
            let few = used(place, kind, FEW, &jose)?;
            let many = used(place, kind, MANY, &jose)?;
            let used = (many - few) / f64::from(MANY.saturating_sub(FEW));
            if round > 0 {
                measured.rounds.push(used);
            }
        }
    }
    let text = report_of(place, &all)?;
    println!("{text}");
    report::write(place, "cold", &text)
}

/// Processor time of a workerd that started that many isolates, in microseconds.
fn used(place: &Place, kind: &str, copies: u32, jose: &Path) -> Outcome<f64> {
    let told = place.build("bench/cold/started");
    let mut node = node::command(place);
    node.arg(place.at("tests/bench/cold.mjs"));
    node.arg(&told).arg(kind).arg(copies.to_string());
    node.arg(place.build("worker")).arg(jose);
    let mut servers = Vec::new();
    let started = Started::by(&mut node, &told, START_LIMIT, &mut servers);
    let used = started.and_then(|started| cpu::used_by(started.process));
    servers.iter().for_each(Group::ask_to_end);
    servers.iter_mut().for_each(Group::make_end);
    Ok(used?.as_secs_f64() * 1e6)
}

fn report_of(place: &Place, all: &[Measured]) -> Outcome<String> {
    let (hello, carried) = (find(all, HELLO)?, find(all, CARRIED)?);
    let (jose, ours) = (find(all, JOSE)?, find(all, OURS)?);
    // Of Lychgate alone, what workerd takes to read the bytes left out.
    let more = ours.more_than(carried);
    let whole = hello.median() + more;
    let rustc = report::version(Command::new("rustc").arg("--version"));
    let versions = ["workerd", "miniflare", "jose"].map(|name| report::installed(place, name));
    Ok(format!(
        "{}; {rustc}, {}. {ROUNDS} rounds, each of {FEW} and of {MANY} isolates.\n\n{}\n\
         Without reading the bytes, a cold start of Lychgate takes {:.1} ms.\n\n{}",
        report::machine(),
        versions.join(", "),
        table(&[hello, carried, jose, ours]),
        whole / 1000.0,
        report::targets(&[
            (
                "a cold start, of the Worker with jose",
                1.5,
                whole / jose.median()
            ),
            (
                "milliseconds more than a Worker that answers 401",
                10.0,
                more / 1000.0
            ),
        ]),
    ))
}

/// A line for each kind; the first is the one that the others are held against.
fn table(all: &[&Measured]) -> String {
    let mut text = String::from(
        "| | CPU per isolate | rounds from .. to | more than the first |\n|---|---:|---:|---:|\n",
    );
    for measured in all {
        let (lowest, highest) = measured.span();
        let more = all.first().map_or(0.0, |first| measured.more_than(first));
        let name = measured.name;
        let [median, lowest, highest, more] =
            [measured.median(), lowest, highest, more].map(|microseconds| microseconds / 1000.0);
        text.push_str(&format!(
            "| {name} | {median:.1} ms | {lowest:.1} .. {highest:.1} ms | {more:.1} ms |\n"
        ));
    }
    text
}
