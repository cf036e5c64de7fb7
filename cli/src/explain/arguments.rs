//! The arguments of `lychgate explain`.

use super::address::Address;
use crate::values::{self, Form};
use clap::{ArgGroup, Args, ValueHint};
use lychgate_core::{http::method::Method, time::UnixTime};
use std::path::PathBuf;

/// As they are typed.
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("who").required(true))]
pub(crate) struct Arguments {
    /// What is asked for: an address, or a path of public_url
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    url: String,
    /// Who asks: the claims of an ID token as a JSON object, such as {"sub": "ada", "groups":
    /// ["staff"]}; acr and auth_time (seconds) count, too
    #[arg(long, value_name = "FILE", group = "who", value_hint = ValueHint::FilePath)]
    claims: Option<PathBuf>,
    /// Nobody is signed in
    #[arg(long, group = "who", overrides_with = "anonymous")]
    anonymous: bool,
    /// The method
    #[arg(long, value_name = "M", default_value = "GET")]
    method: String,
    /// The provider that the claims are of; the first where left out
    #[arg(
        long,
        value_name = "ID",
        requires = "claims",
        conflicts_with = "anonymous"
    )]
    provider: Option<String>,
    /// When: such as 2026-12-01T00:00:00Z, or seconds since 1970; now where left out
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = values::CONFIGURATION, value_hint = ValueHint::FilePath)]
    config: PathBuf,
    /// Print the answer as a JSON object
    #[arg(long, overrides_with = "json")]
    json: bool,
}

/// The request to explain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(super) address: Address,
    pub(super) method: Method,
    pub(super) who: Who,
    /// `None` for right now.
    pub(super) at: Option<UnixTime>,
    pub(super) config: PathBuf,
    pub(super) form: Form,
}

/// The person who sends the request, signed in or not.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Nobody who signed in.
    Anonymous,
    /// The person with these claims.
    SignedIn {
        /// JSON.
        claims: PathBuf,
        /// The provider they are of; `None` for the first.
        provider: Option<String>,
    },
}

impl Arguments {
    /// Reads the values.
    ///
    /// # Errors
    /// A sentence about each that cannot be read.
    pub(crate) fn read(self) -> Result<Asked, Vec<String>> {
        let mut faults = Vec::new();
        let at = self.at.map(|text| values::time(&text)).transpose();
        let at = at.unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        let Some(address) = Address::parse(&self.url) else {
            faults.push(
                "--url takes an address such as https://app.example.com/path, or a path that begins with /"
                    .to_owned(),
            );
            return Err(faults);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        let provider = self.provider;
        let who = self
            .claims
            .map_or(Who::Anonymous, |claims| Who::SignedIn { claims, provider });
        Ok(Asked {
            address,
            method: values::method(&self.method),
            who,
            at,
            config: self.config,
            form: Form::of(self.json),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(url: &str, at: Option<&str>) -> Arguments {
        Arguments {
            url: url.to_owned(),
            claims: Some("c".into()),
            anonymous: false,
            method: "post".to_owned(),
            provider: Some("p".to_owned()),
            at: at.map(str::to_owned),
            config: "l.toml".into(),
            json: true,
        }
    }

    #[test]
    fn values_are_understood() {
        let asked = Asked {
            address: Address::parse("/x").unwrap(),
            method: Method::Post,
            who: Who::SignedIn {
                claims: "c".into(),
                provider: Some("p".to_owned()),
            },
            at: Some(UnixTime::from_seconds(60)),
            config: "l.toml".into(),
            form: Form::Json,
        };
        assert_eq!(typed("/x", Some("60")).read(), Ok(asked));
        let at = typed("/x", Some("1970-01-01T00:01:00Z")).read().unwrap().at;
        assert_eq!(at, Some(UnixTime::from_seconds(60)));
    }

    #[test]
    fn every_value_that_is_none_is_named_at_once() {
        assert_eq!(typed("x", Some("soon")).read().unwrap_err().len(), 2);
        assert_eq!(typed("/x", Some("soon")).read().unwrap_err().len(), 1);
        assert_eq!(typed("x", None).read().unwrap_err().len(), 1);
    }
}
