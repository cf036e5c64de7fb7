//! Access rules: routes, requirements, and the headers by which a request says where it comes from.
//!
//! Everything here is default deny. A path matches routes by pattern alone, methods select among
//! the routes of that one pattern, and [`routes::RouteMatch::decide`] is the only place where an
//! allowed request comes into being.

pub mod aliases;
pub mod claim_path;
pub mod claim_requirement;
pub mod condition;
pub mod conflicts;
pub mod cors;
pub mod decision;
pub mod email_domain;
pub mod explanation;
pub mod fetch_metadata;
pub mod issuer_index;
pub mod list_claim;
mod loose;
pub mod pattern;
pub mod principal;
mod readings;
pub mod requirements;
pub mod routes;
pub mod step_up;
pub mod strictest;
mod trie;
pub mod upstream_index;

#[cfg(test)]
#[cfg(not(target_family = "wasm"))]
mod loose_properties;
#[cfg(all(test, not(target_family = "wasm")))]
mod properties;
