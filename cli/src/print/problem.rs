//! Something that is wrong, or worth knowing, with the line that it is about.

use super::{
    excerpt::{Weight, below},
    source::Place,
    style,
};
use std::fmt;

/// Something that is wrong, with its place and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub(crate) place: Place,
    pub(crate) what: String,
    pub(crate) hint: Option<String>,
}

/// Something that may be meant as it is, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub(crate) place: Place,
    pub(crate) what: String,
}

/// The problems and notes that were found in files.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) problems: Vec<Problem>,
    pub(crate) notes: Vec<Note>,
}

/// `FILE:LINE:COLUMN: what`, which editors follow to its place, and below it the line and the hint.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (strong, error) = (style::STRONG, style::ERROR);
        let (file, at) = (self.place.file.display(), self.place.at);
        let what = &self.what;
        let (excerpt, hint) = (self.place.excerpt.as_ref(), self.hint.as_deref());
        let below = below(excerpt, at, Weight::Error, hint);
        write!(
            f,
            "{strong}{file}:{at}:{strong:#} {error}{what}{error:#}{below}"
        )
    }
}

/// `FILE:LINE:COLUMN: note: what`, and below it the line.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (strong, note) = (style::STRONG, style::NOTE);
        let (file, at) = (self.place.file.display(), self.place.at);
        let what = &self.what;
        let below = below(self.place.excerpt.as_ref(), at, Weight::Note, None);
        write!(
            f,
            "{strong}{file}:{at}:{strong:#} {note}note:{note:#} {what}{below}"
        )
    }
}
