//! The arguments of `lychgate check`.

use crate::values;
use clap::{Args, ValueHint};
use std::path::PathBuf;

/// The arguments of `lychgate check`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The configuration; wrangler.toml and spin.toml beside it are checked along with it
    #[arg(default_value = values::CONFIGURATION, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Also write the configuration as canonical JSON, for a build
    #[arg(long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    pub(crate) emit_json: Option<PathBuf>,
}
