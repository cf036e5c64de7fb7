//! The attacks that a gateway must withstand, as one table that every host runs.
//!
//! The numbers are those of the project's list of attack cases, most of which come from published
//! advisories on gateways, proxies and token libraries. Each row also shows the harmless twin of
//! the attack, so that it cannot pass because everything is refused.

mod access_tokens;
mod below;
mod callback;
mod connections;
mod cookies;
mod cross_site;
mod deployments;
mod doubt;
mod foreign_tokens;
mod hand_over;
mod headers;
mod identity;
mod inside;
mod key_sets;
mod opaque_tokens;
mod paths;
pub mod settings;
mod storage;
pub mod support;
mod words;

pub use access_tokens::cold;

use crate::{
    gateway::{NamedCase, run_named},
    host::{Host, exposed::Exposed, in_process::InProcess},
};

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
    /// At any host with a scripted provider, as it is deployed.
    Everywhere(fn(&dyn Host)),
    /// At any host whose store, ledger and calls the suite reaches.
    Exposed(fn(&dyn Exposed)),
    /// Not at all, because what is attacked does not exist.
    NotYetBuilt(&'static str),
}

/// A row for hosts whose inside the suite reaches, with its name.
pub type ExposedCase = (String, fn(&dyn Exposed));

/// The cases that concern what is built.
const NUMBERS: [std::ops::RangeInclusive<u16>; 4] = [1..=72, 94..=94, 96..=125, 201..=210];

/// Those of them of which no row runs yet.
const NOT_YET_BUILT: &[u16] = &[15];

/// The whole table.
pub fn rows() -> Vec<Row> {
    [
        callback::ROWS,
        identity::ROWS,
        access_tokens::ROWS,
        foreign_tokens::ROWS,
        hand_over::ROWS,
        opaque_tokens::ROWS,
        cookies::ROWS,
        paths::ROWS,
        settings::ROWS,
        headers::ROWS,
        cross_site::ROWS,
        deployments::ROWS,
        doubt::ROWS,
        storage::ROWS,
        below::ROWS,
        connections::ROWS,
        key_sets::ROWS,
        words::ROWS,
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

const fn exposed(number: u16, what: &'static str, check: fn(&dyn Exposed)) -> Row {
    Row {
        number,
        what,
        check: Check::Exposed(check),
    }
}

const fn not_yet_built(number: u16, what: &'static str, why: &'static str) -> Row {
    Row {
        number,
        what,
        check: Check::NotYetBuilt(why),
    }
}

/// The rows for hosts as they are deployed, by name.
pub fn everywhere_cases() -> Vec<NamedCase> {
    let rows = rows().into_iter();
    rows.filter_map(|row| match row.check {
        Check::Everywhere(check) => Some((row.name(), check)),
        Check::Exposed(_) | Check::NotYetBuilt(_) => None,
    })
    .collect()
}

/// The rows for hosts whose inside the suite reaches, by name.
pub fn exposed_cases() -> Vec<ExposedCase> {
    let rows = rows().into_iter();
    rows.filter_map(|row| match row.check {
        Check::Exposed(check) => Some((row.name(), check)),
        Check::Everywhere(_) | Check::NotYetBuilt(_) => None,
    })
    .collect()
}

impl Row {
    fn name(&self) -> String {
        format!("{} {}", self.number, self.what)
    }
}

#[test]
fn the_table_has_every_case() {
    let rows = rows();
    let wanted: Vec<u16> = NUMBERS.into_iter().flatten().collect();
    for number in &wanted {
        let of_it = |row: &&Row| row.number == *number;
        assert!(rows.iter().any(|row| of_it(&row)), "{number} is missing");
        let mut of_it = rows.iter().filter(of_it);
        let runs = of_it.any(|row| !matches!(row.check, Check::NotYetBuilt(_)));
        assert_eq!(runs, !NOT_YET_BUILT.contains(number), "{number}");
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
    run_named(&everywhere_cases(), |case| case(&InProcess::new()));
}

#[test]
fn attacks_on_the_inside_of_the_gateway_in_process_fail() {
    run_named(&exposed_cases(), |case| case(&InProcess::new()));
}
