//! The gateway of this isolate, and the exports by which `shim.js` calls it.
//!
//! The gateway and the keys of providers and issuers stay between requests. Nothing of a request stays in them. The
//! shim holds both in one JavaScript object, [`Edge`], which refuses every call once its instance has trapped.

use crate::forward;
use crate::host;
use crate::inbound::{Received, split};
use crate::ledger::client;
use crate::platform::{Workers, now};
use crate::points;
use crate::send::header_lines;
use crate::store;
use crate::verifier::Keys;
use js_sys::Promise;
use lychgate_core::fault::{BrowserFault, ConfigurationFault, Fault, PlatformFault, UpstreamFault};
use lychgate_core::gateway::header_rewrites::Connection;
use lychgate_core::gateway::{Gateway, Outcome, WarmRequest, is_telling};
use lychgate_core::http::header::HeaderName;
use lychgate_core::http::inbound::Inbound;
use lychgate_core::http::method::Method;
use lychgate_core::http::response::Response;
use lychgate_core::secret::Secret;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::handler::{schedule_reinit, set_on_abort};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;
use worker::worker_sys::Context;
use worker::{AnalyticsEngineDataset, Env};

/// The gateway of one isolate.
#[wasm_bindgen]
pub struct Edge {
    gateway: Rc<Gateway>,
    keys: Rc<Keys>,
    metrics: Option<AnalyticsEngineDataset>,
}

/// Makes a new instance where the last one has trapped, and has the glue replace this one when it traps. The glue never
/// enters an instance again after its trap. It can call nothing then, so the glue tells the requests that still wait
/// for it. The shim calls `wake` before anything else. It takes no arguments, because the glue copies arguments into an
/// instance before it checks whether that one has trapped.
///
/// It does what the `start` function of the wasm would. The build runs none, since that of the crate `worker` makes
/// each panic write its message to the log, and the message may quote a request.
#[wasm_bindgen]
pub fn wake() {
    set_on_abort(schedule_reinit);
}

#[wasm_bindgen]
impl Edge {
    /// Makes the gateway. Where the deployment lacks something, it answers every request with 503.
    #[wasm_bindgen(constructor)]
    pub fn new(configuration: &str, env: &Env) -> Self {
        let secret = |name: &str| host::binding(env, name)?.as_string().map(Secret::new);
        let gateway = Gateway::start(configuration.as_bytes(), secret);
        let gateway = match missing_binding(env, &gateway) {
            Some(fault) => Gateway::closed(fault),
            None => gateway,
        };
        Self {
            gateway: Rc::new(gateway),
            keys: Rc::default(),
            metrics: env.analytics_engine("LYCHGATE_METRICS").ok(),
        }
    }

    /// Decides from the caches alone: a `Response`, or a text with the plan of a forward; `undefined` where the caches
    /// are not enough. `names` are the names of the request's headers, one per line.
    ///
    /// # Errors
    /// The runtime throws when it makes a response of Lychgate.
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

    /// The answer to a request that the shim did not forward, or whose upstream failed. `why` is a word of the shim.
    ///
    /// # Errors
    /// The runtime throws when it makes the answer.
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
    let is_there = |name: &str| host::object(env, name).is_some();
    let name = if !is_there(store::BINDING) {
        "the binding LYCHGATE_STORE"
    } else if !is_there(client::BINDING) {
        "the binding LYCHGATE_LEDGER"
    } else if gateway.needs_assets() && !is_there("ASSETS") {
        "the binding ASSETS"
    } else {
        let mut services = gateway.services().into_iter();
        let missing = services.find(|name| !is_there(name))?;
        let name = missing.into();
        return Some(ConfigurationFault::MissingService { name });
    };
    Some(ConfigurationFault::MissingBinding { name })
}
