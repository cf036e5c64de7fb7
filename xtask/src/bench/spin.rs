//! The gateway on Spin beside a component that only says hello.

use super::load::{NAVIGATION, Target};
use super::{Scenario, Turns, all_alive, cpu, measure, report, signed_in};
use crate::demo::{Demo, Edge};
use crate::failure::{Failure, Outcome};
use crate::fresh;
use crate::interrupt::Interrupt;
use crate::place::Place;
use crate::ports::Ports;
use crate::process::{Group, POLL};
use crate::serving::{listener_at, listens, serves};
use crate::{component, spin, up};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// The demo stands on this port and the two after it, the other component on the next.
const FIRST_PORT: u16 = 8_990;
const HELLO_PORT: u16 = 8_993;

/// How long the servers may take until all of them serve; one that ends is seen at once.
const START_LIMIT: Duration = Duration::from_secs(600);

const TURNS: Turns = Turns {
    rounds: 7,
    requests: 4_000,
    before: 0,
};

/// The application that only says hello.
const MANIFEST: &str = "spin_manifest_version = 2

[application]
name = \"hello\"

[[trigger.http]]
route = \"/...\"
component = \"hello\"

[component.hello]
source = \"../../spin-hello/hello.wasm\"
";

/// Whether an instance serves as many requests as Spin lets it, or one, so that each request starts one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Instances {
    Kept,
    Fresh,
}

impl Instances {
    /// A command of the host, told so.
    fn told(self, mut host: Command) -> Command {
        if self == Self::Fresh {
            host.args(["--max-instance-reuse-count", "1"]);
        }
        host
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Kept => "An instance serves 128 requests, 16 at once.",
            Self::Fresh => "An instance serves one request.",
        }
    }

    /// The part of the report.
    const fn part(self) -> &'static str {
        match self {
            Self::Kept => "spin",
            Self::Fresh => "spin cold",
        }
    }
}

pub(super) fn bench(place: &Place, instances: Instances, interrupt: &Interrupt) -> Outcome {
    let ports = Ports::starting_at(FIRST_PORT)?;
    ports.must_be_free()?;
    component::build_for_tests(place, interrupt)?;
    let demo = Demo::prepare(place, Edge::Spin, ports, interrupt)?;
    let mut servers = Vec::new();
    let outcome = run(place, &demo, ports, instances, &mut servers, interrupt);
    servers.iter().for_each(Group::ask_to_end);
    servers.iter_mut().for_each(Group::make_end);
    let text = outcome?;
    println!("{text}");
    report::write(place, instances.part(), &text)
}

fn run(
    place: &Place,
    demo: &Demo,
    ports: Ports,
    instances: Instances,
    servers: &mut Vec<Group>,
    interrupt: &Interrupt,
) -> Outcome<String> {
    let mut gateway = instances.told(demo.gateway(place));
    up::start(place, demo, &mut gateway, ports, servers)?;
    let mut hello = instances.told(hello(place)?);
    servers.push(Group::start_prefixed("hello", &mut hello)?);
    wait_for(ports, servers)?;
    let gateway = listener_at(place, ports.gateway)?;
    let hello = listener_at(place, HELLO_PORT)?;
    let cookie = signed_in(place, ports.gateway, "/members/")?;
    let target = |port, path, shows| Target {
        port,
        path,
        headers: NAVIGATION.to_owned(),
        shows,
        authorizations: Arc::default(),
    };
    let scenario = |name, target, process| Scenario {
        name,
        target,
        process,
        clock: cpu::used_by,
    };
    let members = target(ports.gateway, "/members/", "</html>");
    let api = target(ports.gateway, "/api/whoami", "lychgate-user");
    let scenarios = [
        scenario(
            "a component that says hello",
            target(HELLO_PORT, "/", "hello"),
            hello,
        ),
        scenario(
            "Lychgate, a public page",
            target(ports.gateway, "/", "</html>"),
            gateway,
        ),
        scenario(
            match instances {
                Instances::Kept => "Lychgate, a page that needs a session, which is warm",
                Instances::Fresh => "Lychgate, a page that needs a session",
            },
            members.with("cookie", &cookie),
            gateway,
        ),
        scenario(
            "Lychgate, the same session, forwarded to an API by HTTP",
            api.with("cookie", &cookie),
            gateway,
        ),
    ];
    let measured = measure(&scenarios, TURNS, servers, interrupt)?;
    let rustc = report::version(Command::new("rustc").arg("--version"));
    Ok(format!(
        "{}; {rustc}, {}, {}, host: {}. {}\n\n{}",
        report::machine(),
        report::locked(place, "spin-sdk"),
        report::locked(place, "wasmtime"),
        report::version(Command::new(spin::program(place)).arg("--version")),
        instances.words(),
        report::table(&measured.iter().collect::<Vec<_>>()),
    ))
}

fn hello(place: &Place) -> Outcome<Command> {
    let folder = place.build("bench/hello");
    let manifest = folder.join("spin.toml");
    fresh::write(&manifest, MANIFEST.as_bytes())?;
    let mut command = Command::new(spin::program(place));
    command.arg("up").arg("--from").arg(manifest);
    command
        .arg("--listen")
        .arg(format!("127.0.0.1:{HELLO_PORT}"));
    command.arg("--state-dir").arg(folder.join("state"));
    Ok(command)
}

fn wait_for(ports: Ports, servers: &mut [Group]) -> Outcome {
    let started = Instant::now();
    let all = [
        (ports.provider, "/.well-known/openid-configuration"),
        (ports.gateway, "/auth/health"),
        (HELLO_PORT, "/"),
    ];
    // The API answers nobody but the gateway.
    while !listens(ports.api) || !all.iter().all(|(port, path)| serves(*port, path)) {
        all_alive(servers)?;
        if started.elapsed() > START_LIMIT {
            return Err(Failure::new("the servers do not serve"));
        }
        thread::sleep(POLL);
    }
    Ok(())
}
