//! The gateway as a resource server on Workers, beside what people run in its place: npm `jose` and hono's middleware,
//! a Worker that only passes requests on, and plain JavaScript that forwards in the same way without deciding.
//!
//! All of them run in one workerd, each in its own isolate, and forward to an upstream in this process.

use super::load::{self, Target};
use super::workers::{COOKIE, HEADERS, Started, bundle, through_cloudflare};
use super::{Measured, Scenario, Turns, cpu, find, measure, report, signed_in, upstream};
use crate::failure::{Doing, Failure, Outcome};
use crate::interrupt::Interrupt;
use crate::node;
use crate::place::Place;
use crate::process::{Group, POLL};
use crate::worker;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// How long all of them may take until they serve: tens of thousands of tokens are signed before.
const START_LIMIT: Duration = Duration::from_secs(1_800);

const TURNS: Turns = Turns {
    rounds: 61,
    requests: 300,
    before: 100,
};

/// How many tokens come again and again.
const REPEATED: usize = 200;

const API: &str = "/api/area-165/report?year=2026";
const TOLD: &str = "/told/area-165/report?year=2026";
const MEMBERS: &str = "/members/area-165/report?year=2026";
const TOLD_MEMBERS: &str = "/told-members/area-165/report?year=2026";

const NOTHING: &str = "user= groups= secret=false";
const ROBOT: &str = "groups=robots,billing secret=true";
const MEMBER: &str = "groups=members secret=true";

const PASS: &str = "a Worker that passes every request on";
const FORWARD: &str = "plain JavaScript that forwards so, nothing set";
const FORWARD_TOLD: &str = "plain JavaScript that forwards so, identity set";
const OURS_TOLD: &str = "Lychgate, warm token, identity set";
const OPAQUE: &str = "Lychgate, opaque, repeated";
const SESSION: &str = "Lychgate, warm session, nothing set";
const SESSION_TOLD: &str = "Lychgate, warm session, identity set";

/// How tokens come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Repeated,
    New,
}

/// Name in the report, name of the Worker, algorithm, and how its tokens come.
type Line = (&'static str, &'static str, &'static str, Flow);

const LINES: [Line; 12] = [
    (
        "Lychgate, ES256, repeated",
        "lychgate",
        "ES256",
        Flow::Repeated,
    ),
    ("jose, ES256, repeated", "jose", "ES256", Flow::Repeated),
    ("hono, ES256, repeated", "hono", "ES256", Flow::Repeated),
    (
        "Lychgate, RS256, repeated",
        "lychgate",
        "RS256",
        Flow::Repeated,
    ),
    ("jose, RS256, repeated", "jose", "RS256", Flow::Repeated),
    ("hono, RS256, repeated", "hono", "RS256", Flow::Repeated),
    ("Lychgate, ES256, new", "lychgate", "ES256", Flow::New),
    ("jose, ES256, new", "jose", "ES256", Flow::New),
    ("hono, ES256, new", "hono", "ES256", Flow::New),
    ("Lychgate, RS256, new", "lychgate", "RS256", Flow::New),
    ("jose, RS256, new", "jose", "RS256", Flow::New),
    ("hono, RS256, new", "hono", "RS256", Flow::New),
];

/// The tokens of an algorithm, as values of `Authorization`.
struct Tokens {
    algorithm: &'static str,
    all: Vec<String>,
}

pub(super) fn bench(place: &Place, is_memory: bool, interrupt: &Interrupt) -> Outcome {
    worker::build(place, interrupt)?;
    for name in ["jose", "hono"] {
        let to = place.build(format!("bench/tokens/{name}.js"));
        bundle(place, &format!("tests/bench/{name}.js"), &to, interrupt)?;
    }
    let mut servers = Vec::new();
    let outcome = run(place, is_memory, &mut servers, interrupt);
    servers.iter().for_each(Group::ask_to_end);
    servers.iter_mut().for_each(Group::make_end);
    let text = outcome?;
    println!("{text}");
    let part = if is_memory { "token memory" } else { "tokens" };
    report::write(place, part, &text)
}

fn run(
    place: &Place,
    is_memory: bool,
    servers: &mut Vec<Group>,
    interrupt: &Interrupt,
) -> Outcome<String> {
    let upstream = upstream::start()?;
    let (started, tokens) = start(place, upstream, servers)?;
    check(place, &started, &tokens)?;
    eprintln!("[bench] all that are compared refuse and accept the same");
    if is_memory {
        return memory(place, &started, interrupt);
    }
    let scenarios = scenarios(place, &started, &tokens)?;
    let all = measure(&scenarios, TURNS, servers, interrupt)?;
    report_of(place, &all)
}

/// How many tokens of each algorithm there must be for none to come twice.
const fn needed() -> usize {
    let of_a_turn = TURNS
        .requests
        .saturating_add(TURNS.before)
        .saturating_add(load::CLIENTS * 2);
    of_a_turn
        .saturating_mul(TURNS.rounds.saturating_add(1))
        .saturating_add(REPEATED)
}

fn start(
    place: &Place,
    upstream: u16,
    servers: &mut Vec<Group>,
) -> Outcome<(Started, Vec<Tokens>)> {
    let folder = place.build("bench/tokens");
    let told = folder.join("started");
    let mut node = node::command(place);
    node.arg(place.at("tests/bench/tokens.mjs"));
    node.arg(&told).arg(format!("http://127.0.0.1:{upstream}"));
    node.arg(place.build("worker")).arg(&folder);
    node.arg(needed().to_string());
    let started = Started::by(&mut node, &told, START_LIMIT, servers)?;
    let tokens = ["ES256", "RS256", "expired", "opaque"].map(|algorithm| read(&folder, algorithm));
    Ok((started, tokens.into_iter().collect::<Outcome<_>>()?))
}

fn read(folder: &std::path::Path, algorithm: &'static str) -> Outcome<Tokens> {
    let text = fs::read_to_string(folder.join(format!("{algorithm}.tokens")));
    let text = text.doing("cannot read the tokens")?;
    let all = text
        .lines()
        .map(|token| format!("Bearer {token}"))
        .collect();
    Ok(Tokens { algorithm, all })
}

fn of<'a>(tokens: &'a [Tokens], algorithm: &str) -> &'a [String] {
    let found = tokens.iter().find(|it| it.algorithm == algorithm);
    found.map_or(&[], |it| it.all.as_slice())
}

/// A client of an API through Cloudflare.
fn client(place: &Place, port: u16, path: &'static str, shows: &'static str) -> Outcome<Target> {
    let target = Target {
        port,
        path,
        headers: format!("accept: application/json\r\nuser-agent: bench\r\n{HEADERS}"),
        shows,
        authorizations: Arc::default(),
    };
    through_cloudflare(place, &target)
}

/// Asks each for what must be refused, and for what must not.
fn check(place: &Place, started: &Started, tokens: &[Tokens]) -> Outcome {
    for worker in ["lychgate", "jose", "hono"] {
        let target = client(place, started.port(worker)?, API, NOTHING)?;
        // Nobody but Lychgate is asked for these.
        let is_known = if worker == "lychgate" { 200 } else { 401 };
        let tampered = of(tokens, "ES256").first().map(|token| {
            let at = token.len().saturating_sub(20);
            let (start, end) = token.split_at_checked(at).unwrap_or_default();
            let other = if end.starts_with('A') { "B" } else { "A" };
            format!("{start}{other}{}", end.get(1..).unwrap_or_default())
        });
        for (what, authorization, expected) in [
            (
                "a token of ES256",
                of(tokens, "ES256").first().cloned(),
                200,
            ),
            (
                "a token of RS256",
                of(tokens, "RS256").first().cloned(),
                200,
            ),
            (
                "an expired token",
                of(tokens, "expired").first().cloned(),
                401,
            ),
            ("a tampered token", tampered, 401),
            ("no token", None, 401),
            (
                "an opaque token",
                of(tokens, "opaque").first().cloned(),
                is_known,
            ),
            ("a made-up token", Some("Bearer made-up".to_owned()), 401),
        ] {
            let asked = match &authorization {
                Some(value) => target.with("authorization", value),
                None => target.clone(),
            };
            let (status, body) = load::ask(&asked)?;
            if status != expected || (status == 200 && !body.contains(NOTHING)) {
                return Err(Failure::new(format!(
                    "{worker} answers {what} with {status} instead of {expected}"
                )));
            }
        }
    }
    Ok(())
}

fn scenarios(place: &Place, started: &Started, tokens: &[Tokens]) -> Outcome<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    let mut add = |name, target| {
        scenarios.push(Scenario {
            name,
            target,
            process: started.process,
            clock: cpu::used_by_threads,
        });
    };
    let with = |target: Target, flow, algorithm: &str| {
        let all: Vec<String> = match flow {
            Flow::Repeated => of(tokens, algorithm)
                .iter()
                .take(REPEATED)
                .cloned()
                .collect(),
            Flow::New => of(tokens, algorithm)
                .iter()
                .skip(REPEATED)
                .cloned()
                .collect(),
        };
        target.with_authorizations(all)
    };
    let at = |worker: &str, path, shows| client(place, started.port(worker)?, path, shows);
    let cookie = signed_in(place, started.port("lychgate")?, MEMBERS)?;
    let cookie = format!("{COOKIE}; {cookie}");
    let member = |path, shows| -> Outcome<Target> {
        Ok(at("lychgate", path, shows)?.with("cookie", &cookie))
    };
    let warm = |target| with(target, Flow::Repeated, "ES256");
    // Lines that are compared stand close together, so that the machine is alike for both.
    add(OURS_TOLD, warm(at("lychgate", TOLD, ROBOT)?));
    add(FORWARD_TOLD, warm(at("forward-told", TOLD, ROBOT)?));
    add(SESSION_TOLD, member(TOLD_MEMBERS, MEMBER)?);
    add(SESSION, member(MEMBERS, NOTHING)?);
    add(FORWARD, warm(at("forward", API, NOTHING)?));
    add(PASS, warm(at("pass-through", API, NOTHING)?));
    add(
        OPAQUE,
        with(at("lychgate", API, NOTHING)?, Flow::Repeated, "opaque"),
    );
    for (name, worker, algorithm, flow) in LINES {
        add(name, with(at(worker, API, NOTHING)?, flow, algorithm));
    }
    Ok(scenarios)
}

fn report_of(place: &Place, all: &[Measured]) -> Outcome<String> {
    let of = |name| find(all, name);
    let rows: Vec<&Measured> = [PASS]
        .into_iter()
        .chain(LINES.iter().map(|line| line.0))
        .map(of)
        .collect::<Outcome<_>>()?;
    let (forward, forward_told) = (of(FORWARD)?, of(FORWARD_TOLD)?);
    let (token, session) = (of(LINES[0].0)?, of(SESSION)?);
    let (token_told, session_told) = (of(OURS_TOLD)?, of(SESSION_TOLD)?);
    let opaque = of(OPAQUE)?;
    let rustc = report::version(Command::new("rustc").arg("--version"));
    let versions =
        ["workerd", "miniflare", "jose", "hono"].map(|name| report::installed(place, name));
    let targets = targets_of(all)?;
    Ok(format!(
        "{}; {rustc}, {}. {} rounds of {} requests.\n\n{}\n{}\n{}\n{}\n{}",
        report::machine(),
        versions.join(", "),
        TURNS.rounds,
        TURNS.requests,
        report::table(&rows),
        report::table(&[token, opaque]),
        report::table(&[forward, token, session]),
        report::table(&[forward_told, token_told, session_told]),
        targets,
    ))
}

/// The targets, each beside the figure that was measured.
fn targets_of(all: &[Measured]) -> Outcome<String> {
    let of = |name| find(all, name);
    let (pass, session) = (of(PASS)?, of(SESSION)?);
    let (forward, forward_told) = (of(FORWARD)?, of(FORWARD_TOLD)?);
    let (token_told, session_told) = (of(OURS_TOLD)?, of(SESSION_TOLD)?);
    let token = of(LINES[0].0)?;
    let ratio = |ours: usize, theirs: usize| -> Outcome<f64> {
        let name = |at: usize| LINES.get(at).map_or("", |line| line.0);
        Ok(of(name(ours))?.times(of(name(theirs))?))
    };
    Ok(report::targets(&[
        (
            "opaque, repeated, of ES256, repeated",
            1.05,
            of(OPAQUE)?.times(token),
        ),
        (
            "ES256, repeated, of the pass-through",
            1.25,
            token.times(pass),
        ),
        (
            "RS256, repeated, of the pass-through",
            1.25,
            of(LINES[3].0)?.times(pass),
        ),
        ("ES256, repeated, of jose", 0.5, ratio(0, 1)?),
        ("RS256, repeated, of jose", 0.5, ratio(3, 4)?),
        ("ES256, new, of jose", 1.0, ratio(6, 7)?),
        ("RS256, new, of jose", 1.0, ratio(9, 10)?),
        (
            "us above plain JavaScript, warm token",
            15.0,
            token.more_than(forward),
        ),
        (
            "us above plain JavaScript, warm session",
            15.0,
            session.more_than(forward),
        ),
        (
            "us above it, token, identity set",
            35.0,
            token_told.more_than(forward_told),
        ),
        (
            "us above it, session, identity set",
            35.0,
            session_told.more_than(forward_told),
        ),
    ]))
}

/// How many tokens are sent in the run that looks at memory, and how often it is looked at.
const DISTINCT: usize = 1_000_000;
const SAMPLES: usize = 20;

/// Sends tokens of which none comes twice, and looks at the memory of workerd as it goes.
fn memory(place: &Place, started: &Started, interrupt: &Interrupt) -> Outcome<String> {
    let port = started.port("lychgate")?;
    let target = client(place, port, API, NOTHING)?;
    let per_sample = DISTINCT / SAMPLES;
    let mut text = String::from("| distinct tokens | memory of workerd |\n|---:|---:|\n");
    let mut row = |sent: usize| -> Outcome {
        let megabytes = cpu::resident_megabytes(started.process)?;
        eprintln!("[bench] {sent} tokens: {megabytes} MB");
        text.push_str(&format!("| {sent} | {megabytes} MB |\n"));
        Ok(())
    };
    row(0)?;
    for sample in 1..=SAMPLES {
        if interrupt.asked() {
            return Err(Failure::new("interrupted"));
        }
        let fresh = signed_now(place, per_sample)?;
        load::send(&target.with_authorizations(fresh), per_sample)?;
        row(sample.saturating_mul(per_sample))?;
    }
    Ok(format!("{}.\n\n{text}", report::machine()))
}

/// So many tokens that were never sent, from the process that has the issuer's keys.
fn signed_now(place: &Place, count: usize) -> Outcome<Vec<String>> {
    let folder: PathBuf = place.build("bench/tokens");
    let (asked, answered) = (folder.join("more"), folder.join("more.tokens"));
    if answered.exists() {
        fs::remove_file(&answered).doing("cannot remove what an earlier run left")?;
    }
    fs::write(&asked, count.to_string()).doing("cannot ask for tokens")?;
    let begun = Instant::now();
    while !answered.exists() {
        if begun.elapsed() > START_LIMIT {
            return Err(Failure::new("no more tokens are signed"));
        }
        thread::sleep(POLL);
    }
    Ok(read(&folder, "more")?.all)
}
