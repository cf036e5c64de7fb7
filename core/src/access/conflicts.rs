//! Routes that cannot stand beside each other.

use super::{
    pattern::{Pattern, Relation},
    routes::Route,
    trie::Trie,
};
use crate::http::method::Method;
use alloc::vec::Vec;

/// Two routes that cannot stand beside each other, by their places in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteFault {
    /// The same pattern, and a method that both name.
    SameMethod {
        /// The earlier route.
        first: usize,
        /// The later route.
        second: usize,
        /// A method of both; `None` where one of the two takes all.
        method: Option<Method>,
    },
    /// Patterns that cross, with no route for the paths that both match.
    Crossing {
        /// The earlier route.
        first: usize,
        /// The later route.
        second: usize,
        /// The pattern of the paths that both match; a route for it settles the matter.
        both: Pattern,
    },
}

/// Only a pattern with a `*` can cross another, which keeps this from being quadratic.
pub(super) fn crossings(routes: &[Route], members: &[Vec<usize>], trie: &Trie) -> Vec<RouteFault> {
    let leaders = || {
        let first = members.iter().filter_map(|places| places.first());
        first.filter_map(|place| Some((routes.get(*place)?, *place)))
    };
    let mut faults = Vec::new();
    for (left, first) in leaders().filter(|(route, _)| route.pattern.has_any()) {
        for (right, second) in leaders() {
            let reported = right.pattern.has_any() && second <= first;
            if reported || left.pattern.relation(&right.pattern) != Relation::Crossing {
                continue;
            }
            let both = left.pattern.intersection(&right.pattern);
            if trie.group_of(&both).is_none() {
                faults.push(RouteFault::Crossing {
                    first: first.min(second),
                    second: first.max(second),
                    both,
                });
            }
        }
    }
    faults
}

/// The fault of a route that takes a method of an earlier one of the same pattern.
pub(super) fn same_method(routes: &[Route], places: &[usize], second: usize) -> Option<RouteFault> {
    let later = routes.get(second)?;
    places.iter().find_map(|&first| {
        let method = match (&routes.get(first)?.methods, &later.methods) {
            (None, _) | (_, None) => None,
            (Some(_), Some(methods)) => {
                let earlier = routes.get(first)?;
                let head = [Method::Head];
                let implied = head.iter().filter(|method| later.takes(method));
                let mut claimed = methods.iter().chain(implied);
                Some(claimed.find(|method| earlier.takes(method))?.clone())
            }
        };
        Some(RouteFault::SameMethod {
            first,
            second,
            method,
        })
    })
}
