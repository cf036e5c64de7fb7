//! The decision of the gateway about a request, and the reasons for it, for `lychgate explain`.
//!
//! The steps are those of every request, from the host to the decision. Facts that only a running
//! gateway knows are left out: whether a session lives, and where a request says that it comes from.

use crate::{
    access::{
        decision::Decision,
        explanation::Branch,
        principal::Credential,
        routes::{NoRoute, Route},
    },
    config::{Config, Provider},
    cookie::request::RequestCookies,
    gateway::{
        context::{arrival::Arrival, identity::principal},
        pipeline::place::{self, Lost, Place},
        sessions::create::state_source,
    },
    http::method::Method,
    session::record::SessionRecord,
    time::UnixTime,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use serde_json::{Map, Value};

/// A request that nobody sends.
#[derive(Debug)]
pub struct Question<'a> {
    /// Host and port, as a browser would send them.
    pub host: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// The method.
    pub method: Method,
    /// The session of the signed-in user, if any.
    pub who: Option<&'a SessionRecord>,
    /// When.
    pub now: UnixTime,
}

/// The answer to a question.
#[derive(Debug)]
pub enum Explanation<'a> {
    /// It is for another host: 421.
    WrongHost,
    /// The path can be read in two ways: 400.
    Malformed,
    /// It is for an endpoint of our own, called by what stands below `base_path`.
    OwnEndpoint(String),
    /// It is for the metadata of a protected resource, which Lychgate answers.
    ResourceMetadata,
    /// No route has the path: 404.
    NoRoute,
    /// The path's routes do not have the method: 405.
    MethodNotAllowed {
        /// Those they have.
        allow: Vec<Method>,
    },
    /// Routes decide.
    Decided {
        /// The route of the path, then those of the other spellings of its file, each with what came
        /// out of its requirements.
        routes: Vec<(&'a Route, Branch)>,
        /// The decision.
        decision: Decision,
        /// Whether the request must also prove that a page of this site sent it.
        needs_proof_of_origin: bool,
    },
}

impl Explanation<'_> {
    /// Whether the request would be forwarded.
    pub const fn is_allowed(&self) -> bool {
        matches!(
            self,
            Self::Decided {
                decision: Decision::Allow(_),
                ..
            }
        )
    }
}

/// Explains what would become of a request.
pub fn explain<'a>(config: &'a Config, question: &Question<'_>) -> Explanation<'a> {
    let arrival = Arrival {
        method: &question.method,
        target: question.target,
        host: question.host,
        cookies: RequestCookies::new(None),
        authorization: None,
        more: None,
    };
    let matched = match place::find(config, &arrival) {
        Ok(Place::Route(matched, _)) => matched,
        Ok(Place::Endpoint { name, .. }) => return Explanation::OwnEndpoint(name),
        // A question does not say that it is one of a browser.
        Ok(Place::ResourceMetadata(_) | Place::Preflight(_)) => {
            return Explanation::ResourceMetadata;
        }
        Err(Lost::WrongHost) => return Explanation::WrongHost,
        Err(Lost::Malformed) => return Explanation::Malformed,
        Err(Lost::NoRoute(NoRoute::Unknown)) => return Explanation::NoRoute,
        Err(Lost::NoRoute(NoRoute::MethodNotAllowed { allow })) => {
            return Explanation::MethodNotAllowed { allow };
        }
    };
    let nobody = SessionRecord::nobody();
    let who = principal(question.who.unwrap_or(&nobody));
    let explain = |route: &'a Route| (route, route.requirements.explain(&who, question.now));
    let decision = matched.decide(question.who.map(|_| &who), question.now);
    Explanation::Decided {
        routes: matched.all_routes().map(explain).collect(),
        decision,
        // Another site can make a browser send a cookie, and no access token.
        needs_proof_of_origin: matched.is_protected()
            && matched.takes(Credential::Session)
            && !question.method.is_safe(),
    }
}

/// The record of a session at `provider` for a user with these claims, but for its tokens.
pub fn session(provider: &Provider, mut claims: Map<String, Value>) -> SessionRecord {
    let text = |name: &str| Some(claims.get(name)?.as_str()?.to_owned());
    let mut record = SessionRecord::nobody();
    record.provider.clone_from(&provider.id);
    record.iss.clone_from(&provider.issuer);
    record.sub = text("sub").unwrap_or_default();
    record.acr = text("acr");
    record.auth_time = claims.get("auth_time").and_then(Value::as_u64);
    state_source(&mut claims, provider, &record.sub);
    record.groups = provider.groups_claim.names(&claims);
    record.roles = provider.roles_claim.names(&claims);
    record.claims = claims;
    record
}
