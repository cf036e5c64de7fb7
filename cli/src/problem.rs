//! One line about something that is wrong.

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
