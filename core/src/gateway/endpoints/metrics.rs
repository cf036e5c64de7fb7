//! `GET {base_path}/metrics`: what this isolate or instance has counted, where `[metrics]` lets anyone see it.
//!
//! A scraper sends the shared secret as a bearer token ([`operator`]); or a user has a session that meets the requirements. Without `[metrics]` there is no such page.

use crate::{
    access::{decision::lacking, requirements::Requirements},
    config::MetricsAccess,
    cookie::request::RequestCookies,
    encoding::base64url,
    fault::BrowserFault,
    gateway::{
        answer::refusal::{self, Refusal},
        context::{
            call::{Call, Served},
            identity::principal,
            outcome::Outcome,
            random,
        },
        endpoints::operator,
        sessions::identify::{self, Identified},
    },
    http::{
        header::{HeaderName, HeaderValue},
        inbound::Inbound,
        response::{Response, Status},
    },
    metrics::CONTENT_TYPE,
    page::json::plain,
    platform::Platform,
};

/// The counters as text for Prometheus, for a request that `access` lets see them.
///
/// # Errors
/// [`BrowserFault::BadCredential`] without the secret; [`BrowserFault::NotSignedIn`], or the refusal of what a session lacks,
/// where a session is asked for; and faults of the platform.
pub(in crate::gateway) async fn serve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    access: &MetricsAccess,
    cookies: RequestCookies<'_>,
) -> Result<Served, Refusal> {
    match access {
        MetricsAccess::Secret(_) => {
            operator::check(call, call.deployment.secrets.metrics.as_ref())?;
            Ok((Outcome::Respond(answer(call)?), None))
        }
        MetricsAccess::Session(requirements) => with_session(call, requirements, cookies).await,
    }
}

async fn with_session<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    requirements: &Requirements,
    cookies: RequestCookies<'_>,
) -> Result<Served, Refusal> {
    let signed = match identify::identify(call, cookies).await? {
        Identified::Nobody(stale) => {
            return Err(Refusal::from(BrowserFault::NotSignedIn).clearing(stale));
        }
        Identified::Session(signed) => signed,
    };
    let missing = lacking(requirements, &principal(&signed.record), call.now);
    if !missing.is_empty() {
        return Err(refusal::forbidden(call.deployment, missing, &signed.record));
    }
    let mut response = answer(call)?;
    let renewal = signed.renewal.into_iter();
    let cookies = renewal.map(|field| (HeaderName::SET_COOKIE, field));
    response.headers.extend(cookies);
    Ok((Outcome::Respond(response), signed.later))
}

fn answer<P: Platform, R: Inbound>(call: &Call<'_, P, R>) -> Result<Response, Refusal> {
    let metrics = &call.deployment.metrics;
    let fresh = random::bytes(call.platform)?;
    let text = metrics.to_text(&base64url::encode(&metrics.name(fresh)));
    let kind = HeaderValue::from_static(CONTENT_TYPE);
    Ok(plain(Status::OK, kind, text))
}
