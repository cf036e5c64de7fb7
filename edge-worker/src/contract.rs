//! Opens the port of this adapter to the contract suite; the crate `lychgate-contract` says how to ask.

use crate::host::{Env, Storage};
use crate::ledger::object;
use crate::number::from_double;
use crate::platform::Workers;
use alloc::rc::Rc;
use alloc::string::String;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Answers one question; `undefined` where it is none.
#[wasm_bindgen]
pub async fn contract(path: String, body: String, env: Env) -> Option<String> {
    lychgate_contract::answer(&Workers::new(&env, Rc::default()), &path, &body).await
}

/// Deletes what expired by `now`. True where nothing is left.
///
/// # Errors
/// What the database throws.
#[wasm_bindgen]
pub fn contract_purge(storage: &Storage, now: f64) -> Result<bool, JsValue> {
    object::purge(storage, from_double(now).ok_or(JsValue::NULL)?)
}
