//! The attacks that a gateway must withstand, as one table that every host runs.
//!
//! The numbers are those of the project's list of attack cases, most of which come from published
//! advisories on gateways, proxies and token libraries. Each row also shows the harmless twin of
//! the attack, so that it cannot pass because everything is refused.

mod callback;
mod cookies;
mod cross_site;
mod headers;
mod identity;
mod paths;
mod storage;
mod support;

use crate::{
    gateway::{NamedCase, run_named},
    host::{Host, in_process::InProcess},
};

use std::rc::Rc;

/// A row of the table.
#[derive(Clone, Copy)]
pub struct Row {
    pub number: u16,
    pub what: &'static str,
    pub check: Check,
}

/// How a row is checked.
#[derive(Clone, Copy)]
pub enum Check {
    /// At any host with a scripted provider.
    Everywhere(fn(&dyn Host)),
    /// Only where the clock moves and calls fail as the test says.
    InProcess(fn()),
    /// Not at all, because what is attacked does not exist.
    NotYetBuilt(&'static str),
}

/// The cases that concern what is built.
const NUMBERS: [std::ops::RangeInclusive<u16>; 5] = [1..=18, 19..=28, 53..=72, 96..=102, 104..=106];

/// The whole table.
pub fn rows() -> Vec<Row> {
    [
        callback::ROWS,
        identity::ROWS,
        cookies::ROWS,
        paths::ROWS,
        headers::ROWS,
        cross_site::ROWS,
        storage::ROWS,
    ]
    .concat()
}

const fn everywhere(number: u16, what: &'static str, check: fn(&dyn Host)) -> Row {
    Row {
        number,
        what,
        check: Check::Everywhere(check),
    }
}

const fn in_process(number: u16, what: &'static str, check: fn()) -> Row {
    Row {
        number,
        what,
        check: Check::InProcess(check),
    }
}

const fn not_yet_built(number: u16, what: &'static str, why: &'static str) -> Row {
    Row {
        number,
        what,
        check: Check::NotYetBuilt(why),
    }
}

/// The rows that a host can run, by name.
pub fn everywhere_cases() -> Vec<NamedCase> {
    let rows = rows().into_iter();
    rows.filter_map(|row| match row.check {
        Check::Everywhere(check) => Some((format!("{} {}", row.number, row.what), check)),
        Check::InProcess(_) | Check::NotYetBuilt(_) => None,
    })
    .collect()
}

#[test]
fn the_table_has_every_case() {
    let rows = rows();
    let wanted: Vec<u16> = NUMBERS.into_iter().flatten().collect();
    for number in &wanted {
        assert!(
            rows.iter().any(|row| row.number == *number),
            "{number} is missing"
        );
    }
    for row in &rows {
        assert!(wanted.contains(&row.number), "{} is unknown", row.number);
        if let Check::NotYetBuilt(why) = row.check {
            eprintln!("not yet built: {} {}: {why}", row.number, row.what);
            assert!(!why.is_empty());
        }
    }
}

#[test]
fn attacks_on_the_gateway_in_process_fail() {
    run_named(&everywhere_cases(), || Rc::new(InProcess::new()));
}

#[test]
fn attacks_on_a_scripted_platform_fail() {
    for row in rows() {
        if let Check::InProcess(check) = row.check {
            eprintln!("{} {}", row.number, row.what);
            check();
        }
    }
}
