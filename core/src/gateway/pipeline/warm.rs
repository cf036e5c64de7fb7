//! The first half of the way of every request: as far as the caches alone can decide.
//!
//! No platform and no `await`. [`decide`] goes no further, and is the whole way of most requests: of those that are
//! plain, a `GET` or `HEAD` without any of the headers that [`is_telling`] names, so that no header but `Cookie` and
//! `Authorization` has a say. [`super::serve`] begins with the same half, and goes on from where it ends.
//!
//! [`is_telling`]: crate::gateway::is_telling

use crate::{
    access::{
        decision::Decision,
        principal::Credential,
        routes::{DpopDemand, NoRoute, RouteMatch},
    },
    cookie::request::RequestCookies,
    fault::BrowserFault,
    gateway::{
        access_tokens::{known, verify},
        answer::refusal::{self, Detail, Refusal},
        context::{
            arrival::{self, Arrival},
            authenticated_session::AuthenticatedSession,
            authentication::Authentication,
            deployment::Deployment,
            identity::principal,
            outcome::Outcome,
        },
        pipeline::place::{self, Lost, Place},
        proxy::{
            cors,
            forward::{self, Passing},
            webdav::WebDav,
        },
        sessions::identify::{self, FromCache},
    },
    http::{credentials, method::Method},
    time::UnixTime,
};
use alloc::string::String;

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
    /// Whether it has a header that [`is_telling`](crate::gateway::is_telling) names.
    pub is_telling: bool,
}

/// Where the first half of the way ends.
pub(in crate::gateway) enum Stage<'a> {
    /// It was all.
    Decided(Outcome),
    /// An endpoint of our own answers.
    Endpoint {
        /// The path after `base_path`, without the slash.
        name: String,
        query: Option<&'a str>,
    },
    /// The request has an access token, and the token cache does not let it in.
    Bearer(Passage<'a>, &'a str),
    /// The route takes sessions, and the session cache does not let this request in.
    Session(Passage<'a>, FromCache),
}

/// A request with the route that decides about it.
pub(in crate::gateway) struct Passage<'a> {
    pub(in crate::gateway) matched: RouteMatch<'a>,
    pub(in crate::gateway) passing: Passing<'a>,
}

/// Decides about a plain request; `None` where more than the caches is needed, or the answer is ours.
pub(in crate::gateway) fn decide(
    deployment: &Deployment,
    request: &WarmRequest<'_>,
    now: UnixTime,
) -> Option<Outcome> {
    if request.is_telling || !arrival::is_read_only(&request.method) {
        return None;
    }
    let arrival = Arrival {
        method: &request.method,
        target: request.target,
        host: request.host,
        cookies: RequestCookies::new(request.cookie),
        authorization: request.authorization,
        more: None,
    };
    match begin(deployment, &arrival, now) {
        Ok(Stage::Decided(outcome @ Outcome::Forward(_))) => Some(outcome),
        Ok(
            Stage::Decided(Outcome::Respond(_))
            | Stage::Endpoint { .. }
            | Stage::Bearer(..)
            | Stage::Session(..),
        )
        | Err(_) => None,
    }
}

/// The first half of the way of a request.
///
/// # Errors
/// A [`Refusal`] that no credential changes.
pub(in crate::gateway) fn begin<'a>(
    deployment: &'a Deployment,
    arrival: &Arrival<'a>,
    now: UnixTime,
) -> Result<Stage<'a>, Refusal> {
    let (matched, target) = match place::find(&deployment.config, arrival).map_err(lost)? {
        Place::Endpoint { name, query } => return Ok(Stage::Endpoint { name, query }),
        Place::ResourceMetadata(response) | Place::Preflight(response) => {
            return Ok(Stage::Decided(Outcome::Respond(response)));
        }
        Place::Route(matched, target) => (matched, target),
    };
    let passing = Passing {
        target,
        cookies: arrival.cookies,
        upgrade: arrival.upgrade(),
        body: arrival.body(),
        webdav: WebDav::of(arrival, now),
        cors: cors::fields(&matched, arrival.origin()),
    };
    let passage = Passage { matched, passing };
    if !passage.matched.is_protected() {
        return public(deployment, &passage, arrival.authorization, now).map(Stage::Decided);
    }
    let takes = |credential| passage.matched.takes(credential);
    match arrival.authorization {
        Some(authorization) if takes(Credential::Bearer) => {
            // The token decides alone: a client that sends one is never judged by a cookie that it did not mean.
            match known_token(deployment, &passage, authorization, now)? {
                Some(outcome) => Ok(Stage::Decided(outcome)),
                None => Ok(Stage::Bearer(passage, authorization)),
            }
        }
        Some(authorization) => {
            is_one(authorization)?;
            Err(BrowserFault::BadCredential.into())
        }
        None if takes(Credential::Bearer) && !takes(Credential::Session) => {
            let challenge = refusal::challenge(&deployment.config, &passage.matched, None);
            Err(Refusal::from(BrowserFault::NoToken).with(challenge))
        }
        None => {
            let identified = identify::from_cache(deployment, arrival.cookies, now);
            match known_session(deployment, arrival, &passage, &identified, now)? {
                Some(outcome) => Ok(Stage::Decided(outcome)),
                None => Ok(Stage::Session(passage, identified)),
            }
        }
    }
}

/// The outcome on a route without any rule. No credential is looked at, but two of them are refused.
fn public(
    deployment: &Deployment,
    passage: &Passage<'_>,
    authorization: Option<&str>,
    now: UnixTime,
) -> Result<Outcome, Refusal> {
    authorization.map_or(Ok(()), is_one)?;
    match passage.matched.decide(None, now) {
        Decision::Allow(allowed) => {
            let passing = &passage.passing;
            Ok(forward::build(
                deployment,
                &allowed,
                passing,
                Authentication::None,
            )?)
        }
        Decision::SignIn
        | Decision::OtherAudience
        | Decision::StepUp(_)
        | Decision::Forbidden { .. } => Err(BrowserFault::NotSignedIn.into()),
    }
}

/// The outcome of a request with a token that is in the token cache; `None` where that says too little.
fn known_token(
    deployment: &Deployment,
    passage: &Passage<'_>,
    authorization: &str,
    now: UnixTime,
) -> Result<Option<Outcome>, Refusal> {
    let Passage { matched, passing } = passage;
    let query = passing.target.query.unwrap_or_default();
    let is_plain = matched.dpop().demand == DpopDemand::WhereBound;
    if !is_plain || verify::has_token_in_query(query) {
        return Ok(None);
    }
    let of_route = matched.route().opaque_issuer;
    let Some(token) = known::from_cache(deployment, authorization, of_route, now) else {
        return Ok(None);
    };
    let Decision::Allow(allowed) = matched.decide(Some(&token.principal()), now) else {
        return Ok(None);
    };
    deployment.metrics.token_from_cache();
    let authentication = Authentication::AccessToken(&token);
    Ok(Some(forward::build(
        deployment,
        &allowed,
        passing,
        authentication,
    )?))
}

/// The outcome of a request with a session that is fresh in the session cache; `None` where that says too little.
fn known_session(
    deployment: &Deployment,
    arrival: &Arrival<'_>,
    passage: &Passage<'_>,
    identified: &FromCache,
    now: UnixTime,
) -> Result<Option<Outcome>, Refusal> {
    let FromCache::Session(signed) = identified else {
        return Ok(None);
    };
    let Ok(Decision::Allow(allowed)) = judge_session(deployment, arrival, passage, signed, now)
    else {
        return Ok(None);
    };
    deployment.metrics.from_cache();
    let (passing, authentication) = (&passage.passing, Authentication::Session(signed));
    Ok(Some(forward::build(
        deployment,
        &allowed,
        passing,
        authentication,
    )?))
}

/// Whether someone with a session may do what a request asks for.
///
/// # Errors
/// [`BrowserFault::NotSameOrigin`] where the request could do harm and does not prove that a page of ours sent it.
pub(in crate::gateway) fn judge_session(
    deployment: &Deployment,
    arrival: &Arrival<'_>,
    passage: &Passage<'_>,
    signed: &AuthenticatedSession,
    now: UnixTime,
) -> Result<Decision, BrowserFault> {
    let is_safe = arrival.more.is_none_or(|more| {
        let is_harmless = arrival.method.is_safe() && !more.metadata.is_upgrade();
        let is_granted = || {
            !more.metadata.is_upgrade()
                && cors::includes_credentials(&passage.matched, more.origin.as_deref())
        };
        is_harmless
            || more
                .metadata
                .proves_same_origin(&deployment.config.public_url)
            || is_granted()
    });
    if !is_safe {
        return Err(BrowserFault::NotSameOrigin);
    }
    let principal = principal(&signed.record);
    Ok(passage.matched.decide(Some(&principal), now))
}

/// Whether there is one credential. Hosts join repeated fields with a comma, and who decides by the first of two has
/// decided nothing.
///
/// # Errors
/// [`BrowserFault::Malformed`] where there may be two.
pub(in crate::gateway) fn is_one(authorization: &str) -> Result<(), Refusal> {
    match credentials::is_one(authorization) {
        true => Ok(()),
        false => Err(BrowserFault::Malformed.into()),
    }
}

fn lost(lost: Lost) -> Refusal {
    match lost {
        Lost::WrongHost => BrowserFault::WrongHost.into(),
        Lost::Malformed => BrowserFault::Malformed.into(),
        Lost::NoRoute(NoRoute::Unknown) => BrowserFault::NoRoute.into(),
        Lost::NoRoute(NoRoute::MethodNotAllowed { allow }) => {
            Refusal::from(BrowserFault::MethodNotAllowed).with(Detail::Allow(allow))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{gateway::context::for_tests::deployment, platform::for_tests::NOW};
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn request(target: &str) -> WarmRequest<'_> {
        WarmRequest {
            method: Method::Get,
            target,
            host: "app.example.com",
            cookie: None,
            authorization: None,
            is_telling: false,
        }
    }

    #[test]
    fn only_a_plain_request_is_decided_by_the_caches_alone() {
        let deployment = deployment();
        let decided = |request: &WarmRequest<'_>| decide(&deployment, request, NOW).is_some();
        let plain = request("/");
        assert!(decided(&plain));
        let is_telling = true;
        assert!(!decided(&WarmRequest {
            is_telling,
            ..plain.clone()
        }));
        let method = Method::Post;
        assert!(!decided(&WarmRequest { method, ..plain }));
        // Lychgate answers these itself, which takes the whole way.
        for target in ["/members/", "/calls/", "/auth/health", "/a//b"] {
            assert!(!decided(&request(target)), "{target}");
        }
    }

    /// The stage that a request ends at, or the fault of its refusal.
    fn stage(target: &str, authorization: Option<&str>) -> String {
        let deployment = deployment();
        let arrival = Arrival {
            method: &Method::Get,
            target,
            host: "app.example.com",
            cookies: RequestCookies::new(None),
            authorization,
            more: None,
        };
        match begin(&deployment, &arrival, NOW) {
            Ok(Stage::Decided(_)) => "decided".into(),
            Ok(Stage::Endpoint { name, .. }) => name,
            Ok(Stage::Bearer(..)) => "bearer".into(),
            Ok(Stage::Session(..)) => "session".into(),
            Err(refusal) => format!("{refusal:?}"),
        }
    }

    #[test]
    fn a_route_looks_at_the_credentials_that_it_takes_and_at_no_other() {
        let token = Some("Bearer a");
        for (target, authorization, end) in [
            ("/", token, "decided"),
            ("/members/", None, "session"),
            ("/members/", token, "BadCredential"),
            ("/calls/", None, "NoToken"),
            ("/calls/", token, "bearer"),
        ] {
            let found = stage(target, authorization);
            assert!(found.contains(end), "{target} {authorization:?}: {found}");
        }
    }

    #[test]
    fn two_credentials_in_one_field_are_refused_even_where_nobody_asks_for_one() {
        for target in ["/", "/members/"] {
            let found = stage(target, Some("Bearer a, Bearer b"));
            assert!(found.contains("Browser(Malformed)"), "{target}: {found}");
        }
        assert_eq!(stage("/", Some("Digest a=\"b\", c=\"d\"")), "decided");
    }
}
