//! The arguments of `lychgate doctor`.

use crate::values::Form;
use clap::{Args, ValueHint};
use lychgate_core::http::url::Url;
use std::path::PathBuf;

/// As they are typed.
#[derive(Args, Clone, Debug)]
pub(crate) struct Arguments {
    /// Where the deployment answers; public_url where left out
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    url: Option<String>,
    /// Its configuration (lychgate.toml where there is one), or the JSON it was compiled to
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// Another address, which must not serve; may be repeated
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    also: Vec<String>,
    /// Print JSON
    #[arg(long, overrides_with = "json")]
    json: bool,
}

/// The deployment to look at, and the form of the report.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Where the deployment answers; that of the configuration where left out.
    pub(crate) url: Option<Url>,
    /// Its configuration.
    pub(crate) config: Option<PathBuf>,
    /// Other addresses that must not serve.
    pub(crate) also: Vec<Url>,
    pub(crate) form: Form,
}

impl Arguments {
    /// Reads the values.
    ///
    /// # Errors
    /// A sentence about each that cannot be read.
    pub(crate) fn read(self) -> Result<Asked, Vec<String>> {
        let mut faults = Vec::new();
        let mut read = |option: &str, text: &str| {
            let url = Url::parse(text).ok();
            if url.is_none() {
                faults.push(format!(
                    "{option} {text:?} is no URL; write it like https://app.example.com"
                ));
            }
            url
        };
        let url = self.url.and_then(|text| read("--url", &text));
        let also = self.also.iter().filter_map(|text| read("--also", text));
        let also = also.collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Asked {
            url,
            config: self.config,
            also,
            form: Form::of(self.json),
        })
    }
}
