//! Where the metadata of a provider or issuer is: at the usual place below its identifier, or where `metadata_url` says.
//!
//! The issuer's identifier is another matter: Lychgate compares it byte for byte with the one in the document and in
//! tokens, wherever the document is.

use super::{fault::ConfigFault, reader::Table, site};
use crate::http::url::{Reach, Url};
use alloc::{boxed::Box, format};

/// Where the metadata of an OpenID provider is.
#[derive(Clone, Debug)]
pub enum MetadataSource {
    /// In the document at this URL (OpenID Connect Discovery, section 4).
    Document(Url),
    /// In the configuration, for providers that publish none, or none that can be used.
    Written(Box<OpenIdEndpoints>),
}

/// The endpoints of an OpenID provider, as they are written (OpenID Connect Discovery, section 3).
#[derive(Clone, Debug)]
pub struct OpenIdEndpoints {
    /// Where browsers are sent to sign in.
    pub authorization_endpoint: Url,
    /// Where codes become tokens.
    pub token_endpoint: Url,
    /// Where the signing keys are.
    pub jwks_uri: Url,
    /// Where claims are that the ID token lacks.
    pub userinfo_endpoint: Option<Url>,
    /// Where browsers are sent to sign out.
    pub end_session_endpoint: Option<Url>,
}

impl OpenIdEndpoints {
    /// Every endpoint that the deployment itself asks; browsers alone go to the others.
    pub fn asked(&self) -> impl Iterator<Item = &Url> {
        let needed = [&self.token_endpoint, &self.jwks_uri].into_iter();
        needed.chain(&self.userinfo_endpoint)
    }
}

impl MetadataSource {
    /// The address to ask first: that of the document, or of the keys where there is none.
    pub const fn url(&self) -> &Url {
        match self {
            Self::Document(url) => url,
            Self::Written(endpoints) => &endpoints.jwks_uri,
        }
    }
}

/// The key that names another place.
pub(super) const KEY: &str = "metadata_url";

/// The usual place (OpenID Connect Discovery, section 4): the path of the issuer and
/// `/.well-known/openid-configuration`.
///
/// # Errors
/// [`ConfigFault::IssuerQuery`] where nothing can stand behind it.
pub(super) fn usual(issuer: &Url) -> Result<Url, ConfigFault> {
    if issuer.target().contains('?') {
        return Err(ConfigFault::IssuerQuery);
    }
    let path = issuer.path().trim_end_matches('/');
    let url = format!("{}{path}/.well-known/openid-configuration", issuer.origin());
    Url::parse(&url).map_err(ConfigFault::Url)
}

/// The place that is written; `None` where none is, or it cannot be read.
pub(super) fn written(
    table: &Table<'_>,
    reach: Reach,
    fill_in: impl FnOnce(&str) -> alloc::string::String,
) -> Option<Url> {
    table.parsed(KEY, |text| site::in_reach(&fill_in(text), reach))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_issuers_path_is_kept_in_the_usual_place() {
        let at = |issuer| usual(&Url::parse(issuer).unwrap());
        for (issuer, place) in [
            (
                "https://op.example.com",
                "https://op.example.com/.well-known/openid-configuration",
            ),
            (
                "https://op.example.com/realms/a/",
                "https://op.example.com/realms/a/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(at(issuer).unwrap().to_string(), place);
        }
        let with_query = at("https://op.example.com/?p=a");
        assert_eq!(with_query, Err(ConfigFault::IssuerQuery));
    }
}
