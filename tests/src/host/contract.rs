//! The ledger and store of a host that is built for the contract suite, in the words of the crate `lychgate-contract`.

use super::{Host, exposed::Fate, workerd::Workerd};
use crate::{
    http::{browser::Browser, request::Request},
    ledger::{LedgerHost, OwnedWrite},
};
use lychgate_core::{
    encoding::base64url,
    platform::{
        ledger::{
            Expected, LedgerError, Listing, Partition, PartitionKind, RecordName, Version,
            Versioned, Written,
        },
        store::StoreKey,
    },
    time::UnixTime,
};
use serde_json::{Value, json};

/// The start of the path of a question.
const DOOR: &str = "/.contract";

/// The header that says what becomes of the calls of a request.
pub const FATE: &str = "lychgate-fate";

/// The ledger and store of a host, asked around the gateway.
pub struct Contract<'a>(pub &'a Workerd);

/// The state of an instance.
#[derive(Clone, Copy, Debug)]
pub struct Inside {
    /// The bytes of its memory, which never shrinks.
    pub memory: u64,
    /// The tasks of the gateway.
    pub running: u64,
    /// On Workers, the promises that a trap would reject.
    pub waiting: u64,
}

impl Contract<'_> {
    /// A value of the store.
    pub fn load(&self, key: &StoreKey) -> Option<Vec<u8>> {
        let found = self.ok("/store/load", &json!({"key": key.as_str()}));
        found.as_str().map(|text| base64url::decode(text).unwrap())
    }

    /// Writes a value into the store.
    pub fn save(&self, key: &StoreKey, value: &[u8], expires: UnixTime) {
        let question = json!({
            "key": key.as_str(),
            "value": base64url::encode(value),
            "expires": expires.as_seconds(),
        });
        assert_eq!(self.ok("/store/save", &question), json!(true));
    }

    /// The state of the instance that answers.
    pub fn inside(&self) -> Inside {
        let state = self.ok("/state", &json!({}));
        let number = |name: &str| state[name].as_u64().unwrap_or(0);
        Inside {
            memory: number("memory"),
            running: number("running"),
            waiting: number("waiting"),
        }
    }

    fn ok(&self, path: &str, question: &Value) -> Value {
        let answer = self.0.exchange(&request(path, question)).expect(200).json();
        answer["ok"].clone()
    }

    fn ask(&self, path: &str, question: &Value) -> Result<Value, LedgerError> {
        answer(self.0.exchange(&request(path, question)).expect(200).json())
    }
}

/// Whether a host lets the suite in by its door, and disturbs the calls of requests that ask for it. Both or neither is
/// so; builds that are deployed do neither.
pub fn is_open(host: &Workerd) -> bool {
    let browser = Browser::signed_in(host, "member");
    let question = request("/store/load", &json!({"key": "s1/nothing"}));
    let answers = [question.clone(), browser.prepare(question)].map(|it| host.exchange(&it));
    let opens = answers.map(|answer| answer.text() == r#"{"ok":null}"#);
    host.forget();
    let disturbed = Request::script("GET", "/api/x").with(FATE, Fate::LedgerRefuses.name());
    let disturbs = match host.exchange(&browser.prepare(disturbed)).status {
        200 => false,
        503 => true,
        other => panic!("{other} for a signed-in page"),
    };
    assert_eq!(opens, [disturbs; 2]);
    disturbs
}

/// A question.
pub fn request(path: &str, question: &Value) -> Request {
    let body = question.to_string();
    Request::new("POST", &format!("{DOOR}{path}")).with_body(body.as_bytes())
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

/// A partition in the words of a question.
pub fn partition(at: &Partition) -> Value {
    let kind = match at.kind {
        PartitionKind::User => "user",
        PartitionKind::Attempt => "attempt",
        PartitionKind::ProofKey => "proof_key",
        PartitionKind::HandedOver => "handed_over",
        PartitionKind::Roster => "roster",
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

impl LedgerHost for Contract<'_> {
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
        listing: Listing,
        now: UnixTime,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        let question = json!({
            "partition": partition(at),
            "kind": listing.kind.letter().to_string(),
            "from": listing.from.map(|name| name.text()),
            "now": now.as_seconds(),
            "limit": listing.limit.0,
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
        Host::now(self.0)
    }
}
