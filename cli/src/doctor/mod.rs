//! `lychgate doctor`: looks at a deployment from outside and says what to mend.
//!
//! It sends what anyone on the network could send, and reads answers as the gateway does. What it cannot
//! tell from here it says so about. Nothing that a provider or upstream writes is repeated.

mod addresses;
pub(crate) mod arguments;
mod assets;
mod client;
mod clock;
mod finding;
mod front;
mod issuer;
mod origins;
mod provider;
mod provider_supports;
mod registration;
mod sign_in;
mod subject;

use crate::Ending;
use arguments::Arguments;
use client::Client;
use finding::{Finding, Verdict};
use front::Health;
use serde_json::json;
use std::{
    io::{self, Write},
    path::Path,
};
use subject::Subject;

/// Where the configuration is looked for by itself.
const BESIDE: &str = "lychgate.toml";

pub(crate) fn command(
    arguments: &Arguments,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let subject = match subject_of(arguments) {
        Ok(subject) => subject,
        Err(error) => {
            writeln!(messages, "lychgate: {error}")?;
            return Ok(Ending::NotCarriedOut);
        }
    };
    let findings = look(&subject);
    let count = |verdict| findings.iter().filter(|it| it.verdict == verdict).count();
    if arguments.json {
        let listed: Vec<_> = findings.iter().map(Finding::to_json).collect();
        let report = json!({"url": subject.origin.to_string(), "findings": listed});
        writeln!(output, "{report}")?;
    } else {
        for finding in &findings {
            writeln!(output, "{finding}")?;
        }
        writeln!(
            output,
            "{}: {} passed, {} to think about, {} to mend, {} not looked at",
            subject.origin,
            count(Verdict::Pass),
            count(Verdict::Warn),
            count(Verdict::Fail),
            count(Verdict::Skip)
        )?;
    }
    Ok(if count(Verdict::Fail) > 0 {
        Ending::ProblemsFound
    } else {
        Ending::Done
    })
}

fn subject_of(arguments: &Arguments) -> Result<Subject, String> {
    let file = match &arguments.config {
        Some(file) => Some(file.as_path()),
        None => Some(Path::new(BESIDE)).filter(|file| file.exists()),
    };
    let config = file.map(subject::configuration).transpose()?;
    let origin = match (&arguments.url, &config) {
        (Some(url), _) => url.origin().clone(),
        (None, Some(config)) => config.public_url.clone(),
        (None, None) => return Err("doctor needs --url, or --config with a public_url".to_owned()),
    };
    Ok(Subject {
        client: Client::new(),
        origin,
        wrangler: file.and_then(subject::wrangler_beside),
        site: file.and_then(subject::site_beside),
        config,
        others: arguments.also.clone(),
    })
}

/// Every check, in an order in which the first to mend comes first.
fn look(subject: &Subject) -> Vec<Finding> {
    let mut findings = vec![front::address(subject)];
    let (health, finding) = front::health(subject);
    findings.push(finding);
    findings.push(front::plain_http(subject));
    match health {
        Health::Open => findings.extend(open(subject)),
        Health::Unknown => {
            let why = "what an open gateway answers: look again once it is open";
            findings.push(Finding::skip("gateway", why));
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
            findings.push(clock::check(&name, &answer));
        }
    }
    findings
}

/// What only an open gateway answers.
fn open(subject: &Subject) -> Vec<Finding> {
    let mut findings = vec![
        front::wrong_host(subject),
        front::protected(subject),
        front::counters(subject),
    ];
    if let Ok(answer) = subject.ask(&format!("{}/health", subject.base_path())) {
        findings.push(clock::check("the deployment", &answer));
    }
    if subject.providers().is_empty() {
        findings.push(Finding::skip(
            "sign-in",
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
