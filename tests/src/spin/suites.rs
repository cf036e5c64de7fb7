//! The gateway's contract with a real provider, the attacks with the scripted one, and the ledger's contract.

use crate::{
    attack,
    gateway::{
        METRICS_CASES, STRICT_COOKIE_CASES, log_lines, named_cases, run_named, scripted_cases,
        with_metrics, with_strict_cookie,
    },
    host::{
        configuration::key,
        contract,
        workerd::{Setup, Workerd},
    },
};

fn contract(reuse: usize) {
    let host = Workerd::start(&Setup::standard().on_spin(reuse));
    run_named(&named_cases(), |case| case(&host));
}

fn attacks(reuse: usize) {
    let mut setup = Setup::scripted();
    setup.is_counted = false;
    let host = Workerd::start(&setup.on_spin(reuse));
    assert!(!contract::is_open(&host));
    run_named(&attack::everywhere_cases(), |case| case(&host));
    run_named(&scripted_cases(), |case| case(&host));
    let log = host.wait_for_log("\"refused\"");
    assert!(log.contains("\"refused\""), "nothing was logged");
    for secret in ["SECRET-", "eyJ", &key(1)] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let lines = log_lines(&log);
    for event in ["signed_in", "refused"] {
        let of_it = lines.iter().filter(|line| line["event"] == event);
        assert!(of_it.clone().count() > 0, "{event}");
        assert!(
            of_it.clone().all(|line| line["time"].is_string()),
            "{event}"
        );
        assert!(of_it.clone().any(|line| line["ms"].is_u64()), "{event}");
    }
}

fn inside_attacks(reuse: usize) {
    let host = Workerd::start(&Setup::exposed().on_spin(reuse));
    assert!(contract::is_open(&host));
    run_named(&attack::exposed_cases(), |case| case(&host));
}

#[test]
fn the_component_shows_its_counters_to_whoever_has_the_secret() {
    let mut setup = Setup::standard();
    let configuration = setup.configuration.as_mut().unwrap();
    with_metrics(configuration, &mut setup.secrets);
    let host = Workerd::start(&setup.on_spin(128));
    for (name, case) in METRICS_CASES {
        eprintln!("{name}");
        case(&host);
    }
}

#[test]
fn the_component_leads_on_whoever_comes_from_another_site() {
    let mut setup = Setup::standard();
    with_strict_cookie(setup.configuration.as_mut().unwrap());
    let host = Workerd::start(&setup.on_spin(128));
    for (name, case) in STRICT_COOKIE_CASES {
        eprintln!("{name}");
        case(&host);
    }
}

#[test]
fn an_instance_of_many_requests_keeps_the_contract() {
    contract(128);
}

#[test]
fn an_instance_of_one_request_keeps_the_contract() {
    contract(1);
}

#[test]
fn attacks_on_an_instance_of_many_requests_fail() {
    attacks(128);
}

#[test]
fn attacks_on_an_instance_of_one_request_fail() {
    attacks(1);
}

#[test]
fn attacks_on_the_inside_of_an_instance_of_many_requests_fail() {
    inside_attacks(128);
}

#[test]
fn attacks_on_the_inside_of_an_instance_of_one_request_fail() {
    inside_attacks(1);
}
