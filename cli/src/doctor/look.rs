//! Every check, one after the other.

use super::{
    addresses, assets,
    checks::Check,
    clocks,
    finding::Finding,
    front::{self, Health},
    issuer, origins, provider, registration, sign_in,
    subject::Subject,
};

/// Every check, in an order in which the first to mend comes first.
pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    let mut findings = vec![front::address(subject)];
    let (health, finding) = front::health(subject);
    findings.push(finding);
    findings.push(front::plain_http(subject));
    match health {
        Health::Open => findings.extend(open(subject)),
        Health::Unknown => {
            let why = "what an open gateway answers: look again once it is open";
            findings.push(Finding::skip(Check::Gateway, why));
        }
    }
    findings.push(assets::check(subject));
    findings.extend(addresses::check(subject));
    findings.extend(origins::check(subject));
    if let Some(config) = &subject.config {
        let issuers = config.issuers.iter();
        findings.extend(issuers.flat_map(|issuer| issuer::check(subject, config, issuer)));
    }
    for provider in subject.providers() {
        let Some(config) = &subject.config else {
            break;
        };
        let (found, answer) = provider::check(subject, config, provider);
        findings.extend(found);
        if let Some(answer) = answer {
            let name = format!("the provider {}", provider.id);
            findings.push(clocks::check(&name, &answer));
        }
    }
    findings
}

/// The checks of answers that only an open gateway gives.
fn open(subject: &Subject) -> Vec<Finding> {
    let mut findings = vec![
        front::wrong_host(subject),
        front::protected(subject),
        front::counters(subject),
    ];
    if let Ok(answer) = subject.ask(&format!("{}/health", subject.base_path())) {
        findings.push(clocks::check("the deployment", &answer));
    }
    if subject.providers().is_empty() {
        findings.push(Finding::skip(
            Check::SignIn,
            "no configuration that names a provider",
        ));
    }
    for provider in subject.providers() {
        let (location, finding) = sign_in::begin(subject, provider);
        findings.push(finding);
        // Where signing in got nowhere, the request is made here: that may be why.
        if let Some(location) = location.or_else(|| registration::request(subject, provider)) {
            findings.push(registration::check(subject, provider, &location));
        }
    }
    findings
}
