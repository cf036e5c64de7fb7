//! Opens the port of this adapter to the contract suite; the crate `lychgate-contract` says how to ask.
//!
//! The component that is built for the suite does nothing else, and is never deployed.

use crate::body::Body;
use crate::platform::Spin;
use crate::received::Received;
use crate::{ledger, respond};
use lychgate_core::http::inbound::{ByteCount, Inbound};
use lychgate_core::platform::sql::{INSERT, UPDATE};
use lychgate_core::time::UnixTime;
use serde_json::Value;
use spin_sdk::sqlite::Error;
use spin_sdk::wasip3::http::types::{ErrorCode, Response};
use std::cell::Cell;
use std::future::pending;

/// The largest record in base64url, and a key, fit several times.
const LARGEST_QUESTION: ByteCount = ByteCount(1024 * 1024);

thread_local! {
    /// What becomes of the next write's answer.
    static ANSWER: Cell<Answer> = const { Cell::new(Answer::Comes) };
}

#[derive(Clone, Copy)]
enum Answer {
    Comes,
    Lost,
    Broken,
}

/// Answers one question.
///
/// # Errors
/// What the host does not accept.
pub(crate) async fn answer(received: &Received) -> Result<Response, ErrorCode> {
    let question = received.body(LARGEST_QUESTION).await.unwrap_or_default();
    let question = String::from_utf8(question).unwrap_or_default();
    let path = received.target();
    let answer = match path {
        "/ledger/purge" => purge(&question).await,
        _ => {
            ANSWER.set(disturbance(&question));
            let answer = lychgate_contract::answer(&Spin, path, &question).await;
            ANSWER.set(Answer::Comes);
            answer
        }
    };
    let kind = ("content-type".to_owned(), b"application/json".to_vec());
    match answer {
        Some(text) => respond::with(200, vec![kind], Body::of(text.into_bytes())),
        None => respond::with(400, Vec::new(), Body::of(b"not a question".to_vec())),
    }
}

/// What the database answered to a statement; that to a write is disturbed where the suite asked for it.
///
/// # Errors
/// An answer that is broken.
pub(crate) async fn answered<T>(statement: &str, rows: Vec<T>) -> Result<Vec<T>, Error> {
    if statement != INSERT && statement != UPDATE {
        return Ok(rows);
    }
    match ANSWER.replace(Answer::Comes) {
        Answer::Comes => Ok(rows),
        Answer::Lost => pending().await,
        Answer::Broken => Err(Error::Io("the answer is broken".to_owned())),
    }
}

fn disturbance(question: &str) -> Answer {
    let question: Value = serde_json::from_str(question).unwrap_or_default();
    match question.get("answer").and_then(Value::as_str) {
        Some("lost") => Answer::Lost,
        Some("broken") => Answer::Broken,
        _ => Answer::Comes,
    }
}

async fn purge(question: &str) -> Option<String> {
    let question: Value = serde_json::from_str(question).ok()?;
    let now = UnixTime::from_seconds(question.get("now")?.as_u64()?);
    let purged = ledger::purge(now).await.is_ok();
    purged.then(|| r#"{"ok":true}"#.to_owned())
}
