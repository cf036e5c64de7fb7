//! `cargo xtask up`: builds everything, runs the demo, and ends all of it together.

use crate::demo::{Demo, Edge};
use crate::failure::{Failure, Outcome};
use crate::interrupt::Interrupt;
use crate::node;
use crate::place::Place;
use crate::ports::Ports;
use crate::process::{Group, POLL};
use crate::serving::{listens, serves};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// How long the three may take until all of them serve. One that cannot start ends, which is seen at once; how long a
/// good start takes is for the machine to say.
const START_LIMIT: Duration = Duration::from_secs(600);

/// How often the gateway's port is tried, and how long it may stay silent, as while a change is loaded.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const SILENCE_LIMIT: Duration = Duration::from_secs(10);

/// Runs the demo until a signal comes or one of its processes ends.
///
/// # Errors
/// A busy port, a failed build, or a process that ended by itself.
pub(crate) fn up(place: &Place, edge: Edge, ports: Ports, interrupt: &Interrupt) -> Outcome {
    ports.must_be_free()?;
    let demo = Demo::prepare(place, edge, ports, interrupt)?;
    let mut groups = Vec::new();
    let outcome = run(place, &demo, ports, interrupt, &mut groups);
    // All are asked before the first is waited for.
    groups.iter().for_each(Group::ask_to_end);
    groups.iter_mut().for_each(Group::make_end);
    eprintln!("[demo] stopped");
    outcome
}

fn run(
    place: &Place,
    demo: &Demo,
    ports: Ports,
    interrupt: &Interrupt,
    groups: &mut Vec<Group>,
) -> Outcome {
    let gateway = format!("http://localhost:{}", ports.gateway);
    start(place, demo, &mut demo.gateway(place), ports, groups)?;
    if !wait_until_serving(ports, interrupt, groups)? {
        return Ok(());
    }
    println!("ready {gateway}");
    watch(ports, interrupt, groups)
}

/// Starts the provider, the API and, last, the gateway by this command.
///
/// # Errors
/// One that cannot be started; those before it are in `groups`.
pub(crate) fn start(
    place: &Place,
    demo: &Demo,
    started: &mut Command,
    ports: Ports,
    groups: &mut Vec<Group>,
) -> Outcome {
    let gateway = format!("http://localhost:{}", ports.gateway);
    eprintln!("[demo] starting the provider, the API and the gateway");
    let mut provider = provider(place, demo, ports, &gateway);
    groups.push(Group::start_prefixed("provider", &mut provider)?);
    groups.push(Group::start_prefixed("api", &mut api(place, demo, ports))?);
    groups.push(Group::start_prefixed("gateway", started)?);
    Ok(())
}

/// Returns when a signal comes; fails when a process ends, or when wrangler lives on without its workerd.
fn watch(ports: Ports, interrupt: &Interrupt, groups: &mut [Group]) -> Outcome {
    let mut listening = Instant::now();
    let mut looked = Instant::now();
    while !interrupt.asked() {
        all_alive(groups)?;
        if looked.elapsed() >= LOOK_EVERY {
            looked = Instant::now();
            if listens(ports.gateway) {
                listening = looked;
            } else if listening.elapsed() >= SILENCE_LIMIT {
                let port = ports.gateway;
                return Err(Failure::new(format!(
                    "the gateway no longer listens on port {port}; the demo stops"
                )));
            }
        }
        thread::sleep(POLL);
    }
    Ok(())
}

/// False when a signal came first.
fn wait_until_serving(ports: Ports, interrupt: &Interrupt, groups: &mut [Group]) -> Outcome<bool> {
    let mut waiting = vec![
        (
            "the provider",
            ports.provider,
            Some("/.well-known/openid-configuration"),
        ),
        // It answers nobody but the gateway.
        ("the API", ports.api, None),
        ("the gateway", ports.gateway, Some("/")),
        ("the gateway", ports.gateway, Some("/auth/health")),
    ];
    let started = Instant::now();
    while !waiting.is_empty() {
        if interrupt.asked() {
            return Ok(false);
        }
        all_alive(groups)?;
        waiting.retain(|(_, port, path)| match path {
            Some(path) => !serves(*port, path),
            None => !listens(*port),
        });
        if started.elapsed() > START_LIMIT {
            let names: Vec<String> = waiting
                .iter()
                .map(|(name, port, path)| {
                    format!("{name} (port {port}, {})", path.unwrap_or("any"))
                })
                .collect();
            return Err(Failure::new(format!(
                "not serving after {} s: {}",
                START_LIMIT.as_secs(),
                names.join(", ")
            )));
        }
        thread::sleep(POLL);
    }
    Ok(true)
}

fn all_alive(groups: &mut [Group]) -> Outcome {
    for group in groups {
        if let Some(status) = group.ended()? {
            return Err(Failure::new(format!(
                "the process {} ended by itself ({status}); the demo stops",
                group.name()
            )));
        }
    }
    Ok(())
}

fn provider(place: &Place, demo: &Demo, ports: Ports, gateway: &str) -> Command {
    let mut node = node::command(place);
    node.arg(place.at("site/provider/main.js"));
    node.env("PORT", ports.provider.to_string())
        .env("GATEWAY", gateway);
    node.env("DEMO_CLIENT_SECRET", demo.secret("DEMO_CLIENT_SECRET"));
    node
}

fn api(place: &Place, demo: &Demo, ports: Ports) -> Command {
    let mut node = node::command(place);
    node.arg(place.at("site/api/main.js"));
    node.env("PORT", ports.api.to_string());
    node.env("DEMO_API_SECRET", demo.secret("DEMO_API_SECRET"));
    node
}
