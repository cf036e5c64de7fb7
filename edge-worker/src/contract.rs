//! Opens the port of this adapter to the contract suite. `contract.js` says how to ask.

use crate::host::{Env, Storage};
use crate::ledger::object;
use crate::number::from_double;
use crate::platform::Workers;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use lychgate_core::encoding::base64url;
use lychgate_core::jose::{Algorithm, KeySet, SignatureCheck, SignatureVerdict};
use lychgate_core::platform::Platform;
use lychgate_core::platform::ledger::{
    Count, Expected, LedgerError, Partition, PartitionKind, RecordKind, RecordName, Version,
    Versioned, Write, Written,
};
use lychgate_core::platform::store::{StoreError, StoreKey};
use lychgate_core::time::UnixTime;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Answers one question; `undefined` where it is none.
#[wasm_bindgen]
pub async fn contract(path: String, body: String, env: Env) -> Option<String> {
    let question: Value = serde_json::from_str(&body).ok()?;
    let platform = Workers::new(&env, Rc::default());
    let answer = match path.as_str() {
        "/ledger/read" => ledger_read(&platform, &question).await,
        "/ledger/list" => ledger_list(&platform, &question).await,
        "/ledger/write" => ledger_write(&platform, &question).await,
        "/store/load" => store_load(&platform, &question).await,
        "/store/save" => store_save(&platform, &question).await,
        "/store/remove" => store_remove(&platform, &question).await,
        "/verify" => verify(&platform, &question).await,
        "/trap" => trap(&platform, &question).await,
        _ => None,
    };
    answer.map(|answer| answer.to_string())
}

/// Deletes what expired by `now`. True where nothing is left.
///
/// # Errors
/// What the database throws.
#[wasm_bindgen]
pub fn contract_purge(storage: &Storage, now: f64) -> Result<bool, JsValue> {
    object::purge(storage, from_double(now).ok_or(JsValue::NULL)?)
}

async fn ledger_read(platform: &Workers, question: &Value) -> Option<Value> {
    let names = question.get("names")?.as_array()?;
    let names = names.iter().map(|name| RecordName::parse(name.as_str()?));
    let names: Vec<RecordName> = names.collect::<Option<_>>()?;
    let (at, now) = (partition(question)?, time(question, "now")?);
    let read = platform.ledger_read(&at, &names, now).await;
    Some(in_answer(read, |records| {
        records
            .iter()
            .map(|record| standing(record.as_ref()))
            .collect()
    }))
}

async fn ledger_list(platform: &Workers, question: &Value) -> Option<Value> {
    let kind = match text(question, "kind")? {
        "h" => RecordKind::Head,
        "u" => RecordKind::User,
        "a" => RecordKind::Attempt,
        _ => return None,
    };
    let limit = Count(u32::try_from(question.get("limit")?.as_u64()?).ok()?);
    let (at, now) = (partition(question)?, time(question, "now")?);
    let listed = platform.ledger_list(&at, kind, now, limit).await;
    Some(in_answer(listed, |records| {
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

async fn ledger_write(platform: &Workers, question: &Value) -> Option<Value> {
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
    Some(in_answer(written, |written| match written {
        Written::Stored(version) => json!({ "stored": version.number() }),
        Written::Conflict(record) => json!({ "conflict": standing(record.as_ref()) }),
    }))
}

async fn store_load(platform: &Workers, question: &Value) -> Option<Value> {
    let loaded = platform.store_load(&store_key(question)?).await;
    Some(in_answer(loaded, |value| match value {
        Some(value) => base64url::encode(&value).into(),
        None => Value::Null,
    }))
}

async fn store_save(platform: &Workers, question: &Value) -> Option<Value> {
    let (key, value) = (store_key(question)?, bytes(question, "value")?);
    let expires = time(question, "expires")?;
    let saved = platform.store_save(&key, &value, expires).await;
    Some(in_answer(saved, |()| Value::Bool(true)))
}

async fn store_remove(platform: &Workers, question: &Value) -> Option<Value> {
    let removed = platform.store_remove(&store_key(question)?).await;
    Some(in_answer(removed, |()| Value::Bool(true)))
}

async fn verify(platform: &Workers, question: &Value) -> Option<Value> {
    let algorithm = Algorithm::from_name(text(question, "algorithm")?)?;
    let set = json!({ "keys": [question.get("jwk")?] }).to_string();
    let set = KeySet::parse(set.as_bytes()).ok();
    let Some(key) = set.as_ref().and_then(|set| set.keys().first()) else {
        return Some(json!({ "refused": "key" }));
    };
    let (input, signature) = (bytes(question, "input")?, bytes(question, "signature")?);
    let Ok(check) = SignatureCheck::new(algorithm, key, &input, &signature) else {
        return Some(json!({ "refused": "check" }));
    };
    Some(match platform.verify_signature(&check).await {
        Ok(SignatureVerdict::Valid) => json!({ "ok": "valid" }),
        Ok(SignatureVerdict::Invalid) => json!({ "ok": "invalid" }),
        Err(_) => json!({ "error": "verifier" }),
    })
}

/// Panics after a read, so that nothing of JavaScript waits on the stack.
async fn trap(platform: &Workers, question: &Value) -> Option<Value> {
    ledger_read(platform, question).await?;
    #[expect(clippy::panic, reason = "that is what the suite asks for")]
    {
        panic!("the contract suite asked for it");
    }
}

/// An error of the port, by name.
trait Named {
    fn name(&self) -> &'static str;
}

impl Named for LedgerError {
    fn name(&self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::TooLarge => "too_large",
        }
    }
}

impl Named for StoreError {
    fn name(&self) -> &'static str {
        "store"
    }
}

fn in_answer<T, E: Named>(result: Result<T, E>, ok: impl FnOnce(T) -> Value) -> Value {
    match result {
        Ok(value) => json!({ "ok": ok(value) }),
        Err(error) => json!({ "error": error.name() }),
    }
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
        _ => return None,
    };
    let id = base64url::decode_array(text(partition, "id")?)?;
    Some(Partition { kind, id })
}

fn store_key(question: &Value) -> Option<StoreKey> {
    StoreKey::parse(text(question, "key")?)
}

fn text<'a>(question: &'a Value, name: &str) -> Option<&'a str> {
    question.get(name)?.as_str()
}

fn bytes(question: &Value, name: &str) -> Option<Vec<u8>> {
    base64url::decode(text(question, name)?)
}

fn time(question: &Value, name: &str) -> Option<UnixTime> {
    question.get(name)?.as_u64().map(UnixTime::from_seconds)
}
