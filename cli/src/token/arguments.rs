//! The arguments of `lychgate token`.

use crate::values::{self, Form};
use clap::{Args, Subcommand, ValueHint};
use lychgate_core::{
    http::{method::Method, path::RequestPath},
    time::UnixTime,
};
use std::path::PathBuf;

/// The commands about tokens.
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum Arguments {
    /// Say whether the edge would take an access token, and print its claims or the one reason why not
    ///
    /// Nothing is fetched.
    #[command(after_help = VERIFY)]
    Verify(Verify),
    /// Print header and claims of a token, of which nothing is verified
    #[command(after_help = INSPECT)]
    Inspect(Inspect),
}

const VERIFY: &str = "\
Examples:
  lychgate token verify --jwks jwks.json - < token.txt
  lychgate token verify --jwks jwks.json --resource /api/items --method POST - < token.txt";

const INSPECT: &str = "\
Examples:
  lychgate token inspect - < token.txt
  lychgate token inspect --json - < token.txt";

/// How one is verified, as it is typed.
#[derive(Args, Clone, Debug)]
pub(crate) struct Verify {
    /// The token, or - to read it from standard input
    #[arg(value_name = "TOKEN")]
    token: String,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = values::CONFIGURATION, value_hint = ValueHint::FilePath)]
    config: PathBuf,
    /// The keys of its issuer, where they do not stand in the configuration
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    jwks: Option<PathBuf>,
    /// When: such as 2026-12-01T00:00:00Z, or seconds since 1970; now where left out
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Also say what the route of this path decides about it
    #[arg(long, value_name = "PATH")]
    resource: Option<String>,
    /// How the path is asked for; GET where left out
    #[arg(long, value_name = "M", requires = "resource")]
    method: Option<String>,
    /// Print the answer as a JSON object
    #[arg(long, overrides_with = "json")]
    json: bool,
}

/// How one is shown, as it is typed.
#[derive(Args, Clone, Debug)]
pub(crate) struct Inspect {
    /// The token, or - to read it from standard input
    #[arg(value_name = "TOKEN")]
    token: String,
    /// Print header and claims as a JSON object
    #[arg(long, overrides_with = "json")]
    json: bool,
}

/// Which token is to be verified, and how.
#[derive(PartialEq, Eq)]
pub(crate) struct Verified {
    pub(super) token: String,
    pub(super) config: PathBuf,
    /// The keys of its issuer, where they do not stand in the configuration.
    pub(super) jwks: Option<PathBuf>,
    /// `None` for right now.
    pub(super) at: Option<UnixTime>,
    /// The request that it is shown for: method and path.
    pub(super) resource: Option<(Method, RequestPath)>,
    pub(super) form: Form,
}

/// Which token is to be shown, and how.
#[derive(PartialEq, Eq)]
pub(crate) struct Inspected {
    pub(super) token: String,
    pub(super) form: Form,
}

impl Verify {
    /// Reads the values.
    ///
    /// # Errors
    /// A sentence about each that cannot be read.
    pub(crate) fn read(self) -> Result<Verified, Vec<String>> {
        let mut faults = Vec::new();
        let at = self.at.map(|text| values::time(&text)).transpose();
        let at = at.unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        let resource = self.resource.as_deref().and_then(|text| {
            let path = text.split('?').next().unwrap_or_default();
            let path = RequestPath::parse(path).ok();
            if path.is_none() {
                faults.push("--resource takes a path such as /api/items".to_owned());
            }
            let method = self.method.as_deref().unwrap_or("GET");
            Some((values::method(method), path?))
        });
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Verified {
            token: self.token,
            config: self.config,
            jwks: self.jwks,
            at,
            resource,
            form: Form::of(self.json),
        })
    }
}

impl From<Inspect> for Inspected {
    fn from(typed: Inspect) -> Self {
        Self {
            token: typed.token,
            form: Form::of(typed.json),
        }
    }
}
