//! The ledger's contract on the Durable Object in workerd, and on the database of Spin.

use super::{LedgerHost, OwnedWrite, cases};
use crate::{
    host::workerd::{Setup, Workerd},
    http::request::Request,
};
use lychgate_core::{
    encoding::base64url,
    platform::ledger::{
        Count, Expected, LedgerError, Partition, PartitionKind, RecordKind, RecordName, Version,
        Versioned, Written,
    },
    time::{Seconds, UnixTime},
};
use serde_json::{Value, json};

/// The Worker that opens the port to this suite.
struct Contract(Workerd);

impl Contract {
    fn ask(&self, path: &str, question: &Value) -> Result<Value, LedgerError> {
        answer(self.0.exchange(&request(path, question)).expect(200).json())
    }
}

fn request(path: &str, question: &Value) -> Request {
    Request::new("POST", path).with_body(question.to_string().as_bytes())
}

fn answer(answer: Value) -> Result<Value, LedgerError> {
    if let Some(good) = answer.get("ok") {
        return Ok(good.clone());
    }
    Err(match answer["error"].as_str() {
        Some("unavailable") => LedgerError::Unavailable,
        Some("outcome_unknown") => LedgerError::OutcomeUnknown,
        Some("too_large") => LedgerError::TooLarge,
        _ => panic!("{answer}"),
    })
}

fn partition(at: &Partition) -> Value {
    let kind = match at.kind {
        PartitionKind::User => "user",
        PartitionKind::Attempt => "attempt",
    };
    json!({"kind": kind, "id": base64url::encode(&at.id)})
}

fn record(value: &Value) -> Option<Versioned> {
    let version = Version::new(value.get("version")?.as_u64()?)?;
    let value = base64url::decode(value["value"].as_str()?)?;
    Some(Versioned { version, value })
}

fn write_question(at: &Partition, name: &RecordName, write: &OwnedWrite) -> Value {
    let expected = match write.expected {
        Expected::Absent { first } => json!({"absent": first.number()}),
        Expected::Version(version) => json!({"version": version.number()}),
    };
    json!({
        "partition": partition(at),
        "name": name.text(),
        "expected": expected,
        "value": base64url::encode(&write.value),
        "expires": write.expires.as_seconds(),
        "now": write.now.as_seconds(),
    })
}

fn written(answer: &Value) -> Written {
    match answer.get("stored") {
        Some(version) => Written::Stored(Version::new(version.as_u64().unwrap()).unwrap()),
        None => Written::Conflict(record(&answer["conflict"])),
    }
}

impl LedgerHost for Contract {
    fn read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError> {
        let names: Vec<String> = names.iter().map(RecordName::text).collect();
        let question = json!({"partition": partition(at), "names": names, "now": now.as_seconds()});
        let found = self.ask("/ledger/read", &question)?;
        Ok(found.as_array().unwrap().iter().map(record).collect())
    }

    fn list(
        &self,
        at: &Partition,
        kind: RecordKind,
        now: UnixTime,
        limit: Count,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        let question = json!({
            "partition": partition(at),
            "kind": kind.letter().to_string(),
            "now": now.as_seconds(),
            "limit": limit.0,
        });
        let found = self.ask("/ledger/list", &question)?;
        let one = |value: &Value| {
            let name = RecordName::parse(value["name"].as_str().unwrap()).unwrap();
            (name, record(value).unwrap())
        };
        Ok(found.as_array().unwrap().iter().map(one).collect())
    }

    fn write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: &OwnedWrite,
    ) -> Result<Written, LedgerError> {
        let answer = self.ask("/ledger/write", &write_question(at, name, write))?;
        Ok(written(&answer))
    }

    fn write_at_once(
        &self,
        at: &Partition,
        name: &RecordName,
        writes: &[OwnedWrite],
    ) -> Vec<Result<Written, LedgerError>> {
        let requests: Vec<Request> = writes
            .iter()
            .map(|write| request("/ledger/write", &write_question(at, name, write)))
            .collect();
        let responses = self.0.exchange_all(&requests).into_iter();
        responses
            .map(|response| Ok(written(&answer(response.expect(200).json())?)))
            .collect()
    }

    fn write_without_answer(
        &self,
        at: &Partition,
        name: &RecordName,
        write: &OwnedWrite,
    ) -> Result<Written, LedgerError> {
        let mut question = write_question(at, name, write);
        question["answer"] = json!("lost");
        let answer = self.ask("/ledger/write", &question)?;
        Ok(written(&answer))
    }

    fn purge(&self, at: &Partition, now: UnixTime) {
        let question = json!({"partition": partition(at), "now": now.as_seconds()});
        self.ask("/ledger/purge", &question).unwrap();
    }

    fn now(&self) -> UnixTime {
        crate::host::Host::now(&self.0)
    }
}

#[test]
fn the_durable_object_keeps_the_contract() {
    cases::run(&Contract(Workerd::start(&Setup::contract())));
}

#[test]
fn the_database_of_spin_keeps_the_contract() {
    for reuse in [128, 1] {
        let setup = Setup::contract().on_spin(reuse);
        cases::run(&Contract(Workerd::start(&setup)));
    }
}

#[test]
fn the_durable_object_answers_again_after_a_trap_and_refuses_what_is_too_large() {
    let contract = Contract(Workerd::start(&Setup::contract()));
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
    contract
        .0
        .exchange(&request("/trap", &question))
        .expect(503);
    // Without a question nothing is asked and nothing traps.
    contract
        .0
        .exchange(&Request::new("POST", "/trap"))
        .expect(400);
    let found = contract.read(&at, &[name], contract.now()).unwrap();
    assert_eq!(found[0].as_ref().unwrap().value.len(), 128 * 1024);
}
