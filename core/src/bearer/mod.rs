//! Access tokens: what this deployment is as a resource server (RFC 6750, 7662, 9068, 9449, 9701, 9728).
//!
//! The way of a token: [`Presented::read`] takes it from `Authorization`, [`UnverifiedAccessToken::read`] checks its form and finds
//! the issuer that it claims to be from, the platform verifies its signature with a key of that issuer, and
//! [`UnverifiedAccessToken::accept`] returns the [`AccessToken`]: facts, which [`AccessToken::check`] holds against audience and
//! time at every use. [`online`] asks an issuer about a token that says nothing by itself, or may have been revoked. The
//! routes decide what a token may do.

pub mod cache;
pub mod challenge;
pub mod dpop;
pub mod form;
pub mod online;
pub mod resource;
pub mod signed_answer;
pub mod stored_keys;
pub mod used_proofs;

#[cfg(all(test, not(target_family = "wasm")))]
mod properties;

mod access_token;
mod fault;
mod presented;
mod unverified;

pub use access_token::AccessToken;
pub use fault::{AccessTokenFault, DpopFault};
pub use presented::{Presented, Scheme};
pub use unverified::UnverifiedAccessToken;
