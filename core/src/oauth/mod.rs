//! The identity of a user at a provider without OpenID Connect: OAuth 2.0 and resources of the provider's own.
//!
//! An access token does not say which client it was issued to, so Lychgate asks the provider ([`token_check`]) before
//! it believes anything that the token opens (RFC 6749, section 10.16).

pub mod identity;
pub mod resource;
pub mod token_check;

use crate::oidc::{document::DocumentFault, token::TokenFault};

/// Why a provider's answer about its user is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OAuthFault {
    /// The access token cannot stand in a header field.
    AccessToken,
    /// The answer about the token is no document.
    TokenCheck(TokenFault),
    /// The token is not valid, or a needed member is missing from the answer about it.
    TokenInactive,
    /// The token was issued to another client.
    OtherClient,
    /// The token is another user's than the one that the provider described.
    OtherUser,
    /// The answer about the user is no document.
    Resource(DocumentFault),
    /// There is nothing in it that names the user.
    Subject,
}
