//! Cross-origin calls of routes that allow them: preflights are answered here, and answers say who may read them.

use crate::{
    access::{cors::CorsGrant, routes::RouteMatch, strictest::OtherSites},
    config::Config,
    gateway::context::{
        arrival::{Arrival, Target},
        call::Call,
        outcome::Outcome,
    },
    http::{
        header::{HeaderName, HeaderValue},
        inbound::Inbound,
        method::Method,
        response::{Response, Status},
    },
    platform::Platform,
};
use alloc::vec::Vec;

/// The answer to a preflight (Fetch, section 4.8), where the request is one for a route that says anything of other
/// sites. Others reach the route as any request does.
pub(in crate::gateway) fn preflight(
    config: &Config,
    arrival: &Arrival<'_>,
    target: &Target<'_>,
) -> Option<Response> {
    if *arrival.method != Method::Options {
        return None;
    }
    let more = arrival.more?;
    let origin = more.origin.as_deref()?;
    let method = Method::parse(more.asked_method.as_deref()?);
    let matched = config.routes.find(&target.path, &method).ok()?;
    // A site that is not listed is told nothing, and its browser lets nothing through.
    let fields = match matched.cors() {
        OtherSites::Unsaid => return None,
        OtherSites::Refused => Vec::new(),
        OtherSites::Granted(cors) => match cors.grant(origin) {
            Some(grant) => cors.preflight(&grant, &method),
            None => Vec::new(),
        },
    };
    let mut response = Response::new(Status::NO_CONTENT);
    response.headers.extend(fields);
    Some(response.with_header(HeaderName::VARY, HeaderValue::from_static("origin")))
}

/// The fields that say who may read the answer to a request from that origin; `None` where the route says nothing of
/// other sites, and its upstream may.
pub(in crate::gateway) fn fields(
    matched: &RouteMatch<'_>,
    origin: Option<&str>,
) -> Option<Vec<(HeaderName, HeaderValue)>> {
    match matched.cors() {
        OtherSites::Unsaid => return None,
        OtherSites::Refused | OtherSites::Granted(_) => {}
    }
    let mut fields = Vec::from([(HeaderName::VARY, HeaderValue::from_static("origin"))]);
    if let Some(grant) = grant(matched, origin) {
        fields.extend(grant.fields());
    }
    Some(fields)
}

/// Whether the site that a request comes from may act with the cookies of the browser that visits it.
pub(in crate::gateway) fn includes_credentials(
    matched: &RouteMatch<'_>,
    origin: Option<&str>,
) -> bool {
    grant(matched, origin).is_some_and(|grant| grant.includes_credentials())
}

/// Lets the granted site read an answer of ours, such as why it is refused.
pub(in crate::gateway) fn open<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    outcome: Outcome,
) -> Outcome {
    let Outcome::Respond(mut response) = outcome else {
        return outcome;
    };
    let is_open = response.header(&HeaderName::VARY).is_some();
    let granted = || {
        let origin = call.request.header(&HeaderName::ORIGIN)?;
        let target = Target::parse(call.request.target()).ok()?;
        let method = call.request.method();
        let matched = call
            .deployment
            .config
            .routes
            .find(&target.path, &method)
            .ok()?;
        fields(&matched, Some(&origin))
    };
    if !is_open && let Some(fields) = granted() {
        response.headers.extend(fields);
    }
    Outcome::Respond(response)
}

fn grant(matched: &RouteMatch<'_>, origin: Option<&str>) -> Option<CorsGrant> {
    match matched.cors() {
        OtherSites::Granted(cors) => cors.grant(origin?),
        OtherSites::Unsaid | OtherSites::Refused => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::context::{
        arrival::Head,
        for_tests::{Sent, calling, deployment},
    };
    use crate::platform::for_tests::Edge;
    use alloc::{borrow::ToOwned, string::String};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const FRONT: &str = "https://front.example.com";

    /// Whether a preflight is answered, and which site its answer names.
    fn asked(method: &'static str, target: &'static str, origin: &str) -> Option<Option<String>> {
        let request = Sent::new(method, target)
            .with(HeaderName::ORIGIN, origin)
            .with(HeaderName::ACCESS_CONTROL_REQUEST_METHOD, "PUT");
        let head = Head::read(&request).unwrap();
        let target = Target::parse(request.target()).ok()?;
        let config = &deployment().config;
        let response = preflight(config, &head.arrival(&request), &target)?;
        assert_eq!(response.status, Status::NO_CONTENT);
        assert_eq!(response.header(&HeaderName::VARY), Some("origin"));
        let site = response.header(&HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN);
        Some(site.map(str::to_owned))
    }

    #[test]
    fn a_preflight_is_answered_where_its_route_speaks_of_other_sites() {
        assert_eq!(asked("OPTIONS", "/api/a", FRONT), Some(Some(FRONT.into())));
        for origin in ["https://evil.example", "null", "https://front.example.com/"] {
            assert_eq!(asked("OPTIONS", "/api/a", origin), Some(None), "{origin}");
        }
        assert_eq!(asked("OPTIONS", "/members/a", FRONT), None);
        assert_eq!(asked("PUT", "/api/a", FRONT), None);
    }

    #[test]
    fn an_answer_of_ours_is_opened_once_and_for_listed_sites_alone() {
        let deployment = deployment();
        let opened = |origin: &str, response: Response| {
            let request = Sent::new("GET", "/api/a").with(HeaderName::ORIGIN, origin);
            calling(&deployment, &Edge::default(), &request, |call| {
                match open(call, Outcome::Respond(response)) {
                    Outcome::Respond(response) => response,
                    Outcome::Forward(_) => panic!("an answer stays one"),
                }
            })
        };
        let once = opened(FRONT, Response::new(Status::UNAUTHORIZED));
        let site = once.header(&HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(site, Some(FRONT));
        assert_eq!(opened(FRONT, once.clone()), once);
        let evil = opened("https://evil.example", Response::new(Status::UNAUTHORIZED));
        assert_eq!(evil.header(&HeaderName::VARY), Some("origin"));
        assert_eq!(evil.headers.len(), 1);
    }
}
