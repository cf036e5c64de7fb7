//! `cargo xtask bench`: what a request costs the server, beside what the least possible costs there.
//!
//! All servers run at once and are measured in turns, several rounds long, so that whatever else the machine
//! does meets all of them alike. Counted is the time that the server's own process used the processor, not how
//! long anyone waited.

mod cpu;
mod load;
mod report;
mod spin;

use crate::demo::Edge;
use crate::failure::{Failure, Outcome};
use crate::interrupt::Interrupt;
use crate::place::Place;
use crate::process::Group;
use load::Target;

/// How often each scenario has its turn, and how many requests are one turn.
const ROUNDS: usize = 7;
const REQUESTS: usize = 4_000;

/// One thing that is measured.
pub(crate) struct Scenario {
    /// As it stands in the report.
    name: &'static str,
    target: Target,
    /// The process that serves it.
    process: u32,
}

/// A scenario with its processor time per request, in microseconds, of each round in ascending order.
pub(crate) struct Measured {
    name: &'static str,
    rounds: Vec<f64>,
}

/// Measures a host and writes what came out into `docs/BENCHMARKS.md`.
///
/// # Errors
/// A failed build or server, or a request that was not answered as it should be.
pub(crate) fn bench(place: &Place, edge: Edge, interrupt: &Interrupt) -> Outcome {
    match edge {
        Edge::Spin => spin::bench(place, interrupt),
        Edge::Workers => Err(Failure::new("there is no benchmark for Workers yet")),
    }
}

/// Lets every scenario have its turns.
fn measure(
    scenarios: &[Scenario],
    servers: &mut [Group],
    interrupt: &Interrupt,
) -> Outcome<Vec<Measured>> {
    let mut all: Vec<Measured> = scenarios
        .iter()
        .map(|scenario| Measured {
            name: scenario.name,
            rounds: Vec::new(),
        })
        .collect();
    // The first round fills memories and is not counted.
    for round in 0..=ROUNDS {
        eprintln!("[bench] round {round} of {ROUNDS}");
        for (scenario, measured) in scenarios.iter().zip(&mut all) {
            if interrupt.asked() {
                return Err(Failure::new("interrupted"));
            }
            let before = cpu::used_by(scenario.process)?;
            load::send(&scenario.target, REQUESTS)?;
            let used = cpu::used_by(scenario.process)?.saturating_sub(before);
            if round > 0 {
                measured.rounds.push(used.as_secs_f64() * 1e6 / requests());
            }
        }
        for server in &mut *servers {
            if let Some(status) = server.ended()? {
                let name = server.name();
                return Err(Failure::new(format!("{name} ended by itself ({status})")));
            }
        }
    }
    for measured in &mut all {
        measured.rounds.sort_by(f64::total_cmp);
    }
    Ok(all)
}

fn requests() -> f64 {
    u32::try_from(REQUESTS).map_or(f64::MAX, f64::from)
}

impl Measured {
    /// The middle of all rounds.
    fn median(&self) -> f64 {
        let middle = self.rounds.len() / 2;
        self.rounds.get(middle).copied().unwrap_or(f64::NAN)
    }
}
