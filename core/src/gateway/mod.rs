//! The flows, in rooms: each file is one endpoint or one step of a request's way, and reads top to bottom.
//!
//! A request goes through `pipeline`: to an endpoint of ours (`endpoints`, `sign_in`, `sign_out`), or, where its session
//! (`sessions`) or access token (`access_tokens`) meets what its route asks for, on to an upstream (`proxy`, with
//! `header_rewrites`). A request that is refused on the way ends in `answer`, which makes a page or JSON of it.
//! `providers` and `key_sets` ask others, and remember what those publish in `published`; `context` has the request, the
//! deployment and the result that all steps work with. Imports go one way alone, in the order that ARCHITECTURE.md states.

mod access_tokens;
mod accounts;
mod answer;
mod configured;
mod context;
mod endpoints;
pub mod header_rewrites;
mod key_sets;
mod pipeline;
mod providers;
mod proxy;
mod published;
mod sessions;
mod sign_in;
mod sign_out;

pub use configured::{Configured, spin_variable};
pub use context::arrival::is_telling;
pub use context::outcome::{Forward, ForwardTarget, Later, Outcome};
pub use pipeline::explain;
pub use pipeline::warm::WarmRequest;
pub use proxy::fields;
pub use published::key_sets::KeySetIndex;

use crate::{
    fault::{ConfigurationFault, Fault},
    http::{inbound::Inbound, response::Response},
    metrics::{Forwarded, Metrics},
    platform::Platform,
    secret::Secret,
    time::UnixTime,
};
use alloc::{boxed::Box, string::String, vec::Vec};
use context::{call::Call, deployment::Deployment, measured::Measured};
use core::cell::Cell;
use pipeline::{later, unserved, warm};

/// The gateway of one deployment, with what it remembers between requests.
///
/// There is one per isolate or instance. It is always there: one that cannot open answers every
/// request with 503, so that nothing is ever served unprotected.
#[derive(Debug)]
pub struct Gateway(State);

#[derive(Debug)]
enum State {
    Open(Box<Deployment>),
    Closed(ConfigurationFault),
}

impl Gateway {
    /// Opens the gateway with a compiled configuration and a look-up of secrets by name.
    pub fn start(configuration: &[u8], secret: impl Fn(&str) -> Option<Secret<String>>) -> Self {
        Self::open(Configured::read(configuration), secret)
    }

    /// Opens the gateway with the secrets of a configuration; without one of them it is closed.
    pub fn open(configured: Configured, secret: impl Fn(&str) -> Option<Secret<String>>) -> Self {
        match configured.deploy(secret) {
            Ok(deployment) => Self(State::Open(Box::new(deployment))),
            Err(fault) => Self::closed(fault),
        }
    }

    /// A gateway that answers every request with 503, for this reason.
    pub const fn closed(fault: ConfigurationFault) -> Self {
        Self(State::Closed(fault))
    }

    /// Whether any upstream is the platform's static assets, so that the adapter must have them.
    pub fn needs_assets(&self) -> bool {
        match &self.0 {
            State::Open(deployment) => deployment.needs_assets(),
            State::Closed(_) => false,
        }
    }

    /// The service bindings that upstreams name, so that the adapter must have them.
    pub fn services(&self) -> Vec<&str> {
        match &self.0 {
            State::Open(deployment) => deployment.services(),
            State::Closed(_) => Vec::new(),
        }
    }

    /// Decides from the caches alone; `None` where anything must be asked, read or written.
    pub fn warm(&self, request: &WarmRequest<'_>, now: UnixTime) -> Option<Outcome> {
        match &self.0 {
            State::Open(deployment) => {
                deployment.metrics.begin(now);
                warm::decide(deployment, request, now)
            }
            State::Closed(_) => None,
        }
    }

    /// Decides about a request that [`Gateway::warm`] did not decide: answers it, or says how to forward it.
    ///
    /// The second value should be given to [`Gateway::finish`] after the answer.
    pub async fn handle<P: Platform>(
        &self,
        platform: &P,
        request: &impl Inbound,
    ) -> (Outcome, Option<Later>) {
        let platform = &Measured::new(platform, self.metrics());
        match &self.0 {
            State::Open(deployment) => {
                let now = platform.now();
                deployment.metrics.begin(now);
                Call {
                    deployment,
                    platform,
                    request,
                    now,
                    later: Cell::default(),
                }
                .answer()
                .await
            }
            State::Closed(fault) => {
                let response = unserved::closed(platform, request, fault);
                (Outcome::Respond(response), None)
            }
        }
    }

    /// The answer to a request that could not be forwarded, or whose upstream does not answer, or not as it must.
    pub fn upstream_failed<P: Platform>(
        &self,
        platform: &P,
        request: &impl Inbound,
        fault: impl Into<Fault>,
    ) -> Response {
        let platform = &Measured::new(platform, self.metrics());
        match &self.0 {
            State::Open(deployment) => {
                unserved::upstream_failed(deployment, platform, request, &fault.into())
            }
            State::Closed(fault) => unserved::closed(platform, request, fault),
        }
    }

    /// The number of requests forwarded since this was last `Some`, at most once in ten seconds: for hosts that
    /// collect figures of all instances.
    pub fn report(&self, now: UnixTime) -> Option<Forwarded> {
        self.metrics()?.report(now)
    }

    fn metrics(&self) -> Option<&Metrics> {
        match &self.0 {
            State::Open(deployment) => Some(&deployment.metrics),
            State::Closed(_) => None,
        }
    }

    /// Does work that need not keep the answer waiting.
    pub async fn finish<P: Platform>(&self, platform: &P, later: Later) {
        match &self.0 {
            State::Open(deployment) => {
                let platform = &Measured::new(platform, self.metrics());
                later::finish(deployment, platform, later).await;
            }
            State::Closed(_) => {}
        }
    }
}
