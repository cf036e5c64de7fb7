//! Who a request is forwarded for.

use super::{identity, visitor::SignedIn};
use crate::{access::principal::Principal, bearer::AccessToken, http::header::HeaderValue};

/// Whoever may.
#[derive(Clone, Copy)]
pub(super) enum Caller<'a> {
    /// Anyone.
    Nobody,
    /// Someone with a session.
    Session(&'a SignedIn),
    /// Someone with an access token.
    Token(&'a AccessToken),
}

impl<'a> Caller<'a> {
    /// The facts about them.
    pub(super) fn principal(self) -> Option<Principal<'a>> {
        match self {
            Self::Nobody => None,
            Self::Session(signed) => Some(identity::principal(&signed.record)),
            Self::Token(token) => Some(token.principal()),
        }
    }

    /// The session cookie written anew, where that is due.
    pub(super) fn renewal(self) -> Option<HeaderValue> {
        match self {
            Self::Session(signed) => signed.renewal.clone(),
            Self::Nobody | Self::Token(_) => None,
        }
    }
}
