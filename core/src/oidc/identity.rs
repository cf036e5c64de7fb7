//! The identity of the user who signed in, by whichever protocol.

use super::id_token::VerifiedIdToken;
use crate::time::UnixTime;
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use serde_json::{Map, Value};

/// The facts that a new session is made of, beside its tokens.
#[derive(Debug)]
pub struct Identity {
    /// `sub`, unique at the issuer.
    pub subject: String,
    /// `sid`: the provider's session.
    pub session_id: Option<String>,
    /// When the user last authenticated, as far as it is known.
    pub authenticated_at: UnixTime,
    /// `auth_time`, where the provider stated it.
    pub authentication_time: Option<UnixTime>,
    /// `acr`
    pub authentication_context: Option<String>,
    /// `amr`
    pub authentication_methods: Vec<String>,
    /// The claims that the session keeps.
    pub claims: Map<String, Value>,
    /// The claims that the provider was asked for in vain.
    pub missing: Vec<String>,
    /// When the token expires that says all this, where that is stated.
    pub token_expires: Option<UnixTime>,
}

impl Identity {
    /// Of an ID token that passed every check, and the claims that were collected for it.
    pub fn of_id_token(
        id_token: &VerifiedIdToken,
        claims: Map<String, Value>,
        now: UnixTime,
    ) -> Self {
        Self {
            subject: id_token.subject().to_owned(),
            session_id: id_token.session_id().map(ToOwned::to_owned),
            authenticated_at: id_token.authenticated_at(now),
            authentication_time: id_token.authentication_time(now),
            authentication_context: id_token.authentication_context().map(ToOwned::to_owned),
            authentication_methods: id_token.authentication_methods(),
            claims,
            missing: Vec::new(),
            token_expires: id_token.expiration(),
        }
    }

    /// The same, without claims that the provider did not give.
    #[must_use]
    pub fn without(self, missing: Vec<String>) -> Self {
        Self { missing, ..self }
    }

    /// Of a provider that says who someone is and nothing about how they proved it.
    pub const fn of_subject(
        subject: String,
        claims: Map<String, Value>,
        token_expires: Option<UnixTime>,
        now: UnixTime,
    ) -> Self {
        Self {
            subject,
            session_id: None,
            authenticated_at: now,
            authentication_time: None,
            authentication_context: None,
            authentication_methods: Vec::new(),
            claims,
            missing: Vec::new(),
            token_expires,
        }
    }
}
