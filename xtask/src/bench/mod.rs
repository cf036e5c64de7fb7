//! `cargo xtask bench`: what a request costs the server, beside what the least possible costs there.
//!
//! All servers run at once and are measured in turns, several rounds long, so that whatever else the machine
//! does meets all of them alike. Counted is the time that the server's own process used the processor, not how
//! long anyone waited.

mod cold;
mod cpu;
mod fair;
mod load;
mod report;
mod spin;
mod tokens;
mod upstream;
mod workers;

use crate::demo::Edge;
use crate::failure::{Doing, Failure, Outcome};
use crate::interrupt::Interrupt;
use crate::node;
use crate::place::Place;
use crate::process::Group;
use load::Target;
use spin::Instances;
use std::path::PathBuf;
use std::time::Duration;

/// The benchmark that the command line asks for.
pub(crate) struct Asked {
    edge: Edge,
    /// A folder with another build of the Worker, to be measured beside this one.
    beside: Option<PathBuf>,
    subject: Subject,
}

/// The subject of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    /// Requests with sessions.
    Sessions,
    /// Requests with access tokens.
    Tokens,
    /// The memory that many access tokens take.
    TokenMemory,
    /// From the start of an isolate to its first answer.
    Cold,
}

/// How a scenario has its turns.
#[derive(Clone, Copy)]
struct Turns {
    /// How many are counted.
    rounds: usize,
    /// How many requests are one turn.
    requests: usize,
    /// How many go before each, uncounted: they fill memories that may have become too old since.
    before: usize,
}

/// One thing that is measured.
struct Scenario {
    /// As it stands in the report.
    name: &'static str,
    target: Target,
    /// The process that serves it, and what tells its time.
    process: u32,
    clock: fn(u32) -> Outcome<Duration>,
}

/// A scenario with its processor time per request, in microseconds, of each round.
struct Measured {
    name: &'static str,
    rounds: Vec<f64>,
}

impl Asked {
    /// Reads the options, each at most once.
    ///
    /// # Errors
    /// Any other word.
    pub(crate) fn parse(options: &[&str]) -> Outcome<Self> {
        let (mut edge, mut beside, mut subject) = (None, None, Subject::Sessions);
        let mut rest = options;
        loop {
            rest = match rest {
                [] => break,
                ["--host", name, rest @ ..] if edge.is_none() => {
                    edge = Some(Edge::named(name)?);
                    rest
                }
                ["--beside", folder, rest @ ..] if beside.is_none() => {
                    beside = Some(PathBuf::from(folder));
                    rest
                }
                ["--tokens", rest @ ..] if subject == Subject::Sessions => {
                    subject = Subject::Tokens;
                    rest
                }
                ["--token-memory", rest @ ..] if subject == Subject::Sessions => {
                    subject = Subject::TokenMemory;
                    rest
                }
                ["--cold", rest @ ..] if subject == Subject::Sessions => {
                    subject = Subject::Cold;
                    rest
                }
                [word, ..] => {
                    return Err(Failure::new(format!("bench does not take {word} there")));
                }
            };
        }
        let edge = edge.unwrap_or(Edge::Workers);
        if edge == Edge::Spin && beside.is_some() {
            return Err(Failure::new("--beside: only for Workers"));
        }
        let is_for_workers = matches!(subject, Subject::Tokens | Subject::TokenMemory);
        if is_for_workers && edge == Edge::Spin {
            return Err(Failure::new(
                "--tokens and --token-memory: only for Workers",
            ));
        }
        if subject != Subject::Sessions && beside.is_some() {
            return Err(Failure::new("--beside: only for what a request costs"));
        }
        Ok(Self {
            edge,
            beside,
            subject,
        })
    }
}

/// Measures a host and writes what came out into `docs/BENCHMARKS.md`.
///
/// # Errors
/// A failed build or server, or a request that was not answered as it should be.
pub(crate) fn bench(place: &Place, asked: &Asked, interrupt: &Interrupt) -> Outcome {
    match (asked.edge, asked.subject) {
        (_, Subject::Tokens) => tokens::bench(place, false, interrupt),
        (_, Subject::TokenMemory) => tokens::bench(place, true, interrupt),
        (Edge::Workers, Subject::Cold) => cold::bench(place, interrupt),
        (Edge::Spin, Subject::Cold) => spin::bench(place, Instances::Fresh, interrupt),
        (Edge::Spin, Subject::Sessions) => spin::bench(place, Instances::Kept, interrupt),
        (Edge::Workers, Subject::Sessions) => {
            workers::bench(place, asked.beside.as_deref(), interrupt)
        }
    }
}

/// Lets every scenario have its turns.
fn measure(
    scenarios: &[Scenario],
    turns: Turns,
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
    for round in 0..=turns.rounds {
        eprintln!("[bench] round {round} of {}", turns.rounds);
        for (scenario, measured) in scenarios.iter().zip(&mut all) {
            if interrupt.asked() {
                return Err(Failure::new("interrupted"));
            }
            scenario.ask(turns.before)?;
            let before = (scenario.clock)(scenario.process)?;
            scenario.ask(turns.requests)?;
            let used = (scenario.clock)(scenario.process)?.saturating_sub(before);
            if round > 0 {
                measured.rounds.push(turns.per_request(used));
            }
        }
        all_alive(servers)?;
    }
    Ok(all)
}

/// Fails where a server has ended.
fn all_alive(servers: &mut [Group]) -> Outcome {
    for server in servers {
        if let Some(status) = server.ended()? {
            let name = server.name();
            return Err(Failure::new(format!("{name} ended by itself ({status})")));
        }
    }
    Ok(())
}

/// The `Cookie` header of a member who signed in at the demo's provider, on the way to a page.
fn signed_in(place: &Place, port: u16, path: &str) -> Outcome<String> {
    let output = node::command(place)
        .arg(place.at("tests/bench/sign-in.mjs"))
        .arg(format!("http://localhost:{port}{path}"))
        .output()
        .doing("cannot run node")?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("nobody could sign in: {why}")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

impl Scenario {
    fn ask(&self, requests: usize) -> Outcome {
        load::send(&self.target, requests).doing(self.name)
    }
}

impl Turns {
    fn per_request(self, used: Duration) -> f64 {
        let requests = u32::try_from(self.requests).map_or(f64::MAX, f64::from);
        used.as_secs_f64() * 1e6 / requests
    }
}

impl Measured {
    /// The middle of all rounds.
    fn median(&self) -> f64 {
        middle(&sorted(&self.rounds))
    }

    /// The lowest and the highest round.
    fn span(&self) -> (f64, f64) {
        let sorted = sorted(&self.rounds);
        let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        (end(sorted.first()), end(sorted.last()))
    }

    /// How many times the other it costs: the middle of what each round says, since the machine may be slower in
    /// one round than in the next, but within a round is about the same.
    fn times(&self, other: &Self) -> f64 {
        self.compared(other, |ours, theirs| ours / theirs)
    }

    /// How much more than the other it costs, in the same way.
    fn more_than(&self, other: &Self) -> f64 {
        self.compared(other, |ours, theirs| ours - theirs)
    }

    fn compared(&self, other: &Self, compare: fn(&f64, &f64) -> f64) -> f64 {
        let pairs = self.rounds.iter().zip(&other.rounds);
        let all: Vec<f64> = pairs.map(|(ours, theirs)| compare(ours, theirs)).collect();
        middle(&sorted(&all))
    }
}

fn find<'a>(all: &'a [Measured], name: &str) -> Outcome<&'a Measured> {
    let found = all.iter().find(|measured| measured.name == name);
    found.ok_or_else(|| Failure::new(format!("nothing was measured as {name}")))
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

fn middle(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_in_any_order_and_at_most_once() {
        let asked = Asked::parse(&["--beside", "a", "--host", "workers"]).unwrap();
        assert_eq!(asked.edge, Edge::Workers);
        assert_eq!(asked.beside, Some(PathBuf::from("a")));
        assert!(Asked::parse(&[]).is_ok());
        for options in [
            &["--beside"][..],
            &["--port", "1"],
            &["--beside", "a", "--beside", "b"],
            &["--host", "spin", "--beside", "a"],
            &["--host", "spin", "--tokens"],
            &["--tokens", "--token-memory"],
            &["--tokens", "--beside", "a"],
        ] {
            assert!(Asked::parse(options).is_err(), "{options:?}");
        }
    }

    #[test]
    fn a_slow_round_changes_no_ratio() {
        let measured = |rounds: &[f64]| Measured {
            name: "",
            rounds: rounds.to_vec(),
        };
        let (one, two) = (measured(&[1.0, 30.0, 2.0]), measured(&[2.0, 60.0, 4.0]));
        assert_eq!(two.times(&one), 2.0);
        assert_eq!(two.more_than(&one), 2.0);
        assert_eq!(one.median(), 2.0);
        assert_eq!(one.span(), (1.0, 30.0));
    }
}
