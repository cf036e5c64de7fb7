//! `lychgate check`: the configuration itself, and what stands around it.

pub(crate) mod arguments;
pub(crate) mod command;
pub(crate) mod compiled;
mod emit;
mod next;
mod notes;
mod passed;
mod summary;

pub use crate::{
    configuration::load::CheckError,
    print::problem::{Note, Problem},
};
pub use passed::{Checked, check};
