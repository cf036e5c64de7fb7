//! The runtime's side: bindings of the deployment and the functions of `host.js`.
//!
//! Every function that can throw has `catch`, since an exception that crosses Rust frames unseen ends the
//! whole instance. Bytes go over as copies where a promise keeps them: a view of the wasm's memory would change under it.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The bindings of the deployment.
    #[derive(Clone)]
    pub type Env;

    /// The KV namespace, where bound.
    #[wasm_bindgen(method, getter, structural, js_name = LYCHGATE_STORE)]
    pub fn store(this: &Env) -> Option<Store>;

    /// The namespace of the ledger's Durable Objects, where bound.
    #[wasm_bindgen(method, getter, structural, js_name = LYCHGATE_LEDGER)]
    pub fn ledger(this: &Env) -> Option<Objects>;

    /// The data set of Workers Analytics Engine, where bound.
    #[wasm_bindgen(method, getter, structural, js_name = LYCHGATE_METRICS)]
    pub fn metrics(this: &Env) -> Option<Dataset>;

    /// A data set of Workers Analytics Engine.
    #[derive(Clone)]
    pub type Dataset;

    /// A KV namespace.
    #[derive(Clone)]
    pub type Store;

    /// A namespace of Durable Objects.
    #[derive(Clone)]
    pub type Objects;

    /// The static assets, where bound.
    #[wasm_bindgen(method, getter, structural, js_name = ASSETS)]
    pub fn assets(this: &Env) -> JsValue;

    /// What a Durable Object keeps.
    pub type Storage;

    /// Wakes the object at that time, in milliseconds since 1970. Until that is stored the runtime holds
    /// back the answer, so nobody has to wait for the promise.
    #[wasm_bindgen(method, catch, structural, js_name = setAlarm)]
    pub fn set_alarm(this: &Storage, milliseconds: f64) -> Result<(), JsValue>;

    /// The life of one request.
    pub type Context;

    /// Lets work go on after the response.
    #[wasm_bindgen(method, catch, structural, js_name = waitUntil)]
    pub fn wait_until(this: &Context, work: &Promise) -> Result<(), JsValue>;

    /// Random bytes, at most 65,536.
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    pub fn random_values(bytes: &Uint8Array) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_namespace = console)]
    pub fn log(line: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = console)]
    pub fn warn(line: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = console)]
    pub fn error(line: &str) -> Result<(), JsValue>;
}

#[wasm_bindgen(raw_module = "lychgate-host")]
extern "C" {
    #[wasm_bindgen(catch)]
    pub fn pause(milliseconds: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn receive(stream: JsValue, cap: f64, milliseconds: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn send(
        method: &str,
        url: &str,
        headers: &str,
        body: Option<&str>,
        milliseconds: f64,
        cap: f64,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn load(
        store: &Store,
        key: &str,
        milliseconds: f64,
        cache_ttl: f64,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn save(
        store: &Store,
        key: &str,
        value: Uint8Array,
        expiration: f64,
        milliseconds: f64,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn remove(store: &Store, key: &str, milliseconds: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn ask(
        objects: &Objects,
        name: &str,
        question: Uint8Array,
        milliseconds: f64,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn rows(storage: &Storage, statement: &str, bindings: Array) -> Result<Array, JsValue>;

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
    pub fn point(dataset: &Dataset, blobs: &str, doubles: &[f64]) -> Result<(), JsValue>;

    #[wasm_bindgen(catch)]
    pub fn respond(status: u16, headers: &str, body: &str) -> Result<web_sys::Response, JsValue>;
}
