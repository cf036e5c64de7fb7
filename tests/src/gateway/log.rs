//! The log: one line per event, with what was waited for and the setting to look at, and no member that
//! SECURITY.md does not list.

use crate::{
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{browser::Browser, request::Request},
    scripted::{
        provider::settings::{Answer, Authentication, Endpoint, Signer, with},
        schedule::{Behaviour, Call},
    },
};
use lychgate_core::{http::outbound::SendError, time::Seconds};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SECURITY: &str = include_str!("../../../SECURITY.md");

/// The members that SECURITY.md lists: the first word of each row of the table below the heading.
fn listed() -> BTreeSet<&'static str> {
    let (_, section) = SECURITY.split_once("## What is kept and logged").unwrap();
    let rows = section
        .lines()
        .skip_while(|line| !line.starts_with("| Member"));
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    let members = rows.flat_map(|row| row.split('|').nth(1).unwrap().split(','));
    members.map(|name| name.trim().trim_matches('`')).collect()
}

/// Whether a text of ours stands in a log. The names of sessions are random and may spell anything: they are no part of it.
pub fn tells(log: &str, secret: &str) -> bool {
    let mut parts = log.split("\"session\":\"");
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once('"').map_or(part, |(_, rest)| rest));
    core::iter::once(first)
        .chain(rest)
        .any(|part| part.contains(secret))
}

#[test]
fn the_name_of_a_session_tells_nothing() {
    let line = |session: &str, reason: &str| {
        format!("{{\"event\":\"refused\",\"session\":\"{session}\",\"reason\":\"{reason}\"}}\n")
    };
    let log = line("a-eyJ_b", "no key") + &line("eyJ", "no token");
    assert!(!tells(&log, "eyJ") && tells(&log, "no token"));
    assert!(tells(&(log + &line("x", "eyJhbGciOi")), "eyJ"));
}

/// The lines of JSON in a host's log, each with listed members alone.
pub fn lines(log: &str) -> Vec<Value> {
    let found = log
        .lines()
        .filter_map(|line| line.find("{\"level\"").map(|at| &line[at..]));
    let lines: Vec<Value> = found
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    for line in &lines {
        only_listed(line);
    }
    lines
}

fn only_listed(line: &Value) {
    let listed = listed();
    for (name, value) in line.as_object().unwrap() {
        assert!(listed.contains(name.as_str()), "{name} in {line}");
        assert_eq!(value.is_u64(), name.ends_with("ms"), "{name} in {line}");
    }
}

/// The one line that was written since the last time.
fn line(host: &InProcess) -> Value {
    let mut log = host.world.log();
    host.world.forget_log();
    assert_eq!(log.len(), 1, "{log:?}");
    only_listed(&log[0]);
    log.remove(0)
}

#[test]
fn a_sign_in_and_a_sign_out_say_what_was_waited_for() {
    let host = InProcess::new();
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    assert!(host.world.log().is_empty());
    browser.arrive(&callback);
    let signed_in = line(&host);
    // Keys and token; the mark and the head; the copy of the keys, read and written, and the record.
    let stored = Call::StoreLoad.takes() + 2 * Call::StoreSave.takes();
    assert_eq!(signed_in["event"], "signed_in");
    assert_eq!(signed_in["provider"], "demo");
    assert_eq!(signed_in["time"], "2027-01-01T00:00:00Z");
    assert_eq!(signed_in["provider_ms"], 2 * Call::Send.takes());
    assert_eq!(signed_in["ledger_ms"], 2 * Call::LedgerWrite.takes());
    assert_eq!(signed_in["store_ms"], stored);
    assert_eq!(
        signed_in["ms"],
        2 * Call::Send.takes() + 2 * Call::LedgerWrite.takes() + stored
    );
    browser.go("/members/").expect(200);
    browser.sign_out().expect(303);
    let signed_out = line(&host);
    assert_eq!(signed_out["event"], "signed_out");
    assert_eq!(signed_out["session"], signed_in["session"]);
    assert_eq!(signed_out["ledger_ms"], 2 * Call::LedgerWrite.takes());
    assert_eq!(signed_out.get("store_ms"), None);
}

#[test]
fn a_refusal_that_waited_for_nothing_has_no_timings() {
    let host = InProcess::new();
    let refused = host.send(&Request::script("GET", "/members/")).expect(401);
    let line = line(&host);
    assert_eq!(line["event"], "refused");
    assert_eq!(line["level"], "info");
    assert_eq!(line["incident"], refused.json()["incident"]);
    assert_eq!(line["code"], "login_required");
    assert_eq!(line["reason"], "browser: NotSignedIn");
    for absent in [
        "ms",
        "provider_ms",
        "ledger_ms",
        "store_ms",
        "setting",
        "provider",
    ] {
        assert_eq!(line.get(absent), None, "{line}");
    }
}

#[test]
fn a_refusal_after_a_call_says_how_long_it_took() {
    let host = InProcess::new();
    let cookie = Browser::signed_in(&host, "member").session().unwrap();
    let far = host.elsewhere();
    let mut browser = Browser::new(&far);
    browser.jar.put(crate::http::browser::SESSION, &cookie);
    host.world.forget_log();
    let mut schedule = host.world.schedule.borrow_mut();
    schedule.always(Call::LedgerRead, Behaviour::Failed);
    schedule.before = 1;
    drop(schedule);
    browser.fetch("/members/").expect(503);
    let line = line(&host);
    assert_eq!(line["reason"], "platform: Ledger");
    // Asked at the same time: the ledger's call began first and ended last.
    let both = Call::LedgerRead.takes() + Call::StoreLoad.takes();
    assert_eq!(line["ledger_ms"], both);
    assert_eq!(line["store_ms"], Call::StoreLoad.takes());
    assert_eq!(line["ms"], both);
}

#[test]
fn work_afterwards_is_timed_by_itself() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    host.world.pass(Seconds::new(6));
    host.world.forget_log();
    let mut schedule = host.world.schedule.borrow_mut();
    schedule.always(Call::LedgerRead, Behaviour::Failed);
    drop(schedule);
    browser.go("/members/").expect(200);
    let line = line(&host);
    assert_eq!(line["event"], "background_failed");
    assert_eq!(line["level"], "warning");
    assert_eq!(line["ms"], Call::LedgerRead.takes());
}

#[test]
fn an_outage_that_nobody_sees_is_logged() {
    let host = InProcess::new();
    Browser::signed_in(&host, "member");
    host.world.pass(Seconds::minutes(61));
    let down = Answer::Error(SendError::TimedOut);
    let mut provider = host.world.provider();
    provider.settings.set_answer(Endpoint::Discovery, down);
    drop(provider);
    host.world.forget_log();
    Browser::new(&host).begin("/members/");
    let failed = line(&host);
    assert_eq!(failed["event"], "provider_failed");
    assert_eq!(failed["reason"], "provider: Send(Discovery, TimedOut)");
    assert_eq!(failed["setting"], "provider[demo].issuer");
    assert_eq!(failed["provider_ms"], Call::Send.takes());
    // Not asked again for a minute, and so not logged again.
    Browser::new(&host).begin("/members/");
    assert!(host.world.log().is_empty());
}

/// An act of a provider that a wrong setting of ours would cause, and the setting.
type Blame = (fn(&InProcess), &'static str, u16);

const BLAMED: [Blame; 7] = [
    (
        |host| host.world.provider().settings.authentication = Authentication::None,
        "provider[demo].client_secret",
        502,
    ),
    (
        |host| {
            let mut provider = host.world.provider();
            provider.settings.edit_metadata = with("issuer", json!("https://other.example"));
        },
        "provider[demo].issuer",
        502,
    ),
    (
        |host| {
            let response = Some("https://other.example".to_owned());
            host.world.provider().settings.response_issuer = response;
        },
        "provider[demo].issuer",
        502,
    ),
    (
        |host| {
            let mut provider = host.world.provider();
            provider.settings.edit_claims = with("aud", json!("another"));
        },
        "provider[demo].client_id",
        502,
    ),
    (
        |host| {
            let mut provider = host.world.provider();
            provider.settings.edit_claims = with("exp", json!(crate::scripted::START - 3600));
        },
        "clock",
        502,
    ),
    (
        |host| host.world.provider().settings.signer = Signer::Unsigned("ES512"),
        "provider[demo].algorithms",
        502,
    ),
    (
        |host| {
            let mut provider = host.world.provider();
            let refusal = json!({"error": "unauthorized_client"}).to_string();
            let answer = Answer::fixed(400, "application/json", refusal);
            provider.settings.set_answer(Endpoint::Token, answer);
        },
        "provider[demo].client_id",
        502,
    ),
];

#[test]
fn a_refusal_names_the_setting_that_is_to_blame() {
    for (plant, setting, status) in BLAMED {
        let host = InProcess::new();
        plant(&host);
        let mut browser = Browser::new(&host);
        let mut page = browser.visit("/members/");
        if page.status == 200 {
            let callback = host.at_provider(&page.leads_to(), "member");
            page = browser.go(&callback);
        }
        page.clone().expect(status);
        assert!(!page.text().contains(setting), "{}", page.summary());
        let line = line(&host);
        assert_eq!(line["setting"], setting, "{line}");
        assert_eq!(line["provider"], "demo", "{line}");
        assert_eq!(line["level"], "warning", "{line}");
    }
    // The twin: the same way with nothing planted signs in.
    let host = InProcess::new();
    Browser::signed_in(&host, "member");
    assert_eq!(line(&host)["event"], "signed_in");
}

#[test]
fn people_without_any_group_make_the_groups_claim_suspicious() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    host.world.forget_log();
    browser.go("/staff/").expect(403);
    // This one has a group, and it is another one.
    assert_eq!(line(&host).get("setting"), None);
    host.world.provider().settings.edit_claims = with("groups", json!([]));
    let mut browser = Browser::signed_in(&host, "member");
    host.world.forget_log();
    browser.go("/staff/").expect(403);
    let refused = line(&host);
    assert_eq!(refused["setting"], "provider[demo].groups_claim");
    assert_eq!(refused["code"], "access_denied");
}

#[test]
fn a_request_for_another_host_names_public_url() {
    let host = InProcess::new();
    let mut elsewhere = Request::navigation("/");
    elsewhere.host = Some("other.example".to_owned());
    host.send(&elsewhere).expect(421);
    assert_eq!(line(&host)["setting"], "public_url");
}

#[test]
fn a_closed_gateway_names_what_it_lacks() {
    let mut setup = Setup::standard();
    setup.secrets.retain(|(name, _)| name != "API_SECRET");
    let mut broken = Setup::standard();
    broken.configuration["route"][0]["path"] = json!("no slash");
    for (setup, setting) in [(setup, "API_SECRET"), (broken, "route[0].path")] {
        let host = InProcess::with(&setup);
        host.send(&Request::navigation("/")).expect(503);
        let line = line(&host);
        assert_eq!(line["event"], "closed");
        assert_eq!(line["level"], "error");
        assert_eq!(line["setting"], setting);
    }
}
