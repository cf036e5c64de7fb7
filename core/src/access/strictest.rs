//! What holds of routes that hold together, beside their requirements: the strictest word of each.

use super::{
    cors::Cors,
    routes::{Dpop, RouteMatch},
};

/// What the routes of a request say of other sites' scripts.
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
    /// What is asked of DPoP proofs: the most that any of the routes asks.
    pub fn dpop(&self) -> Dpop {
        let ours = self.route().dpop;
        self.aliased().fold(ours, |most, route| Dpop {
            demand: most.demand.max(route.dpop.demand),
            replay: most.replay.max(route.dpop.replay),
        })
    }

    /// What is said of other sites.
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
