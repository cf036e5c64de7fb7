//! The parts that all pages of one answer have in common: the language, and the look of the deployment.

use super::{language::Language, theme::Theme};

/// The language that the browser asks for and the deployment's theme. The gateway makes one for a request once
/// a page is about to be written.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a> {
    /// The language.
    pub language: Language,
    /// The look.
    pub theme: &'a Theme,
}
