//! The runtime's side, as far as the crate `worker` has nothing for it: the functions of `host.js`.
//!
//! Every function that can throw has `catch`, since an exception that crosses Rust frames unseen ends the
//! whole instance. Bytes go over as copies where a promise keeps them: a view of the wasm's memory would change under it.

use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, ReadableStream};
use worker::Env;

#[wasm_bindgen]
extern "C" {
    // Those of `worker` have no `catch`.
    #[wasm_bindgen(catch, js_namespace = console)]
    pub fn log(line: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = console)]
    pub fn warn(line: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = console)]
    pub fn error(line: &str) -> Result<(), JsValue>;
}

#[wasm_bindgen(raw_module = "lychgate-host")]
extern "C" {
    /// A span of time that begins when it is made, and must be ended.
    pub type Limit;

    #[wasm_bindgen(catch, constructor)]
    pub fn new(milliseconds: f64) -> Result<Limit, JsValue>;

    /// Ends what takes it when the time is up.
    #[wasm_bindgen(method, getter, structural)]
    pub fn signal(this: &Limit) -> AbortSignal;

    /// Settles as the promise does, or rejects when the time is up.
    #[wasm_bindgen(method, catch, structural)]
    pub fn around(this: &Limit, promise: &Promise) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural)]
    pub fn end(this: &Limit);

    /// The body of an answer, as [`receive`] has it.
    #[wasm_bindgen(method, catch, structural)]
    pub fn collect(this: &Limit, stream: &ReadableStream, cap: f64) -> Result<Promise, JsValue>;

    /// The whole stream, or nothing as soon as it is larger than `cap`; rejects when the time is up.
    #[wasm_bindgen(catch)]
    pub fn receive(
        stream: Option<ReadableStream>,
        cap: f64,
        milliseconds: f64,
    ) -> Result<Promise, JsValue>;

    /// What holds the KV namespace under the name that it has in `env`, where each call settles in that time.
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

/// What is bound under that name, if anything.
pub(crate) fn binding(env: &Env, name: &str) -> Option<JsValue> {
    Reflect::get(env, &JsValue::from_str(name)).ok()
}

/// The object that is bound under that name, if one is. The getters of `Env` want it to be of a class with a certain name,
/// so that they take nothing that was put around a binding.
pub(crate) fn object(env: &Env, name: &str) -> Option<JsValue> {
    binding(env, name).filter(JsValue::is_object)
}
