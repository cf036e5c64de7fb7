//! The Cloudflare Workers adapter: exports `fetch` to the hand-written shim and the Durable Object class.
//!
//! It takes `web_sys::Request` as it is, because converting one into the `worker` crate's own type reads
//! `request.cf` and costs more than a whole warm request.

#[expect(
    missing_docs,
    reason = "the attribute of the Durable Object adds methods without any"
)]
mod ledger;

pub use ledger::Ledger;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Answers one request.
///
/// # Errors
/// Whatever the runtime throws while the response is built.
#[wasm_bindgen]
pub async fn fetch(
    _request: web_sys::Request,
    _env: JsValue,
    _context: JsValue,
) -> Result<web_sys::Response, JsValue> {
    web_sys::Response::new_with_opt_str(Some("hello\n"))
}
