//! What `spin.toml` grants Lychgate's component and what it lets past it.
//!
//! That component is the one with files at `/lychgate`: the configuration. A manifest without one is another
//! application's, and none of it is looked at.

mod allowed_hosts;
mod grants;
mod manifest;
mod routes;

#[cfg(test)]
mod tests;

use crate::{
    check::syntax_problem,
    position::Position,
    problem::{Found, Note, Problem},
};
use lychgate_core::config::Config;
use manifest::{Component, Manifest};
use std::path::{Path, PathBuf};

/// Where the component looks for its configuration and for static files, without the slash.
const CONFIGURATION: &str = "lychgate";
const SITE: &str = "site";

/// What is wrong with a manifest, and what to do.
struct Fault {
    offset: usize,
    what: String,
    hint: String,
}

/// What may be meant as it is.
struct Remark {
    offset: usize,
    what: String,
}

/// Lychgate's component in its manifest.
struct Placement<'a> {
    manifest: &'a Manifest,
    /// Its place in [`Manifest::components`].
    place: usize,
    component: &'a Component,
    config: &'a Config,
}

/// Looks at the manifest in `file`, whose contents are `text`, in the order in which it is written.
pub(crate) fn look(file: &Path, text: &str, config: &Config) -> Found {
    let manifest = match Manifest::read(text) {
        Ok(manifest) => manifest,
        Err(errors) => {
            let problem = |error| syntax_problem(file, text, error);
            return Found {
                problems: errors.iter().map(problem).collect(),
                notes: Vec::new(),
            };
        }
    };
    let mut faults = Vec::new();
    let mut remarks = Vec::new();
    let components = manifest.components.iter().enumerate();
    let mut ours = components.filter(|(_, component)| component.has_files_in(CONFIGURATION));
    if let Some((place, component)) = ours.next() {
        faults.extend(ours.map(|(_, second)| more_than_one(component, second)));
        let placement = Placement {
            manifest: &manifest,
            place,
            component,
            config,
        };
        faults.extend(grants::faults(&placement));
        faults.extend(routes::faults(&placement));
        remarks.extend(routes::remarks(&placement));
    }
    faults.sort_by_key(|fault| fault.offset);
    remarks.sort_by_key(|remark| remark.offset);
    let problem = |fault: Fault| Problem {
        file: file.to_owned(),
        at: Position::of(text, fault.offset),
        what: fault.what,
        hint: Some(fault.hint),
    };
    let note = |remark: Remark| Note {
        file: file.to_owned(),
        at: Position::of(text, remark.offset),
        what: remark.what,
    };
    Found {
        problems: faults.into_iter().map(problem).collect(),
        notes: remarks.into_iter().map(note).collect(),
    }
}

/// The folder of the static files that a manifest names.
pub(crate) fn site_folder(text: &str) -> Option<PathBuf> {
    let components = Manifest::read(text).ok()?.components.into_iter();
    components
        .filter_map(|component| component.site)
        .map(PathBuf::from)
        .next()
}

fn more_than_one(first: &Component, second: &Component) -> Fault {
    Fault {
        offset: second.files.offset,
        what: format!(
            "{} has files at /lychgate, as {} has",
            second.name(),
            first.name()
        ),
        hint: "one application has one component of Lychgate; only the first is checked".to_owned(),
    }
}
