//! The gateway's contract with a real provider, the attacks with the scripted one, and the ledger's contract.

use crate::{
    attack,
    connections::is_long,
    gateway::{
        METRICS_CASES, STRICT_COOKIE_CASES, log_lines, log_tells, named_cases, run_named,
        scripted_cases, with_metrics, with_strict_cookie,
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

/// The cases for instances that serve so many requests. Each change of a deployment starts the host anew, so that all of
/// them with an instance for each request are for the full form; else that has one of four.
fn of_reuse<C>(reuse: usize, cases: Vec<C>) -> Vec<C> {
    let step = if reuse == 1 && !is_long() { 4 } else { 1 };
    cases.into_iter().step_by(step).collect()
}

fn attacks(reuse: usize) {
    let mut setup = Setup::scripted();
    setup.is_counted = false;
    let host = Workerd::start(&setup.on_spin(reuse));
    assert!(!contract::is_open(&host));
    run_named(&of_reuse(reuse, attack::everywhere_cases()), |case| {
        case(&host)
    });
    run_named(&of_reuse(reuse, scripted_cases()), |case| case(&host));
    let log = host.wait_for_log("\"refused\"");
    assert!(log.contains("\"refused\""), "nothing was logged");
    for secret in ["SECRET-", "eyJ", &key(1)] {
        assert!(!log_tells(&log, secret), "{secret} is in the log");
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
    let cases = of_reuse(reuse, attack::exposed_cases());
    run_named(&cases, |case| case(&host));
}

#[test]
fn the_component_shows_its_counters_to_clients_with_the_secret() {
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
fn the_component_leads_on_people_from_another_site() {
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
