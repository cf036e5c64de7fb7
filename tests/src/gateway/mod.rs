//! The contract of the gateway, written once over [`crate::host::Host`], and what only a host with
//! a clock and faults of its own can show.

mod access;
mod any_input;
mod asked_by_metadata;
mod bearer;
mod bounded;
mod counts;
pub mod directory;
mod explain;
mod faults;
mod freshness;
pub mod hand_over;
mod hand_over_limits;
pub mod hidden;
pub mod hops;
mod initiation;
mod key_sets;
pub mod late;
mod log;
mod loop_guard;
mod metrics;
pub mod oauth;
mod opaque;
mod pages;
mod provider_answers;
mod providers;
mod requirements;
mod same_site;
mod secrets;
mod sessions;
mod sign_in;
mod sign_out;
mod signed_answers;
mod step_up;
mod tabs;
mod token_memory;
mod upstreams;
mod warm;

pub use log::{lines as log_lines, tells as log_tells};
pub use metrics::{CASES as METRICS_CASES, with_secret as with_metrics};
pub use same_site::{CASES as STRICT_COOKIE_CASES, strict as with_strict_cookie};
pub use sign_in::ten_tabs_sign_in_at_once;

use crate::host::{Host, in_process::InProcess};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A case: its name and what it does.
pub type Case = (&'static str, fn(&dyn Host));

/// A case with a name that was put together.
pub type NamedCase = (String, fn(&dyn Host));

/// Every case that any host can run.
pub fn cases() -> Vec<Case> {
    [
        access::CASES,
        requirements::CASES,
        step_up::CASES,
        sign_in::CASES,
        initiation::CASES,
        loop_guard::CASES,
        sessions::CASES,
        sign_out::CASES,
        upstreams::CASES,
        pages::CASES,
        bearer::CASES,
    ]
    .concat()
}

/// Cases for any host whose provider is the scripted one, by name: no other answers in these ways.
pub fn scripted_cases() -> Vec<NamedCase> {
    named(
        [
            requirements::SHAPES,
            provider_answers::CASES,
            tabs::CASES,
            opaque::CASES,
            hand_over::CASES,
            directory::CASES,
            signed_answers::CASES,
        ]
        .concat(),
    )
}

/// Runs cases, each with `run`, and says at the end which ones failed.
pub fn run_named<C>(cases: &[(String, C)], run: impl Fn(&C)) {
    let mut failed = Vec::new();
    for (name, case) in cases {
        eprintln!("{name}");
        if catch_unwind(AssertUnwindSafe(|| run(case))).is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "failed: {failed:#?}");
}

/// The contract's cases by name.
pub fn named_cases() -> Vec<NamedCase> {
    named(cases())
}

fn named(cases: Vec<Case>) -> Vec<NamedCase> {
    let cases = cases.into_iter();
    cases.map(|(name, case)| (name.to_owned(), case)).collect()
}

#[test]
fn the_gateway_in_process_keeps_the_contract() {
    run_named(&named_cases(), |case| case(&InProcess::new()));
    run_named(&scripted_cases(), |case| case(&InProcess::new()));
}
