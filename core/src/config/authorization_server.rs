//! A provider without OpenID Connect, and how it is asked whose a token is.

use crate::{access::claim_path::ClaimPath, http::url::Url};

/// A provider without OpenID Connect (RFC 6749, section 3).
#[derive(Clone, Debug)]
pub struct AuthorizationServer {
    /// Where browsers are sent to sign in.
    pub authorization_endpoint: Url,
    /// Where codes become tokens.
    pub token_endpoint: Url,
    /// The resource that says who the token's user is, as a JSON object.
    pub userinfo_endpoint: Url,
    /// The user's addresses as GitHub lists them, of which the primary one counts where it is verified.
    pub emails_endpoint: Option<Url>,
    /// The user's organisations as GitHub lists them; asked where a session keeps groups.
    pub groups_endpoint: Option<Url>,
    /// The check of the client that an access token was issued to. Without it, a token of another client,
    /// or of another user, would sign a user in.
    pub token_check: TokenCheck,
    /// The claim that stands for `sub` in the answer of the userinfo endpoint.
    pub subject_claim: ClaimPath,
}

/// How Lychgate asks a provider which client an access token was issued to.
#[derive(Clone, Debug)]
pub enum TokenCheck {
    /// `POST /applications/{client_id}/token` below this URL.
    GitHub(Url),
    /// `GET` with `input_token`.
    Facebook(Url),
    /// RFC 7662.
    Introspection(Url),
    /// Google's endpoint, which tells what it knows of an access token.
    TokenInfo(Url),
}

impl AuthorizationServer {
    /// Every endpoint that the deployment itself asks; browsers alone go to the authorization endpoint.
    pub fn asked(&self) -> impl Iterator<Item = &Url> {
        let check = self.token_check.endpoint();
        [&self.token_endpoint, &self.userinfo_endpoint, check]
            .into_iter()
            .chain(&self.emails_endpoint)
            .chain(&self.groups_endpoint)
    }
}

impl TokenCheck {
    /// Where the provider is asked.
    pub const fn endpoint(&self) -> &Url {
        match self {
            Self::GitHub(endpoint)
            | Self::Facebook(endpoint)
            | Self::Introspection(endpoint)
            | Self::TokenInfo(endpoint) => endpoint,
        }
    }
}
