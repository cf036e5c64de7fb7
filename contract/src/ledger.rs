//! The questions to the ledger.

use crate::question::{bytes, text, time};
use crate::reply::reply;
use alloc::vec::Vec;
use lychgate_core::encoding::base64url;
use lychgate_core::platform::{
    Platform,
    ledger::{
        Count, Expected, Listing, Partition, PartitionKind, RecordKind, RecordName, Version,
        Versioned, Write, Written,
    },
};
use serde_json::{Value, json};

pub(crate) async fn read<P: Platform>(platform: &P, question: &Value) -> Option<Value> {
    let names = question.get("names")?.as_array()?;
    let names = names.iter().map(|name| RecordName::parse(name.as_str()?));
    let names: Vec<RecordName> = names.collect::<Option<_>>()?;
    let (at, now) = (partition(question)?, time(question, "now")?);
    let read = platform.ledger_read(&at, &names, now).await;
    Some(reply(read, |records| {
        records
            .iter()
            .map(|record| standing(record.as_ref()))
            .collect()
    }))
}

pub(crate) async fn list<P: Platform>(platform: &P, question: &Value) -> Option<Value> {
    let kind = match text(question, "kind")? {
        "h" => RecordKind::Head,
        "u" => RecordKind::User,
        "a" => RecordKind::Attempt,
        "p" => RecordKind::Proof,
        "m" => RecordKind::Member,
        _ => return None,
    };
    let limit = Count(u32::try_from(question.get("limit")?.as_u64()?).ok()?);
    let (at, now) = (partition(question)?, time(question, "now")?);
    let from = match question.get("from") {
        Some(Value::String(name)) => Some(RecordName::parse(name)?),
        Some(_) | None => None,
    };
    let listing = Listing { kind, from, limit };
    let listed = platform.ledger_list(&at, listing, now).await;
    Some(reply(listed, |records| {
        let one = |(name, record): (RecordName, Versioned)| {
            let mut one = standing(Some(&record));
            if let Some(members) = one.as_object_mut() {
                members.insert("name".into(), name.text().into());
            }
            one
        };
        records.into_iter().map(one).collect()
    }))
}

pub(crate) async fn write<P: Platform>(platform: &P, question: &Value) -> Option<Value> {
    let expected = question.get("expected")?;
    let version = |name: &str| Version::new(expected.get(name)?.as_u64()?);
    let expected = match (version("absent"), version("version")) {
        (Some(first), None) => Expected::Absent { first },
        (None, Some(version)) => Expected::Version(version),
        _ => return None,
    };
    let value = bytes(question, "value")?;
    let name = RecordName::parse(text(question, "name")?)?;
    let write = Write {
        expected,
        value: &value,
        expires: time(question, "expires")?,
        now: time(question, "now")?,
    };
    let written = platform
        .ledger_write(&partition(question)?, &name, write)
        .await;
    Some(reply(written, |written| match written {
        Written::Stored(version) => json!({ "stored": version.number() }),
        Written::Conflict(record) => json!({ "conflict": standing(record.as_ref()) }),
    }))
}

fn standing(record: Option<&Versioned>) -> Value {
    match record {
        None => Value::Null,
        Some(record) => {
            let value = base64url::encode(&record.value);
            json!({ "version": record.version.number(), "value": value })
        }
    }
}

fn partition(question: &Value) -> Option<Partition> {
    let partition = question.get("partition")?;
    let kind = match text(partition, "kind")? {
        "user" => PartitionKind::User,
        "attempt" => PartitionKind::Attempt,
        "proof_key" => PartitionKind::ProofKey,
        "handed_over" => PartitionKind::HandedOver,
        "roster" => PartitionKind::Roster,
        _ => return None,
    };
    let id = base64url::decode_array(text(partition, "id")?)?;
    Some(Partition { kind, id })
}
