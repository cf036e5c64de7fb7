//! Who a request is forwarded for.

use crate::{
    access::principal::Principal,
    bearer::AccessToken,
    gateway::context::{authenticated_session::AuthenticatedSession, identity},
    http::header::HeaderValue,
};

/// Whoever may.
#[derive(Clone, Copy)]
pub(in crate::gateway) enum Authentication<'a> {
    /// Anyone.
    None,
    /// Someone with a session.
    Session(&'a AuthenticatedSession),
    /// Someone with an access token.
    AccessToken(&'a AccessToken),
}

impl<'a> Authentication<'a> {
    /// The facts about them.
    pub(in crate::gateway) fn principal(self) -> Option<Principal<'a>> {
        match self {
            Self::None => None,
            Self::Session(signed) => Some(identity::principal(&signed.record)),
            Self::AccessToken(token) => Some(token.principal()),
        }
    }

    /// The session cookie written anew, where that is due.
    pub(in crate::gateway) fn renewal(self) -> Option<HeaderValue> {
        match self {
            Self::Session(signed) => signed.renewal.clone(),
            Self::None | Self::AccessToken(_) => None,
        }
    }
}
