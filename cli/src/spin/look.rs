//! Looks at a manifest as a whole.
//!
//! That component is the one with files at `/lychgate`: the configuration. A manifest without one is another
//! application's, and none of it is looked at.

use super::{
    fault::{Fault, Placement, Remark},
    grants,
    manifest::{CONFIGURATION, Component, Manifest},
    routes,
};
use crate::{
    configuration::load::syntax,
    print::{
        problem::{Found, Note, Problem},
        source::Source,
    },
};
use lychgate_core::config::Config;
use std::path::PathBuf;

/// Looks at a manifest, in the order in which it is written.
pub(crate) fn look(source: &Source, config: &Config) -> Found {
    let manifest = match Manifest::read(source.text()) {
        Ok(manifest) => manifest,
        Err(errors) => {
            return Found {
                problems: syntax(source, &errors),
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
        place: source.place(fault.offset),
        what: fault.what,
        hint: Some(fault.hint),
    };
    let note = |remark: Remark| Note {
        place: source.place(remark.offset),
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
