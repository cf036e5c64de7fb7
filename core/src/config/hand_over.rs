//! The tokens of a provider that pages of the site may hand over for a session.

use super::TokenCheck;
use crate::http::url::Url;
use alloc::{string::String, vec::Vec};

/// What a page that signed someone in with the provider's own script may hand over. Nothing by default.
#[derive(Clone, Debug, Default)]
pub struct HandOver {
    /// How ID tokens are checked; `None` where none is taken.
    pub id_token: Option<IdTokenCheck>,
    /// How the provider is asked which client an access token was issued to; `None` where none is taken.
    pub access_token: Option<TokenCheck>,
    /// The clients beside ours that may stand in `azp`: the deployment's own apps, which ask for ID tokens with our
    /// client in `aud`.
    pub authorized_parties: Vec<String>,
}

/// How a handed-over ID token is checked before its claims are judged.
#[derive(Clone, Debug)]
pub enum IdTokenCheck {
    /// By its signature (OpenID Connect Core, section 3.1.3.7).
    Signature,
    /// By asking the provider what it says, in Google's form.
    TokenInfo(Url),
}

impl HandOver {
    /// The endpoints that are asked about tokens.
    pub fn asked(&self) -> impl Iterator<Item = &Url> {
        let of_id_token = match &self.id_token {
            Some(IdTokenCheck::TokenInfo(endpoint)) => Some(endpoint),
            Some(IdTokenCheck::Signature) | None => None,
        };
        let of_access_token = self.access_token.as_ref().map(TokenCheck::endpoint);
        of_id_token.into_iter().chain(of_access_token)
    }
}
