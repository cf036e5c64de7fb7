//! A configuration with its secrets, and what one isolate remembers.

use crate::{
    access::upstream_index::UpstreamIndex,
    bearer::{cache::TokenCache, used_proofs::UsedProofs},
    config::{
        ClientAuthentication, Config, Identity, Issuer, IssuerIndex, KeySource, MetricsAccess,
        Protocol, Provider, RingKey, SecretName, Upstream, UpstreamTarget,
    },
    cookie::ring::{KeyRing, RingSecret},
    encoding::base64url,
    fault::ConfigurationFault,
    gateway::{
        header_rewrites::Origins,
        published::{
            key_sets::{KeySetIndex, KeySets},
            metadata::PublishedMetadata,
        },
    },
    http::{
        header::{HeaderName, HeaderValue},
        url::Scheme,
    },
    jose::{KeySet, SharedSecret, SigningKey},
    metrics::Metrics,
    oidc::return_to::Site,
    ordered::OrderedMap,
    secret::Secret,
    session::cache::SessionCache,
};
use alloc::{
    borrow::ToOwned,
    format,
    rc::Rc,
    string::{String, ToString},
    vec::Vec,
};
use core::cell::RefCell;

/// Everything that stays the same between requests, and the memory that may be lost at any time.
#[derive(Debug)]
pub(in crate::gateway) struct Deployment {
    pub(in crate::gateway) config: Config,
    /// The origin of `public_url`, as text.
    pub(in crate::gateway) origin: String,
    /// What each upstream is told of where a request came from.
    pub(in crate::gateway) forwarded: [(HeaderName, HeaderValue); 2],
    /// By the places of the upstreams in the configuration.
    origins: Vec<Option<Rc<Origins>>>,
    pub(in crate::gateway) ring: KeyRing,
    client_secrets: OrderedMap<String, Secret<String>>,
    signing_keys: OrderedMap<String, SigningKey>,
    shared_secrets: OrderedMap<String, HeaderValue>,
    /// By their places in the configuration.
    issuer_keys: Vec<IssuerKeys>,
    pub(in crate::gateway) key_sets: KeySets,
    /// By their ids; those without OpenID Connect publish nothing.
    providers: OrderedMap<String, PublishedMetadata>,
    pub(in crate::gateway) sessions: RefCell<SessionCache>,
    pub(in crate::gateway) tokens: RefCell<TokenCache>,
    /// DPoP proofs that were used.
    pub(in crate::gateway) used_proofs: RefCell<UsedProofs>,
    metrics_secret: Option<Secret<String>>,
    pub(in crate::gateway) metrics: Metrics,
}

impl Deployment {
    /// Looks every secret up that the configuration names.
    pub(in crate::gateway) fn new(
        config: Config,
        secret: impl Fn(&str) -> Option<Secret<String>>,
    ) -> Result<Self, ConfigurationFault> {
        let secret = |name: &SecretName| {
            // What is set from a file or a pipe ends with a line break more often than not, and no secret of
            // any kind begins or ends with white space.
            secret(&name.0)
                .map(|value| Secret::new(value.expose().trim().to_owned()))
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
        let mut shared_secrets = OrderedMap::new();
        for upstream in &config.upstreams {
            if let Identity::Headers {
                shared_secret: Some(name),
                ..
            } = &upstream.identity
            {
                let value = HeaderValue::parse(secret(name)?.expose().as_str());
                let value = value.ok_or_else(|| ConfigurationFault::BadProof {
                    name: name.0.clone(),
                })?;
                shared_secrets.insert(upstream.id.clone(), value);
            }
        }
        let mut key_sets = KeySets::default();
        let mut providers = OrderedMap::new();
        for provider in &config.providers {
            match &provider.protocol {
                Protocol::OpenId(source) => {
                    let published = PublishedMetadata::new(key_sets.add_provider(provider, source));
                    providers.insert(provider.id.clone(), published);
                }
                Protocol::OAuth(_) => {}
            }
        }
        let issuers = config.issuers.iter();
        let issuer_keys = issuers
            .map(|issuer| issuer_keys(issuer, &mut key_sets, &secret))
            .collect::<Result<_, _>>()?;
        let metrics_secret = match &config.metrics {
            Some(MetricsAccess::Secret(name)) => Some(secret(name)?),
            Some(MetricsAccess::Session(_)) | None => None,
        };
        let origin = config.public_url.to_string();
        Ok(Self {
            forwarded: forwarded(&config),
            origins: origins(&config, &origin),
            origin,
            ring,
            client_secrets,
            signing_keys,
            shared_secrets,
            issuer_keys,
            key_sets,
            providers,
            sessions: RefCell::new(SessionCache::new()),
            tokens: RefCell::new(TokenCache::new()),
            used_proofs: RefCell::new(UsedProofs::new()),
            metrics_secret,
            metrics: Metrics::default(),
            config,
        })
    }

    /// How an upstream is known, to itself and outside; static files are not.
    pub(in crate::gateway) fn origins(&self, index: UpstreamIndex) -> Option<Rc<Origins>> {
        self.origins.get(index.0)?.clone()
    }

    pub(in crate::gateway) fn client_secret(&self, provider: &Provider) -> Option<&Secret<String>> {
        self.client_secrets.get(&provider.id)
    }

    pub(in crate::gateway) fn signing_key(&self, provider: &Provider) -> Option<&SigningKey> {
        self.signing_keys.get(&provider.id)
    }

    /// What the signatures of an issuer are verified with.
    pub(in crate::gateway) fn issuer_keys(&self, index: IssuerIndex) -> Option<&IssuerKeys> {
        self.issuer_keys.get(index.0)
    }

    /// What is known of what a provider publishes.
    pub(in crate::gateway) fn provider(&self, provider: &Provider) -> Option<&PublishedMetadata> {
        self.providers.get(&provider.id)
    }

    pub(in crate::gateway) const fn metrics_secret(&self) -> Option<&Secret<String>> {
        self.metrics_secret.as_ref()
    }

    pub(in crate::gateway) fn shared_secret(&self, upstream: &Upstream) -> Option<&HeaderValue> {
        self.shared_secrets.get(&upstream.id)
    }

    pub(in crate::gateway) fn needs_assets(&self) -> bool {
        let is_assets = |upstream: &Upstream| matches!(upstream.target, UpstreamTarget::Assets);
        self.config.upstreams.iter().any(is_assets)
    }

    pub(in crate::gateway) fn services(&self) -> Vec<&str> {
        let upstreams = self.config.upstreams.iter();
        let services = upstreams.filter_map(|upstream| match &upstream.target {
            UpstreamTarget::Service(name) => Some(name.0.as_str()),
            UpstreamTarget::Assets | UpstreamTarget::Url(_) => None,
        });
        services.collect()
    }

    /// The path of one of our endpoints.
    pub(in crate::gateway) fn endpoint(&self, name: &str) -> String {
        format!("{}/{name}", self.config.base_path)
    }

    /// This site, as far as links name it.
    pub(in crate::gateway) fn site(&self) -> Site<'_> {
        Site {
            origin: &self.origin,
            base_path: &self.config.base_path,
        }
    }

    /// The redirect URI of a provider.
    pub(in crate::gateway) fn redirect_uri(&self, provider: &Provider) -> String {
        format!(
            "{}{}/callback/{}",
            self.origin, self.config.base_path, provider.id
        )
    }
}

/// What an issuer's signatures are verified with.
#[derive(Debug)]
pub(in crate::gateway) enum IssuerKeys {
    /// Keys of the configuration.
    Fixed(Rc<KeySet>),
    /// A secret that the issuer shares with us.
    Shared(SharedSecret),
    /// Keys that it publishes.
    Published(KeySetIndex),
}

fn issuer_keys(
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

fn origins(config: &Config, public: &str) -> Vec<Option<Rc<Origins>>> {
    let of = |upstream: &Upstream| {
        let upstream = match &upstream.target {
            UpstreamTarget::Assets => return None,
            UpstreamTarget::Url(origin) => origin.to_string(),
            // It is asked under the public origin.
            UpstreamTarget::Service(_) => public.into(),
        };
        let public = public.into();
        Some(Rc::new(Origins { upstream, public }))
    };
    config.upstreams.iter().map(of).collect()
}

fn forwarded(config: &Config) -> [(HeaderName, HeaderValue); 2] {
    let scheme = match config.public_url.scheme() {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    // A host in normal form is always a value; were it none, an upstream would be told nothing.
    let host = HeaderValue::parse(config.public_url.authority());
    let host = host.unwrap_or(HeaderValue::from_static(""));
    [
        (
            HeaderName::X_FORWARDED_PROTO,
            HeaderValue::from_static(scheme),
        ),
        (HeaderName::X_FORWARDED_HOST, host),
    ]
}
