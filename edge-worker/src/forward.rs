//! A forward, carried out by `shim.js`.
//!
//! The shim fetches, because headers are edited in JavaScript ten times faster and bodies never have to pass
//! by here. Rust tells it what to change, one `-name` (remove), `=name:value` (set) or `+name:value` (append)
//! per line; header names and values cannot hold a line break. It does so in few calls, since each costs about as
//! much as the decision.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use lychgate_core::gateway::edits::CookieEdit;
use lychgate_core::gateway::{Forward, ForwardTarget};
use wasm_bindgen::prelude::wasm_bindgen;

/// A request that may pass, on its way to an upstream.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Forwarding {
    forward: Forward,
    url: Option<String>,
}

impl Forwarding {
    /// The forward of a request that came with this authority and target.
    pub(crate) fn new(forward: Forward, host: &str, received: &str) -> Self {
        let target = forward.request.target();
        let url = match &forward.target {
            ForwardTarget::Assets if target == received => None,
            // The scheme and host mean nothing to the assets, but an absolute URL needs them.
            ForwardTarget::Assets => Some(format!("https://{host}{target}")),
            ForwardTarget::Url(origin) | ForwardTarget::Service { origin, .. } => {
                Some(format!("{origin}{target}"))
            }
        };
        Self { forward, url }
    }
}

#[wasm_bindgen]
impl Forwarding {
    /// Whether it goes to the static assets.
    #[wasm_bindgen(getter)]
    pub fn to_assets(&self) -> bool {
        match self.forward.target {
            ForwardTarget::Assets => true,
            ForwardTarget::Url(_) | ForwardTarget::Service { .. } => false,
        }
    }

    /// The URL to fetch; `undefined` where the request can be passed as it came.
    #[wasm_bindgen(getter)]
    pub fn url(&self) -> Option<String> {
        self.url.clone()
    }

    /// How to carry it out where it does not go to the static assets, given the names of the request's headers, one per
    /// line. Of the answer the first line is the service binding that it goes to, or nothing; the second after how many
    /// milliseconds the head of the answer is late, or nothing for never; the third whether shared caches must be passed
    /// by; and the rest what to change in the request.
    pub fn plan(&self, names: &str) -> String {
        let edit = &self.forward.request;
        let mut plan = Edits::default();
        plan.line(&[match &self.forward.target {
            ForwardTarget::Service { name, .. } => name.0.as_str(),
            ForwardTarget::Assets | ForwardTarget::Url(_) => "",
        }]);
        let patience = self.forward.timeout.map(|limit| {
            let milliseconds = limit.as_seconds().saturating_mul(1000);
            milliseconds.to_string()
        });
        plan.line(&[patience.as_deref().unwrap_or_default()]);
        plan.line(&[match self.forward.response.bypasses_caches() {
            true => "bypass",
            false => "",
        }]);
        for name in names.split('\n').filter(|name| edit.strips(name)) {
            plan.remove(name);
        }
        match edit.cookie() {
            CookieEdit::Keep => {}
            CookieEdit::Replace(rest) => plan.set("cookie", rest),
            CookieEdit::Remove => plan.remove("cookie"),
        }
        for (name, value) in edit.set() {
            plan.set(name.as_str(), value.as_str());
        }
        plan.0
    }

    /// What to change in the response, given the names of its headers and its `Set-Cookie` fields, one per
    /// line each, and three of its headers.
    pub fn response_edits(
        self,
        names: &str,
        set_cookies: &str,
        content_type: Option<String>,
        cache_control: Option<String>,
        location: Option<String>,
    ) -> String {
        let edit = &self.forward.response;
        let mut edits = Edits::default();
        for name in names.split('\n').filter(|name| edit.strips(name)) {
            edits.remove(name);
        }
        let own = cache_control.as_deref();
        if let Some(policy) = edit.cache_control(content_type.as_deref(), own) {
            edits.set("cache-control", policy);
        }
        if let Some(location) = location.and_then(|value| edit.location(&value)) {
            edits.set("location", &location);
        }
        let is_as_sent = |field| matches!(edit.set_cookie(field), Some(Cow::Borrowed(_)));
        if !set_cookies.split('\n').all(is_as_sent) {
            edits.remove("set-cookie");
            let fields = set_cookies.split('\n');
            for field in fields.filter_map(|field| edit.set_cookie(field)) {
                edits.append("set-cookie", &field);
            }
        }
        for field in edit.set_cookies() {
            edits.append("set-cookie", field.as_str());
        }
        for (name, value) in edit.append() {
            edits.append(name.as_str(), value.as_str());
        }
        edits.0
    }
}

#[derive(Default)]
struct Edits(String);

impl Edits {
    fn remove(&mut self, name: &str) {
        self.line(&["-", name]);
    }

    fn set(&mut self, name: &str, value: &str) {
        self.line(&["=", name, ":", value]);
    }

    fn append(&mut self, name: &str, value: &str) {
        self.line(&["+", name, ":", value]);
    }

    fn line(&mut self, parts: &[&str]) {
        for part in parts {
            self.0.push_str(part);
        }
        self.0.push('\n');
    }
}
