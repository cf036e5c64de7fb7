//! The authentication of a request that is forwarded.

use crate::{
    access::principal::Principal,
    bearer::AccessToken,
    gateway::context::{authenticated_session::AuthenticatedSession, identity},
    http::header::HeaderValue,
};

/// The session or token that a request was allowed with.
#[derive(Clone, Copy)]
pub(in crate::gateway) enum Authentication<'a> {
    /// None: anyone may send the request.
    None,
    /// A session.
    Session(&'a AuthenticatedSession),
    /// An access token.
    AccessToken(&'a AccessToken),
}

impl<'a> Authentication<'a> {
    /// The facts about the principal.
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
