//! Who is asking, as far as decisions need to know.

use crate::time::UnixTime;
use alloc::string::String;
use serde_json::{Map, Value};

/// The facts of a valid credential; borrowed from the session that was checked.
#[derive(Clone, Copy, Debug)]
pub struct Principal<'a> {
    /// The provider's `sub`.
    pub subject: &'a str,
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
    /// Someone with these claims, of whom nothing else is known.
    pub(crate) const fn bare(claims: &'a Map<String, Value>) -> Self {
        Self {
            subject: "subject",
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
