//! The gateway's contract with a real provider, and the attacks with the scripted one.

use crate::{
    attack,
    gateway::{
        STRICT_COOKIE_CASES, log_lines, log_tells, named_cases, run_named, scripted_cases,
        with_strict_cookie,
    },
    host::{
        configuration::key,
        contract,
        workerd::{Setup, Workerd},
    },
};

#[test]
fn the_worker_keeps_the_contract_with_a_real_provider() {
    let host = Workerd::start(&Setup::standard());
    run_named(&named_cases(), |case| case(&host));
}

#[test]
fn attacks_on_the_inside_of_the_worker_fail() {
    let host = Workerd::start(&Setup::exposed());
    assert!(contract::is_open(&host));
    run_named(&attack::exposed_cases(), |case| case(&host));
}

#[test]
fn attacks_on_the_worker_fail() {
    let mut setup = Setup::scripted();
    // As it is deployed, with nothing in front of it.
    setup.is_counted = false;
    let host = Workerd::start(&setup);
    assert!(!contract::is_open(&host));
    run_named(&attack::everywhere_cases(), |case| case(&host));
    run_named(&scripted_cases(), |case| case(&host));
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

#[test]
fn the_worker_leads_on_people_from_another_site() {
    let mut setup = Setup::standard();
    with_strict_cookie(setup.configuration.as_mut().unwrap());
    let host = Workerd::start(&setup);
    for (name, case) in STRICT_COOKIE_CASES {
        eprintln!("{name}");
        case(&host);
    }
}
