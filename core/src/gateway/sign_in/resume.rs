//! `GET {base_path}/resume`: the way back to a page for a browser that came from another site and kept a
//! `SameSite=Strict` session cookie to itself.
//!
//! A page of ours leads on from here, so that the next request is one of this site and brings the cookie along.
//! It goes by an address of its own, and not by the page's, because a script cannot load the address that it is
//! at together with its fragment.

use crate::{
    access::fetch_metadata::FetchMetadata,
    cookie::{name, request::RequestCookies, set_cookie::SameSite},
    encoding::parameters::{self, Parameters},
    fault::{BrowserFault, PlatformFault},
    gateway::{answer::refusal::Refusal, context::call::Call},
    http::{inbound::Inbound, method::Method, response::Response},
    oidc::return_to::ReturnTo,
    page::{href::Href, onward::Onward, redirect::see_other},
    platform::Platform,
};
use alloc::format;

/// Whether the browser may hold a session cookie that it did not send. It is asked at most once: what our
/// own page leads to is no longer from elsewhere.
pub(in crate::gateway) fn may_help<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    metadata: &FetchMetadata,
    cookies: RequestCookies<'_>,
) -> bool {
    call.deployment.config.session.same_site == SameSite::Strict
        && metadata.is_from_elsewhere()
        && !cookies.has(name::SESSION)
}

/// The redirect there, which the address's fragment goes along with.
pub(in crate::gateway) fn begin<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    return_to: &ReturnTo,
) -> Result<Response, Refusal> {
    let mut location = format!("{}?", call.deployment.endpoint("resume"));
    parameters::push(&mut location, "return_to", return_to.as_str());
    Ok(see_other(&location).ok_or(PlatformFault::Internal)?)
}

/// The page. Without `same_site = "strict"` there is none: it would only make a request of this site out of one
/// from another.
pub(in crate::gateway) fn serve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    query: &str,
    metadata: &FetchMetadata,
) -> Result<Response, Refusal> {
    if call.deployment.config.session.same_site != SameSite::Strict {
        return Err(BrowserFault::NoRoute.into());
    }
    // A page of Lychgate turns a request from another site into one of this site, so it helps navigations alone.
    if call.request.method() != Method::Get || !metadata.is_navigation(&Method::Get) {
        return Err(BrowserFault::NotSignedIn.into());
    }
    let parameters = Parameters::parse(query).map_err(|_| BrowserFault::Malformed)?;
    let return_to = parameters.once("return_to");
    let return_to = return_to.map_err(|_| BrowserFault::Malformed)?;
    let site = call.deployment.site();
    let return_to = return_to.map_or_else(ReturnTo::home, |to| ReturnTo::linked(to, site));
    let page = Onward::FromElsewhere {
        to: Href::local(return_to.as_str()),
    };
    Ok(page.response(call.voice()))
}
