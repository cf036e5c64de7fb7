//! Opens the port of this adapter to the contract suite; the crate `lychgate-contract` says how to ask.
//!
//! The component that is built for the suite is the gateway besides, and is never deployed.

use crate::body::Body;
use crate::received::Received;
use crate::{ledger, respond};
use lychgate_contract::{DOOR, FATE};
use lychgate_core::http::header::HeaderName;
use lychgate_core::http::inbound::{ByteCount, Inbound};
use lychgate_core::platform::sql::{INSERT, UPDATE};
use lychgate_core::time::UnixTime;
use serde_json::Value;
use spin_sdk::key_value;
use spin_sdk::sqlite::Error;
use spin_sdk::wasip3::http::types::{ErrorCode, Response};
use std::cell::Cell;
use std::future::pending;

/// The largest record in base64url, and a key, fit several times.
const LARGEST_QUESTION: ByteCount = ByteCount(1024 * 1024);

thread_local! {
    /// The fate of the calls of the request that came last.
    static ASKED: Cell<Fate> = const { Cell::new(Fate::Good) };
}

/// The fate of calls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Good,
    Cold,
    /// The next write happens, and its answer never comes.
    WriteUnanswered,
    /// The next write happens, and its answer is an error.
    WriteBroken,
    /// The next write never arrives.
    WriteLost,
    LedgerRefuses,
    StoreRefuses,
    /// No call of the store is answered.
    StoreHangs,
    LedgerTraps,
}

/// Answers a question; `None` where the request is the gateway's, whose calls may be disturbed then.
pub(crate) async fn answer(received: &Received) -> Option<Result<Response, ErrorCode>> {
    let Some(path) = received.target().strip_prefix(DOOR) else {
        ASKED.set(fate(received));
        return None;
    };
    let question = received.body(LARGEST_QUESTION).await.unwrap_or_default();
    let question = String::from_utf8(question).unwrap_or_default();
    let answer = match path {
        "/ledger/purge" => purge(&question).await,
        _ => {
            ASKED.set(disturbance(&question));
            let answer = lychgate_contract::answer(&received.platform(), path, &question).await;
            ASKED.set(Fate::Good);
            answer
        }
    };
    let kind = ("content-type".to_owned(), b"application/json".to_vec());
    Some(match answer {
        Some(text) => respond::with(200, vec![kind], Body::of(text.into_bytes())),
        None => respond::with(400, Vec::new(), Body::of(b"not a question".to_vec())),
    })
}

/// Comes before each statement for the database of the ledger.
///
/// # Errors
/// That of a database that refuses everything.
pub(crate) async fn before(statement: &str) -> Result<(), Error> {
    match ASKED.get() {
        Fate::LedgerRefuses => Err(Error::Io("over the quota".to_owned())),
        Fate::LedgerTraps => {
            #[expect(clippy::panic, reason = "that is what the suite asks for")]
            {
                panic!("the contract suite asked for it");
            }
        }
        Fate::WriteLost if is_write(statement) => {
            ASKED.set(Fate::Good);
            pending().await
        }
        Fate::Good
        | Fate::Cold
        | Fate::WriteUnanswered
        | Fate::WriteBroken
        | Fate::WriteLost
        | Fate::StoreRefuses
        | Fate::StoreHangs => Ok(()),
    }
}

/// The database's answer to a statement; that to a write is disturbed where the suite asked for it.
///
/// # Errors
/// An answer that is broken.
pub(crate) async fn answered<T>(statement: &str, rows: Vec<T>) -> Result<Vec<T>, Error> {
    if !is_write(statement) {
        return Ok(rows);
    }
    match ASKED.get() {
        Fate::WriteUnanswered => {
            ASKED.set(Fate::Good);
            pending().await
        }
        Fate::WriteBroken => {
            ASKED.set(Fate::Good);
            Err(Error::Io("the answer is broken".to_owned()))
        }
        Fate::Good
        | Fate::Cold
        | Fate::WriteLost
        | Fate::LedgerRefuses
        | Fate::StoreRefuses
        | Fate::StoreHangs
        | Fate::LedgerTraps => Ok(rows),
    }
}

/// Whether the request meets a gateway that remembers nothing.
pub(crate) fn is_cold() -> bool {
    ASKED.get() != Fate::Good
}

/// Whether no call of the store is answered.
pub(crate) fn store_hangs() -> bool {
    ASKED.get() == Fate::StoreHangs
}

/// Comes before each call of the store.
///
/// # Errors
/// That of a store that refuses everything.
pub(crate) async fn before_store() -> Result<(), key_value::Error> {
    match ASKED.get() {
        Fate::StoreRefuses => Err(key_value::Error::Other("over the quota".to_owned())),
        Fate::StoreHangs => pending().await,
        Fate::Good
        | Fate::Cold
        | Fate::WriteUnanswered
        | Fate::WriteBroken
        | Fate::WriteLost
        | Fate::LedgerRefuses
        | Fate::LedgerTraps => Ok(()),
    }
}

fn is_write(statement: &str) -> bool {
    statement == INSERT || statement == UPDATE
}

fn fate(received: &Received) -> Fate {
    let asked = HeaderName::parse(FATE).and_then(|name| received.header(&name));
    match asked.as_deref() {
        Some("cold") => Fate::Cold,
        Some("write-unanswered") => Fate::WriteUnanswered,
        Some("write-lost") => Fate::WriteLost,
        Some("ledger-refuses") => Fate::LedgerRefuses,
        Some("store-refuses") => Fate::StoreRefuses,
        Some("store-hangs") => Fate::StoreHangs,
        Some("ledger-traps") => Fate::LedgerTraps,
        _ => Fate::Good,
    }
}

fn disturbance(question: &str) -> Fate {
    let question: Value = serde_json::from_str(question).unwrap_or_default();
    match question.get("answer").and_then(Value::as_str) {
        Some("lost") => Fate::WriteUnanswered,
        Some("broken") => Fate::WriteBroken,
        _ => Fate::Good,
    }
}

async fn purge(question: &str) -> Option<String> {
    let question: Value = serde_json::from_str(question).ok()?;
    let now = UnixTime::from_seconds(question.get("now")?.as_u64()?);
    let purged = ledger::purge(now).await.is_ok();
    purged.then(|| r#"{"ok":true}"#.to_owned())
}
