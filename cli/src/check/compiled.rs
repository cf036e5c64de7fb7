//! The configuration of a deployment, in either of its forms, for commands that ask the deployment itself.

use super::check;
use crate::configuration::load::{CheckError, read};
use lychgate_core::config::Config;
use std::path::Path;

/// Reads a configuration: TOML, or the JSON that a build compiled it to.
///
/// # Errors
/// Why it cannot be read, in words.
pub(crate) fn configuration(file: &Path) -> Result<Config, String> {
    if file
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        let text = read(file).map_err(|error| words(file, &error))?;
        let config = Config::from_json(text.as_bytes());
        return config.map_err(|_| format!("{} is no compiled configuration", file.display()));
    }
    let checked = check(file);
    checked
        .map(|checked| checked.config)
        .map_err(|error| words(file, &error))
}

fn words(file: &Path, error: &CheckError) -> String {
    let file = file.display();
    match error {
        CheckError::Unreadable { file, error } => {
            format!("cannot read {}: {error}", file.display())
        }
        CheckError::Problems(_) => format!("{file} has errors: `lychgate check {file}` lists them"),
    }
}
