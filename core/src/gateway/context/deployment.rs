//! A configuration with its secrets, and what one isolate remembers.

use crate::{
    access::upstream_index::UpstreamIndex,
    bearer::{cache::TokenCache, used_proofs::UsedProofs},
    config::{
        AskedEndpoint, Config, Issuer, IssuerIndex, Protocol, Provider, SecretName, Upstream,
        UpstreamTarget,
    },
    cookie::ring::KeyRing,
    fault::ConfigurationFault,
    gateway::{
        context::{
            issuer_keys::IssuerKeys,
            secrets::{self, Secrets},
        },
        header_rewrites::Origins,
        published::{
            key_sets::KeySets,
            metadata::{PublishedEndpoint, PublishedMetadata},
            questions::Questions,
        },
    },
    http::{
        header::{HeaderName, HeaderValue},
        url::Scheme,
    },
    metrics::Metrics,
    oidc::return_to::Site,
    ordered::OrderedMap,
    secret::Secret,
    session::{cache::SessionCache, check::Keys},
};
use alloc::{
    format,
    rc::Rc,
    string::{String, ToString},
    vec::Vec,
};
use core::cell::RefCell;

/// Everything that stays the same between requests, and the caches that may be lost at any time.
#[derive(Debug)]
pub(in crate::gateway) struct Deployment {
    pub(in crate::gateway) config: Config,
    /// The origin of `public_url`, as text.
    pub(in crate::gateway) origin: String,
    /// The headers that tell each upstream where a request came from.
    pub(in crate::gateway) forwarded: [(HeaderName, HeaderValue); 2],
    /// By the places of the upstreams in the configuration.
    origins: Vec<Option<Rc<Origins>>>,
    pub(in crate::gateway) ring: KeyRing,
    /// What user records are sealed with; `None` where the deployment keeps none.
    pub(in crate::gateway) directory: Option<KeyRing>,
    pub(in crate::gateway) secrets: Secrets,
    /// By their places in the configuration.
    issuer_keys: Vec<IssuerKeys>,
    pub(in crate::gateway) key_sets: KeySets,
    /// By their ids; those without OpenID Connect publish nothing.
    providers: OrderedMap<String, PublishedMetadata>,
    pub(in crate::gateway) sessions: RefCell<SessionCache>,
    pub(in crate::gateway) tokens: RefCell<TokenCache>,
    /// Where issuers are asked whose metadata says so, by their places in the configuration.
    endpoints: Vec<Option<PublishedEndpoint>>,
    /// To issuers about tokens.
    pub(in crate::gateway) questions: Questions,
    /// To providers about tokens that pages hand over.
    pub(in crate::gateway) hand_overs: Questions,
    /// DPoP proofs that were used.
    pub(in crate::gateway) used_proofs: RefCell<UsedProofs>,
    pub(in crate::gateway) metrics: Metrics,
}

impl Deployment {
    /// Looks every secret up that the configuration names.
    ///
    /// # Errors
    /// [`ConfigurationFault`] where a secret is missing, or is not what it must be.
    pub(in crate::gateway) fn new(
        config: Config,
        secret: impl Fn(&str) -> Option<Secret<String>>,
    ) -> Result<Self, ConfigurationFault> {
        let secrets = |name: &SecretName| secrets::look_up(name, &secret);
        let mut key_sets = KeySets::default();
        let origin = config.public_url.to_string();
        Ok(Self {
            forwarded: forwarded(&config),
            origins: origins(&config, &origin),
            origin,
            ring: secrets::ring(&config.keys, &secrets)?,
            directory: match &config.directory {
                Some(directory) => Some(secrets::ring(&directory.keys, &secrets)?),
                None => None,
            },
            secrets: Secrets::read(&config, &secrets)?,
            providers: published(&config, &mut key_sets),
            issuer_keys: IssuerKeys::of_all(&config, &mut key_sets, &secrets)?,
            key_sets,
            sessions: RefCell::new(SessionCache::new()),
            tokens: RefCell::new(TokenCache::new()),
            endpoints: endpoints(&config.issuers),
            questions: Questions::new(),
            hand_overs: Questions::new(),
            used_proofs: RefCell::new(UsedProofs::new()),
            metrics: Metrics::default(),
            config,
        })
    }

    /// The keys that open what the ledger says of a session.
    pub(in crate::gateway) fn session_keys(&self) -> Keys<'_> {
        Keys {
            ring: &self.ring,
            directory: self.directory.as_ref(),
            origin: &self.origin,
        }
    }

    /// How an upstream is known, to itself and outside; static files are not.
    pub(in crate::gateway) fn origins(&self, index: UpstreamIndex) -> Option<Rc<Origins>> {
        self.origins.get(index.0)?.clone()
    }

    /// The keys that verify the signatures of an issuer.
    pub(in crate::gateway) fn issuer_keys(&self, index: IssuerIndex) -> Option<&IssuerKeys> {
        self.issuer_keys.get(index.0)
    }

    /// The published metadata of a provider, as far as it is known.
    pub(in crate::gateway) fn provider(&self, provider: &Provider) -> Option<&PublishedMetadata> {
        self.providers.get(&provider.id)
    }

    /// Where an issuer is asked about tokens, as far as it is known; `None` where the configuration says it.
    pub(in crate::gateway) fn endpoint_of(&self, index: IssuerIndex) -> Option<&PublishedEndpoint> {
        self.endpoints.get(index.0)?.as_ref()
    }

    /// Whether any upstream is the static files of the platform.
    pub(in crate::gateway) fn needs_assets(&self) -> bool {
        let is_assets = |upstream: &Upstream| matches!(upstream.target, UpstreamTarget::Assets);
        self.config.upstreams.iter().any(is_assets)
    }

    /// The names of the service bindings that upstreams are reached by.
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

fn endpoints(issuers: &[Issuer]) -> Vec<Option<PublishedEndpoint>> {
    let issuers = issuers.iter();
    let endpoints = issuers.map(|issuer| match issuer.asked()?.endpoint {
        AskedEndpoint::Discovery(_) => Some(PublishedEndpoint::default()),
        AskedEndpoint::At(_) => None,
    });
    endpoints.collect()
}

/// The published metadata of each provider, as far as it is known.
fn published(config: &Config, key_sets: &mut KeySets) -> OrderedMap<String, PublishedMetadata> {
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
    providers
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::context::for_tests::{deploy, deployment, settings};
    use alloc::borrow::ToOwned;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_upstream_is_told_where_browsers_are() {
        for (public_url, scheme, host) in [
            ("https://app.example.com", "https", "app.example.com"),
            ("http://localhost:8787", "http", "localhost:8787"),
        ] {
            let mut settings = settings();
            settings["public_url"] = json!(public_url);
            let told = deploy(&settings).forwarded.map(|(_, value)| value);
            assert_eq!(told.map(|it| it.as_str().to_owned()), [scheme, host]);
        }
    }

    #[test]
    fn a_service_is_asked_under_the_public_origin_and_files_under_none() {
        let mut settings = settings();
        let upstreams = settings["upstream"].as_array_mut().unwrap();
        upstreams.push(json!({"id": "worker", "service": "WORKER"}));
        let deployment = deploy(&settings);
        let upstream = |place| {
            let origins = deployment.origins(UpstreamIndex(place))?;
            Some(origins.upstream.clone())
        };
        assert_eq!(upstream(0), None);
        assert_eq!(upstream(1).as_deref(), Some("https://api.example.com"));
        assert_eq!(upstream(2).as_deref(), Some("https://app.example.com"));
    }

    #[test]
    fn a_redirect_uri_is_the_callback_of_its_provider() {
        let deployment = deployment();
        let provider = deployment.config.provider("other").unwrap();
        let expected = "https://app.example.com/auth/callback/other";
        assert_eq!(deployment.redirect_uri(provider), expected);
    }

    #[test]
    fn a_provider_and_an_issuer_that_publish_at_one_place_share_one_set() {
        let shared = |deployment: &Deployment| {
            let provider = deployment.config.provider("demo").unwrap();
            let of_provider = deployment.provider(provider).unwrap().keys;
            let Some(IssuerKeys::Published(of_issuer)) = deployment.issuer_keys(IssuerIndex(0))
            else {
                panic!("the issuer publishes its keys");
            };
            of_provider == *of_issuer
        };
        assert!(shared(&deployment()));
        let mut elsewhere = settings();
        elsewhere["issuer"][0]["jwks_uri"] = json!("https://op.example.com/keys");
        assert!(!shared(&deploy(&elsewhere)));
    }
}
