//! The gateway on Workers, beside a Worker that only passes requests on and one that does the same with Auth.js.
//!
//! All of them run in one workerd, each in its own isolate, and forward to an upstream in this process.

use super::fair::{self, Guard};
use super::load::{NAVIGATION, Target};
use super::{
    Measured, Scenario, Turns, all_alive, cpu, find, measure, report, signed_in, upstream,
};
use crate::failure::{Doing, Failure, Outcome};
use crate::interrupt::Interrupt;
use crate::node;
use crate::place::Place;
use crate::process::{Group, POLL, run_aside};
use crate::worker;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// How long all of them may take until they serve; one that ends is seen at once.
const START_LIMIT: Duration = Duration::from_secs(600);

const TURNS: Turns = Turns {
    rounds: 91,
    requests: 600,
    before: 80,
};

/// The headers of Chrome beyond [`NAVIGATION`], and those that Cloudflare adds.
pub(super) const HEADERS: &str = "accept-encoding: gzip, br\r\ncache-control: max-age=0\r\ndnt: 1\r\n\
    referer: http://localhost/\r\nsec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\n\
    sec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\nsec-fetch-site: same-origin\r\n\
    sec-fetch-user: ?1\r\nupgrade-insecure-requests: 1\r\n\
    cdn-loop: cloudflare; loops=1\r\ncf-connecting-ip: 192.0.2.1\r\ncf-ipcountry: US\r\n\
    cf-ray: 0123456789abcdef\r\ncf-visitor: {\"scheme\":\"https\"}\r\nx-forwarded-proto: https\r\n\
    x-real-ip: 192.0.2.1\r\n";

/// A cookie that is none of ours.
pub(super) const COOKIE: &str = "theme=dark";

const OPEN_PATH: &str = "/open/area-165/report?year=2026";
const MEMBERS_PATH: &str = "/members/area-165/report?year=2026";
const STAFF_PATH: &str = "/staff/area-165/report?year=2026";
const PAGE_PATH: &str = "/area-165/page";
const FILES_PATH: &str = "/files/area-165/page";

/// The text that each answer shows: what the upstream was told, or the end of the page.
const NOBODY: &str = "user= groups= secret=";
const MEMBER: &str = "user=member groups=members secret=true cookie=theme=dark cf=false.";
const PAGE: &str = "</html>";

/// The lines that are measured, as the report calls them.
const PASS: &str = "a Worker that passes every request on";
const OPEN: &str = "Lychgate, a public route";
const WARM: &str = "Lychgate, a route for a group, with a warm session";
const TOKEN: &str = "Auth.js, the same, by `getToken`";
const AUTH: &str = "Auth.js, the same, by `Auth`, as its integrations do it";
const PASS_FILES: &str = "a Worker that passes every request to the static files";
const PAGE_OPEN: &str = "Lychgate, a public page";
const PAGE_WARM: &str = "Lychgate, a page that needs a session, which is warm";
const OPEN_MANY: &str = "public, 1,000 routes";
const WARM_MANY: &str = "warm session, 1,000 routes";
const PAGE_MANY: &str = "page with warm session, 1,000 routes";
const OPEN_BESIDE: &str = "public, the build beside";
const WARM_BESIDE: &str = "warm session, the build beside";
const PAGE_OPEN_BESIDE: &str = "public page, the build beside";
const PAGE_BESIDE: &str = "page with warm session, the build beside";

/// Name in the report, name of the Worker, path, and what its answer shows.
type Line = (&'static str, &'static str, &'static str, &'static str);

const LINES: [Line; 11] = [
    (PASS, "pass-through", OPEN_PATH, NOBODY),
    (OPEN, "lychgate", OPEN_PATH, NOBODY),
    (WARM, "lychgate", MEMBERS_PATH, MEMBER),
    (TOKEN, "auth-token", MEMBERS_PATH, MEMBER),
    (AUTH, "auth-session", MEMBERS_PATH, MEMBER),
    (PASS_FILES, "pass-through-files", PAGE_PATH, PAGE),
    (PAGE_OPEN, "lychgate", PAGE_PATH, PAGE),
    (PAGE_WARM, "lychgate", FILES_PATH, PAGE),
    (OPEN_MANY, "lychgate-many", OPEN_PATH, NOBODY),
    (WARM_MANY, "lychgate-many", MEMBERS_PATH, MEMBER),
    (PAGE_MANY, "lychgate-many", FILES_PATH, PAGE),
];

const LINES_BESIDE: [Line; 4] = [
    (OPEN_BESIDE, "beside", OPEN_PATH, NOBODY),
    (WARM_BESIDE, "beside", MEMBERS_PATH, MEMBER),
    (PAGE_OPEN_BESIDE, "beside", PAGE_PATH, PAGE),
    (PAGE_BESIDE, "beside", FILES_PATH, PAGE),
];

/// The Workers that were started, by name, and the process they run in.
pub(super) struct Started {
    ports: Vec<(String, u16)>,
    pub(super) process: u32,
}

pub(super) fn bench(place: &Place, beside: Option<&Path>, interrupt: &Interrupt) -> Outcome {
    worker::build(place, interrupt)?;
    bundle(place, "tests/bench/auth.js", &auth_bundle(place), interrupt)?;
    let mut servers = Vec::new();
    let outcome = run(place, beside, &mut servers, interrupt);
    servers.iter().for_each(Group::ask_to_end);
    servers.iter_mut().for_each(Group::make_end);
    let all = outcome?;
    let text = report(place, &all)?;
    println!("{text}");
    if beside.is_some() {
        println!("{}", report_beside(&all)?);
    }
    report::write(place, "workers", &text)
}

fn run(
    place: &Place,
    beside: Option<&Path>,
    servers: &mut Vec<Group>,
    interrupt: &Interrupt,
) -> Outcome<Vec<Measured>> {
    let upstream = upstream::start()?;
    let started = start(place, upstream, beside, servers)?;
    let mut lines = LINES.to_vec();
    if beside.is_some() {
        lines.extend(LINES_BESIDE);
    }
    let scenarios = scenarios(place, &started, &lines)?;
    for scenario in scenarios.iter().filter(|one| one.target.shows == MEMBER) {
        fair::check(&Guard {
            name: scenario.name,
            allowed: scenario.target.clone(),
            forbidden: STAFF_PATH,
        })?;
    }
    eprintln!("[bench] all that are compared do the same job");
    measure(&scenarios, TURNS, servers, interrupt)
}

/// Starts them and waits until they serve.
fn start(
    place: &Place,
    upstream: u16,
    beside: Option<&Path>,
    servers: &mut Vec<Group>,
) -> Outcome<Started> {
    let told = place.build("bench/started");
    let mut node = node::command(place);
    node.arg(place.at("tests/bench/workers.mjs"));
    node.arg(&told).arg(format!("http://127.0.0.1:{upstream}"));
    node.arg(auth_bundle(place)).arg(place.build("worker"));
    node.args(beside);
    Started::by(&mut node, &told, START_LIMIT, servers)
}

/// A client through Cloudflare: `request.cf` filled as in production, which the runtime takes from a header.
pub(super) fn through_cloudflare(place: &Place, target: &Target) -> Outcome<Target> {
    let cf = fs::read_to_string(place.at("tests/bench/cf.json")).doing("cannot read cf.json")?;
    let cf: String = cf.lines().map(str::trim).collect();
    Ok(target.with("mf-cf-blob", &cf))
}

/// Every line with the request of a browser that is signed in there.
fn scenarios(place: &Place, started: &Started, lines: &[Line]) -> Outcome<Vec<Scenario>> {
    let mut cookies: Vec<(&str, String)> = Vec::new();
    let mut scenarios = Vec::new();
    for (name, worker, path, shows) in lines {
        // A Worker that only passes requests on gets the same as the gateway.
        let at = match *worker {
            "pass-through" | "pass-through-files" => "lychgate",
            "auth-token" => "auth-session",
            own => own,
        };
        let known = cookies.iter().find(|(worker, _)| *worker == at);
        let cookie = match known {
            Some((_, cookie)) => cookie.clone(),
            None => signed_in(place, started.port(at)?, MEMBERS_PATH)?,
        };
        let target = Target {
            port: started.port(worker)?,
            path,
            headers: format!("{NAVIGATION}{HEADERS}"),
            shows,
            authorizations: Arc::default(),
        };
        let target = through_cloudflare(place, &target)?;
        scenarios.push(Scenario {
            name,
            target: target.with("cookie", &format!("{COOKIE}; {cookie}")),
            process: started.process,
            clock: cpu::used_by_threads,
        });
        cookies.push((at, cookie));
    }
    Ok(scenarios)
}

fn auth_bundle(place: &Place) -> PathBuf {
    place.build("bench/auth/index.js")
}

/// Bundles a Worker with the packages that it is made of.
pub(super) fn bundle(place: &Place, from: &str, to: &Path, interrupt: &Interrupt) -> Outcome {
    let mut esbuild = node::program(place, "esbuild");
    esbuild.arg(place.at(from));
    esbuild.arg(format!("--outfile={}", to.display()));
    esbuild.args([
        "--bundle",
        "--format=esm",
        "--platform=neutral",
        "--main-fields=module,main",
        "--conditions=workerd,worker,browser",
        "--target=es2022",
        "--log-level=warning",
    ]);
    run_aside("esbuild", &mut esbuild, interrupt)
}

fn report(place: &Place, all: &[Measured]) -> Outcome<String> {
    let of = |name| find(all, name);
    let (pass, warm) = (of(PASS)?, of(WARM)?);
    let auth = of(AUTH)?;
    let forwarded = [pass, of(OPEN)?, warm, of(TOKEN)?, auth];
    let (pass_files, page) = (of(PASS_FILES)?, of(PAGE_WARM)?);
    let files = [pass_files, of(PAGE_OPEN)?, page];
    let routes = [
        (of(OPEN)?, of(OPEN_MANY)?),
        (warm, of(WARM_MANY)?),
        (page, of(PAGE_MANY)?),
    ];
    let rustc = report::version(Command::new("rustc").arg("--version"));
    let versions =
        ["workerd", "miniflare", "@auth/core"].map(|name| report::installed(place, name));
    Ok(format!(
        "{}; {rustc}, {}. {} rounds of {} requests.\n\n{}\n{}\n{}\n{}",
        report::machine(),
        versions.join(", "),
        TURNS.rounds,
        TURNS.requests,
        report::table(&forwarded),
        report::pairs("5 routes", "1,000 routes", &routes),
        report::table(&files),
        report::targets(&[
            ("a warm session, of the pass-through", 1.5, warm.times(pass)),
            ("the same for static files", 1.5, page.times(pass_files)),
            (
                "a warm session, of Auth.js by `Auth`",
                0.5,
                warm.times(auth)
            ),
            ("1,000 routes, of 5", 1.1, of(WARM_MANY)?.times(warm)),
        ]),
    ))
}

fn report_beside(all: &[Measured]) -> Outcome<String> {
    let of = |name| find(all, name);
    Ok(report::pairs(
        "the build beside",
        "this build",
        &[
            (of(OPEN_BESIDE)?, of(OPEN)?),
            (of(WARM_BESIDE)?, of(WARM)?),
            (of(PAGE_OPEN_BESIDE)?, of(PAGE_OPEN)?),
            (of(PAGE_BESIDE)?, of(PAGE_WARM)?),
        ],
    ))
}

impl Started {
    /// Starts them by that command, which writes the file `told` once all of them serve.
    pub(super) fn by(
        command: &mut Command,
        told: &Path,
        limit: Duration,
        servers: &mut Vec<Group>,
    ) -> Outcome<Self> {
        if told.exists() {
            fs::remove_file(told).doing("cannot remove what an earlier run left")?;
        }
        servers.push(Group::start_prefixed("workers", command)?);
        let begun = Instant::now();
        while !told.exists() {
            all_alive(servers)?;
            if begun.elapsed() > limit {
                return Err(Failure::new("the Workers do not serve"));
            }
            thread::sleep(POLL);
        }
        Self::parse(&fs::read_to_string(told).doing("cannot read what was started")?)
    }

    /// Lines of a name and a number each.
    fn parse(text: &str) -> Outcome<Self> {
        let odd = || Failure::new("it is not clear what was started");
        let mut ports = Vec::new();
        for line in text.lines() {
            let (name, number) = line.split_once(' ').ok_or_else(odd)?;
            if name == "process" {
                let process = number.parse().map_err(|_| odd())?;
                return Ok(Self { ports, process });
            }
            ports.push((name.to_owned(), number.parse().map_err(|_| odd())?));
        }
        Err(odd())
    }

    pub(super) fn port(&self, worker: &str) -> Outcome<u16> {
        let found = self.ports.iter().find(|(name, _)| name == worker);
        let (_, port) = found.ok_or_else(|| Failure::new(format!("there is no {worker}")))?;
        Ok(*port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_started_is_read() {
        let started = Started::parse("a 1\nb-c 2\nprocess 30\n").unwrap();
        assert_eq!(started.port("b-c").unwrap(), 2);
        assert_eq!(started.process, 30);
        assert!(started.port("c").is_err());
        assert!(Started::parse("a 1\n").is_err());
        assert!(Started::parse("process undefined\n").is_err());
    }
}
