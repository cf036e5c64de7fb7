//! Whose an opaque token is that comes on a route: it names nobody, so its route does.

use super::{Issuer, at::ConfigPath, fault::ConfigFault, reader::Faults};
use crate::access::{
    condition::Condition,
    issuer_index::IssuerIndex,
    requirements::{Requirement, Requirements},
    routes::Route,
};
use alloc::vec::Vec;

/// Finds the issuer of each route that takes tokens: the one that is asked about tokens, has no prefix, and is among
/// those that the route requires. A token is shown to nobody else, so several are a fault.
pub(super) fn assign(
    routes: &mut [Route],
    places: &[ConfigPath],
    issuers: &[Issuer],
    faults: &Faults,
) {
    for (route, place) in routes.iter_mut().zip(places) {
        if !route.takes_tokens() {
            continue;
        }
        let asked = issuers
            .iter()
            .enumerate()
            .filter(|(_, issuer)| issuer.is_asked_alone() && issuer.token_prefix.is_none());
        let allowed = asked.filter(|(_, issuer)| allows(&route.requirements, &issuer.issuer));
        let mut found: Vec<(usize, &Issuer)> = allowed.collect();
        match found.pop() {
            None => {}
            Some((index, _)) if found.is_empty() => route.opaque_issuer = Some(IssuerIndex(index)),
            Some(last) => {
                found.push(last);
                let issuers = found.into_iter().map(|(_, issuer)| issuer.issuer.clone());
                let issuers = issuers.collect();
                faults.add(place.clone(), ConfigFault::OpaqueIssuers { issuers });
            }
        }
    }
}

/// Whether no requirement rules an issuer out, whatever its tokens say.
fn allows(requirements: &Requirements, issuer: &str) -> bool {
    requirements.0.iter().all(|requirement| match requirement {
        Requirement::One(Condition::Issuer(allowed)) => allowed.iter().any(|one| one == issuer),
        Requirement::One(_) => true,
        Requirement::Any(branches) => branches.iter().any(|branch| allows(branch, issuer)),
    })
}
