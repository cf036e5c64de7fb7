//! Opens the port of this adapter to the contract suite; the crate `lychgate-contract` describes its questions.

use crate::ledger::object::Database;
use crate::number::from_double;
use crate::platform::Workers;
use crate::waiting::Waiting;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;
use worker::worker_sys::DurableObjectState;

/// Answers one question; `undefined` where path and body make none.
#[wasm_bindgen]
pub async fn contract(path: String, body: String, env: Env) -> Option<String> {
    let platform = Workers::new(env, None, Rc::default(), Waiting::of_request());
    lychgate_contract::answer(&platform, &path, &body).await
}

/// Deletes the records that expired by `now`. True where none is left.
///
/// # Errors
/// The database throws.
#[wasm_bindgen]
pub fn contract_purge(state: DurableObjectState, now: f64) -> Result<bool, JsValue> {
    let end = from_double(now).ok_or(JsValue::NULL)?;
    Ok(Database::of(state).purge(end)?)
}

/// Whether the next call of the ledger traps.
static TRAPS: AtomicBool = AtomicBool::new(false);

/// Makes the next call of the ledger trap.
#[wasm_bindgen]
pub fn contract_trap() {
    TRAPS.store(true, Ordering::Relaxed);
}

/// Whether the next decision from the caches traps.
static WARM_TRAPS: AtomicBool = AtomicBool::new(false);

/// Makes the next decision from the caches trap.
#[wasm_bindgen]
pub fn contract_warm_trap() {
    WARM_TRAPS.store(true, Ordering::Relaxed);
}

/// Runs before each call of the ledger.
///
/// # Panics
/// Where [`contract_trap`] asked for it.
pub(crate) fn before() {
    trap_where_asked(&TRAPS);
}

/// Runs before each decision from the caches.
///
/// # Panics
/// Where [`contract_warm_trap`] asked for it.
pub(crate) fn before_warm() {
    trap_where_asked(&WARM_TRAPS);
}

fn trap_where_asked(asked: &AtomicBool) {
    if asked.swap(false, Ordering::Relaxed) {
        #[expect(clippy::panic, reason = "that is what the suite asks for")]
        {
            panic!("the contract suite asked for it");
        }
    }
}
