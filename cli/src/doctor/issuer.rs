//! Whether the keys that access tokens are verified with can be had, read as the gateway reads them, and whether the
//! endpoints answer that it asks about tokens.

use super::{
    checks::Check,
    client::{Answer, PROGRAM},
    finding::Finding,
    provider::{Told, of_set, reply},
    subject::Subject,
};
use lychgate_core::{
    bearer::online,
    config::{AskedEndpoint, CheckMethod, Config, Issuer, KeySource, OnlineCheck},
    http::{
        outbound::Reply,
        url::{Reach, Url},
    },
    oidc::{
        discovery::{self, DiscoveryFault},
        document,
    },
};

const CHECK: Check = Check::Issuer;

/// The findings on one issuer; none where its keys or secret stand with the deployment, and nobody is asked.
pub(crate) fn check(subject: &Subject, config: &Config, issuer: &Issuer) -> Vec<Finding> {
    let mut findings = keys(subject, config, issuer);
    findings.extend(
        issuer
            .asked()
            .map(|check| asked(subject, config, issuer, check)),
    );
    findings
}

/// Whether the endpoint answers that the gateway asks about tokens. The doctor has no credential for it, so whether the
/// endpoint accepts the gateway's shows in the gateway's log alone.
fn asked(subject: &Subject, config: &Config, issuer: &Issuer, check: &OnlineCheck) -> Finding {
    let name = &issuer.issuer;
    let url = match &check.endpoint {
        AskedEndpoint::At(url) => url.to_string(),
        AskedEndpoint::Discovery(url) => {
            let named = discovery::introspection_endpoint;
            match published(subject, config, issuer, url, named) {
                Ok(url) => url.to_string(),
                Err(what) => {
                    let advice = format!(
                        "check issuer[{name}], or name the address as introspection_endpoint"
                    );
                    return Finding::fail(CHECK, what, advice);
                }
            }
        }
    };
    // No token looks like this.
    let made_up = "lychgate-doctor";
    let answer = match &check.method {
        CheckMethod::Introspection { .. } => {
            let form = [("token", made_up), ("token_type_hint", "access_token")];
            subject.client.post(&url, &form)
        }
        CheckMethod::GoogleTokenInfo => subject.client.post(&url, &[("access_token", made_up)]),
        CheckMethod::Userinfo | CheckMethod::FacebookTokenInfo(_) => {
            subject.client.get(&url, &PROGRAM)
        }
    };
    match answer {
        Ok(answer @ Answer { status: 200, .. }) => match (&check.method, says_of(&answer)) {
            (_, Said::Nothing) => Finding::fail(
                CHECK,
                format!("{url} answers with something that says nothing about tokens of {name}"),
                format!(
                    "check the endpoint of issuer[{name}]: a page for people stands there, for example"
                ),
            ),
            (CheckMethod::Introspection { .. }, Said::Something) => Finding::warn(
                CHECK,
                format!("{url} tells anyone about tokens of {name}"),
                "have the issuer ask for a credential: without one, anybody can try tokens there (RFC 7662, section 4)",
            ),
            (_, Said::Something) => can_be_asked(&url, name),
        },
        // The endpoint answers so to a client that proves nothing, or that asks about a token that is none.
        Ok(Answer {
            status: 400 | 401 | 403,
            ..
        }) => can_be_asked(&url, name),
        Ok(Answer { status, .. }) => Finding::fail(
            CHECK,
            format!("{url} answers {status} when it is asked about a token"),
            format!("check the endpoint of issuer[{name}]: its metadata names it"),
        ),
        Err(error) => Finding::fail(
            CHECK,
            format!("{url} cannot be reached from here: {error}"),
            "without an answer no token counts that is not in the cache: see to that at the issuer",
        ),
    }
}

fn can_be_asked(url: &str, issuer: &str) -> Finding {
    Finding::pass(
        CHECK,
        format!("{url} can be asked about tokens of {issuer}"),
    )
}

/// Whether an answer says anything at all.
enum Said {
    Something,
    Nothing,
}

/// JSON says something, and so does an answer that is signed.
fn says_of(answer: &Answer) -> Said {
    let reply = reply(answer);
    match document::read(&reply).is_ok() || online::signed(&reply).is_ok() {
        true => Said::Something,
        false => Said::Nothing,
    }
}

fn keys(subject: &Subject, config: &Config, issuer: &Issuer) -> Vec<Finding> {
    let name = &issuer.issuer;
    let found = match &issuer.keys {
        KeySource::Inline(_) | KeySource::SharedSecret(_) | KeySource::None => return Vec::new(),
        KeySource::Url(url) => Ok(url.clone()),
        KeySource::Discovery(url) => published(subject, config, issuer, url, discovery::jwks_uri),
    };
    let url = match found {
        Ok(url) => url,
        Err(what) => {
            let advice =
                format!("check issuer[{name}], or name the address of its keys as jwks_uri");
            return vec![Finding::fail(CHECK, what, advice)];
        }
    };
    match subject.client.get(&url.to_string(), &PROGRAM) {
        Ok(answer) => of_set(
            CHECK,
            &answer,
            &issuer.algorithms,
            &Told {
                pass: format!("{url} has keys that tokens of {name} can be verified with"),
                fail: format!("{url} has no key for the algorithms of {name}"),
                advice: format!("see what it publishes, and algorithms of issuer[{name}]"),
                url: &url,
            },
        ),
        Err(error) => vec![Finding::fail(
            CHECK,
            format!("{url} cannot be reached from here: {error}"),
            "without keys no token counts: see to that at the issuer",
        )],
    }
}

fn published(
    subject: &Subject,
    config: &Config,
    issuer: &Issuer,
    url: &Url,
    named: fn(&Reply, &str, Reach) -> Result<Url, DiscoveryFault>,
) -> Result<Url, String> {
    let name = &issuer.issuer;
    let answer = subject.client.get(&url.to_string(), &PROGRAM);
    let answer = answer.map_err(|error| format!("{url} cannot be reached from here: {error}"))?;
    let found = named(&reply(&answer), name, config.reach());
    found.map_err(|fault| match fault {
        DiscoveryFault::Endpoint(key) => format!("{url} names no {key} that may be asked"),
        DiscoveryFault::Document(_)
        | DiscoveryFault::IssuerMismatch
        | DiscoveryFault::NoS256
        | DiscoveryFault::Keys(_) => format!("{url} is no metadata of {name}"),
    })
}

#[cfg(test)]
#[path = "issuer_tests.rs"]
mod tests;
