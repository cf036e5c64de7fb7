//! The times of a token whose signature was proven (RFC 7519, section 4.1).
//!
//! `jwt-compact` takes a token apart and reads its times. Its own validation reads every claim of the payload as text of
//! the language, which is less than JSON allows, so what the proof covers is compared here.

use super::{algorithm::JwsAlgorithm, check::SignatureProof, token::Refusal};
use alloc::{borrow::ToOwned, string::String};
use jwt_compact::{Claims, UntrustedToken};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The times of a token. Its other claims are those that were read before, with no name twice.
pub(super) type Times = Claims<Nothing>;

/// No claim.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// A token in its parts, with the payload that was read of it.
pub(super) struct Parts<'a> {
    pub(super) token: &'a UntrustedToken<'a>,
    pub(super) signing_input: &'a [u8],
    pub(super) payload: &'a Map<String, Value>,
}

/// The times of the token, if the proof is its own, and so of all that it says.
///
/// # Errors
/// [`Refusal::Proof`] and [`Refusal::MalformedTime`]. A false accept believes what nobody signed.
pub(super) fn times(parts: &Parts<'_>, proof: &SignatureProof) -> Result<Times, Refusal> {
    let named = JwsAlgorithm::from_name(parts.token.algorithm());
    let is_named = named == Some(proof.algorithm());
    if !is_named || !proof.covers(parts.signing_input, parts.token.signature_bytes()) {
        return Err(Refusal::Proof);
    }
    let mut times = Map::new();
    for name in ["exp", "nbf", "iat"] {
        match parts.payload.get(name) {
            None => {}
            // The library would take it for a time that is not stated.
            Some(Value::Null) => return Err(Refusal::MalformedTime),
            Some(time) => {
                times.insert(name.to_owned(), time.clone());
            }
        }
    }
    serde_json::from_value(Value::Object(times)).map_err(|_| Refusal::MalformedTime)
}
