//! Who a request is forwarded for.

use crate::{
    access::principal::Principal,
    bearer::AccessToken,
    gateway::context::{identity, signed_in::SignedIn},
    http::header::HeaderValue,
};

/// Whoever may.
#[derive(Clone, Copy)]
pub(in crate::gateway) enum Caller<'a> {
    /// Anyone.
    Nobody,
    /// Someone with a session.
    Session(&'a SignedIn),
    /// Someone with an access token.
    Token(&'a AccessToken),
}

impl<'a> Caller<'a> {
    /// The facts about them.
    pub(in crate::gateway) fn principal(self) -> Option<Principal<'a>> {
        match self {
            Self::Nobody => None,
            Self::Session(signed) => Some(identity::principal(&signed.record)),
            Self::Token(token) => Some(token.principal()),
        }
    }

    /// The session cookie written anew, where that is due.
    pub(in crate::gateway) fn renewal(self) -> Option<HeaderValue> {
        match self {
            Self::Session(signed) => signed.renewal.clone(),
            Self::Nobody | Self::Token(_) => None,
        }
    }
}
