//! ID token validation (OpenID Connect Core, sections 2 and 3.1.3.7).
//!
//! The signature is verified before. This module judges the issuer, the audience, the subject, the
//! times and the request that the token answers.

use super::token_hash;
use crate::{
    jose::{
        CheckFault, ClaimsSet, JwsAlgorithm, Malformed, NotSigned, Refusal, TimeFault,
        VerifiedToken,
    },
    secret::{Secret, same_bytes},
    time::{Seconds, UnixTime},
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use serde_json::Value;

/// An ID token that passed every check.
#[derive(Debug)]
pub struct VerifiedIdToken {
    claims: ClaimsSet,
    subject: String,
}

/// The values that an ID token must have.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'a> {
    /// `iss`, byte for byte.
    pub issuer: &'a str,
    /// Our client identifier: in `aud`, and `azp` where there is one.
    pub client_id: &'a str,
    /// The nonce of the request.
    pub nonce: &'a str,
    /// How long ago the authentication may have been, where that was asked for.
    pub max_age: Option<Seconds>,
    /// The code that was sent for it.
    pub code: &'a Secret<String>,
    /// The access token that came with it.
    pub access_token: &'a Secret<String>,
    /// The time of the request.
    pub now: UnixTime,
}

/// The values that an ID token must have that a page of the site hands over.
#[derive(Clone, Copy, Debug)]
pub struct HandedOver<'a> {
    /// `iss`, byte for byte.
    pub issuer: &'a str,
    /// Our client identifier, in `aud`.
    pub client_id: &'a str,
    /// The clients beside ours that may stand in `azp`.
    pub authorized_parties: &'a [String],
    /// The nonce of the browser's challenge.
    pub nonce: &'a str,
    /// The time of the request.
    pub now: UnixTime,
}

/// Why an ID token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdTokenFault {
    /// Not a token that we read.
    Malformed(Malformed),
    /// No key of the provider can have signed it.
    NoKey,
    /// Its signature has a wrong form for the key.
    Check(CheckFault),
    /// Its signature is wrong.
    Signature,
    /// Claims of a wrong type, or no `exp`.
    Claims(Refusal),
    /// `typ` is that of another kind of token.
    Kind,
    /// `iss` is not the provider.
    Issuer,
    /// We are not in `aud`, or others are and `azp` is not us.
    Audience,
    /// Expired or not valid yet.
    Time(TimeFault),
    /// No `iat`, or one that is days old.
    IssuedAt,
    /// `nonce` is missing or that of another request.
    Nonce,
    /// `sub` is missing, empty or over 255 characters.
    Subject,
    /// `auth_time` is missing or longer ago than was asked for.
    AuthenticationTime,
    /// `at_hash` is not that of the access token that came with it.
    AccessTokenHash,
    /// `c_hash` is not that of the code that was sent for it.
    CodeHash,
}

impl From<NotSigned> for IdTokenFault {
    fn from(fault: NotSigned) -> Self {
        match fault {
            NotSigned::NoKey => Self::NoKey,
            NotSigned::Check(fault) => Self::Check(fault),
            NotSigned::Signature => Self::Signature,
        }
    }
}

/// How far the provider's clock may differ from ours.
const LEEWAY: Seconds = Seconds::new(60);

/// The oldest ID token that a token endpoint may just have issued.
const OLDEST: Seconds = Seconds::minutes(10);

/// The oldest ID token that a page may hand over.
const OLDEST_HANDED_OVER: Seconds = Seconds::minutes(5);

impl VerifiedIdToken {
    /// Judges the claims of a token whose signature is the provider's.
    ///
    /// # Errors
    /// Any [`IdTokenFault`] that is about claims. A false accept signs a stranger in as someone
    /// else; a false reject keeps a user out.
    pub fn new(token: VerifiedToken, expected: Expectation<'_>) -> Result<Self, IdTokenFault> {
        // A secret that verifies can also sign. Lychgate asks for no such ID tokens.
        if token.algorithm() == JwsAlgorithm::Hs256 {
            return Err(IdTokenFault::NoKey);
        }
        check_kind(&token)?;
        if token.issuer() != Some(expected.issuer) {
            return Err(IdTokenFault::Issuer);
        }
        check_audience(
            &token,
            |party| party == expected.client_id,
            expected.client_id,
        )?;
        check_times(&token, OLDEST, expected.now)?;
        check_nonce(&token, expected.nonce)?;
        let hash_fits = |name, of| token_hash::fits(token.claim(name), token.algorithm(), of);
        if !hash_fits("at_hash", expected.access_token) {
            return Err(IdTokenFault::AccessTokenHash);
        }
        if !hash_fits("c_hash", expected.code) {
            return Err(IdTokenFault::CodeHash);
        }
        if let Some(max_age) = expected.max_age {
            check_authentication_time(&token, max_age, expected.now)?;
        }
        Self::of(token.into_claims())
    }

    /// Judges the claims of a token that a page handed over, and whose signature is the provider's.
    ///
    /// # Errors
    /// Any [`IdTokenFault`] that is about claims. A false accept lets one client's token sign in at another.
    pub fn handed_over(
        token: VerifiedToken,
        expected: HandedOver<'_>,
    ) -> Result<Self, IdTokenFault> {
        if token.algorithm() == JwsAlgorithm::Hs256 {
            return Err(IdTokenFault::NoKey);
        }
        check_kind(&token)?;
        Self::told(token.into_claims(), expected)
    }

    /// Judges the claims of a token that a page handed over, as the provider itself told them.
    ///
    /// # Errors
    /// Those of [`Self::handed_over`].
    pub fn told(claims: ClaimsSet, expected: HandedOver<'_>) -> Result<Self, IdTokenFault> {
        if claims.issuer() != Some(expected.issuer) {
            return Err(IdTokenFault::Issuer);
        }
        let is_allowed = |party: &str| {
            party == expected.client_id
                || expected.authorized_parties.iter().any(|one| one == party)
        };
        check_audience(&claims, is_allowed, expected.client_id)?;
        if claims.stated_expiration().is_none() {
            return Err(IdTokenFault::Claims(Refusal::MissingExpiration));
        }
        check_times(&claims, OLDEST_HANDED_OVER, expected.now)?;
        check_nonce(&claims, expected.nonce)?;
        Self::of(claims)
    }

    fn of(claims: ClaimsSet) -> Result<Self, IdTokenFault> {
        let subject = subject(&claims)?;
        Ok(Self { claims, subject })
    }

    /// `sub`: who signed in, unique at the issuer.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `sid`: the provider's session, where it has a name.
    pub fn session_id(&self) -> Option<&str> {
        self.claim("sid").and_then(Value::as_str)
    }

    /// When the user last authenticated; the time of issue where the provider does not say.
    pub fn authenticated_at(&self, now: UnixTime) -> UnixTime {
        let stated = self.authentication_time(now);
        stated.or(self.claims.issued_at()).unwrap_or(now).min(now)
    }

    /// `auth_time`, where it is stated; never in the future.
    pub fn authentication_time(&self, now: UnixTime) -> Option<UnixTime> {
        let stated = self.claims.time("auth_time").ok().flatten();
        stated.map(|at| at.min(now))
    }

    /// `acr`
    pub fn authentication_context(&self) -> Option<&str> {
        self.claim("acr").and_then(Value::as_str)
    }

    /// `amr`
    pub fn authentication_methods(&self) -> Vec<String> {
        match self.claim("amr") {
            Some(Value::Array(methods)) => methods
                .iter()
                .filter_map(Value::as_str)
                .map(ToOwned::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// `exp`
    pub const fn expiration(&self) -> Option<UnixTime> {
        self.claims.stated_expiration()
    }

    /// Any other claim.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.claim(name)
    }
}

/// An ID token says `JWT` or nothing; access, logout and other tokens name themselves.
fn check_kind(token: &VerifiedToken) -> Result<(), IdTokenFault> {
    let plain = token
        .token_type()
        .is_none_or(|name| name.eq_ignore_ascii_case("JWT"));
    if !plain || token.claim("events").is_some() {
        return Err(IdTokenFault::Kind);
    }
    Ok(())
}

fn check_audience(
    claims: &ClaimsSet,
    is_allowed: impl Fn(&str) -> bool,
    client_id: &str,
) -> Result<(), IdTokenFault> {
    let audiences = claims.audiences();
    let ours = audiences.iter().any(|audience| audience == client_id);
    let only_ours = audiences.iter().all(|audience| audience == client_id);
    match claims.authorized_party() {
        Some(party) if ours && is_allowed(party) => Ok(()),
        None if ours && only_ours => Ok(()),
        _ => Err(IdTokenFault::Audience),
    }
}

fn check_times(claims: &ClaimsSet, oldest: Seconds, now: UnixTime) -> Result<(), IdTokenFault> {
    claims.check_time(now, LEEWAY).map_err(IdTokenFault::Time)?;
    let issued_at = claims.issued_at().ok_or(IdTokenFault::IssuedAt)?;
    match now.since(issued_at) > oldest.plus(LEEWAY) {
        true => Err(IdTokenFault::IssuedAt),
        false => Ok(()),
    }
}

fn check_nonce(claims: &ClaimsSet, expected: &str) -> Result<(), IdTokenFault> {
    let nonce = claims.nonce().ok_or(IdTokenFault::Nonce)?;
    match same_bytes(nonce.as_bytes(), expected.as_bytes()) {
        true => Ok(()),
        false => Err(IdTokenFault::Nonce),
    }
}

/// A provider that was asked for `max_age` says when it authenticated the person, and authenticates
/// them anew where that is too long ago. One that did not would be asked again and again.
fn check_authentication_time(
    token: &VerifiedToken,
    max_age: Seconds,
    now: UnixTime,
) -> Result<(), IdTokenFault> {
    let stated = token.time("auth_time").ok().flatten();
    let at = stated.ok_or(IdTokenFault::AuthenticationTime)?;
    if now.since(at) > max_age.plus(LEEWAY) {
        return Err(IdTokenFault::AuthenticationTime);
    }
    Ok(())
}

fn subject(claims: &ClaimsSet) -> Result<String, IdTokenFault> {
    let subject = claims.subject().ok_or(IdTokenFault::Subject)?;
    let sound = !subject.is_empty() && subject.len() <= 255 && !subject.contains(char::is_control);
    if !sound {
        return Err(IdTokenFault::Subject);
    }
    Ok(subject.to_owned())
}

#[cfg(test)]
#[path = "id_token_tests.rs"]
mod tests;
