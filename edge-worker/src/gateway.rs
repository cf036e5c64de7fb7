//! The gateway of this isolate and the exports that `shim.js` calls it by.
//!
//! What is kept between requests is the gateway and the keys of providers and issuers. Nothing of a request stays in them.
//! The shim holds them as one object of JavaScript, which refuses every call once its instance has trapped.

use crate::forward;
use crate::host::{self, Context, Dataset, Env};
use crate::inbound::{Received, split};
use crate::platform::{Workers, now};
use crate::points;
use crate::send::header_lines;
use crate::verifier::Keys;
use alloc::rc::Rc;
use alloc::string::String;
use js_sys::{Promise, Reflect};
use lychgate_core::fault::{BrowserFault, ConfigurationFault, Fault, PlatformFault, UpstreamFault};
use lychgate_core::gateway::header_rewrites::Connection;
use lychgate_core::gateway::{Gateway, Outcome, WarmRequest, is_telling};
use lychgate_core::http::header::HeaderName;
use lychgate_core::http::inbound::Inbound;
use lychgate_core::http::method::Method;
use lychgate_core::http::response::Response;
use lychgate_core::secret::Secret;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;

/// The gateway of one isolate.
#[wasm_bindgen]
pub struct Edge {
    gateway: Rc<Gateway>,
    keys: Rc<Keys>,
    metrics: Option<Dataset>,
}

/// Makes a new instance where the last one has trapped. It takes no arguments, because those are copied before
/// it is looked at which instance they go to; so it is called before anything else.
#[wasm_bindgen]
pub fn wake() {}

#[wasm_bindgen]
impl Edge {
    /// Makes the gateway, which answers 503 to everything where the deployment lacks something.
    #[wasm_bindgen(constructor)]
    pub fn new(configuration: &str, env: &Env) -> Self {
        let secret = |name: &str| {
            let value = Reflect::get(env.as_ref(), &JsValue::from_str(name)).ok()?;
            value.as_string().map(Secret::new)
        };
        let gateway = Gateway::start(configuration.as_bytes(), secret);
        let gateway = match missing_binding(env, &gateway) {
            Some(fault) => Gateway::closed(fault),
            None => gateway,
        };
        Self {
            gateway: Rc::new(gateway),
            keys: Rc::default(),
            metrics: env.metrics(),
        }
    }

    /// Decides from memory alone: a `Response`, or a text with the plan of a forward; `undefined` where more than memory
    /// is needed. `names` are those of the request's headers, one per line.
    ///
    /// # Errors
    /// What the runtime throws at a response of ours.
    pub fn warm(
        &self,
        method: &str,
        url: &str,
        names: &str,
        cookie: Option<String>,
        authorization: Option<String>,
        connection: Option<String>,
    ) -> Result<JsValue, JsValue> {
        #[cfg(feature = "contract")]
        crate::contract::before_warm();
        let (host, target) = split(url);
        let request = WarmRequest {
            method: Method::parse(method),
            target,
            host,
            cookie: cookie.as_deref(),
            authorization: authorization.as_deref(),
            is_telling: forward::lines(names).any(is_telling),
        };
        let now = now();
        let Some(outcome) = self.gateway.warm(&request, now) else {
            return Ok(JsValue::UNDEFINED);
        };
        if let Some(dataset) = &self.metrics {
            points::report(dataset, &self.gateway, now);
        }
        answer(outcome, url, names, connection.as_deref())
    }

    /// Decides about a request: a `Response`, or a text with the plan of a forward.
    pub fn decide(
        &self,
        env: Env,
        context: Context,
        request: web_sys::Request,
        method: &str,
        url: String,
        names: String,
    ) -> Promise {
        let gateway = Rc::clone(&self.gateway);
        let received = Received::new(request, Method::parse(method), url, names);
        let platform = self.platform(env, &received);
        future_to_promise(async move {
            #[cfg(feature = "contract")]
            let _running = lychgate_contract::Running::begin();
            let (outcome, later) = gateway.handle(&platform, &received).await;
            platform.report(&gateway);
            if let Some(later) = later {
                let platform = platform.afterwards();
                context.wait_until(&future_to_promise(async move {
                    #[cfg(feature = "contract")]
                    let _running = lychgate_contract::Running::begin();
                    gateway.finish(&platform, later).await;
                    Ok(JsValue::UNDEFINED)
                }))?;
            }
            let connection = received.header(&HeaderName::CONNECTION);
            let (url, names) = (received.url(), received.names());
            answer(outcome, url, names, connection.as_deref())
        })
    }

    /// The answer to a request that was not forwarded, or whose upstream failed. `why` is a word of `shim.js`.
    ///
    /// # Errors
    /// What the runtime throws at it.
    pub fn failed(
        &self,
        env: Env,
        why: &str,
        request: web_sys::Request,
        method: &str,
        url: String,
        names: String,
    ) -> Result<web_sys::Response, JsValue> {
        let received = Received::new(request, Method::parse(method), url, names);
        let fault = match why {
            "body-late" => Fault::from(BrowserFault::BodyLate),
            "length-required" => Fault::from(BrowserFault::LengthRequired),
            "unsent" => Fault::from(PlatformFault::Forward),
            "late" => Fault::from(UpstreamFault::TimedOut),
            "inexpressible" => Fault::from(UpstreamFault::Inexpressible),
            _ => Fault::from(UpstreamFault::Unreachable),
        };
        let platform = self.platform(env, &received);
        respond(&self.gateway.upstream_failed(&platform, &received, fault))
    }
}

impl Edge {
    fn platform(&self, env: Env, received: &Received) -> Workers {
        let (metrics, keys) = (self.metrics.clone(), Rc::clone(&self.keys));
        Workers::new(env, metrics, keys, received.waiting())
    }
}

fn answer(
    outcome: Outcome,
    url: &str,
    names: &str,
    connection: Option<&str>,
) -> Result<JsValue, JsValue> {
    match outcome {
        Outcome::Respond(response) => respond(&response).map(JsValue::from),
        Outcome::Forward(forward) => {
            let (host, target) = split(url);
            let connection = Connection::new(connection);
            let plan = forward::plan(&forward, host, target, names, connection);
            Ok(JsValue::from_str(&plan))
        }
    }
}

fn respond(response: &Response) -> Result<web_sys::Response, JsValue> {
    let headers = header_lines(&response.headers);
    host::respond(response.status.code(), &headers, &response.body)
}

fn missing_binding(env: &Env, gateway: &Gateway) -> Option<ConfigurationFault> {
    let name = if env.store().is_none() {
        "the binding LYCHGATE_STORE"
    } else if env.ledger().is_none() {
        "the binding LYCHGATE_LEDGER"
    } else if gateway.needs_assets() && !env.assets().is_object() {
        "the binding ASSETS"
    } else {
        let binding = |name: &str| Reflect::get(env.as_ref(), &JsValue::from_str(name));
        let is_there = |name: &str| binding(name).is_ok_and(|value| value.is_object());
        let mut services = gateway.services().into_iter();
        let missing = services.find(|name| !is_there(name))?;
        let name = missing.into();
        return Some(ConfigurationFault::MissingService { name });
    };
    Some(ConfigurationFault::MissingBinding { name })
}
