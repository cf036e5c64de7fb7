//! `lychgate explain`: what the edge would decide about a request, and why.
//!
//! The decision, and what is said about it, come from the code that decides at the edge.

mod address;
mod answer;
pub(crate) mod arguments;
pub(crate) mod command;
mod json;
mod person;
mod text;
mod tokens;
