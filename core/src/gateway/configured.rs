//! A configuration that was read and waits for its secrets.
//!
//! Some hosts can look a secret up at once, others have to be asked for each by name and waited for.

use super::{Deployment, Gateway, State};
use crate::{config::Config, fault::ConfigurationFault, secret::Secret};
use alloc::{
    boxed::Box,
    string::{String, ToString},
    vec::Vec,
};

/// A configuration that was read, or why it cannot be.
#[derive(Debug)]
pub struct Configured(Result<Config, ConfigurationFault>);

impl Configured {
    /// Reads a compiled configuration.
    pub fn read(configuration: &[u8]) -> Self {
        Self(Config::from_json(configuration).map_err(|errors| {
            ConfigurationFault::Invalid {
                first: errors
                    .first()
                    .map(|error| error.at.to_string())
                    .unwrap_or_default(),
                count: errors.len(),
            }
        }))
    }

    /// The names of the secrets that [`Configured::open`] will look up.
    pub fn secret_names(&self) -> Vec<String> {
        match &self.0 {
            Ok(config) => config
                .secret_names()
                .into_iter()
                .map(|name| name.0.clone())
                .collect(),
            Err(_) => Vec::new(),
        }
    }

    /// Opens the gateway with its secrets; without one of them it is closed.
    pub fn open(self, secret: impl Fn(&str) -> Option<Secret<String>>) -> Gateway {
        match self.0.and_then(|config| Deployment::new(config, secret)) {
            Ok(deployment) => Gateway(State::Open(Box::new(deployment))),
            Err(fault) => Gateway::closed(fault),
        }
    }
}
