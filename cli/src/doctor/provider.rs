//! A provider from outside: its metadata and keys, read as the gateway reads them, and its clock.

use super::{
    checks::Check,
    client::{Answer, PROGRAM},
    finding::Finding,
    provider_supports,
    subject::Subject,
};
use lychgate_core::{
    config::{Config, MetadataSource, Protocol, Provider},
    http::{outbound::Reply, url::Url},
    jose::{Algorithm, FlawKind, KeyFault, KeySet, KeySetFlaw},
    oidc::{
        discovery::{self, DiscoveryFault, ProviderMetadata},
        document::{self, DocumentFault},
    },
};
use serde_json::Value;

const METADATA: Check = Check::Metadata;
const KEYS: Check = Check::Keys;

/// The metadata of a provider, where it can be had and is its own.
pub(crate) fn metadata(subject: &Subject, provider: &Provider) -> Option<ProviderMetadata> {
    let config = subject.config.as_ref()?;
    let url = match &provider.protocol {
        Protocol::OpenId(MetadataSource::Document(url)) => url,
        Protocol::OpenId(MetadataSource::Written(endpoints)) => {
            return Some(ProviderMetadata::written(endpoints));
        }
        Protocol::OAuth(_) => return None,
    };
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
    let url = match &provider.protocol {
        Protocol::OpenId(MetadataSource::Document(url)) => url,
        Protocol::OpenId(MetadataSource::Written(endpoints)) => {
            let what = format!("that of {id} is written in the configuration");
            let mut findings = vec![Finding::skip(METADATA, what)];
            findings.extend(keys(subject, provider, &endpoints.jwks_uri));
            return (findings, None);
        }
        Protocol::OAuth(_) => {
            let what = format!("{id} has none: it does not speak OpenID Connect");
            return (vec![Finding::skip(METADATA, what)], None);
        }
    };
    let answer = match subject.client.get(&url.to_string(), &PROGRAM) {
        Ok(answer) => answer,
        Err(error) => {
            let what = format!("{url} cannot be reached from here: {error}");
            let advice = format!(
                "check issuer and metadata_url of provider[{id}], and that it can be reached from the deployment"
            );
            return (vec![Finding::fail(METADATA, what, advice)], None);
        }
    };
    let reply = reply(&answer);
    let read = ProviderMetadata::read(&reply, &provider.issuer, config.reach());
    let metadata = match read {
        Ok(metadata) => metadata,
        Err(fault) => return (vec![refused(provider, url, &fault)], Some(answer)),
    };
    let mut findings = vec![Finding::pass(
        METADATA,
        format!("{url} is the metadata of {}", provider.issuer),
    )];
    findings.extend(metadata.flaws.iter().map(|name| {
        Finding::warn(
            METADATA,
            format!("{name} at {url} cannot be used, and counts as absent"),
            "what needs it is off: an endpoint must be https and public, without a fragment; see to that at the provider",
        )
    }));
    findings.extend(algorithms(provider, &reply));
    findings.extend(provider_supports::check(provider, &reply));
    findings.extend(keys(subject, provider, &metadata.jwks_uri));
    (findings, Some(answer))
}

fn refused(provider: &Provider, url: &Url, fault: &DiscoveryFault) -> Finding {
    let id = &provider.id;
    let issuer = format!(
        "write the issuer of provider[{id}] exactly as the provider does, with or without a slash at the end"
    );
    match fault {
        DiscoveryFault::Document(fault) => Finding::fail(
            METADATA,
            format!(
                "{url} is no metadata of an OpenID provider: {}",
                reason(*fault)
            ),
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
    const CHECK: Check = Check::Algorithms;
    let document = document::read_published(reply).ok()?;
    let Value::Array(listed) = document.get("id_token_signing_alg_values_supported")? else {
        return None;
    };
    let listed = listed.iter().filter_map(Value::as_str);
    let mut listed = listed.filter_map(Algorithm::from_name);
    let fits = listed.find(|algorithm| provider.algorithms.contains(algorithm));
    Some(match fits {
        Some(algorithm) => Finding::pass(
            CHECK,
            format!(
                "{} signs ID tokens with {}, among others or alone",
                provider.id,
                algorithm.name()
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

fn keys(subject: &Subject, provider: &Provider, url: &Url) -> Vec<Finding> {
    let answer = match subject.client.get(&url.to_string(), &PROGRAM) {
        Ok(answer) => answer,
        Err(error) => {
            let what = format!("{url} cannot be reached from here: {error}");
            let advice = "without keys nobody signs in: see to that at the provider";
            return vec![Finding::fail(KEYS, what, advice)];
        }
    };
    let id = &provider.id;
    of_set(
        KEYS,
        &answer,
        &provider.algorithms,
        &Told {
            pass: format!("{url} has keys that ID tokens can be verified with"),
            fail: format!("{url} has no key for the accepted algorithms"),
            advice: format!("see what it publishes, and algorithms of provider[{id}]"),
            url,
        },
    )
}

/// The words of the findings about one key set.
pub(super) struct Told<'a> {
    pub(super) pass: String,
    pub(super) fail: String,
    pub(super) advice: String,
    pub(super) url: &'a Url,
}

/// Whether an answer is a key set with a key for one of these algorithms, and what is odd in it.
pub(super) fn of_set(
    check: Check,
    answer: &Answer,
    algorithms: &[Algorithm],
    told: &Told<'_>,
) -> Vec<Finding> {
    let url = told.url;
    let set = match discovery::key_set(&reply(answer)) {
        Ok(set) => set,
        Err(fault) => {
            let what = match fault {
                DiscoveryFault::Document(fault) => reason(fault),
                DiscoveryFault::IssuerMismatch
                | DiscoveryFault::Endpoint(_)
                | DiscoveryFault::NoS256
                | DiscoveryFault::Keys(_) => {
                    "it has no list of keys, or more than 64 KiB".to_owned()
                }
            };
            let what = format!("{url} is no key set: {what}");
            return vec![Finding::fail(check, what, &told.advice)];
        }
    };
    let mut findings = vec![if serves(&set, algorithms) {
        Finding::pass(check, &told.pass)
    } else {
        Finding::fail(check, &told.fail, &told.advice)
    }];
    findings.extend(set.flaws().map(|flaw| mistake(check, url, flaw)));
    findings
}

fn serves(set: &KeySet, algorithms: &[Algorithm]) -> bool {
    let mut keys = set.keys().iter();
    keys.any(|key| algorithms.iter().any(|algorithm| key.serves(*algorithm)))
}

/// A warning about one odd entry of a key set, and the advice for its publisher. Lychgate uses the rest of the set.
fn mistake(check: Check, url: &Url, flaw: KeySetFlaw) -> Finding {
    let advice = match flaw.kind {
        FlawKind::LeftOut(KeyFault::PrivateMaterial) => {
            "anyone who reads it can sign with that key: tell the provider, which must take it away and use another"
        }
        FlawKind::LeftOut(_) => {
            "tokens that are signed with it are refused: see to that at the provider"
        }
        FlawKind::SameKeyId => {
            "both are tried, which costs time: give each key a kid of its own at the provider"
        }
    };
    Finding::warn(check, format!("{url}: {flaw}"), advice)
}

/// Why an answer is no document.
fn reason(fault: DocumentFault) -> String {
    match fault {
        DocumentFault::Status(status) => format!("it answers {status}"),
        DocumentFault::NotJson => "it is a page or a file, and no JSON".to_owned(),
        DocumentFault::Json(fault) => format!("its JSON cannot be read ({fault:?})"),
    }
}

pub(super) fn reply(answer: &Answer) -> Reply {
    Reply {
        status: answer.status,
        content_type: answer.field("content-type").map(ToOwned::to_owned),
        body: answer.body.clone(),
    }
}
