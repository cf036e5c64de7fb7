//! The answers of the deployment to anyone: its health, wrong hosts, plain http, counters, and how it answers where
//! a session is needed.

use super::{checks::Check, client::PROGRAM, finding::Finding, subject::Subject};
use lychgate_core::{access::routes::Route, config::Config, http::url::Scheme};
use serde_json::Value;

/// Whether Lychgate answers at all and is open; the further checks of the front need that.
pub(crate) enum Health {
    Open,
    Unknown,
}

/// The health that Lychgate reports.
pub(crate) fn health(subject: &Subject) -> (Health, Finding) {
    const CHECK: Check = Check::Health;
    let url = subject.endpoint("health");
    let fail = |what: String, advice: &str| (Health::Unknown, Finding::fail(CHECK, what, advice));
    let answer = match subject.client.get(&url, &PROGRAM) {
        Ok(answer) => answer,
        Err(error) => {
            let advice = "check the address, DNS, the certificate and that it is deployed";
            return fail(format!("{url} cannot be reached: {error}"), advice);
        }
    };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let member = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    match (answer.status, member("status"), member("error")) {
        (200, "open", _) => (
            Health::Open,
            Finding::pass(CHECK, format!("{url} says that the gateway is open")),
        ),
        (503, _, "misconfigured") => fail(
            "the gateway is closed: the deployment lacks a secret, a binding or a valid configuration".to_owned(),
            "the log says which, in a line with \"event\":\"closed\": `npx wrangler tail`, the terminal of `npx wrangler dev`, or .spin/logs",
        ),
        (421, _, _) => fail(
            format!("{url} answers 421: the deployment has another public_url"),
            "ask at the address of public_url, or correct it and deploy again",
        ),
        (status, _, _) => fail(
            format!("{url} answers {status}, which is no answer of an open Lychgate"),
            "check the address, and base_path: --config names the configuration",
        ),
    }
}

/// Whether the address is that of the configuration.
pub(crate) fn address(subject: &Subject) -> Finding {
    const CHECK: Check = Check::Address;
    match &subject.config {
        None => Finding::skip(CHECK, "no configuration to hold the address against"),
        Some(config) if config.public_url == subject.origin => {
            Finding::pass(CHECK, format!("it is the public_url, {}", subject.origin))
        }
        Some(config) => Finding::fail(
            CHECK,
            format!("it is not the public_url, {}", config.public_url),
            "everything at another address gets 421: ask at public_url, or correct it",
        ),
    }
}

/// Whether the deployment serves under a name that is not its own.
pub(crate) fn wrong_host(subject: &Subject) -> Finding {
    const CHECK: Check = Check::WrongHost;
    let fields = [PROGRAM[0], ("host", "lychgate-doctor.invalid")];
    match subject.client.get(&subject.endpoint("health"), &fields) {
        Err(_) => Finding::pass(CHECK, "requests for another host get no answer"),
        Ok(answer) if answer.status == 421 => {
            Finding::pass(CHECK, "requests for another host get 421")
        }
        Ok(answer) if answer.status >= 400 => Finding::pass(
            CHECK,
            format!(
                "requests for another host get {} before Lychgate",
                answer.status
            ),
        ),
        Ok(answer) => Finding::fail(
            CHECK,
            format!("requests for another host get {}", answer.status),
            "something in front of the deployment replaces the Host header: have it passed on as it came",
        ),
    }
}

/// Whether plain http leads to https.
pub(crate) fn plain_http(subject: &Subject) -> Finding {
    const CHECK: Check = Check::PlainHttp;
    match subject.origin.scheme() {
        Scheme::Http => {
            return Finding::skip(
                CHECK,
                "the deployment itself is plain http, on this machine",
            );
        }
        Scheme::Https => {}
    }
    let url = format!("http://{}/", subject.origin.host());
    let advice = "browsers send Lychgate's cookies over https alone, but a first visit can be led astray: turn \"Always Use HTTPS\" on, and HSTS";
    match subject.client.get(&url, &PROGRAM) {
        Err(_) => Finding::pass(CHECK, "there is no answer over plain http"),
        Ok(answer) => match answer.field("location") {
            Some(location)
                if (300..400).contains(&answer.status) && location.starts_with("https://") =>
            {
                Finding::pass(CHECK, "plain http leads to https")
            }
            Some(_) | None => Finding::warn(
                CHECK,
                format!("{url} answers {} over plain http", answer.status),
                advice,
            ),
        },
    }
}

/// How the deployment answers a program without a session on a protected path.
pub(crate) fn protected(subject: &Subject) -> Finding {
    const CHECK: Check = Check::ProtectedPath;
    let Some(config) = &subject.config else {
        return Finding::skip(CHECK, "no configuration to find one in");
    };
    let mut routes = config.routes.routes();
    let Some(path) = routes.find(|route| route.is_protected()).map(example) else {
        return Finding::skip(CHECK, "no route needs a session");
    };
    let answer = match subject.ask(&path) {
        Ok(answer) => answer,
        Err(error) => return Finding::fail(CHECK, format!("{path}: {error}"), "ask again later"),
    };
    if answer.status != 401 && answer.status != 405 {
        return Finding::fail(
            CHECK,
            format!(
                "{path} answers {} without a session, not 401",
                answer.status
            ),
            "the deployed configuration is another one, or something answers before Lychgate",
        );
    }
    let lacks = [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ]
    .into_iter()
    .find(|(name, word)| !answer.field(name).is_some_and(|value| value.contains(word)));
    if let Some((name, word)) = lacks {
        return Finding::fail(
            CHECK,
            format!("{path} answers without {word} in {name}"),
            "something in front of Lychgate changes its answers: have it leave them alone, or a cache may keep what is one person's",
        );
    }
    let is_strict = answer.field("strict-transport-security").is_some();
    if subject.origin.scheme() == Scheme::Https && !is_strict {
        return Finding::warn(
            CHECK,
            format!("{path} is refused as it should be, but without Strict-Transport-Security"),
            "turn HSTS on where your certificate is (on Cloudflare: SSL/TLS, Edge Certificates)",
        );
    }
    Finding::pass(
        CHECK,
        format!("{path} answers {} and may not be kept", answer.status),
    )
}

/// Whether anyone may read the counters.
pub(crate) fn counters(subject: &Subject) -> Finding {
    const CHECK: Check = Check::Metrics;
    let has_none = |config: &Config| config.metrics.is_none();
    if subject.config.as_ref().is_some_and(has_none) {
        return Finding::skip(CHECK, "none are configured");
    }
    match subject.client.get(&subject.endpoint("metrics"), &PROGRAM) {
        Ok(answer) if answer.status == 200 => Finding::fail(
            CHECK,
            "anyone can read the counters",
            "that is no answer of Lychgate: something keeps it, or stands in front",
        ),
        Ok(_) | Err(_) => Finding::pass(CHECK, "nobody reads the counters without a credential"),
    }
}

/// A path that a route's pattern matches.
pub(crate) fn example(route: &Route) -> String {
    let pattern = route.pattern.to_string();
    let path = pattern.strip_suffix("**").unwrap_or(&pattern);
    path.replace('*', "x")
}
