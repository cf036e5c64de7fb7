//! Our own endpoints, below `base_path`.

use super::{
    callback, health, login, logout, metrics,
    outcome::Outcome,
    refusal::{Detail, Refusal},
    resume,
    serve::{Call, Served},
    session_info,
};
use crate::{
    access::fetch_metadata::FetchMetadata,
    cookie::request::RequestCookies,
    fault::BrowserFault,
    http::{
        inbound::Inbound,
        method::Method,
        path::{Below, RequestPath},
    },
    platform::Platform,
};
use alloc::{borrow::ToOwned, string::String, vec, vec::Vec};

/// Whether a path is one of our endpoints.
pub(super) enum Endpoint {
    /// It is below `base_path`; what follows it, without the slash.
    Ours(String),
    /// It belongs to a route.
    NotOurs,
}

/// Whether `path` is below `base_path`, decoded as routes are, so that no spelling of an endpoint
/// reaches an upstream.
pub(super) fn find(base_path: &str, path: &RequestPath) -> Endpoint {
    match path.below(base_path) {
        Below::Yes(name) => Endpoint::Ours(name.to_owned()),
        Below::No => Endpoint::NotOurs,
    }
}

pub(super) async fn serve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    name: String,
    query: Option<&str>,
    cookies: RequestCookies<'_>,
    metadata: &FetchMetadata,
) -> Result<Served, Refusal> {
    let query = query.unwrap_or_default();
    let get = vec![Method::Get, Method::Head];
    if let Some(provider) = name.strip_prefix("callback/") {
        return respond(callback::serve(call, provider, query, cookies).await);
    }
    match name.as_str() {
        "login" => {
            allow(call, vec![Method::Get, Method::Head, Method::Post])?;
            respond(login::serve(call, query, cookies, metadata).await)
        }
        "resume" => {
            allow(call, get)?;
            respond(resume::serve(call, query, metadata))
        }
        "logout" => {
            allow(call, vec![Method::Get, Method::Head, Method::Post])?;
            logout::serve(call, cookies, metadata).await
        }
        "signed-out" => {
            allow(call, get)?;
            respond(Ok(logout::signed_out(call)))
        }
        "session" => {
            allow(call, get)?;
            session_info::serve(call, query, cookies).await
        }
        "health" => {
            allow(call, get)?;
            respond(Ok(health::answer()))
        }
        "metrics" => match &call.deployment.config.metrics {
            Some(access) => {
                allow(call, get)?;
                metrics::serve(call, access, cookies).await
            }
            None => Err(BrowserFault::NoRoute.into()),
        },
        _ => Err(BrowserFault::NoRoute.into()),
    }
}

fn respond(response: Result<crate::http::response::Response, Refusal>) -> Result<Served, Refusal> {
    Ok((Outcome::Respond(response?), None))
}

fn allow<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    methods: Vec<Method>,
) -> Result<(), Refusal> {
    if methods.iter().any(|method| call.is(method)) {
        return Ok(());
    }
    Err(not_allowed(methods))
}

fn not_allowed(allow: Vec<Method>) -> Refusal {
    Refusal::from(BrowserFault::MethodNotAllowed).with(Detail::Allow(allow))
}
