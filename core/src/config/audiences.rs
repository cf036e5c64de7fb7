//! `audiences` of routes and upstreams: which of an issuer's tokens count where.
//!
//! A token is issued for one service. Where tokens for several reach several upstreams, one that was issued for the
//! first would open the second, and be handed to it; so each route must say which count there.

use super::{Issuer, at::ConfigPath, fault::ConfigFault, reader::Faults, reader::Table, text};
use crate::access::routes::Route;
use alloc::{string::String, vec::Vec};

/// The audiences at `audiences`, each of which is one of an issuer's.
pub(super) fn read(table: &Table<'_>, issuers: &[Issuer]) -> Option<Vec<String>> {
    table.parsed_list("audiences", |text| {
        let audience = text::printable(text)?;
        let mut known: Vec<String> = Vec::new();
        for other in issuers.iter().flat_map(|issuer| &issuer.audiences) {
            if !known.contains(other) {
                known.push(other.clone());
            }
        }
        match known.contains(&audience) {
            true => Ok(audience),
            false => Err(ConfigFault::UnknownAudience { known }),
        }
    })
}

/// Those that count at a route: its own and its upstream's hold together.
pub(super) fn of_route(
    table: &Table<'_>,
    own: Option<Vec<String>>,
    of_upstream: Option<&Vec<String>>,
) -> Option<Vec<String>> {
    let (own, of_upstream) = match (own, of_upstream) {
        (None, of_upstream) => return of_upstream.cloned(),
        (own, None) => return own,
        (Some(own), Some(of_upstream)) => (own, of_upstream),
    };
    let both: Vec<String> = own
        .into_iter()
        .filter(|audience| of_upstream.contains(audience))
        .collect();
    if both.is_empty() {
        table.fault("audiences", ConfigFault::NoAudience);
    }
    Some(both)
}

/// Adds a fault for each route that must say which audiences count there, and does not.
pub(super) fn check(routes: &[Route], places: &[ConfigPath], issuers: &[Issuer], faults: &Faults) {
    let takers = || {
        routes
            .iter()
            .zip(places)
            .filter(|(it, _)| it.takes_tokens())
    };
    let has_several = issuers.iter().any(|issuer| issuer.audiences.len() > 1);
    let first = takers().next().map(|(route, _)| route.upstream);
    let leads_to_several = takers().any(|(route, _)| Some(route.upstream) != first);
    if !has_several || !leads_to_several {
        return;
    }
    for (_, place) in takers().filter(|(route, _)| route.audiences.is_none()) {
        faults.add(place.clone(), ConfigFault::AudiencesNeeded);
    }
}
