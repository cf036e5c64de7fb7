//! `lychgate token`: what stands in an access token, and whether the edge would take it.

pub(crate) mod arguments;
mod inspect;
mod source;
mod verify;
mod words;

pub(crate) use inspect::command as inspect;
pub(crate) use verify::command as verify;
