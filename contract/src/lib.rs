//! Opens the port of an adapter to the contract suite, in the same words on every host.
//!
//! An adapter built for the suite hands [`answer`] the path and the body of each request below [`DOOR`]; all other
//! requests are the gateway's, as in the build that is deployed. Such a build never is: it lets any client write into
//! store and ledger.
//!
//! A request of the gateway says in the header [`FATE`] what becomes of its calls, and then meets a gateway that remembers
//! nothing. The adapter sees to that, for one request at a time:
//!
//! ```text
//! cold               nothing becomes of them
//! write-unanswered   the first write to the ledger is carried out, and its answer never comes
//! write-lost         the first write to the ledger never arrives, and no answer comes
//! store-hangs        no call of the store is answered
//! ledger-refuses     every call of the ledger fails at once, as one over a quota does
//! store-refuses      every call of the store does
//! ledger-traps       the wasm traps at the first call of the ledger
//! warm-traps         on Workers: the wasm traps while the session cache or the token cache decides, in the gateway
//!                    that is there
//! ```
//!
//! Every question is a POST with a JSON object, every answer JSON with status 200 and one of the members `ok`,
//! `error` (the name of the port's error) or `refused` (the core would not even ask). Byte strings are base64url
//! without padding, times are seconds since 1970. 400 means that the question itself is wrong.
//!
//! ```text
//! /ledger/read    {partition: {kind: "user" | "attempt", id}, names: [name], now}
//!                 -> ok: [null | {version, value}]
//! /ledger/list    {partition, kind: "h" | "u" | "a", now, limit} -> ok: [{name, version, value}]
//! /ledger/write   {partition, name, expected: {absent: version} | {version}, value, expires, now,
//!                  answer?: "lost" | "broken"}
//!                 -> ok: {stored: version} | {conflict: null | {version, value}}
//! /ledger/purge   {partition, now} -> ok: true; deletes what expired by `now`, without the usual grace
//!     errors: "unavailable", "outcome_unknown", "too_large"; names are those of `RecordName::text`. With
//!     `answer` the write is carried out, but its answer never comes ("lost") or is an exception ("broken").
//! /store/load     {key} -> ok: null | value
//! /store/save     {key, value, expires} -> ok: true
//! /store/remove   {key} -> ok: true
//!     error: "store".
//! /verify         {algorithm, jwk: {}, input, signature, repeat?: 1 to 100000} -> ok: "valid" | "invalid"
//!     error: "verifier"; refused: "key" (weak or malformed), "check" (does not fit the key). The verifier is
//!     asked `repeat` times, so that the time of one answer tells that of one verification.
//!                 {algorithm: "HS256", secret, input, signature} -> the same; refused: "key" (too short a secret).
//! /verify/all     {checks: [what /verify takes]} -> ok: [what /verify answers]; one after the other
//! /state          {} -> ok: {memory: bytes of the instance's memory, which never shrinks, running: tasks of the gateway}
//!     on Workers also `waiting`: promises that a trap would reject.
//! /trap           as /ledger/read, but panics after it; the answer is 503 for it and for every question that is
//!                 under way in the same instance, and the next one works. On Spin it is a 500 of the host.
//! ```
//!
//! `/ledger/purge` and `answer` are about how a host keeps its ledger, so each adapter sees to them itself.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod inside;
mod ledger;
mod question;
mod reply;
mod store;
mod verify;

pub use inside::Running;

use alloc::string::{String, ToString};
use lychgate_core::platform::Platform;
use serde_json::Value;

/// The start of the paths of questions. No route of the gateway can begin so.
pub const DOOR: &str = "/.contract";

/// The header of a request that says what becomes of its calls.
pub const FATE: &str = "lychgate-fate";

/// Answers the question at a path behind [`DOOR`] with a line of JSON; `None` where it is none.
///
/// # Panics
/// Where `/trap` asks for it.
pub async fn answer<P: Platform>(platform: &P, path: &str, body: &str) -> Option<String> {
    let question: Value = serde_json::from_str(body).ok()?;
    let answer = match path {
        "/ledger/read" => ledger::read(platform, &question).await,
        "/ledger/list" => ledger::list(platform, &question).await,
        "/ledger/write" => ledger::write(platform, &question).await,
        "/store/load" => store::load(platform, &question).await,
        "/store/save" => store::save(platform, &question).await,
        "/store/remove" => store::remove(platform, &question).await,
        "/state" => Some(inside::state()),
        "/verify" => verify::verify(platform, &question).await,
        "/verify/all" => verify::verify_all(platform, &question).await,
        "/trap" => trap(platform, &question).await,
        _ => None,
    };
    answer.map(|answer| answer.to_string())
}

/// Panics after a read, so that nothing of the host waits on the stack.
async fn trap<P: Platform>(platform: &P, question: &Value) -> Option<Value> {
    ledger::read(platform, question).await?;
    #[expect(clippy::panic, reason = "that is what the suite asks for")]
    {
        panic!("the contract suite asked for it");
    }
}
