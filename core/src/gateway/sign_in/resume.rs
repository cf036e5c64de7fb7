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
///
/// # Errors
/// [`BrowserFault::NoRoute`], [`BrowserFault::NotSignedIn`] for scripts, [`BrowserFault::Malformed`].
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{Sent, calling, deploy, settings},
        http::{header::HeaderName, response::Status},
        platform::for_tests::Edge,
    };
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn navigation(site: &str) -> Sent {
        Sent::new("GET", "/auth/resume")
            .with(HeaderName::SEC_FETCH_SITE, site)
            .with(HeaderName::SEC_FETCH_MODE, "navigate")
            .with(HeaderName::SEC_FETCH_DEST, "document")
    }

    fn asking<T>(
        same_site: &str,
        request: &Sent,
        act: impl FnOnce(&Call<'_, Edge, Sent>, &FetchMetadata) -> T,
    ) -> T {
        let mut settings = settings();
        settings["session"] = json!({"same_site": same_site});
        let metadata = FetchMetadata::read(request).unwrap();
        calling(&deploy(&settings), &Edge::default(), request, |call| {
            act(call, &metadata)
        })
    }

    #[test]
    fn a_browser_may_hold_a_cookie_back_where_it_came_from_elsewhere_without_one() {
        let held = format!("{}=s", name::SESSION);
        for (same_site, site, cookie, may) in [
            ("strict", "cross-site", "", true),
            ("strict", "cross-site", held.as_str(), false),
            ("strict", "same-origin", "", false),
            ("lax", "cross-site", "", false),
        ] {
            let found = asking(same_site, &navigation(site), |call, metadata| {
                may_help(call, metadata, RequestCookies::new(Some(cookie)))
            });
            assert_eq!(found, may, "{same_site} {site} {cookie}");
        }
    }

    #[test]
    fn a_page_leads_people_on_and_no_script() {
        let script = Sent::new("GET", "/auth/resume")
            .with(HeaderName::SEC_FETCH_SITE, "cross-site")
            .with(HeaderName::SEC_FETCH_MODE, "cors")
            .with(HeaderName::SEC_FETCH_DEST, "empty");
        for (same_site, request, status) in [
            ("strict", navigation("cross-site"), Status::OK),
            ("strict", script, Status::UNAUTHORIZED),
            ("lax", navigation("cross-site"), Status::NOT_FOUND),
        ] {
            let found = asking(same_site, &request, |call, metadata| {
                let served = serve(call, "return_to=%2Fmembers%2F", metadata);
                served.unwrap_or_else(|refusal| refusal.answer(call)).status
            });
            assert_eq!(found, status, "{same_site}");
        }
    }

    #[test]
    fn a_page_leads_to_this_site_alone() {
        for (query, leads_there) in [
            ("return_to=https%3A%2F%2Fevil.example%2Fmembers", false),
            ("return_to=https%3A%2F%2Fapp.example.com%2Fmembers", true),
        ] {
            let body = asking("strict", &navigation("cross-site"), |call, metadata| {
                serve(call, query, metadata).unwrap().body
            });
            assert!(!body.contains("evil.example"), "{body}");
            assert_eq!(body.contains("/members"), leads_there, "{body}");
        }
    }
}
