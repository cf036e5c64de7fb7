//! Reads a configuration, and says what is wrong with it.

use super::{
    canonical,
    document::{Document, SyntaxError},
    text_file,
};
use crate::print::{problem::Problem, source::Source};
use lychgate_core::config::Config;
use serde_json::Value;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Larger than any configuration that the core reads, so that a wrong file is not read whole.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Why a configuration does not count.
#[derive(Debug)]
pub enum CheckError {
    /// A file could not be read.
    Unreadable {
        /// Which one.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The problems, in the order of the files; never empty.
    Problems(Vec<Problem>),
}

/// A configuration that was read, whatever stands around it.
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// The file as it is.
    pub(crate) source: Source,
    /// The file as JSON.
    pub(crate) document: Value,
}

/// Reads the configuration in `file` alone.
///
/// # Errors
/// [`CheckError`]
pub(crate) fn load(file: &Path) -> Result<Loaded, CheckError> {
    let source = Source::toml(file, read(file)?);
    let document = Document::parse(source.text())
        .map_err(|errors| CheckError::Problems(syntax(&source, &errors)))?;
    let json = canonical::to_text(&document.to_json());
    let config = Config::from_json(json.as_bytes()).map_err(|errors| {
        let problems = errors.iter().map(|error| Problem {
            place: document
                .locate(error)
                .map_or_else(|| source.whole(), |offset| source.place(offset)),
            what: error.to_string(),
            hint: error.hint(),
        });
        CheckError::Problems(in_order(problems.collect()))
    })?;
    let document = document.to_json();
    Ok(Loaded {
        config,
        source,
        document,
    })
}

/// The configuration in `file`, or `None` after saying what is wrong with it.
pub(crate) fn load_or_tell(file: &Path, messages: &mut impl Write) -> io::Result<Option<Loaded>> {
    match load(file) {
        Ok(loaded) => Ok(Some(loaded)),
        Err(error) => error.tell(messages).map(|()| None),
    }
}

/// Reads a file that must be there.
///
/// # Errors
/// [`CheckError::Unreadable`]
pub(crate) fn read(file: &Path) -> Result<String, CheckError> {
    text_file::read(file, LARGEST).map_err(|error| CheckError::Unreadable {
        file: file.to_owned(),
        error,
    })
}

/// The problems that syntax errors of a file are.
pub(crate) fn syntax(source: &Source, errors: &[SyntaxError]) -> Vec<Problem> {
    let problems = errors.iter().map(|error| Problem {
        place: source.place(error.offset),
        what: error.what.clone(),
        hint: None,
    });
    problems.collect()
}

impl CheckError {
    /// Says what is wrong.
    pub(crate) fn tell(&self, messages: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Problems(problems) => problems
                .iter()
                .try_for_each(|problem| writeln!(messages, "{problem}\n")),
            Self::Unreadable { file, error } => writeln!(
                messages,
                "lychgate: cannot read {}: {error}",
                file.display()
            ),
        }
    }
}

/// As they stand in the file.
fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| problem.place.at);
    problems
}
