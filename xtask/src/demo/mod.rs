//! The folder a demo runs from: its configuration for its ports, its secrets, its copy of what was built.
//!
//! Each port and host has a folder of its own below `build/demo`, so that two demos share neither state nor
//! keys, and so that a build for a deployment never changes a running demo.

mod spin;
mod workers;

use crate::failure::{Doing, Failure, Outcome};
use crate::fresh;
use crate::interrupt::Interrupt;
use crate::place::Place;
use crate::ports::{self, Ports};
use crate::worker;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use toml::{Table, Value};

/// The secrets that the demo's configuration names.
const SECRETS: [&str; 3] = ["LYCHGATE_KEY_1", "DEMO_CLIENT_SECRET", "DEMO_API_SECRET"];

/// The host that runs the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    Workers,
    Spin,
}

impl Edge {
    /// The host called `name` on the command line.
    ///
    /// # Errors
    /// Any other name.
    pub(crate) fn named(name: &str) -> Outcome<Self> {
        match name {
            "workers" => Ok(Self::Workers),
            "spin" => Ok(Self::Spin),
            _ => Err(Failure::new(format!(
                "--host {name}: must be workers or spin"
            ))),
        }
    }
}

/// A demo that is ready to start.
pub(crate) struct Demo {
    edge: Edge,
    ports: Ports,
    /// Holds what the host reads, and its state.
    folder: PathBuf,
    /// Name and value of each secret.
    secrets: Vec<(String, String)>,
}

impl Demo {
    /// Builds the gateway and writes all that a demo on these ports needs; secrets of an earlier run stay, so
    /// that its state stays readable.
    pub(crate) fn prepare(
        place: &Place,
        edge: Edge,
        ports: Ports,
        interrupt: &Interrupt,
    ) -> Outcome<Self> {
        let text =
            fs::read_to_string(place.at("lychgate.toml")).doing("cannot read lychgate.toml")?;
        only_of_the_demo(&text)?;
        let name = match edge {
            Edge::Workers => ports.gateway.to_string(),
            Edge::Spin => format!("{}-spin", ports.gateway),
        };
        let folder = place.build("demo").join(name);
        match edge {
            Edge::Workers => workers::files(place, &folder, interrupt)?,
            Edge::Spin => spin::files(place, &folder, ports, interrupt)?,
        }
        let moved = folder.join("lychgate.toml");
        fresh::write(&moved, at_ports(&text, ports).as_bytes())?;
        let json = match edge {
            Edge::Workers => "worker/lychgate.json",
            Edge::Spin => "configuration/lychgate.json",
        };
        worker::configuration(&moved, &folder.join(json), interrupt)?;
        let secrets = secrets(&folder.join(".dev.vars"))?;
        Ok(Self {
            edge,
            ports,
            folder,
            secrets,
        })
    }

    /// The command that runs the gateway.
    pub(crate) fn gateway(&self, place: &Place) -> Command {
        match self.edge {
            Edge::Workers => workers::command(place, &self.folder, self.ports),
            Edge::Spin => spin::command(place, &self.folder, self.ports, &self.secrets),
        }
    }

    /// The value of one secret.
    pub(crate) fn secret(&self, name: &str) -> &str {
        let found = self.secrets.iter().find(|(held, _)| held == name);
        found.map_or("", |(_, value)| value)
    }
}

/// Checks that a configuration names no secret but the demo's: the gateway would wait for it for ever.
///
/// # Errors
/// One that does.
fn only_of_the_demo(text: &str) -> Outcome {
    let table = Value::Table(text.parse::<Table>().unwrap_or_default());
    let mut names = BTreeSet::new();
    named_secrets(&table, &mut names);
    let others: Vec<&str> = names
        .into_iter()
        .filter(|name| !SECRETS.contains(name))
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "lychgate.toml is not the demo's: it names {}, and the demo has {} alone. \
         docs/guides/README.md says how to try a configuration of your own on this machine",
        others.join(", "),
        SECRETS.join(", ")
    )))
}

/// The names in all `secret = "NAME"` below a value. The check of the configuration judges everything else.
fn named_secrets<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::Table(table) => {
            names.extend(table.get("secret").and_then(Value::as_str));
            table
                .iter()
                .for_each(|(_, value)| named_secrets(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| named_secrets(value, names)),
        Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_) => {}
    }
}

/// Moves every origin of the demo to `ports`, all at once, because the ranges may overlap.
fn at_ports(text: &str, ports: Ports) -> String {
    let Ok(usual) = Ports::starting_at(ports::DEFAULT) else {
        return text.to_owned();
    };
    let pairs = [
        (usual.gateway, ports.gateway),
        (usual.provider, ports.provider),
        (usual.api, ports.api),
    ];
    let marked = pairs.iter().fold(text.to_owned(), |text, (from, _)| {
        text.replace(
            &format!("//localhost:{from}"),
            &format!("//localhost:<{from}>"),
        )
    });
    pairs.iter().fold(marked, |text, (from, to)| {
        text.replace(
            &format!("//localhost:<{from}>"),
            &format!("//localhost:{to}"),
        )
    })
}

/// A committed file as it runs from a demo's folder.
///
/// # Errors
/// One that does not hold each text exactly once.
fn changed(name: &str, text: &str, changes: &[(&str, &str)]) -> Outcome<String> {
    changes
        .iter()
        .try_fold(text.to_owned(), |text, (from, to)| {
            if text.matches(from).count() == 1 {
                return Ok(text.replacen(from, to, 1));
            }
            Err(Failure::new(format!(
                "{name} should hold this exactly once: {}",
                from.trim_end()
            )))
        })
}

fn secrets(path: &Path) -> Outcome<Vec<(String, String)>> {
    let mut secrets = held_secrets(path);
    if SECRETS
        .iter()
        .all(|name| secrets.iter().any(|(held, _)| held == name))
    {
        return Ok(secrets);
    }
    for name in SECRETS {
        if !secrets.iter().any(|(held, _)| held == name) {
            secrets.push((name.to_owned(), random_secret()?));
        }
    }
    let mut options = OpenOptions::new();
    // Nobody else on this machine is to read them.
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .doing(format_args!("cannot write {}", path.display()))?;
    for (name, value) in &secrets {
        writeln!(file, "{name}={value}").doing(format_args!("cannot write {}", path.display()))?;
    }
    Ok(secrets)
}

fn held_secrets(path: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn random_secret() -> Outcome<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).doing("the system gives no random bytes")?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIGURATION: &str = "a = \"http://localhost:8787\"\nb = \"http://localhost:8788/x\"\nc = \"http://localhost:8789\"\n";

    #[test]
    fn origins_move_even_onto_each_other() {
        for first in [8786, 8788, 8789, 9000] {
            let moved = at_ports(CONFIGURATION, Ports::starting_at(first).unwrap());
            let expected = format!(
                "a = \"http://localhost:{first}\"\nb = \"http://localhost:{}/x\"\nc = \"http://localhost:{}\"\n",
                first + 1,
                first + 2
            );
            assert_eq!(moved, expected);
        }
    }

    #[test]
    fn a_configuration_that_names_other_secrets_is_not_run() {
        let committed = include_str!("../../../lychgate.toml");
        only_of_the_demo(committed).unwrap();
        let other = committed.replace("DEMO_CLIENT_SECRET", "CLIENT_SECRET");
        let failure = format!("{:?}", only_of_the_demo(&other).unwrap_err());
        assert!(failure.contains("it names CLIENT_SECRET, and"), "{failure}");
    }

    #[test]
    fn usual_ports_change_nothing() {
        let same = at_ports(CONFIGURATION, Ports::starting_at(ports::DEFAULT).unwrap());
        assert_eq!(same, CONFIGURATION);
    }

    #[test]
    fn a_file_without_an_expected_text_is_refused() {
        let changes = [("main = \"a\"", "main = \"b\"")];
        let moved = changed("wrangler.toml", "main = \"a\"\n", &changes);
        assert_eq!(moved.unwrap(), "main = \"b\"\n");
        for text in ["main = \"c\"\n", "main = \"a\"\nmain = \"a\"\n"] {
            assert!(changed("wrangler.toml", text, &changes).is_err(), "{text}");
        }
    }
}
