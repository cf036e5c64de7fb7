//! From a matched route and a principal to one of three answers.

use super::{
    principal::Principal,
    routes::{Route, RouteMatch},
};
use crate::config::UpstreamIndex;
use alloc::vec::Vec;

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is forwarded.
    Allow(Allowed),
    /// A credential is missing: navigations sign in, everything else gets 401.
    SignIn,
    /// The principal may not do this: 403.
    Forbidden {
        /// What is missing, each kind once; never empty.
        missing: Vec<Missing>,
    },
}

/// The right to forward one request. Only [`RouteMatch::decide`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    upstream: UpstreamIndex,
    audience: Audience,
}

/// Whom a response is for, which decides whether shared caches may keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anyone: neither the route nor any other spelling of its file asks for a session.
    Everyone,
    /// The signed-in person alone.
    Principal,
}

/// A kind of requirement that was not met. It says nothing of the rule itself, so that a page may
/// show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Membership of a group.
    Group,
    /// A verified e-mail address of a certain domain.
    EmailDomain,
}

impl RouteMatch<'_> {
    /// Whether a decision needs a principal at all. Where not, the session cookie is left closed.
    ///
    /// A false "no" would make [`Self::decide`] answer [`Decision::SignIn`], never admit anyone.
    pub fn needs_session(&self) -> bool {
        self.all_routes().any(Route::needs_session)
    }

    /// Decides for `principal`, or for nobody.
    ///
    /// The route and every route that another spelling of the same file matches must all agree.
    /// A false [`Decision::Allow`] publishes what the configuration protects.
    pub fn decide(&self, principal: Option<&Principal<'_>>) -> Decision {
        if !self.needs_session() {
            return self.allow(Audience::Everyone);
        }
        let Some(principal) = principal else {
            return Decision::SignIn;
        };
        let mut missing = Vec::new();
        for kind in self
            .all_routes()
            .flat_map(|route| route.requirements.missing(principal))
        {
            if !missing.contains(&kind) {
                missing.push(kind);
            }
        }
        if missing.is_empty() {
            self.allow(Audience::Principal)
        } else {
            Decision::Forbidden { missing }
        }
    }

    fn all_routes(&self) -> impl Iterator<Item = &Route> {
        core::iter::once(self.route()).chain(self.aliased())
    }

    fn allow(&self, audience: Audience) -> Decision {
        Decision::Allow(Allowed {
            upstream: self.route().upstream,
            audience,
        })
    }
}

impl Allowed {
    /// Where the request goes.
    pub const fn upstream(&self) -> UpstreamIndex {
        self.upstream
    }

    /// Whom the response is for.
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
