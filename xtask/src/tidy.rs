//! `cargo xtask tidy`: the rules of this repository that no compiler checks.
//!
//! Each holds an invariant of ARCHITECTURE.md against the text of the sources. All faults are shown at once, each
//! with its file and line.

mod circles;
mod code;
mod imports;
mod shape;
mod words;

use crate::failure::{Doing, Failure, Outcome};
use crate::place::Place;
use imports::{Among, Order};
use std::fmt;
use std::fs;
use std::path::Path;

/// Folders with nothing of ours: what is built or downloaded. So are hidden ones, but for three.
const OTHERS: [&str; 3] = ["target", "build", "node_modules"];
const HIDDEN: [&str; 3] = [".cargo", ".ci", ".github"];

/// A file of the repository.
struct Source {
    /// From the root, with `/` between folders.
    path: String,
    text: String,
    /// The text without comments and literals, for Rust.
    code: String,
}

/// A rule that is broken.
#[derive(Debug)]
struct Fault {
    path: String,
    line: usize,
    text: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let is_rust = path.ends_with(".rs");
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: if is_rust {
                code::code(text)
            } else {
                String::new()
            },
        }
    }

    fn fault(&self, line: usize, text: impl Into<String>) -> Fault {
        Fault {
            path: self.path.clone(),
            line,
            text: text.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.text)
    }
}

/// Holds all rules against all files.
///
/// # Errors
/// Every fault, one on a line.
pub(crate) fn tidy(place: &Place) -> Outcome {
    let mut sources = Vec::new();
    collect(&place.at(""), "", &mut sources)?;
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    let page = sources
        .iter()
        .find(|source| source.path == "ARCHITECTURE.md");
    let orders = Among::ALL.map(|among| page.and_then(|page| Order::read(among, &page.text)));
    let [Some(modules), Some(rooms)] = orders else {
        return Err(Failure::new(
            "ARCHITECTURE.md has no blocks `imports` and `rooms`",
        ));
    };
    let exists = |path: &Path| place.at(path).exists();
    let faults: Vec<Fault> = sources
        .iter()
        .flat_map(|source| {
            let references = shape::check_references(source, exists);
            let all = [
                shape::check(source),
                words::check(source),
                modules.check(source),
                rooms.check(source),
                references,
            ];
            all.into_iter().flatten()
        })
        .chain(circles::check(&sources))
        .collect();
    for fault in &faults {
        eprintln!("{fault}");
    }
    match faults.len() {
        0 => Ok(()),
        count => Err(Failure::new(format!(
            "{count} rules broken in {} files",
            sources.len()
        ))),
    }
}

/// Reads every text below a folder; what is no UTF-8 is no text.
fn collect(folder: &Path, path: &str, sources: &mut Vec<Source>) -> Outcome {
    let doing = || format!("cannot list {}", folder.display());
    for entry in fs::read_dir(folder).doing(doing())? {
        let entry = entry.doing(doing())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().doing(doing())?;
        let below = format!("{path}{name}");
        let is_hidden = name.starts_with('.') && !HIDDEN.contains(&name.as_str());
        if is_hidden || (kind.is_dir() && OTHERS.contains(&name.as_str())) {
            continue;
        }
        if kind.is_dir() {
            collect(&entry.path(), &format!("{below}/"), sources)?;
        } else if kind.is_file() {
            let bytes = fs::read(entry.path()).doing(format_args!("cannot read {below}"))?;
            sources.extend(
                String::from_utf8(bytes)
                    .ok()
                    .map(|text| Source::new(&below, &text)),
            );
        }
    }
    Ok(())
}
