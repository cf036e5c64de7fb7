//! The counters: what they count, who may read them, and that Prometheus can.

use super::Case;
use crate::{
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{browser::Browser, request::Request, response::Response},
    scripted::schedule::{Behaviour, Call},
};
use lychgate_core::time::Seconds;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The cases that any host can show, with [`TOKEN`] for the secret of `[metrics]`.
pub const CASES: &[Case] = &[
    ("counters_are_read_with_the_secret_alone", secret_alone),
    ("counters_are_text_that_prometheus_reads", readable),
];

/// The shared secret of the scraper.
pub const TOKEN: &str = "SECRET-METRICS-TOKEN";

/// Samples by name and labels.
type Samples = BTreeMap<String, f64>;

/// Reads the text format 0.0.4 as far as anyone writes it here: every sample's family has its help and type above
/// it once, in one group; names and labels have their form; no sample stands twice.
fn parse(text: &str) -> Samples {
    let mut samples = Samples::new();
    let mut families: Vec<(String, String)> = Vec::new();
    let mut helped = None;
    assert!(text.ends_with('\n'), "{text:?}");
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, sentence) = help.split_once(' ').unwrap();
            assert!(!sentence.is_empty() && helped.is_none(), "{line}");
            helped = Some(name.to_owned());
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(helped.take().as_deref(), Some(name), "{line}");
            assert!(["counter", "gauge"].contains(&kind), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            assert!(families.iter().all(|(other, _)| other != name), "{line}");
            families.push((name.to_owned(), kind.to_owned()));
        } else {
            let (name, rest) = line.split_once('{').unwrap();
            let (labels, value) = rest.split_once("} ").unwrap();
            assert_eq!(families.last().unwrap().0, name, "{line}");
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            );
            let mut names = Vec::new();
            for label in labels.split(',') {
                let (label, quoted) = label.split_once("=\"").unwrap();
                let inner = quoted.strip_suffix('"').unwrap();
                assert!(!inner.is_empty() && !inner.contains(['"', '\\']), "{line}");
                names.push(label);
            }
            assert_eq!(names[0], "isolate", "{line}");
            let earlier = samples.insert(without_isolate(name, labels), value.parse().unwrap());
            assert_eq!(earlier, None, "{line} stands there twice");
        }
    }
    samples
}

fn without_isolate(name: &str, labels: &str) -> String {
    match labels.split_once(',') {
        Some((_, rest)) => format!("{name}{{{rest}}}"),
        None => name.to_owned(),
    }
}

fn ask(host: &dyn Host, token: Option<&str>) -> Response {
    let request = Request::script("GET", "/auth/metrics");
    host.send(&match token {
        Some(token) => request.with("Authorization", &format!("Bearer {token}")),
        None => request,
    })
}

fn samples(host: &dyn Host) -> Samples {
    let answer = ask(host, Some(TOKEN)).expect(200);
    let kind = answer.header("content-type").unwrap();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    parse(&answer.text())
}

fn secret_alone(host: &dyn Host) {
    let longer = format!("{TOKEN}x");
    for token in [
        None,
        Some("x"),
        Some(""),
        Some(longer.as_str()),
        TOKEN.get(1..),
    ] {
        let refused = ask(host, token).expect(401);
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Bearer"), "{challenge}");
        assert!(!refused.text().contains("lychgate_"));
    }
    let basic =
        Request::script("GET", "/auth/metrics").with("Authorization", &format!("Basic {TOKEN}"));
    host.send(&basic).expect(401);
    // A session opens nothing where the secret is asked for.
    let mut browser = Browser::signed_in(host, "staff");
    browser.fetch("/auth/metrics").expect(401);
    let post =
        Request::new("POST", "/auth/metrics").with("Authorization", &format!("Bearer {TOKEN}"));
    host.send(&post).expect(405);
    ask(host, Some(TOKEN)).expect(200);
}

fn seconds(host: &dyn Host) -> f64 {
    f64::from(u32::try_from(host.now().as_seconds()).unwrap())
}

fn readable(host: &dyn Host) {
    host.send(&Request::navigation("/")).expect(200);
    host.send(&Request::script("GET", "/nowhere/%2f"))
        .expect(400);
    let samples = samples(host);
    let begun = samples["lychgate_isolate_start_seconds"];
    let now = seconds(host);
    assert!((begun - now).abs() < 600.0, "{begun} {now}");
    if host.is_one_instance() {
        let public = samples["lychgate_requests_forwarded_total{access=\"public\"}"];
        assert!(public >= 1.0, "{samples:?}");
        let refused = samples["lychgate_requests_refused_total{code=\"invalid_request\"}"];
        assert!(refused >= 1.0, "{samples:?}");
    }
}

/// The deployment of the suites with counters for a client that has [`TOKEN`].
pub fn with_secret(configuration: &mut Value, secrets: &mut Vec<(String, String)>) {
    configuration["metrics"] = json!({"access": "secret", "secret": {"secret": "METRICS_TOKEN"}});
    secrets.push(("METRICS_TOKEN".to_owned(), TOKEN.to_owned()));
}

fn counted() -> InProcess {
    let mut setup = Setup::standard();
    with_secret(&mut setup.configuration, &mut setup.secrets);
    InProcess::with(&setup)
}

#[test]
fn the_cases_hold_in_process() {
    for (name, case) in CASES {
        eprintln!("{name}");
        case(&counted());
    }
}

#[test]
fn a_day_is_counted() {
    let host = counted();
    host.send(&Request::navigation("/")).expect(200);
    host.send(&Request::script("GET", "/members/")).expect(401);
    let mut browser = Browser::signed_in(&host, "member");
    for _ in 0..3 {
        browser.go("/members/").expect(200);
    }
    browser.go("/staff/").expect(403);
    // Another isolate at the same place has to ask.
    let cookie = browser.session().unwrap();
    host.forget();
    let begun = seconds(&host);
    host.world.pass(Seconds::new(5));
    host.send(&Request::navigation("/")).expect(200);
    let mut again = Browser::new(&host);
    again.jar.put(crate::http::browser::SESSION, &cookie);
    again.go("/members/").expect(200);
    again.go("/members/").expect(200);
    again.sign_out().expect(303);
    let mut other = Browser::new(&host);
    let callback = other.callback("/members/", "staff");
    other.arrive(&callback);
    other.go(&callback).expect(400);
    let mut schedule = host.world.schedule.borrow_mut();
    schedule.nth(Call::LedgerWrite, 0, Behaviour::Failed);
    drop(schedule);
    other.sign_out().expect(503);
    let samples = samples(&host);
    let expected = [
        ("isolate_start_seconds", begun + 5.0),
        ("requests_forwarded_total{access=\"public\"}", 1.0),
        ("requests_forwarded_total{access=\"session\"}", 2.0),
        ("session_checks_total{by=\"ledger\"}", 1.0),
        ("session_checks_total{by=\"memory\"}", 1.0),
        ("sign_ins_begun_total", 1.0),
        ("sign_ins_total", 1.0),
        ("sign_outs_total", 1.0),
        ("requests_refused_total{code=\"login_unknown\"}", 1.0),
        (
            "requests_refused_total{code=\"temporarily_unavailable\"}",
            1.0,
        ),
        (
            "provider_exchanges_total{exchange=\"discovery\",result=\"ok\"}",
            1.0,
        ),
        (
            "provider_exchanges_total{exchange=\"token\",result=\"ok\"}",
            1.0,
        ),
        // The session's record, and the keys that another isolate stored.
        ("calls_total{call=\"store_load\",result=\"ok\"}", 2.0),
        ("calls_total{call=\"store_save\",result=\"ok\"}", 1.0),
        ("calls_total{call=\"ledger_write\",result=\"failed\"}", 1.0),
        ("waited_seconds_total{for=\"provider\"}", 0.08),
        ("background_failures_total", 0.0),
    ];
    for (name, value) in expected {
        let found = samples.get(&format!("lychgate_{name}"));
        assert_eq!(found, Some(&value), "{name} in {samples:#?}");
    }
}

#[test]
fn without_the_table_there_are_no_counters_to_see() {
    let host = InProcess::new();
    ask(&host, None).expect(404);
    ask(&host, Some(TOKEN)).expect(404);
    host.send(&Request::new("POST", "/auth/metrics"))
        .expect(404);
    ask(&counted(), Some(TOKEN)).expect(200);
}

#[test]
fn a_session_sees_the_counters_where_it_meets_the_requirements() {
    let mut setup = Setup::standard();
    setup.configuration["metrics"] =
        json!({"access": "session", "require": {"any_group": ["staff"]}});
    let host = InProcess::with(&setup);
    ask(&host, None).expect(401);
    ask(&host, Some(TOKEN)).expect(401);
    let mut member = Browser::signed_in(&host, "member");
    member.fetch("/auth/metrics").expect(403);
    let mut staff = Browser::signed_in(&host, "staff");
    let seen = staff.fetch("/auth/metrics").expect(200);
    assert_eq!(parse(&seen.text())["lychgate_sign_ins_total"], 2.0);
    staff.sign_out();
    staff.fetch("/auth/metrics").expect(401);
}
