//! A configuration that was read and waits for its secrets.
//!
//! Some hosts can look a secret up at once, others have to be asked for each by name and waited for.

use crate::{
    config::Config, fault::ConfigurationFault, gateway::context::deployment::Deployment,
    secret::Secret,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};

/// The variable of a Spin application that holds a secret: its name in lower case. Spin wants every word to
/// begin with a letter, so an underscore before a digit is left out: `lychgate_key1` for `LYCHGATE_KEY_1`.
pub fn spin_variable(secret: &str) -> String {
    let mut name = String::new();
    for (at, sign) in secret.char_indices() {
        let next = secret.get(at..).and_then(|rest| rest.chars().nth(1));
        if sign != '_' || !next.is_some_and(|next| next.is_ascii_digit()) {
            name.push(sign.to_ascii_lowercase());
        }
    }
    name
}

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

    /// The names of the secrets that [`Gateway::open`](super::Gateway::open) will look up.
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

    /// Looks its secrets up.
    ///
    /// # Errors
    /// A [`ConfigurationFault`], also where the configuration could not be read.
    pub(super) fn deploy(
        self,
        secret: impl Fn(&str) -> Option<Secret<String>>,
    ) -> Result<Deployment, ConfigurationFault> {
        self.0.and_then(|config| Deployment::new(config, secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_word_of_a_variable_begins_with_a_letter() {
        for (secret, variable) in [
            ("LYCHGATE_KEY_1", "lychgate_key1"),
            ("DEMO_CLIENT_SECRET", "demo_client_secret"),
            ("A_1_B_22C", "a1_b22c"),
        ] {
            assert_eq!(spin_variable(secret), variable);
        }
    }
}
