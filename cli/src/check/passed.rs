//! A configuration that a check lets pass.

use super::notes::{exact_paths, open_paths, rules};
use crate::{
    configuration::{
        canonical,
        load::{CheckError, Loaded, load, read},
    },
    print::{
        problem::{Found, Note, Problem},
        source::Source,
    },
    spin, workers,
};
use lychgate_core::config::Config;
use std::path::Path;

/// A configuration without errors.
#[derive(Debug)]
pub struct Checked {
    /// As the core understands it.
    pub config: Config,
    /// As canonical JSON, for the edge.
    pub json: String,
    /// The notes on the files beside it.
    pub notes: Vec<Note>,
}

/// Checks the configuration in `file` and the `wrangler.toml` and `spin.toml` beside it.
///
/// # Errors
/// [`CheckError`]
pub fn check(file: &Path) -> Result<Checked, CheckError> {
    let loaded = load(file)?;
    let Found {
        problems,
        mut notes,
    } = beside(file, &loaded.config)?;
    if !problems.is_empty() {
        return Err(CheckError::Problems(problems));
    }
    notes.extend(open_paths::notes(file, &loaded)?);
    notes.extend(rules::notes(&loaded));
    notes.extend(exact_paths::notes(&loaded));
    let Loaded {
        config, document, ..
    } = loaded;
    Ok(Checked {
        config,
        json: canonical::to_text(&document),
        notes,
    })
}

/// The problems beside `file` that could undo it, and notes.
fn beside(file: &Path, config: &Config) -> Result<Found, CheckError> {
    let manifest = file.with_file_name("spin.toml");
    let found = if manifest.exists() {
        let source = Source::toml(&manifest, read(&manifest)?);
        spin::look(&source, config)
    } else {
        Found::default()
    };
    let mut problems: Vec<Problem> = workers::problems(file, config)?;
    problems.extend(found.problems);
    let notes = found.notes;
    Ok(Found { problems, notes })
}
