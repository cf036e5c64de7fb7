//! The folder a demo runs from: its configuration for its ports, its secrets, its copy of the Worker.
//!
//! Each port has a folder of its own below `build/demo`, so that two demos share neither state nor keys,
//! and so that a build for a deployment never changes a running demo.

use crate::failure::{Doing, Failure, Outcome};
use crate::fresh;
use crate::interrupt::Interrupt;
use crate::place::Place;
use crate::ports::{self, Ports};
use crate::worker;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The secrets that the demo's configuration names.
const SECRETS: [&str; 3] = ["LYCHGATE_KEY_1", "DEMO_CLIENT_SECRET", "DEMO_API_PROOF"];

/// What of the committed `wrangler.toml` differs when it runs from the demo's folder.
const CHANGES: [(&str, &str); 3] = [
    (
        "main = \"build/worker/index.js\"",
        "main = \"worker/index.js\"",
    ),
    (
        "directory = \"./site/public\"",
        "directory = \"../../../site/public\"",
    ),
    ("[build]\ncommand = \"cargo xtask build worker\"\n", ""),
];

/// A demo that is ready to start.
pub(crate) struct Demo {
    /// Holds `wrangler.toml`, `.dev.vars`, the Worker and its state.
    pub(crate) folder: PathBuf,
    /// Name and value of each secret.
    pub(crate) secrets: Vec<(String, String)>,
}

impl Demo {
    /// Writes all that a demo on these ports needs; secrets of an earlier run stay, so that its state stays
    /// readable.
    pub(crate) fn prepare(place: &Place, ports: Ports, interrupt: &Interrupt) -> Outcome<Self> {
        let folder = place.build("demo").join(ports.gateway.to_string());
        copy_worker(&place.build("worker"), &folder.join("worker"))?;
        let wrangler =
            fs::read_to_string(place.at("wrangler.toml")).doing("cannot read wrangler.toml")?;
        fresh::write(
            &folder.join("wrangler.toml"),
            from_demo_folder(&wrangler)?.as_bytes(),
        )?;
        let text =
            fs::read_to_string(place.at("lychgate.toml")).doing("cannot read lychgate.toml")?;
        let moved = folder.join("lychgate.toml");
        fresh::write(&moved, at_ports(&text, ports).as_bytes())?;
        worker::configuration(&moved, &folder.join("worker/lychgate.json"), interrupt)?;
        let secrets = secrets(&folder.join(".dev.vars"))?;
        Ok(Self { folder, secrets })
    }

    /// The value of one secret.
    pub(crate) fn secret(&self, name: &str) -> &str {
        let found = self.secrets.iter().find(|(held, _)| held == name);
        found.map_or("", |(_, value)| value)
    }
}

fn copy_worker(from: &Path, to: &Path) -> Outcome {
    if to.exists() {
        fs::remove_dir_all(to).doing(format_args!("cannot empty {}", to.display()))?;
    }
    for entry in fs::read_dir(from).doing(format_args!("cannot list {}", from.display()))? {
        let entry = entry.doing("cannot list the built Worker")?;
        let bytes = fs::read(entry.path()).doing("cannot read the built Worker")?;
        fresh::write(&to.join(entry.file_name()), &bytes)?;
    }
    Ok(())
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

fn from_demo_folder(wrangler: &str) -> Outcome<String> {
    CHANGES
        .iter()
        .try_fold(wrangler.to_owned(), |text, (from, to)| {
            if text.matches(from).count() == 1 {
                return Ok(text.replacen(from, to, 1));
            }
            Err(Failure::new(format!(
                "wrangler.toml should hold this exactly once: {}",
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
    fn usual_ports_change_nothing() {
        let same = at_ports(CONFIGURATION, Ports::starting_at(ports::DEFAULT).unwrap());
        assert_eq!(same, CONFIGURATION);
    }

    #[test]
    fn committed_wrangler_file_runs_from_the_demo_folder() {
        let committed = include_str!("../../wrangler.toml");
        let moved = from_demo_folder(committed).unwrap();
        assert!(moved.contains("main = \"worker/index.js\""));
        assert!(!moved.contains("[build]"));
    }

    #[test]
    fn wrangler_file_without_an_expected_line_is_refused() {
        let changed = include_str!("../../wrangler.toml").replace("./site/public", "./elsewhere");
        assert!(from_demo_folder(&changed).is_err());
    }
}
