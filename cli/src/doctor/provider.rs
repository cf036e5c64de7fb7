//! What a provider publishes: metadata and keys, read as the gateway reads them, and its clock.

use super::{
    client::{Answer, PROGRAM},
    finding::Finding,
    provider_supports,
    subject::Subject,
};
use lychgate_core::{
    config::{Config, Protocol, Provider},
    http::{outbound::Reply, url::Url},
    jose::{Algorithm, KeySet},
    oidc::{
        discovery::{self, DiscoveryFault, ProviderMetadata},
        document,
    },
};
use serde_json::Value;

const METADATA: &str = "metadata";
const KEYS: &str = "keys";

/// What a provider publishes, where it can be had and is its own.
pub(crate) fn metadata(subject: &Subject, provider: &Provider) -> Option<ProviderMetadata> {
    let config = subject.config.as_ref()?;
    let url = discovery::location(&provider.issuer_url)?;
    let answer = subject.client.get(&url.to_string(), &PROGRAM).ok()?;
    ProviderMetadata::read(&reply(&answer), &provider.issuer, config.reach()).ok()
}

/// Everything about one provider, and its answer, for its clock.
pub(crate) fn check(
    subject: &Subject,
    config: &Config,
    provider: &Provider,
) -> (Vec<Finding>, Option<Answer>) {
    let id = &provider.id;
    match &provider.protocol {
        Protocol::OpenId => {}
        Protocol::OAuth(_) => {
            let what = format!("{id} has none: it does not speak OpenID Connect");
            return (vec![Finding::skip(METADATA, what)], None);
        }
    }
    let Some(url) = discovery::location(&provider.issuer_url) else {
        return (Vec::new(), None);
    };
    let answer = match subject.client.get(&url.to_string(), &PROGRAM) {
        Ok(answer) => answer,
        Err(error) => {
            let what = format!("{url} cannot be reached from here: {error}");
            let advice = format!(
                "check the issuer of provider[{id}], and that it can be reached from the deployment"
            );
            return (vec![Finding::fail(METADATA, what, advice)], None);
        }
    };
    let reply = reply(&answer);
    let read = ProviderMetadata::read(&reply, &provider.issuer, config.reach());
    let metadata = match read {
        Ok(metadata) => metadata,
        Err(fault) => return (vec![refused(provider, &url, &fault)], Some(answer)),
    };
    let mut findings = vec![Finding::pass(
        METADATA,
        format!("{url} is the metadata of {}", provider.issuer),
    )];
    findings.extend(algorithms(provider, &reply));
    findings.extend(provider_supports::check(provider, &reply));
    findings.push(keys(subject, provider, &metadata.jwks_uri));
    (findings, Some(answer))
}

fn refused(provider: &Provider, url: &Url, fault: &DiscoveryFault) -> Finding {
    let id = &provider.id;
    let issuer = format!(
        "write the issuer of provider[{id}] exactly as the provider does, with or without a slash at the end"
    );
    match fault {
        DiscoveryFault::Document(_) => Finding::fail(
            METADATA,
            format!("{url} is no metadata of an OpenID provider"),
            issuer,
        ),
        DiscoveryFault::IssuerMismatch => Finding::fail(
            METADATA,
            format!(
                "{url} is the metadata of another issuer than {}",
                provider.issuer
            ),
            issuer,
        ),
        DiscoveryFault::Endpoint(name) => Finding::fail(
            METADATA,
            format!("{url} has no {name} that the deployment may send to"),
            "it must be https and public, unless public_url is a loopback address",
        ),
        DiscoveryFault::NoS256 => Finding::fail(
            METADATA,
            format!("{id} knows PKCE without S256 alone"),
            "Lychgate signs nobody in there; switch S256 on at the provider",
        ),
        DiscoveryFault::Keys(_) => Finding::fail(
            KEYS,
            format!("the keys of {id} cannot be used"),
            "see what its jwks_uri publishes",
        ),
    }
}

/// Whether it can sign ID tokens in a way that is accepted.
fn algorithms(provider: &Provider, reply: &Reply) -> Option<Finding> {
    const CHECK: &str = "algorithms";
    let document = document::read(reply).ok()?;
    let Value::Array(listed) = document.get("id_token_signing_alg_values_supported")? else {
        return None;
    };
    let fits = |name: &&str| listed.iter().any(|other| other == name);
    let mut accepted = provider.algorithms.iter().map(|algorithm| algorithm.name());
    Some(match accepted.find(fits) {
        Some(name) => Finding::pass(
            CHECK,
            format!(
                "{} signs ID tokens with {name}, among others or alone",
                provider.id
            ),
        ),
        None => Finding::fail(
            CHECK,
            format!(
                "{} signs ID tokens with none of the accepted algorithms",
                provider.id
            ),
            format!(
                "add one that it supports to algorithms of provider[{}]",
                provider.id
            ),
        ),
    })
}

fn keys(subject: &Subject, provider: &Provider, url: &Url) -> Finding {
    let answer = match subject.client.get(&url.to_string(), &PROGRAM) {
        Ok(answer) => answer,
        Err(error) => {
            let what = format!("{url} cannot be reached from here: {error}");
            return Finding::fail(
                KEYS,
                what,
                "without keys nobody signs in: see to that at the provider",
            );
        }
    };
    if serves(&answer, &provider.algorithms) {
        Finding::pass(
            KEYS,
            format!("{url} has keys that ID tokens can be verified with"),
        )
    } else {
        Finding::fail(
            KEYS,
            format!("{url} has no key for the accepted algorithms"),
            format!(
                "see what it publishes, and algorithms of provider[{}]",
                provider.id
            ),
        )
    }
}

/// Whether an answer is a key set with a key for one of these algorithms.
pub(super) fn serves(answer: &Answer, algorithms: &[Algorithm]) -> bool {
    let set = document::read(&reply(answer)).ok();
    let set = set.and_then(|_| KeySet::parse(&answer.body).ok());
    let mut keys = set.iter().flat_map(|set| set.keys());
    keys.any(|key| algorithms.iter().any(|algorithm| key.serves(*algorithm)))
}

pub(super) fn reply(answer: &Answer) -> Reply {
    Reply {
        status: answer.status,
        content_type: answer.field("content-type").map(ToOwned::to_owned),
        body: answer.body.clone(),
    }
}
