//! How findings are shown to people: their places, excerpts of files, and colours.

pub(crate) mod conditions;
mod excerpt;
mod mask;
pub(crate) mod position;
pub(crate) mod problem;
pub(crate) mod source;
pub(crate) mod style;
mod tokens;
