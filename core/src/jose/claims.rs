//! The claims of a token for which its issuer vouches (RFC 7519, section 4.1): by its signature, or by its answer.
//!
//! Their types are checked once, here. The values that they must have depend on the kind of token and
//! are checked elsewhere; only the times mean the same everywhere.

use super::{algorithm::JwsAlgorithm, proven::Times, token::Refusal};
use crate::{
    encoding::json,
    time::{Seconds, UnixTime},
};
use alloc::{borrow::ToOwned, string::String, vec, vec::Vec};
use core::ops::Deref;
use serde_json::{Map, Value};

/// A token with a verified signature, of which nothing else has been judged.
#[derive(Clone, PartialEq)]
pub struct VerifiedToken {
    algorithm: JwsAlgorithm,
    token_type: Option<String>,
    expiration: UnixTime,
    claims: ClaimsSet,
}

/// The claims of a token, of which nothing but the types has been judged.
#[derive(Clone, PartialEq)]
pub struct ClaimsSet {
    audiences: Vec<String>,
    expiration: Option<UnixTime>,
    not_before: Option<UnixTime>,
    issued_at: Option<UnixTime>,
    /// All but `exp`, `nbf` and `iat`.
    members: Map<String, Value>,
}

/// Why a token is not valid at this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFault {
    /// Its time is over.
    Expired {
        /// The time of the check.
        now: UnixTime,
        /// `exp`.
        expiration: UnixTime,
    },
    /// Its time has not come.
    NotYetValid {
        /// The time of the check.
        now: UnixTime,
        /// `nbf`.
        not_before: UnixTime,
    },
    /// It comes from the future, so one of the two clocks is wrong.
    IssuedInFuture {
        /// The time of the check.
        now: UnixTime,
        /// `iat`.
        issued_at: UnixTime,
    },
}

/// The registered claims that are text wherever they stand, and that something is decided by.
const TEXT_CLAIMS: [&str; 4] = ["iss", "sub", "azp", "nonce"];

/// The claims with a type of their own.
const TIMES: [&str; 3] = ["exp", "nbf", "iat"];

/// Numbers up to 2^53 are exact in every JSON reader; as a time it is far beyond any token's.
const LATEST: u64 = 1 << 53;

impl VerifiedToken {
    pub(super) fn new(
        algorithm: JwsAlgorithm,
        token_type: Option<String>,
        times: Times,
        claims: Map<String, Value>,
    ) -> Result<Self, Refusal> {
        let seconds = |time: Option<i64>| match time.map(u64::try_from) {
            None => Ok(None),
            Some(Ok(seconds)) => Ok(Some(UnixTime::from_seconds(seconds))),
            Some(Err(_)) => Err(Refusal::MalformedTime),
        };
        let expiration = seconds(times.expiration.map(|time| time.timestamp()))?;
        let not_before = seconds(times.not_before.map(|time| time.timestamp()))?;
        let issued_at = seconds(times.issued_at.map(|time| time.timestamp()))?;
        let claims = ClaimsSet::new([expiration, not_before, issued_at], claims)?;
        Ok(Self {
            algorithm,
            token_type,
            expiration: expiration.ok_or(Refusal::MissingExpiration)?,
            claims,
        })
    }

    /// The algorithm that the signature was verified with.
    pub const fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// The header's `typ`, as it was signed.
    pub fn token_type(&self) -> Option<&str> {
        self.token_type.as_deref()
    }

    /// `exp`, rounded down to the second.
    pub const fn expiration(&self) -> UnixTime {
        self.expiration
    }

    /// Its claims alone.
    pub fn into_claims(self) -> ClaimsSet {
        self.claims
    }
}

impl Deref for VerifiedToken {
    type Target = ClaimsSet;

    fn deref(&self) -> &ClaimsSet {
        &self.claims
    }
}

impl ClaimsSet {
    fn new(
        [expiration, not_before, issued_at]: [Option<UnixTime>; 3],
        claims: Map<String, Value>,
    ) -> Result<Self, Refusal> {
        let members = json::keeping(claims, |name| !TIMES.contains(&name));
        for name in TEXT_CLAIMS {
            if members.get(name).is_some_and(|value| !value.is_string()) {
                return Err(Refusal::MalformedClaim(name));
            }
        }
        Ok(Self {
            audiences: audiences(members.get("aud"))?,
            expiration,
            not_before,
            issued_at,
            members,
        })
    }

    /// The claims in an answer of the token's issuer (RFC 7662, section 2.2). It need not state an `exp`.
    ///
    /// # Errors
    /// [`Refusal::MalformedTime`] and [`Refusal::MalformedClaim`].
    pub fn of_answer(claims: Map<String, Value>) -> Result<Self, Refusal> {
        let [expiration, not_before, issued_at] = TIMES.map(|name| time(&claims, name));
        Self::new([expiration?, not_before?, issued_at?], claims)
    }

    /// States a text claim that the configuration or another claim says.
    pub(crate) fn insert(&mut self, name: &str, value: String) {
        self.members.insert(name.to_owned(), Value::String(value));
    }

    /// `iss`.
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// `sub`.
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// `aud`, which may be written as one string or as an array; empty where it is absent.
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// `azp`: the client that the token was issued to.
    pub fn authorized_party(&self) -> Option<&str> {
        self.text("azp")
    }

    /// `nonce`.
    pub fn nonce(&self) -> Option<&str> {
        self.text("nonce")
    }

    /// `jti`, where it is a text.
    pub fn token_id(&self) -> Option<&str> {
        self.text("jti")
    }

    /// `exp`, rounded down to the second.
    pub const fn stated_expiration(&self) -> Option<UnixTime> {
        self.expiration
    }

    /// `nbf`, rounded down to the second.
    pub const fn not_before(&self) -> Option<UnixTime> {
        self.not_before
    }

    /// `iat`, rounded down to the second.
    pub const fn issued_at(&self) -> Option<UnixTime> {
        self.issued_at
    }

    /// All claims but `exp`, `nbf` and `iat`.
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.members
    }

    /// Any claim but `exp`, `nbf` and `iat`, which have a type of their own.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// Any other claim that is a time, such as `auth_time`, rounded down to the second.
    ///
    /// # Errors
    /// [`Refusal::MalformedTime`] where it stands but is not a number of seconds since the epoch.
    pub fn time(&self, name: &str) -> Result<Option<UnixTime>, Refusal> {
        time(&self.members, name)
    }

    /// Whether the token is valid at `now`, with `leeway` for clocks that differ.
    ///
    /// An expired token that passes gives its thief more time; one refused too early costs its
    /// owner a sign-in.
    ///
    /// # Errors
    /// All of [`TimeFault`].
    pub fn check_time(&self, now: UnixTime, leeway: Seconds) -> Result<(), TimeFault> {
        if let Some(expiration) = self.expiration.filter(|end| now >= end.plus(leeway)) {
            return Err(TimeFault::Expired { now, expiration });
        }
        let latest = now.plus(leeway);
        if let Some(not_before) = self.not_before.filter(|time| *time > latest) {
            return Err(TimeFault::NotYetValid { now, not_before });
        }
        if let Some(issued_at) = self.issued_at.filter(|time| *time > latest) {
            return Err(TimeFault::IssuedInFuture { now, issued_at });
        }
        Ok(())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }
}

impl core::fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("VerifiedToken(..)")
    }
}

impl core::fmt::Debug for ClaimsSet {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ClaimsSet(..)")
    }
}

fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<UnixTime>, Refusal> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let seconds = value
        .as_u64()
        .or_else(|| value.as_f64().and_then(whole_seconds))
        .filter(|seconds| *seconds <= LATEST)
        .ok_or(Refusal::MalformedTime)?;
    Ok(Some(UnixTime::from_seconds(seconds)))
}

fn audiences(claim: Option<&Value>) -> Result<Vec<String>, Refusal> {
    const MALFORMED: Refusal = Refusal::MalformedClaim("aud");
    match claim {
        None => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one.to_owned()]),
        Some(Value::Array(several)) => several
            .iter()
            .map(|one| one.as_str().map(ToOwned::to_owned).ok_or(MALFORMED))
            .collect(),
        Some(_) => Err(MALFORMED),
    }
}

/// A fraction of a second is dropped; `None` for what is no time since the epoch.
pub(crate) fn whole_seconds(seconds: f64) -> Option<u64> {
    let range = 0.0..=9_007_199_254_740_992.0;
    #[expect(
        clippy::as_conversions,
        reason = "the range is checked, and no other conversion from f64 exists"
    )]
    range.contains(&seconds).then_some(seconds as u64)
}
