//! The contract of the gateway, written once over [`crate::host::Host`], and what only a host with
//! a clock and faults of its own can show.

mod access;
mod counts;
mod faults;
mod freshness;
mod sessions;
mod sign_in;
mod sign_out;
mod upstreams;

use crate::host::{Host, in_process::InProcess};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A case: its name and what it does.
pub type Case = (&'static str, fn(&dyn Host));

/// Every case that any host can run.
pub fn cases() -> Vec<Case> {
    [
        access::CASES,
        sign_in::CASES,
        sessions::CASES,
        sign_out::CASES,
        upstreams::CASES,
    ]
    .concat()
}

/// Runs cases, each at a host of `at`, and says at the end which ones failed.
pub fn run<'h, H: Host + 'h>(cases: &[Case], at: impl Fn() -> H) {
    let mut failed = Vec::new();
    for (name, case) in cases {
        let host = at();
        if catch_unwind(AssertUnwindSafe(|| case(&host))).is_err() {
            failed.push(*name);
        }
    }
    assert!(failed.is_empty(), "failed: {failed:#?}");
}

#[test]
fn the_gateway_in_process_keeps_the_contract() {
    run(&cases(), InProcess::new);
}
