//! The ledger's contract on the Durable Object in workerd, and on the database of Spin.

use super::{LedgerHost, OwnedWrite, cases};
use crate::host::{
    contract::{Contract, partition, request},
    workerd::{Setup, Workerd},
};
use lychgate_core::{
    platform::ledger::{Expected, LedgerError, PartitionKind, RecordName},
    time::Seconds,
};
use serde_json::json;

#[test]
fn the_durable_object_keeps_the_contract() {
    let host = Workerd::start(&Setup::contract());
    cases::run(&Contract(&host));
}

#[test]
fn the_database_of_spin_keeps_the_contract() {
    for reuse in [128, 1] {
        let setup = Setup::contract().on_spin(reuse);
        let host = Workerd::start(&setup);
        cases::run(&Contract(&host));
    }
}

#[test]
fn the_durable_object_answers_again_after_a_trap_and_refuses_what_is_too_large() {
    let host = Workerd::start(&Setup::contract());
    let contract = Contract(&host);
    let at = super::partition(PartitionKind::User, "large");
    let write = |length| OwnedWrite {
        expected: Expected::Absent {
            first: super::version(1),
        },
        value: vec![7; length],
        expires: contract.now().plus(Seconds::minutes(1)),
        now: contract.now(),
    };
    let name = RecordName::user();
    let refused = contract.write(&at, &name, &write(128 * 1024 + 1));
    assert_eq!(refused, Err(LedgerError::TooLarge));
    assert!(contract.write(&at, &name, &write(128 * 1024)).is_ok());
    let question = json!({"partition": partition(&at), "names": [name.text()], "now": contract.now().as_seconds()});
    host.exchange(&request("/trap", &question)).expect(503);
    // Without a question nothing is asked and nothing traps.
    let nothing = request("/trap", &question).with_body(b"");
    host.exchange(&nothing).expect(400);
    let found = contract.read(&at, &[name], contract.now()).unwrap();
    assert_eq!(found[0].as_ref().unwrap().value.len(), 128 * 1024);
}
