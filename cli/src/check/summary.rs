//! A configuration in a few lines: what it protects, and what it still needs.

use crate::print::style;
use lychgate_core::config::{Config, Upstream, UpstreamTarget};
use std::io::{self, Write};

/// The width of the longest label.
const WIDTH: usize = "secrets to set:".len();

pub(super) fn write(config: &Config, next: &[String], output: &mut impl Write) -> io::Result<()> {
    let providers = config.providers.iter();
    let providers = providers.map(|provider| format!("{} ({})", provider.id, provider.issuer));
    let issuers = config.issuers.iter().map(|issuer| issuer.issuer.clone());
    let secrets = config.secret_names().into_iter();
    let secrets = secrets.map(|secret| secret.0.clone());
    let lines = [
        ("protects:", config.public_url.to_string()),
        ("routes:", routes(config)),
        ("upstreams:", list(config.upstreams.iter().map(upstream))),
        ("providers:", list(providers)),
        ("access tokens:", list(issuers)),
        ("secrets to set:", list(secrets)),
    ];
    let strong = style::STRONG;
    for (label, value) in lines {
        writeln!(output, "  {strong}{label:<WIDTH$}{strong:#} {value}")?;
    }
    let labels = std::iter::once("next:").chain(std::iter::repeat(""));
    for (label, step) in labels.zip(next) {
        writeln!(output, "  {strong}{label:<WIDTH$}{strong:#} {step}")?;
    }
    Ok(())
}

fn routes(config: &Config) -> String {
    let all = config.routes.routes().count();
    let protected = config.routes.routes().filter(|route| route.is_protected());
    format!("{all}, {} of them protected", protected.count())
}

fn upstream(upstream: &Upstream) -> String {
    let target = match &upstream.target {
        UpstreamTarget::Assets => "static files".to_owned(),
        UpstreamTarget::Url(origin) => origin.to_string(),
        UpstreamTarget::Service(binding) => format!("service binding {}", binding.0),
    };
    format!("{} ({target})", upstream.id)
}

fn list(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    match words.as_slice() {
        [] => "none".to_owned(),
        some => some.join(", "),
    }
}
