//! The principal of a request, as far as decisions need to know it.

use crate::time::UnixTime;
use alloc::string::String;
use serde_json::{Map, Value};

/// The credential by which a request proves its principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The session cookie.
    Session,
    /// An access token in `Authorization` (RFC 6750; RFC 9449).
    Bearer,
}

/// The facts of a valid credential; borrowed from the session or token that was checked.
#[derive(Clone, Copy, Debug)]
pub struct Principal<'a> {
    /// The source of the facts.
    pub credential: Credential,
    /// The provider that someone with a session signed in at, by its id; tokens have none.
    pub provider: Option<&'a str>,
    /// The issuer that states them (`iss`): the configured one whose signature or answer was verified, never a claim
    /// that somebody else fills in.
    pub issuer: &'a str,
    /// The issuer's `sub`.
    pub subject: &'a str,
    /// The granted scopes with spaces between them (RFC 6749, section 3.3); empty where none is known.
    pub scope: &'a str,
    /// The client that a token was issued to; sessions have none.
    pub client_id: Option<&'a str>,
    /// The audiences that a token counts for; sessions have none.
    pub audiences: Option<&'a [String]>,
    /// The provider's groups; empty where it named none.
    pub groups: &'a [String],
    /// The provider's roles; empty where it named none.
    pub roles: &'a [String],
    /// The claims that the session keeps, as the provider sent them.
    pub claims: &'a Map<String, Value>,
    /// The provider's `email`.
    pub email: Option<&'a str>,
    /// Whether `email_verified` was the boolean `true`; a string is not (OpenID Connect Core,
    /// section 5.1).
    pub email_verified: bool,
    /// `acr`: how well the person was authenticated, in the provider's words.
    pub acr: Option<&'a str>,
    /// `auth_time`, where the provider stated it: when the person last proved who they are. The time
    /// of the sign-in would not do, since a provider that remembers a person signs them in again
    /// without asking for anything.
    pub authenticated_at: Option<UnixTime>,
}

#[cfg(test)]
impl<'a> Principal<'a> {
    /// A principal with these claims and no other known fact.
    pub(crate) const fn bare(claims: &'a Map<String, Value>) -> Self {
        Self {
            credential: Credential::Session,
            provider: None,
            issuer: "issuer",
            subject: "subject",
            scope: "",
            client_id: None,
            audiences: None,
            groups: &[],
            roles: &[],
            claims,
            email: None,
            email_verified: false,
            acr: None,
            authenticated_at: None,
        }
    }
}
