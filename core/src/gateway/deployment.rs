//! A configuration with its secrets, and what one isolate remembers.

use super::provider::ProviderMemory;
use crate::{
    config::{
        ClientAuthentication, Config, Identity, MetricsAccess, Provider, RingKey, SecretName,
        Upstream, UpstreamTarget,
    },
    cookie::ring::{KeyRing, RingSecret},
    encoding::base64url,
    fault::ConfigurationFault,
    http::header::HeaderValue,
    jose::SigningKey,
    metrics::Metrics,
    ordered::OrderedMap,
    secret::Secret,
    session::memo::SessionMemo,
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::cell::RefCell;

/// Everything that stays the same between requests, and the memory that may be lost at any time.
#[derive(Debug)]
pub(super) struct Deployment {
    pub(super) config: Config,
    /// The origin of `public_url`, as text.
    pub(super) origin: String,
    pub(super) ring: KeyRing,
    client_secrets: OrderedMap<String, Secret<String>>,
    signing_keys: OrderedMap<String, SigningKey>,
    proofs: OrderedMap<String, HeaderValue>,
    pub(super) sessions: RefCell<SessionMemo>,
    pub(super) providers: RefCell<OrderedMap<String, ProviderMemory>>,
    metrics_secret: Option<Secret<String>>,
    pub(super) metrics: Metrics,
}

impl Deployment {
    /// Looks every secret up that the configuration names.
    pub(super) fn new(
        config: Config,
        secret: impl Fn(&str) -> Option<Secret<String>>,
    ) -> Result<Self, ConfigurationFault> {
        let secret = |name: &SecretName| {
            secret(&name.0)
                .filter(|value| !value.expose().is_empty())
                .ok_or_else(|| ConfigurationFault::MissingSecret {
                    name: name.0.clone(),
                })
        };
        let ring = ring(&config.keys, &secret)?;
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
                    signing_keys.insert(provider.id.clone(), signing_key(name, &secret)?);
                }
            }
        }
        let mut proofs = OrderedMap::new();
        for upstream in &config.upstreams {
            if let Identity::Headers {
                proof: Some(name), ..
            } = &upstream.identity
            {
                let value = HeaderValue::parse(secret(name)?.expose().as_str());
                let value = value.ok_or_else(|| ConfigurationFault::BadProof {
                    name: name.0.clone(),
                })?;
                proofs.insert(upstream.id.clone(), value);
            }
        }
        let metrics_secret = match &config.metrics {
            Some(MetricsAccess::Secret(name)) => Some(secret(name)?),
            Some(MetricsAccess::Session(_)) | None => None,
        };
        Ok(Self {
            origin: config.public_url.to_string(),
            ring,
            client_secrets,
            signing_keys,
            proofs,
            sessions: RefCell::new(SessionMemo::new()),
            providers: RefCell::new(OrderedMap::new()),
            metrics_secret,
            metrics: Metrics::default(),
            config,
        })
    }

    pub(super) fn client_secret(&self, provider: &Provider) -> Option<&Secret<String>> {
        self.client_secrets.get(&provider.id)
    }

    pub(super) fn signing_key(&self, provider: &Provider) -> Option<&SigningKey> {
        self.signing_keys.get(&provider.id)
    }

    pub(super) const fn metrics_secret(&self) -> Option<&Secret<String>> {
        self.metrics_secret.as_ref()
    }

    pub(super) fn proof(&self, upstream: &Upstream) -> Option<&HeaderValue> {
        self.proofs.get(&upstream.id)
    }

    pub(super) fn needs_assets(&self) -> bool {
        let is_assets = |upstream: &Upstream| matches!(upstream.target, UpstreamTarget::Assets);
        self.config.upstreams.iter().any(is_assets)
    }

    pub(super) fn services(&self) -> Vec<&str> {
        let upstreams = self.config.upstreams.iter();
        let services = upstreams.filter_map(|upstream| match &upstream.target {
            UpstreamTarget::Service(name) => Some(name.0.as_str()),
            UpstreamTarget::Assets | UpstreamTarget::Url(_) => None,
        });
        services.collect()
    }

    /// The path of one of our endpoints.
    pub(super) fn endpoint(&self, name: &str) -> String {
        format!("{}/{name}", self.config.base_path)
    }

    /// The redirect URI of a provider.
    pub(super) fn redirect_uri(&self, provider: &Provider) -> String {
        format!(
            "{}{}/callback/{}",
            self.origin, self.config.base_path, provider.id
        )
    }
}

fn signing_key(
    name: &SecretName,
    secret: &impl Fn(&SecretName) -> Result<Secret<String>, ConfigurationFault>,
) -> Result<SigningKey, ConfigurationFault> {
    SigningKey::parse(secret(name)?.expose()).map_err(|_| ConfigurationFault::BadPrivateKey {
        name: name.0.clone(),
    })
}

fn ring(
    keys: &[RingKey],
    secret: &impl Fn(&SecretName) -> Result<Secret<String>, ConfigurationFault>,
) -> Result<KeyRing, ConfigurationFault> {
    let mut secrets = Vec::new();
    for key in keys {
        let text = secret(&key.secret)?;
        let bytes = base64url::decode_array(text.expose().trim());
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
