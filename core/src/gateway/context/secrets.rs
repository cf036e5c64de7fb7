//! The secrets that a configuration names, in the shape in which they are used.

use crate::{
    config::{
        ClientAuthentication, Config, EndpointCredential, Identity, Issuer, MetricsAccess,
        OnlineCheck, RingKey, SecretName, Upstream,
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
    /// Those that prove who we are at providers and issuers, by their names.
    client_secrets: OrderedMap<String, Secret<String>>,
    /// The keys that do, by their names.
    signing_keys: OrderedMap<String, SigningKey>,
    /// By the ids of the upstreams.
    shared_secrets: OrderedMap<String, HeaderValue>,
    /// The secret that opens the counters.
    pub(in crate::gateway) metrics: Option<Secret<String>>,
    /// The secret that has user records sealed anew.
    pub(in crate::gateway) operator: Option<Secret<String>>,
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
        let providers = config.providers.iter();
        let of_providers = providers.map(|provider| &provider.client_authentication);
        let asked = config.issuers.iter().filter_map(Issuer::asked);
        let mut authentications: Vec<&ClientAuthentication> = of_providers.collect();
        for credential in asked.filter_map(OnlineCheck::credential) {
            match credential {
                EndpointCredential::Client { authentication, .. } => {
                    authentications.push(authentication);
                }
                EndpointCredential::Bearer(name) => {
                    client_secrets.insert(name.0.clone(), secret(name)?);
                }
            }
        }
        for authentication in authentications {
            match authentication {
                ClientAuthentication::None => {}
                ClientAuthentication::ClientSecretBasic(name)
                | ClientAuthentication::ClientSecretPost(name) => {
                    client_secrets.insert(name.0.clone(), secret(name)?);
                }
                ClientAuthentication::PrivateKeyJwt(name)
                | ClientAuthentication::AppleClientSecret {
                    private_key: name, ..
                } => {
                    signing_keys.insert(name.0.clone(), signing_key(name, secret)?);
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
            operator: match config
                .directory
                .as_ref()
                .and_then(|it| it.operator.as_ref())
            {
                Some(name) => Some(secret(name)?),
                None => None,
            },
        })
    }

    /// The secret of that name, by which we prove who we are.
    pub(in crate::gateway) fn of_client(&self, name: &SecretName) -> Option<&Secret<String>> {
        self.client_secrets.get(&name.0)
    }

    /// The key of that name, which signs client assertions.
    pub(in crate::gateway) fn signing_key(&self, name: &SecretName) -> Option<&SigningKey> {
        self.signing_keys.get(&name.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cookie::seal::{Place, Purpose},
        gateway::context::{
            deployment::Deployment,
            for_tests::{self, deployment, settings},
        },
        time::UnixTime,
    };
    use alloc::string::ToString;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn named(name: &str) -> SecretName {
        SecretName(name.to_owned())
    }

    #[test]
    fn a_secret_of_white_space_is_missing() {
        let look_up = |value: &'static str| {
            let host = |_: &str| Some(Secret::new(value.to_owned()));
            look_up(&named("A"), &host).map(|secret| secret.expose().clone())
        };
        assert_eq!(look_up(" s t\r\n").as_deref(), Ok("s t"));
        let name = "A".to_owned();
        let missing = Err(ConfigurationFault::MissingSecret { name });
        assert_eq!(look_up(" \n"), missing);
    }

    #[test]
    fn a_key_of_the_ring_is_32_bytes_and_the_first_one_seals() {
        let key = |id: u8, name: &str| RingKey {
            id,
            secret: named(name),
            not_after: None,
        };
        let of_name = |name: &SecretName| {
            let length = name.0.parse::<usize>().unwrap();
            Ok(Secret::new("A".repeat(length)))
        };
        let now = UnixTime::from_seconds(0);
        let place = Place {
            purpose: Purpose::Session,
            name: "n",
            origin: "o",
        };
        let both = ring(&[key(2, "43"), key(1, "43")], &of_name).unwrap();
        let sealed = both.seal(place, [0; 24], b"x").unwrap();
        assert_eq!(both.open(place, &sealed, now).unwrap().key_id, 2);
        for (second, name) in [(key(1, "42"), "42"), (key(1, "44"), "44")] {
            let fault = ring(&[key(2, "43"), second], &of_name).err();
            let name = name.to_owned();
            assert_eq!(fault, Some(ConfigurationFault::BadKey { name }));
        }
        assert!(ring(&[], &of_name).is_err());
    }

    #[test]
    fn a_shared_secret_stands_in_a_header_field() {
        let deploy = |shared: &'static str| {
            let config = Config::from_json(settings().to_string().as_bytes()).unwrap();
            let secret = |name: &str| match name {
                "API" => Some(Secret::new(shared.to_owned())),
                _ => for_tests::secret(name),
            };
            Deployment::new(config, secret).map(|_| ())
        };
        assert_eq!(deploy("visible"), Ok(()));
        let name = "API".to_owned();
        let bad = Err(ConfigurationFault::BadSharedSecret { name });
        assert_eq!(deploy("a\r\nlychgate-user: b"), bad);
    }

    #[test]
    fn each_provider_and_upstream_has_its_own_secret_and_no_other() {
        let deployment = deployment();
        let (config, secrets) = (&deployment.config, &deployment.secrets);
        for (id, expected) in [("demo", "DEMO"), ("other", "OTHER")] {
            let provider = config.provider(id).unwrap();
            let name = provider.client_authentication.secret().unwrap();
            assert_eq!(
                secrets.of_client(name).unwrap().expose(),
                for_tests::secret(expected).unwrap().expose()
            );
        }
        let shared = |place: usize| secrets.shared(&config.upstreams[place]);
        assert!(shared(0).is_none());
        assert_eq!(shared(1).unwrap().as_str(), "the-secret-of-API");
    }
}
