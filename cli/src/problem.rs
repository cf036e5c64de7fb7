//! One line about something that is wrong, or worth knowing.

use crate::position::Position;
use std::{fmt, path::PathBuf};

/// Something that is wrong, with its place and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub(crate) file: PathBuf,
    pub(crate) at: Position,
    pub(crate) what: String,
    pub(crate) hint: Option<String>,
}

/// Something that may be meant as it is, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub(crate) file: PathBuf,
    pub(crate) at: Position,
    pub(crate) what: String,
}

/// What was found in files.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) problems: Vec<Problem>,
    pub(crate) notes: Vec<Note>,
}

/// `FILE:LINE:COLUMN: what (hint: ...)`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.at, self.what)?;
        match &self.hint {
            None => Ok(()),
            Some(hint) => write!(f, " (hint: {hint})"),
        }
    }
}

/// `FILE:LINE:COLUMN: note: what`
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        write!(f, "{file}:{}: note: {}", self.at, self.what)
    }
}
