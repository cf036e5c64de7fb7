//! The gateway of this isolate and the exports that `shim.js` calls it by.
//!
//! What is kept between requests is the gateway alone. Nothing of a request stays in it, and a trap of the
//! wasm loses it: the shim asks [`is_open`] first, which also makes the new instance.

use crate::forward::Forwarding;
use crate::host::{self, Context, Env};
use crate::inbound::{Received, split};
use crate::platform::{Workers, now};
use crate::send::header_lines;
use js_sys::Reflect;
use lychgate_core::event::Incident;
use lychgate_core::fault::ConfigurationFault;
use lychgate_core::gateway::{Gateway, Outcome, WarmRequest};
use lychgate_core::http::method::Method;
use lychgate_core::http::response::{Response, Status};
use lychgate_core::page::failure::Failure;
use lychgate_core::page::problem::problem;
use lychgate_core::platform::Platform;
use lychgate_core::secret::Secret;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;

thread_local! {
    static GATEWAY: RefCell<Option<Rc<Gateway>>> = const { RefCell::new(None) };
}

/// Whether [`open`] was called in this instance. It takes no arguments, so that nothing is copied into an
/// instance that has trapped.
#[wasm_bindgen]
pub fn is_open() -> bool {
    GATEWAY.with_borrow(Option::is_some)
}

/// Makes the gateway, which answers 503 to everything where the deployment lacks something.
#[wasm_bindgen]
pub fn open(configuration: &str, env: &Env) {
    let secret = |name: &str| {
        let value = Reflect::get(env.as_ref(), &JsValue::from_str(name)).ok()?;
        value.as_string().map(Secret::new)
    };
    let gateway = Gateway::start(configuration.as_bytes(), secret);
    let gateway = match missing_binding(env, gateway.needs_assets()) {
        Some(name) => Gateway::closed(ConfigurationFault::MissingBinding { name }),
        None => gateway,
    };
    GATEWAY.set(Some(Rc::new(gateway)));
}

/// Decides from memory alone; `undefined` where more than that is needed.
///
/// # Errors
/// What the runtime throws at a response of ours.
#[wasm_bindgen]
pub fn warm(
    method: &str,
    url: &str,
    cookie: Option<String>,
    has_authorization: bool,
    has_origin: bool,
    is_upgrade: bool,
) -> Result<JsValue, JsValue> {
    let (host, target) = split(url);
    let request = WarmRequest {
        method: Method::parse(method),
        target,
        host,
        cookie: cookie.as_deref(),
        has_authorization,
        has_origin,
        is_upgrade,
    };
    match gateway()?.warm(&request, now()) {
        Some(outcome) => answer(outcome, host, target),
        None => Ok(JsValue::UNDEFINED),
    }
}

/// Decides about a request: a `Response`, or a [`Forwarding`] for the shim to carry out.
///
/// # Errors
/// What the runtime throws at a response of ours.
#[wasm_bindgen]
pub async fn decide(
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> Result<JsValue, JsValue> {
    let gateway = gateway()?;
    let platform = Workers::new(&env);
    let url = request.url();
    let received = Received::new(request);
    let (outcome, later) = gateway.handle(&platform, &received).await;
    if let Some(later) = later {
        context.wait_until(&future_to_promise(async move {
            gateway.finish(&platform, later).await;
            Ok(JsValue::UNDEFINED)
        }))?;
    }
    let (host, target) = split(&url);
    answer(outcome, host, target)
}

/// The answer where an upstream cannot be reached.
///
/// # Errors
/// What the runtime throws at it.
#[wasm_bindgen]
pub fn unreachable(request: &web_sys::Request, env: &Env) -> Result<web_sys::Response, JsValue> {
    let mut random = [0; 6];
    // Without random bytes the incident is all zeroes, and the answer the same.
    let _ = Workers::new(env).fill_random(&mut random);
    let incident = Incident::new(random);
    let incident = incident.as_str();
    host::warn(&format!(
        r#"{{"level":"warning","event":"refused","incident":"{incident}","code":"upstream_unavailable","reason":"upstream: unreachable"}}"#
    ));
    let accept = request.headers().get("accept").ok().flatten();
    let wants_html = accept.is_some_and(|accept| accept.to_ascii_lowercase().contains("text/html"));
    respond(&if wants_html {
        let page = Failure {
            status: Status::BAD_GATEWAY,
            incident: Some(incident),
            retry: None,
        };
        page.response()
    } else {
        problem(Status::BAD_GATEWAY, "upstream_unavailable", Some(incident))
    })
}

fn gateway() -> Result<Rc<Gateway>, JsValue> {
    GATEWAY.with_borrow(|gateway| gateway.clone().ok_or(JsValue::NULL))
}

fn answer(outcome: Outcome, host: &str, target: &str) -> Result<JsValue, JsValue> {
    match outcome {
        Outcome::Respond(response) => respond(&response).map(JsValue::from),
        Outcome::Forward(forward) => Ok(Forwarding::new(*forward, host, target).into()),
    }
}

fn respond(response: &Response) -> Result<web_sys::Response, JsValue> {
    let headers = header_lines(&response.headers);
    host::respond(response.status.code(), &headers, &response.body)
}

fn missing_binding(env: &Env, needs_assets: bool) -> Option<&'static str> {
    if env.store().is_none() {
        Some("LYCHGATE_STORE")
    } else if env.ledger().is_none() {
        Some("LYCHGATE_LEDGER")
    } else if needs_assets && !env.assets().is_object() {
        Some("ASSETS")
    } else {
        None
    }
}
