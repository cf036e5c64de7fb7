//! The secrets that a configuration names, in the shape in which they are used.

use crate::{
    config::{
        ClientAuthentication, Config, Identity, MetricsAccess, Provider, RingKey, SecretName,
        Upstream,
    },
    cookie::ring::{KeyRing, RingSecret},
    encoding::base64url,
    fault::ConfigurationFault,
    http::header::HeaderValue,
    jose::SigningKey,
    ordered::OrderedMap,
    secret::Secret,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// All of them but the keys of the ring and those of issuers.
#[derive(Debug)]
pub(in crate::gateway) struct Secrets {
    /// By the ids of the providers.
    client_secrets: OrderedMap<String, Secret<String>>,
    /// By the ids of the providers.
    signing_keys: OrderedMap<String, SigningKey>,
    /// By the ids of the upstreams.
    shared_secrets: OrderedMap<String, HeaderValue>,
    /// The secret that opens the counters.
    pub(in crate::gateway) metrics: Option<Secret<String>>,
}

/// The secret of that name, as `host` has it.
///
/// White space around it is removed: a secret that is set from a file or a pipe often ends with a line break, and no
/// secret of any kind begins or ends with white space.
///
/// # Errors
/// [`ConfigurationFault::MissingSecret`], also for one that is empty.
pub(in crate::gateway) fn look_up(
    name: &SecretName,
    host: &impl Fn(&str) -> Option<Secret<String>>,
) -> Result<Secret<String>, ConfigurationFault> {
    host(&name.0)
        .map(|value| Secret::new(value.expose().trim().to_owned()))
        .filter(|value| !value.expose().is_empty())
        .ok_or_else(|| ConfigurationFault::MissingSecret {
            name: name.0.clone(),
        })
}

impl Secrets {
    /// Reads each secret that the configuration names.
    ///
    /// # Errors
    /// [`ConfigurationFault`] where one is missing, or is not what it must be.
    pub(in crate::gateway) fn read(
        config: &Config,
        secret: &impl Fn(&SecretName) -> Result<Secret<String>, ConfigurationFault>,
    ) -> Result<Self, ConfigurationFault> {
        let mut client_secrets = OrderedMap::new();
        let mut signing_keys = OrderedMap::new();
        for provider in &config.providers {
            match &provider.client_authentication {
                ClientAuthentication::None => {}
                ClientAuthentication::ClientSecretBasic(name)
                | ClientAuthentication::ClientSecretPost(name) => {
                    client_secrets.insert(provider.id.clone(), secret(name)?);
                }
                ClientAuthentication::PrivateKeyJwt(name)
                | ClientAuthentication::AppleClientSecret {
                    private_key: name, ..
                } => {
                    signing_keys.insert(provider.id.clone(), signing_key(name, secret)?);
                }
            }
        }
        let metrics = match &config.metrics {
            Some(MetricsAccess::Secret(name)) => Some(secret(name)?),
            Some(MetricsAccess::Session(_)) | None => None,
        };
        Ok(Self {
            client_secrets,
            signing_keys,
            shared_secrets: shared_secrets(config, secret)?,
            metrics,
        })
    }

    /// `client_secret` of a provider.
    pub(in crate::gateway) fn of_client(&self, provider: &Provider) -> Option<&Secret<String>> {
        self.client_secrets.get(&provider.id)
    }

    /// The key that signs client assertions to a provider.
    pub(in crate::gateway) fn signing_key(&self, provider: &Provider) -> Option<&SigningKey> {
        self.signing_keys.get(&provider.id)
    }

    /// `lychgate-secret` for an upstream.
    pub(in crate::gateway) fn shared(&self, upstream: &Upstream) -> Option<&HeaderValue> {
        self.shared_secrets.get(&upstream.id)
    }
}

fn shared_secrets(
    config: &Config,
    secret: &impl Fn(&SecretName) -> Result<Secret<String>, ConfigurationFault>,
) -> Result<OrderedMap<String, HeaderValue>, ConfigurationFault> {
    let mut shared = OrderedMap::new();
    for upstream in &config.upstreams {
        if let Identity::Headers {
            shared_secret: Some(name),
            ..
        } = &upstream.identity
        {
            let value = HeaderValue::parse(secret(name)?.expose().as_str());
            let value = value.ok_or_else(|| ConfigurationFault::BadSharedSecret {
                name: name.0.clone(),
            })?;
            shared.insert(upstream.id.clone(), value);
        }
    }
    Ok(shared)
}

fn signing_key(
    name: &SecretName,
    secret: &impl Fn(&SecretName) -> Result<Secret<String>, ConfigurationFault>,
) -> Result<SigningKey, ConfigurationFault> {
    SigningKey::parse(secret(name)?.expose()).map_err(|_| ConfigurationFault::BadPrivateKey {
        name: name.0.clone(),
    })
}

/// The ring that cookies and records are sealed with.
///
/// # Errors
/// [`ConfigurationFault`] where a key is missing, or is none.
pub(in crate::gateway) fn ring(
    keys: &[RingKey],
    secret: &impl Fn(&SecretName) -> Result<Secret<String>, ConfigurationFault>,
) -> Result<KeyRing, ConfigurationFault> {
    let mut secrets = Vec::new();
    for key in keys {
        let text = secret(&key.secret)?;
        let bytes = base64url::decode_array(text.expose());
        secrets.push(RingSecret {
            id: key.id,
            secret: Secret::new(bytes.ok_or_else(|| ConfigurationFault::BadKey {
                name: key.secret.0.clone(),
            })?),
            not_after: key.not_after,
        });
    }
    match secrets.split_first() {
        Some((sealing, earlier)) => Ok(KeyRing::new(sealing, earlier)),
        None => Err(ConfigurationFault::BadKey {
            name: String::new(),
        }),
    }
}
