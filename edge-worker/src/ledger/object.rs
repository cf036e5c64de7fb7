//! The Durable Object's side of the ledger: each operation is one SQL statement, the same on every edge.
//!
//! The object itself is a class in `shim.js` without any state, so that it outlives a trap of the wasm.
//! Everything here is synchronous: no other request comes between two statements, and a trap reaches the
//! class as an exception instead of leaving the caller without an answer.

use super::wire::{Answer, Question};
use crate::host::{self, Storage};
use crate::number::{from_double, to_double};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use js_sys::{Array, Date, Uint8Array};
use lychgate_core::platform::ledger::{Expected, LARGEST_VALUE, RecordName, Version, Versioned};
use lychgate_core::platform::sql::{CREATE, GRACE, INSERT, LIST, READ, UPDATE};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

const EXISTS: &str = "SELECT 1 FROM sqlite_master WHERE type='table' AND name='ledger'";
const EARLIEST: &str = "SELECT min(expires) FROM ledger";
const PURGE: &str = "DELETE FROM ledger WHERE expires<=?1";

/// Answers one question.
#[wasm_bindgen]
pub fn ledger_answer(storage: &Storage, question: &Uint8Array) -> Uint8Array {
    let bytes = question.to_vec();
    let answer = match Question::decode(&bytes) {
        None => Answer::NotUnderstood,
        Some(question) => carry_out(storage, &question).unwrap_or(Answer::Failed),
    };
    // Lengths were checked when the records were stored, so this always encodes; were it otherwise, no
    // bytes are no answer.
    Uint8Array::from(answer.encode().unwrap_or_default().as_slice())
}

/// Deletes what expired. True where nothing is left, and the object with all its storage can go.
///
/// # Errors
/// What the database throws; the runtime tries again later.
#[wasm_bindgen]
pub fn ledger_purge(storage: &Storage) -> Result<bool, JsValue> {
    purge(storage, now_seconds().saturating_sub(GRACE))
}

/// Deletes what expired by `end`. True where nothing is left.
pub(crate) fn purge(storage: &Storage, end: u64) -> Result<bool, JsValue> {
    if host::rows(storage, EXISTS, Array::new())?.length() == 0 {
        return Ok(true);
    }
    host::rows(storage, PURGE, Array::of1(&to_double(end).into()))?;
    match earliest(storage)? {
        None => Ok(true),
        Some(expires) => {
            wake_for(storage, expires)?;
            Ok(false)
        }
    }
}

fn carry_out(storage: &Storage, question: &Question<'_>) -> Result<Answer, JsValue> {
    match question {
        Question::Read { part, now, names } => read(storage, part, *now, names),
        Question::List {
            part,
            now,
            letter,
            limit,
        } => {
            let next = char::from_u32(u32::from(*letter).saturating_add(1)).unwrap_or('~');
            let bindings = [
                (*part).into(),
                to_double(*now).into(),
                letter.to_string().into(),
                next.to_string().into(),
                (*limit).into(),
            ];
            select(storage, LIST, bindings).map(Answer::Listed)
        }
        Question::Write { value, .. } if value.len() > LARGEST_VALUE => Ok(Answer::TooLarge),
        Question::Write {
            part,
            now,
            name,
            expected,
            expires,
            value,
        } => {
            let text = name.text();
            let (statement, version) = match expected {
                Expected::Absent { first } => (INSERT, first),
                Expected::Version(version) => (UPDATE, version),
            };
            let bindings = [
                (*part).into(),
                text.as_str().into(),
                to_double(version.number()).into(),
                Uint8Array::from(*value).into(),
                to_double(*expires).into(),
                to_double(*now).into(),
            ];
            match write(storage, statement, bindings)? {
                None => conflict(storage, part, *now, &text),
                Some(version) => {
                    wake_for_new(storage, *expires)?;
                    Ok(Answer::Stored(version))
                }
            }
        }
    }
}

fn read(storage: &Storage, part: &str, now: u64, names: &[RecordName]) -> Result<Answer, JsValue> {
    let texts: Vec<String> = names.iter().map(RecordName::text).collect();
    // Names are letters, digits, `-` and `_`, so they need no escaping.
    let list = format!("[\"{}\"]", texts.join("\",\""));
    let bindings = [part.into(), to_double(now).into(), list.into()];
    let found = select(storage, READ, bindings)?;
    let find = |name: &RecordName| {
        let of_name = found.iter().find(|(found, _)| found == name);
        of_name.map(|(_, record)| record.clone())
    };
    Ok(Answer::Found(names.iter().map(find).collect()))
}

/// The version that was written; `None` where something else stood there.
fn write(
    storage: &Storage,
    statement: &str,
    bindings: [JsValue; 6],
) -> Result<Option<Version>, JsValue> {
    host::rows(storage, CREATE, Array::new())?;
    let written = host::rows(storage, statement, bindings.iter().collect())?;
    if written.length() == 0 {
        return Ok(None);
    }
    let row = written.get(0).dyn_into::<Array>()?;
    version_of(&row.get(0)).map(Some)
}

fn conflict(storage: &Storage, part: &str, now: u64, name: &str) -> Result<Answer, JsValue> {
    let list = format!("[\"{name}\"]");
    let bindings = [part.into(), to_double(now).into(), list.into()];
    let standing = select(storage, READ, bindings)?.pop();
    Ok(Answer::Conflict(standing.map(|(_, record)| record)))
}

/// Sets the alarm where the record just written is the first to expire. Where another is, the alarm was set
/// for that; one long overdue means that the alarm was lost.
fn wake_for_new(storage: &Storage, expires: u64) -> Result<(), JsValue> {
    let overdue = |earliest: u64| earliest.saturating_add(GRACE) <= now_seconds();
    match earliest(storage)? {
        Some(earliest) if earliest == expires || overdue(earliest) => wake_for(storage, earliest),
        Some(_) | None => Ok(()),
    }
}

fn wake_for(storage: &Storage, expires: u64) -> Result<(), JsValue> {
    // The second more keeps an alarm that comes early within its second from finding nothing to do.
    let at = expires.saturating_add(GRACE).saturating_add(1);
    let at = at.max(now_seconds());
    storage.set_alarm(to_double(at.saturating_mul(1000)))?;
    Ok(())
}

fn earliest(storage: &Storage) -> Result<Option<u64>, JsValue> {
    let row = host::rows(storage, EARLIEST, Array::new())?.get(0);
    Ok(row
        .dyn_into::<Array>()?
        .get(0)
        .as_f64()
        .and_then(from_double))
}

fn select<const N: usize>(
    storage: &Storage,
    statement: &str,
    bindings: [JsValue; N],
) -> Result<Vec<(RecordName, Versioned)>, JsValue> {
    // A question about a partition that holds nothing must not make it hold an empty table.
    if host::rows(storage, EXISTS, Array::new())?.length() == 0 {
        return Ok(Vec::new());
    }
    let rows = host::rows(storage, statement, bindings.iter().collect())?;
    rows.iter().map(|row| record(&row)).collect()
}

fn record(row: &JsValue) -> Result<(RecordName, Versioned), JsValue> {
    let row: &Array = row.dyn_ref().ok_or(JsValue::NULL)?;
    let text = row.get(0).as_string();
    let name = text.as_deref().and_then(RecordName::parse);
    let value = Uint8Array::new(&row.get(2)).to_vec();
    let version = version_of(&row.get(1))?;
    Ok((name.ok_or(JsValue::NULL)?, Versioned { version, value }))
}

fn version_of(number: &JsValue) -> Result<Version, JsValue> {
    let exact = number.as_f64().and_then(from_double).and_then(Version::new);
    exact.ok_or(JsValue::NULL)
}

fn now_seconds() -> u64 {
    from_double(Date::now()).unwrap_or(0) / 1000
}
