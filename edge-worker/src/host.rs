//! Functions of the runtime that the crate `worker` lacks: those of `host.js`, and the console.
//!
//! Every function that can throw has `catch`, since an exception that crosses Rust frames uncaught ends the whole
//! instance. JavaScript gets a copy of bytes that a promise keeps: a view of the wasm's memory would change under it.

use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, ReadableStream};
use worker::Env;

#[wasm_bindgen]
extern "C" {
    // The console macros of `worker` have no `catch`.
    #[wasm_bindgen(catch, js_namespace = console)]
    pub fn log(line: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = console)]
    pub fn warn(line: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = console)]
    pub fn error(line: &str) -> Result<(), JsValue>;
}

#[wasm_bindgen(raw_module = "lychgate-host")]
extern "C" {
    /// A timeout. It begins when it is made, and the caller must end it.
    pub type Limit;

    #[wasm_bindgen(catch, constructor)]
    pub fn new(milliseconds: f64) -> Result<Limit, JsValue>;

    /// Aborts the calls that take it when the time is up.
    #[wasm_bindgen(method, getter, structural)]
    pub fn signal(this: &Limit) -> AbortSignal;

    /// Settles as the promise does, or rejects when the time is up.
    #[wasm_bindgen(method, catch, structural)]
    pub fn around(this: &Limit, promise: &Promise) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural)]
    pub fn end(this: &Limit);

    /// Reads the body of an answer, as [`receive`] does.
    #[wasm_bindgen(method, catch, structural)]
    pub fn collect(this: &Limit, stream: &ReadableStream, cap: f64) -> Result<Promise, JsValue>;

    /// Reads the whole stream; `undefined` as soon as it is larger than `cap`. Rejects when the time is up.
    #[wasm_bindgen(catch)]
    pub fn receive(
        stream: Option<ReadableStream>,
        cap: f64,
        milliseconds: f64,
    ) -> Result<Promise, JsValue>;

    /// An object with the KV namespace under its name in `env`. Each call of the namespace settles in that time.
    #[wasm_bindgen(catch, js_name = limitedStore)]
    pub fn limited_store(env: &Env, milliseconds: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = importKey)]
    pub fn import_key(algorithm: &str, jwk: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn verify(
        algorithm: &str,
        key: &JsValue,
        signature: &[u8],
        input: &[u8],
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn sign(algorithm: &str, jwk: &str, input: Uint8Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn respond(status: u16, headers: &str, body: &str) -> Result<web_sys::Response, JsValue>;
}

/// The binding of that name, if any.
pub(crate) fn binding(env: &Env, name: &str) -> Option<JsValue> {
    Reflect::get(env, &JsValue::from_str(name)).ok()
}

/// The binding of that name, if it is an object. The getters of `Env` check the name of its class, so they refuse an
/// object that wraps a binding.
pub(crate) fn object(env: &Env, name: &str) -> Option<JsValue> {
    binding(env, name).filter(JsValue::is_object)
}
