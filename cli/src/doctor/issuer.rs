//! Whether the keys that access tokens are verified with can be had, read as the gateway reads them.

use super::{
    checks::Check,
    client::PROGRAM,
    finding::Finding,
    provider::{Told, of_set, reply},
    subject::Subject,
};
use lychgate_core::{
    config::{Config, Issuer, KeySource},
    http::url::Url,
    oidc::discovery,
};

const CHECK: Check = Check::Issuer;

/// The findings on one issuer; none where its keys or secret stand with the deployment.
pub(crate) fn check(subject: &Subject, config: &Config, issuer: &Issuer) -> Vec<Finding> {
    let name = &issuer.issuer;
    let found = match &issuer.keys {
        KeySource::Inline(_) | KeySource::SharedSecret(_) | KeySource::None => return Vec::new(),
        KeySource::Url(url) => Ok(url.clone()),
        KeySource::Discovery(url) => published(subject, config, issuer, url),
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
) -> Result<Url, String> {
    let name = &issuer.issuer;
    let answer = subject.client.get(&url.to_string(), &PROGRAM);
    let answer = answer.map_err(|error| format!("{url} cannot be reached from here: {error}"))?;
    let found = discovery::jwks_uri(&reply(&answer), name, config.reach());
    found.map_err(|_| {
        format!("{url} is no metadata of {name}, or names no keys that may be fetched")
    })
}
