//! The Durable Object's side of the ledger: each operation is one SQL statement, the same on every host.
//!
//! The object itself is a class in `ledger.js` that holds nothing of the wasm, so it outlives a trap. Everything here
//! is synchronous: no other request runs between two statements, and a trap reaches the class as an exception instead
//! of leaving the caller without an answer.

use super::wire::{Answer, Question};
use crate::number::{from_double, to_double};
use futures_util::FutureExt;
use js_sys::{Date, Uint8Array};
use lychgate_core::platform::ledger::{Expected, LARGEST_VALUE, RecordName, Version, Versioned};
use lychgate_core::platform::sql::{CREATE, GRACE, INSERT, LIST, READ, UPDATE};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::worker_sys::DurableObjectState;
use worker::{Error, Result, ScheduledTime, SqlStorage, SqlStorageValue, State, Storage};

const EXISTS: &str = "SELECT 1 FROM sqlite_master WHERE type='table' AND name='ledger'";
const EARLIEST: &str = "SELECT min(expires) FROM ledger";
const PURGE: &str = "DELETE FROM ledger WHERE expires<=?1";

/// The last millisecond that a JavaScript `Date` can hold.
const LATEST: u64 = 8_640_000_000_000_000;

type Row = Vec<SqlStorageValue>;

/// Answers one question.
#[wasm_bindgen]
pub fn ledger_answer(state: DurableObjectState, question: &Uint8Array) -> Uint8Array {
    let bytes = question.to_vec();
    let answer = match Question::decode(&bytes) {
        None => Answer::NotUnderstood,
        Some(question) => {
            let answer = Database::of(state).carry_out(&question);
            answer.unwrap_or(Answer::Failed)
        }
    };
    // The object checked the lengths when it stored the records, so this always encodes. If it did not, the client
    // would not take the empty bytes for an answer.
    Uint8Array::from(answer.encode().unwrap_or_default().as_slice())
}

/// Deletes the records that expired. True where none is left, and the object may delete all its storage.
///
/// # Errors
/// The database throws; the runtime tries again later.
#[wasm_bindgen]
pub fn ledger_purge(state: DurableObjectState) -> Result<bool, JsValue> {
    let end = now_seconds().saturating_sub(GRACE);
    Ok(Database::of(state).purge(end)?)
}

/// The storage of a Durable Object.
pub(crate) struct Database {
    storage: Storage,
    sql: SqlStorage,
}

impl Database {
    pub(crate) fn of(state: DurableObjectState) -> Self {
        let storage = State::from(state).storage();
        let sql = storage.sql();
        Self { storage, sql }
    }

    /// Deletes the records that expired by `end`. True where none is left.
    pub(crate) fn purge(&self, end: u64) -> Result<bool> {
        if !self.exists()? {
            return Ok(true);
        }
        self.rows(PURGE, vec![number(end)])?;
        match self.earliest()? {
            None => Ok(true),
            Some(expires) => {
                self.wake_for(expires)?;
                Ok(false)
            }
        }
    }

    fn carry_out(&self, question: &Question<'_>) -> Result<Answer> {
        match question {
            Question::Read { part, now, names } => self.read(part, *now, names),
            Question::List {
                part,
                now,
                start,
                end,
                limit,
            } => {
                let bindings = vec![
                    (*part).into(),
                    number(*now),
                    (*start).into(),
                    (*end).into(),
                    number((*limit).into()),
                ];
                self.select(LIST, bindings).map(Answer::Listed)
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
                let bindings = vec![
                    (*part).into(),
                    text.as_str().into(),
                    number(version.number()),
                    value.to_vec().into(),
                    number(*expires),
                    number(*now),
                ];
                match self.write(statement, bindings)? {
                    None => self.conflict(part, *now, &text),
                    Some(version) => {
                        self.wake_for_new(*expires)?;
                        Ok(Answer::Stored(version))
                    }
                }
            }
        }
    }

    fn read(&self, part: &str, now: u64, names: &[RecordName]) -> Result<Answer> {
        let texts: Vec<String> = names.iter().map(RecordName::text).collect();
        // Names are letters, digits, `-` and `_`, so they need no escaping.
        let list = format!("[\"{}\"]", texts.join("\",\""));
        let found = self.select(READ, vec![part.into(), number(now), list.into()])?;
        let find = |name: &RecordName| {
            let of_name = found.iter().find(|(found, _)| found == name);
            of_name.map(|(_, record)| record.clone())
        };
        Ok(Answer::Found(names.iter().map(find).collect()))
    }

    /// Writes, and returns the new version; `None` where the record was not as expected.
    fn write(&self, statement: &str, bindings: Row) -> Result<Option<Version>> {
        self.rows(CREATE, Vec::new())?;
        match self.rows(statement, bindings)?.first() {
            None => Ok(None),
            Some(row) => row.first().and_then(version).map(Some).ok_or_else(not_ours),
        }
    }

    fn conflict(&self, part: &str, now: u64, name: &str) -> Result<Answer> {
        let list = format!("[\"{name}\"]");
        let bindings = vec![part.into(), number(now), list.into()];
        let standing = self.select(READ, bindings)?.pop();
        Ok(Answer::Conflict(standing.map(|(_, record)| record)))
    }

    /// Sets the alarm where the record just written is the first to expire. Where another is, the alarm is set for that
    /// one already; if that one is long overdue, the alarm was lost, and this sets it anew.
    fn wake_for_new(&self, expires: u64) -> Result<()> {
        let overdue = |earliest: u64| earliest.saturating_add(GRACE) <= now_seconds();
        match self.earliest()? {
            Some(earliest) if earliest == expires || overdue(earliest) => self.wake_for(earliest),
            Some(_) | None => Ok(()),
        }
    }

    fn wake_for(&self, expires: u64) -> Result<()> {
        // An alarm that comes early within its second would find nothing to delete, so it gets one second more.
        let at = expires.saturating_add(GRACE).saturating_add(1);
        let at = at.max(now_seconds()).saturating_mul(1000).min(LATEST);
        let at = ScheduledTime::new(Date::new(&to_double(at).into()));
        // The runtime holds back the answer until it has stored the alarm, so nothing here has to wait for that.
        self.storage.set_alarm(at).now_or_never().unwrap_or(Ok(()))
    }

    fn earliest(&self) -> Result<Option<u64>> {
        let rows = self.rows(EARLIEST, Vec::new())?;
        Ok(rows.first().and_then(|row| row.first()).and_then(whole))
    }

    fn select(&self, statement: &str, bindings: Row) -> Result<Vec<(RecordName, Versioned)>> {
        // A question about a partition that holds nothing must not create an empty table there.
        if !self.exists()? {
            return Ok(Vec::new());
        }
        let rows = self.rows(statement, bindings)?;
        rows.into_iter().map(record).collect()
    }

    fn exists(&self) -> Result<bool> {
        Ok(!self.rows(EXISTS, Vec::new())?.is_empty())
    }

    /// Runs one SQL statement to its end.
    fn rows(&self, statement: &str, bindings: Row) -> Result<Vec<Row>> {
        self.sql.exec(statement, bindings)?.raw().collect()
    }
}

fn not_ours() -> Error {
    Error::from("a row is none of ours")
}

fn record(row: Row) -> Result<(RecordName, Versioned)> {
    let mut columns = row.into_iter();
    match (columns.next(), columns.next(), columns.next()) {
        (Some(SqlStorageValue::String(name)), Some(number), Some(SqlStorageValue::Blob(value))) => {
            let name = RecordName::parse(&name).ok_or_else(not_ours)?;
            let version = version(&number).ok_or_else(not_ours)?;
            Ok((name, Versioned { version, value }))
        }
        _ => Err(not_ours()),
    }
}

fn version(value: &SqlStorageValue) -> Option<Version> {
    whole(value).and_then(Version::new)
}

/// The whole number of a value, where JavaScript holds it exactly.
fn whole(value: &SqlStorageValue) -> Option<u64> {
    let SqlStorageValue::Integer(number) = value else {
        return None;
    };
    u64::try_from(*number).ok()
}

/// The number as a value; one that is too large to be exact becomes the largest exact one.
fn number(number: u64) -> SqlStorageValue {
    to_double(number).into()
}

fn now_seconds() -> u64 {
    from_double(Date::now()).unwrap_or(0) / 1000
}
