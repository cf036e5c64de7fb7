//! The synchronous way: requests that memory alone can decide.
//!
//! No platform and no `await`: what is not in memory, or would have to be written, goes the long
//! way. Only `GET` and `HEAD` without `Authorization`, `Origin` and `Upgrade`, so that no other header
//! has a say in the decision.

use super::{
    deployment::Deployment,
    endpoints::{self, Endpoint},
    forward::{self, Passing},
    identity::principal,
    outcome::Outcome,
    serve::Target,
    time_limit::BodyLength,
    visitor::{self, FromMemory},
};
use crate::{
    access::{decision::Decision, fetch_metadata::Upgrade},
    cookie::request::RequestCookies,
    http::method::Method,
    time::UnixTime,
};

/// The parts of a request that the warm path reads.
#[derive(Clone)]
pub struct WarmRequest<'a> {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: &'a str,
    /// The host and port the request was sent to.
    pub host: &'a str,
    /// The `Cookie` header.
    pub cookie: Option<&'a str>,
    /// Whether there is an `Authorization` header.
    pub has_authorization: bool,
    /// Whether there is an `Origin` header.
    pub has_origin: bool,
    /// Whether there is an `Upgrade` header.
    pub is_upgrade: bool,
}

pub(super) fn decide(
    deployment: &Deployment,
    request: &WarmRequest<'_>,
    now: UnixTime,
) -> Option<Outcome> {
    let is_plain = matches!(request.method, Method::Get | Method::Head);
    if !is_plain || request.has_authorization || request.has_origin || request.is_upgrade {
        return None;
    }
    if !deployment.config.public_url.is_host(request.host) {
        return None;
    }
    let target = Target::parse(request.target).ok()?;
    if let Endpoint::Ours(_) = endpoints::find(&deployment.config.base_path, &target.path) {
        return None;
    }
    let matched = deployment
        .config
        .routes
        .find(&target.path, &request.method)
        .ok()?;
    let cookies = RequestCookies::new(request.cookie);
    let signed = if matched.needs_session() {
        match visitor::from_memory(deployment, cookies, now) {
            FromMemory::SignedIn(signed) => Some(signed),
            FromMemory::Nobody(_) | FromMemory::Ask(_) => return None,
        }
    } else {
        None
    };
    let decision = match &signed {
        Some(signed) => matched.decide(Some(&principal(&signed.record)), now),
        None => matched.decide(None, now),
    };
    let Decision::Allow(allowed) = decision else {
        return None;
    };
    if signed.is_some() {
        deployment.metrics.from_memory();
    }
    let passing = Passing {
        target: &target,
        cookies,
        upgrade: Upgrade::None,
        body: BodyLength::NONE,
    };
    forward::build(deployment, &allowed, &passing, signed.as_ref()).ok()
}
