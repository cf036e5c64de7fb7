//! From a matched route and a principal to one of four answers.

use super::{
    condition::{Condition, Standing},
    principal::{Credential, Principal},
    requirements::{Group, Requirements, Witness},
    routes::{Route, RouteMatch},
    step_up::{Demand, StepUp},
    upstream_index::UpstreamIndex,
};
use crate::{http::rewrite::Rewrite, time::UnixTime};
use alloc::{rc::Rc, vec, vec::Vec};

/// The decision about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is forwarded.
    Allow(Allowed),
    /// A credential is missing: navigations sign in, everything else gets 401.
    SignIn,
    /// The token is for another audience: 401.
    OtherAudience,
    /// The principal may, once authenticated in another way or anew: navigations sign in again,
    /// everything else gets 401 (RFC 9470).
    StepUp(StepUp),
    /// The principal may not do this: 403.
    Forbidden {
        /// The kinds of missing conditions, each once; never empty.
        missing: Vec<Missing>,
    },
}

/// The right to forward one request. Only [`RouteMatch::decide`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    upstream: UpstreamIndex,
    audience: Audience,
    rewrite: Option<Rc<Rewrite>>,
}

/// The audience of a response, which decides whether shared caches may keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anyone: neither the route nor any other spelling of its file asks for a credential.
    Everyone,
    /// The principal alone.
    Principal,
}

/// A kind of requirement that was not met. It says nothing of the rule itself, so that a page may
/// show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Membership of a group.
    Group,
    /// A role.
    Role,
    /// A verified e-mail address of a certain domain.
    EmailDomain,
    /// Something else that the provider says of the account.
    Claim,
    /// A scope.
    Scope,
    /// A token that was issued to another client.
    Client,
    /// An account of another provider.
    Source,
    /// A sign-in of another kind, or a fresher one.
    Authentication,
}

impl<'a> RouteMatch<'a> {
    /// Whether a decision needs a principal at all. Where not, no credential is looked at.
    ///
    /// A false "no" would make [`Self::decide`] answer [`Decision::SignIn`], never admit anyone.
    pub fn is_protected(&self) -> bool {
        self.all_routes().any(Route::is_protected)
    }

    /// Whether such a credential may come in here at all: every route that asks for one must take it.
    pub fn takes(&self, credential: Credential) -> bool {
        let mut protected = self.all_routes().filter(|route| route.is_protected());
        protected.all(|route| route.access.takes(credential))
    }

    /// Every scope that the routes name, once each: what a token for this should have.
    pub fn scopes(&self) -> Vec<&'a str> {
        let mut scopes: Vec<&'a str> = Vec::new();
        for route in self.all_routes() {
            route.add_scopes(&mut scopes);
        }
        scopes
    }

    /// Decides for `principal`, or for nobody, at `now`.
    ///
    /// The route and every route that another spelling of the same file matches must all agree.
    /// A false [`Decision::Allow`] publishes what the configuration protects.
    pub fn decide(&self, principal: Option<&Principal<'_>>, now: UnixTime) -> Decision {
        if !self.is_protected() {
            return self.allow(Audience::Everyone);
        }
        let Some(principal) = principal.filter(|it| self.takes(it.credential)) else {
            return Decision::SignIn;
        };
        let is_audience = |route: &Route| route.is_audience(principal.audiences);
        if !self.all_routes().all(is_audience) {
            return Decision::OtherAudience;
        }
        let mut lacks = Lacks(Vec::new());
        let mut worst = Standing::Met;
        for route in self.all_routes() {
            let standing = route.requirements.judge(principal, now, &mut lacks);
            worst = worst.max(standing);
        }
        match worst {
            Standing::Met => self.allow(Audience::Principal),
            Standing::StepUp => self.step_up(principal, now),
            Standing::Missing => Decision::Forbidden { missing: lacks.0 },
        }
    }

    /// The authentication to ask a provider for when a user signs in for this: the part that the routes ask of
    /// every user.
    ///
    /// Where that is a contradiction, nothing: nobody is let in, and users learn it after the sign-in.
    pub fn sign_in_for(&self) -> StepUp {
        let mut demand = Demand::default();
        for route in self.all_routes() {
            demand.of_anyone(&route.requirements);
        }
        demand.finish().unwrap_or_default()
    }

    fn step_up(&self, principal: &Principal<'_>, now: UnixTime) -> Decision {
        let mut demand = Demand::default();
        for route in self.all_routes() {
            demand.of(&route.requirements, principal, now);
        }
        match demand.finish() {
            Some(step_up) => Decision::StepUp(step_up),
            None => Decision::Forbidden {
                missing: vec![Missing::Authentication],
            },
        }
    }

    /// The route of the path itself, then those of the other spellings of the same file: the rules
    /// of all of them hold.
    pub fn all_routes(&self) -> impl Iterator<Item = &'a Route> {
        core::iter::once(self.route()).chain(self.aliased())
    }

    fn allow(&self, audience: Audience) -> Decision {
        let route = self.route();
        Decision::Allow(Allowed {
            upstream: route.upstream,
            audience,
            rewrite: route.rewrite.clone(),
        })
    }
}

/// The kinds of conditions that `principal` lacks of requirements that belong to no route; empty where it lacks none.
///
/// A false "nothing" shows everyone what only some may see.
pub fn lacking(
    requirements: &Requirements,
    principal: &Principal<'_>,
    now: UnixTime,
) -> Vec<Missing> {
    let mut lacks = Lacks(Vec::new());
    match requirements.judge(principal, now, &mut lacks) {
        Standing::Met => Vec::new(),
        Standing::StepUp => vec![Missing::Authentication],
        Standing::Missing => lacks.0,
    }
}

/// The kinds of conditions that keep someone out, each once.
struct Lacks(Vec<Missing>);

impl Witness for Lacks {
    fn judged(&mut self, condition: &Condition, standing: Standing) {
        let kind = condition.kind();
        if standing == Standing::Missing && !self.0.contains(&kind) {
            self.0.push(kind);
        }
    }

    fn open(&mut self, _: Group) -> usize {
        self.0.len()
    }

    /// A condition that is missing in one branch keeps out no principal that takes another.
    fn close(&mut self, _: Group, opened: usize, standing: Standing) {
        if standing != Standing::Missing {
            self.0.truncate(opened);
        }
    }
}

impl Allowed {
    /// Where the request goes.
    pub const fn upstream(&self) -> UpstreamIndex {
        self.upstream
    }

    /// How the upstream's path differs from the public one.
    pub const fn rewrite(&self) -> Option<&Rc<Rewrite>> {
        self.rewrite.as_ref()
    }

    /// The audience of the response.
    pub const fn audience(&self) -> Audience {
        self.audience
    }

    /// Whether the response may be shared.
    pub const fn is_public(&self) -> bool {
        match self.audience {
            Audience::Everyone => true,
            Audience::Principal => false,
        }
    }
}
