//! The synchronous way: requests that memory alone can decide.
//!
//! No platform and no `await`: what is not in memory, or would have to be written, goes the long
//! way. Only `GET` and `HEAD` without `Origin` and `Upgrade`, so that no header but `Cookie` and `Authorization` has a
//! say in the decision.

use super::{
    bearer,
    caller::Caller,
    cors,
    deployment::Deployment,
    endpoints::{self, Endpoint},
    forward::{self, Passing},
    outcome::Outcome,
    serve::Target,
    time_limit::BodyLength,
    visitor::{self, FromMemory},
};
use crate::{
    access::{
        decision::Decision, fetch_metadata::Upgrade, principal::Credential, routes::DpopDemand,
    },
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
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
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
    if !is_plain || request.has_origin || request.is_upgrade {
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
    let (signed, token);
    let caller = match (matched.is_protected(), request.authorization) {
        (false, None) => Caller::Nobody,
        // With a comma it may be two, and the long way says so.
        (false, Some(authorization)) if !authorization.contains(',') => Caller::Nobody,
        (false, Some(_)) => return None,
        (true, None) => {
            signed = match visitor::from_memory(deployment, cookies, now) {
                FromMemory::SignedIn(signed) => signed,
                FromMemory::Nobody(_) | FromMemory::Ask(_) => return None,
            };
            Caller::Session(&signed)
        }
        // The bearer decides alone.
        (true, Some(authorization)) => {
            let has_no_second = target
                .query
                .is_none_or(|query| !bearer::has_token_in_query(query));
            let is_plain = matched.route().dpop.demand == DpopDemand::WhereBound;
            if !(has_no_second && is_plain && matched.takes(Credential::Bearer)) {
                return None;
            }
            token = bearer::from_memory(deployment, authorization, now)?;
            Caller::Token(&token)
        }
    };
    let Decision::Allow(allowed) = matched.decide(caller.principal().as_ref(), now) else {
        return None;
    };
    match caller {
        Caller::Nobody => {}
        Caller::Session(_) => deployment.metrics.from_memory(),
        Caller::Token(_) => deployment.metrics.token_from_memory(),
    }
    let passing = Passing {
        target: &target,
        cookies,
        upgrade: Upgrade::None,
        body: BodyLength::NONE,
        cors: cors::fields(&matched, None),
    };
    forward::build(deployment, &allowed, &passing, caller).ok()
}
