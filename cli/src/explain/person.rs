//! The person who sends the request: a file of claims, as the session would hold them.

use crate::{
    configuration::text_file,
    print::{problem::Problem, source::Source},
};
use lychgate_core::{
    config::{Config, Provider},
    gateway::explain::session,
    session::record::SessionRecord,
};
use serde_json::{Map, Value};
use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// More than a session may hold.
const LARGEST: u64 = 1024 * 1024;

/// Why there is nobody.
#[derive(Debug)]
pub(crate) enum PersonFault {
    /// The file cannot be read.
    Unreadable(PathBuf, io::Error),
    /// It holds no JSON.
    Json(Box<Problem>),
    /// It holds JSON, but no object.
    NotAnObject(PathBuf),
    /// A claim has a kind that it never has.
    Claim(PathBuf, &'static str, &'static str),
    /// No provider of that id.
    UnknownProvider(String, Vec<String>),
    /// The configuration has no provider at all.
    NoProvider,
}

/// Reads the claims in `file` as those of someone who signed in at a provider.
pub(crate) fn read(
    file: &Path,
    provider: Option<&str>,
    config: &Config,
) -> Result<SessionRecord, PersonFault> {
    let provider = find_provider(provider, config)?;
    let claims = read_claims(file)?;
    let check = |name, fits: fn(&Value) -> bool, kind| match claims.get(name) {
        Some(claim) if !fits(claim) => Err(PersonFault::Claim(file.to_owned(), name, kind)),
        Some(_) | None => Ok(()),
    };
    check("sub", Value::is_string, "a string")?;
    check("acr", Value::is_string, "a string")?;
    check("auth_time", Value::is_u64, "whole seconds since 1970")?;
    Ok(session(provider, claims))
}

fn find_provider<'a>(asked: Option<&str>, config: &'a Config) -> Result<&'a Provider, PersonFault> {
    let Some(id) = asked else {
        return config.providers.first().ok_or(PersonFault::NoProvider);
    };
    config.provider(id).ok_or_else(|| {
        let known = config.providers.iter().map(|provider| provider.id.clone());
        PersonFault::UnknownProvider(id.to_owned(), known.collect())
    })
}

fn read_claims(file: &Path) -> Result<Map<String, Value>, PersonFault> {
    let text = text_file::read(file, LARGEST);
    let text = text.map_err(|error| PersonFault::Unreadable(file.to_owned(), error))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(claims)) => Ok(claims),
        Ok(_) => Err(PersonFault::NotAnObject(file.to_owned())),
        Err(error) => Err(PersonFault::Json(Box::new(no_json(file, text, &error)))),
    }
}

fn no_json(file: &Path, text: String, error: &serde_json::Error) -> Problem {
    let said = error.to_string();
    // The place is said in front.
    let what = said.split(" at line ").next().unwrap_or_default();
    Problem {
        what: format!("no JSON: {what}"),
        place: Source::json(file, text).place_in(error.line(), error.column()),
        hint: None,
    }
}

/// `FILE: what`, in words for people.
impl fmt::Display for PersonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(file, error) => write!(f, "cannot read {}: {error}", file.display()),
            Self::Json(problem) => problem.fmt(f),
            Self::NotAnObject(file) => write!(
                f,
                "{}: expected an object of claims, such as {{\"sub\": \"ada\", \"groups\": [\"staff\"]}}",
                file.display()
            ),
            Self::Claim(file, name, kind) => {
                write!(f, "{}: {name} must be {kind}", file.display())
            }
            Self::UnknownProvider(id, known) => {
                write!(
                    f,
                    "there is no provider {id:?}; there are: {}",
                    known.join(", ")
                )
            }
            Self::NoProvider => f.write_str(
                "the configuration has no provider to sign in at; what becomes of an access token says \
                 `lychgate token verify --resource`",
            ),
        }
    }
}
