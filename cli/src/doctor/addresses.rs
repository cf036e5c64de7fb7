//! Whether the Worker can be reached under other addresses than `public_url`.

use super::{
    checks::Check,
    client::PROGRAM,
    finding::Finding,
    subject::{Subject, Wrangler},
};

const CHECK: Check = Check::OtherAddresses;

/// The addresses that `wrangler.toml` opens beside `public_url`, and those that were named.
pub(crate) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings: Vec<Finding> = subject
        .others
        .iter()
        .map(|url| named(subject, url))
        .collect();
    let host = subject.origin.host();
    match &subject.wrangler {
        _ if subject.origin.is_loopback() => {
            findings.push(Finding::skip(CHECK, "the deployment is on this machine"));
        }
        None => findings.push(Finding::skip(
            CHECK,
            "no wrangler.toml beside the configuration",
        )),
        Some(wrangler) => findings.extend(opened(wrangler, host)),
    }
    findings
}

/// The addresses that wrangler opens where it is not told otherwise: one of workers.dev unless there are routes,
/// and previews wherever that is.
fn opened(wrangler: &Wrangler, host: &str) -> Vec<Finding> {
    let workers_dev = wrangler.workers_dev.unwrap_or(!wrangler.has_routes);
    let previews = wrangler.preview_urls.unwrap_or(workers_dev);
    let name = wrangler.name.as_deref().unwrap_or("NAME");
    let is_public = host.ends_with(".workers.dev");
    let mut findings = Vec::new();
    if workers_dev && !is_public {
        findings.push(Finding::warn(
            CHECK,
            format!("the Worker also answers at {name}.SUBDOMAIN.workers.dev; that is 421 as long as Lychgate is asked first"),
            "set workers_dev = false in wrangler.toml and deploy, or ask there, too: --also https://...",
        ));
    }
    if previews {
        findings.push(Finding::warn(
            CHECK,
            "every version of the Worker has a preview address of its own, with the secrets of this one",
            "set preview_urls = false in wrangler.toml and deploy",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::pass(CHECK, "wrangler.toml opens no other address"));
    }
    findings
}

/// An address that must not serve.
fn named(subject: &Subject, url: &lychgate_core::http::url::Url) -> Finding {
    match subject.client.get(&url.to_string(), &PROGRAM) {
        Err(_) => Finding::pass(CHECK, format!("{url} cannot be reached from here")),
        Ok(answer) if answer.status >= 400 => {
            Finding::pass(CHECK, format!("{url} answers {}", answer.status))
        }
        Ok(answer) => Finding::fail(
            CHECK,
            format!("{url} answers {} around public_url", answer.status),
            "close that address, or have every request there pass Lychgate first",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;

    #[test]
    fn what_wrangler_opens_by_itself_is_known() {
        let verdicts = |workers_dev, preview_urls, has_routes| {
            let wrangler = Wrangler {
                workers_dev,
                preview_urls,
                has_routes,
                ..Wrangler::default()
            };
            let found = opened(&wrangler, "app.example.com");
            found.into_iter().map(|it| it.verdict).collect::<Vec<_>>()
        };
        let (pass, warn) = (Verdict::Pass, Verdict::Warn);
        assert_eq!(verdicts(None, None, false), [warn, warn]);
        assert_eq!(verdicts(None, None, true), [pass]);
        assert_eq!(verdicts(Some(false), Some(false), false), [pass]);
        assert_eq!(verdicts(Some(false), Some(true), true), [warn]);
    }
}
