//! The flows: each file is one endpoint or one step of every request, and reads top to bottom.
//!
//! A request goes `serve -> endpoints | route -> visitor | bearer -> decision -> forward`; whatever is
//! refused on the way becomes a [`refusal::Refusal`], which one place turns into a page or JSON.

pub mod edits;
pub mod explain;
pub mod outcome;

mod arrival;
mod bearer;
mod callback;
mod caller;
mod claims;
mod client;
mod configured;
mod cors;
mod deployment;
mod end;
mod endpoints;
mod establish;
pub mod fields;
mod form;
mod forward;
mod health;
mod identity;
mod key_sets;
mod login;
mod logout;
mod measured;
mod metrics;
mod oauth;
mod openid;
mod place;
mod possession;
mod provider;
mod random;
mod redeem;
mod refusal;
mod resource_metadata;
mod resume;
mod rounds;
mod serve;
mod session_info;
mod time_limit;
mod unserved;
mod visitor;
mod warm;
mod webdav;

pub use arrival::is_telling;
pub use configured::{Configured, spin_variable};
pub use key_sets::KeySetIndex;
pub use outcome::{Forward, ForwardTarget, Later, Outcome};
pub use warm::WarmRequest;

use crate::{
    fault::{ConfigurationFault, Fault},
    http::{inbound::Inbound, response::Response},
    metrics::{Forwarded, Metrics},
    platform::Platform,
    secret::Secret,
    time::UnixTime,
};
use alloc::{boxed::Box, string::String, vec::Vec};
use core::cell::Cell;
use deployment::Deployment;
use measured::Measured;
use serve::Call;

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
        Configured::read(configuration).open(secret)
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

    /// Decides from memory alone; `None` where anything must be asked, read or written.
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
    /// What is in the second place should be given to [`Gateway::finish`] after the answer.
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

    /// What was forwarded since this was last `Some`, at most once in ten seconds: for hosts that collect
    /// figures of all instances.
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
                outcome::finish(deployment, platform, later).await;
            }
            State::Closed(_) => {}
        }
    }
}
