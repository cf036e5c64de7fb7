//! The strictest settings of the routes that hold together, beside their requirements.

use super::{
    cors::Cors,
    routes::{Dpop, RouteMatch},
};

/// The rules of a request's routes for other sites' scripts.
#[derive(Clone, Copy, Debug)]
pub enum OtherSites<'a> {
    /// Nothing; the upstream may.
    Unsaid,
    /// They contradict each other, so nobody may read anything.
    Refused,
    /// Those that are listed may call.
    Granted(&'a Cors),
}

impl<'a> RouteMatch<'a> {
    /// The requirements on DPoP proofs: the most that any of the routes asks.
    pub fn dpop(&self) -> Dpop {
        let ours = self.route().dpop;
        self.aliased().fold(ours, |most, route| Dpop {
            demand: most.demand.max(route.dpop.demand),
            replay: most.replay.max(route.dpop.replay),
        })
    }

    /// The rules for other sites.
    pub fn cors(&self) -> OtherSites<'a> {
        let ours = &self.route().cors;
        let mut protected = self.aliased().filter(|route| route.is_protected());
        match ours {
            _ if protected.any(|route| route.cors != *ours) => OtherSites::Refused,
            Some(cors) => OtherSites::Granted(cors),
            None => OtherSites::Unsaid,
        }
    }
}
