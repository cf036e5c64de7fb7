//! The keys that verify the signatures of each issuer's tokens.

use crate::{
    config::{Config, Issuer, KeySource, SecretName},
    fault::ConfigurationFault,
    gateway::published::key_sets::{KeySetIndex, KeySets},
    jose::{KeySet, SharedSecret},
    secret::Secret,
};
use alloc::{rc::Rc, string::String, vec::Vec};

/// The keys that verify an issuer's signatures.
#[derive(Debug)]
pub(in crate::gateway) enum IssuerKeys {
    /// Keys of the configuration.
    Fixed(Rc<KeySet>),
    /// A secret that the issuer shares with us.
    Shared(SharedSecret),
    /// Keys that it publishes.
    Published(KeySetIndex),
    /// None: it is asked about its tokens.
    None,
}

impl IssuerKeys {
    /// Those of all issuers, by their places in the configuration.
    ///
    /// # Errors
    /// [`ConfigurationFault`] where a secret is missing or too short, or a key set is none.
    pub(in crate::gateway) fn of_all(
        config: &Config,
        key_sets: &mut KeySets,
        secret: &impl Fn(&SecretName) -> Result<Secret<String>, ConfigurationFault>,
    ) -> Result<Vec<Self>, ConfigurationFault> {
        let issuers = config.issuers.iter();
        issuers
            .map(|issuer| of_one(issuer, key_sets, secret))
            .collect()
    }
}

fn of_one(
    issuer: &Issuer,
    key_sets: &mut KeySets,
    secret: &impl Fn(&SecretName) -> Result<Secret<String>, ConfigurationFault>,
) -> Result<IssuerKeys, ConfigurationFault> {
    match &issuer.keys {
        KeySource::Discovery(_) | KeySource::Url(_) => {
            let index = key_sets.add_issuer(issuer);
            // A source that publishes always has a place; were it none, no token of the issuer would count.
            let index = index.ok_or_else(|| ConfigurationFault::BadKeySet {
                issuer: issuer.issuer.clone(),
            })?;
            Ok(IssuerKeys::Published(index))
        }
        KeySource::Inline(document) => {
            let keys = KeySet::parse(document.as_bytes());
            let keys = keys.map_err(|_| ConfigurationFault::BadKeySet {
                issuer: issuer.issuer.clone(),
            })?;
            Ok(IssuerKeys::Fixed(Rc::new(keys)))
        }
        KeySource::SharedSecret(name) => {
            let bytes = secret(name)?.expose().as_bytes().to_vec();
            let shared = SharedSecret::new(Secret::new(bytes));
            let shared = shared.map_err(|_| ConfigurationFault::ShortSecret {
                name: name.0.clone(),
            })?;
            Ok(IssuerKeys::Shared(shared))
        }
        KeySource::None => Ok(IssuerKeys::None),
    }
}
