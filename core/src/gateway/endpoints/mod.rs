//! Our own endpoints, below `base_path`.

pub(in crate::gateway) mod health;
pub(in crate::gateway) mod metrics;
pub(in crate::gateway) mod session_info;

use crate::{
    access::fetch_metadata::FetchMetadata,
    cookie::request::RequestCookies,
    fault::BrowserFault,
    gateway::{
        answer::refusal::{Detail, Refusal},
        context::{
            call::{Call, Served},
            outcome::Outcome,
        },
        sign_in::{callback, login, resume},
        sign_out::logout,
    },
    http::{inbound::Inbound, method::Method},
    platform::Platform,
};
use alloc::{string::String, vec, vec::Vec};

pub(in crate::gateway) async fn serve<P: Platform, R: Inbound>(
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
