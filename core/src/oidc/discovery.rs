//! Provider metadata (OpenID Connect Discovery 1.0, section 4; RFC 8414).

use super::document::{self, DocumentFault};
use crate::{
    http::{
        outbound::Reply,
        url::{Reach, Url},
    },
    jose::KeySetFault,
};
use alloc::{format, string::String};
use serde_json::{Map, Value};

/// What we need to know of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderMetadata {
    /// Where browsers are sent to sign in.
    pub authorization_endpoint: Url,
    /// Where codes become tokens.
    pub token_endpoint: Url,
    /// Where the signing keys are.
    pub jwks_uri: Url,
    /// Where authorization requests are handed in, where the provider takes them (RFC 9126, section 5).
    pub pushed_authorization_request_endpoint: Option<Url>,
    /// Where claims are that the ID token lacks.
    pub userinfo_endpoint: Option<Url>,
    /// Where browsers are sent to sign out (OpenID Connect RP-Initiated Logout, section 2.1).
    pub end_session_endpoint: Option<Url>,
    /// Whether its responses always say who they are from (RFC 9207).
    pub response_issuer: ResponseIssuer,
}

/// Whether authorization responses carry `iss` (RFC 9207, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseIssuer {
    /// `authorization_response_iss_parameter_supported` is true: a response without it is refused.
    Promised,
    /// Not promised; one that is sent must be right all the same.
    NotPromised,
}

/// Why a discovery document or key set is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiscoveryFault {
    /// No document.
    Document(DocumentFault),
    /// `issuer` is not the configured one: the document of someone else.
    IssuerMismatch,
    /// A needed endpoint is missing, no URL, or one that this deployment must not send to.
    Endpoint(&'static str),
    /// The provider knows PKCE only without S256.
    NoS256,
    /// The key set is refused.
    Keys(KeySetFault),
}

/// Where the metadata of an issuer is: its path and `/.well-known/openid-configuration`.
pub fn location(issuer: &Url) -> Option<Url> {
    let path = issuer.path().trim_end_matches('/');
    Url::parse(&format!(
        "{}{path}/.well-known/openid-configuration",
        issuer.origin()
    ))
    .ok()
}

impl ProviderMetadata {
    /// Reads a provider's answer.
    ///
    /// # Errors
    /// Any [`DiscoveryFault`] but [`DiscoveryFault::Keys`]. A false accept would send codes and our
    /// client secret to a stranger's endpoint.
    pub fn read(reply: &Reply, issuer: &str, reach: Reach) -> Result<Self, DiscoveryFault> {
        let document = document::read(reply).map_err(DiscoveryFault::Document)?;
        if document::text(&document, "issuer") != Some(issuer) {
            return Err(DiscoveryFault::IssuerMismatch);
        }
        check_pkce(&document)?;
        let optional = |name| endpoint(&document, name, reach);
        let needed = |name| optional(name)?.ok_or(DiscoveryFault::Endpoint(name));
        let promised = document.get("authorization_response_iss_parameter_supported");
        Ok(Self {
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
            jwks_uri: needed("jwks_uri")?,
            pushed_authorization_request_endpoint: optional(
                "pushed_authorization_request_endpoint",
            )?,
            userinfo_endpoint: optional("userinfo_endpoint")?,
            end_session_endpoint: optional("end_session_endpoint")?,
            response_issuer: if promised == Some(&Value::Bool(true)) {
                ResponseIssuer::Promised
            } else {
                ResponseIssuer::NotPromised
            },
        })
    }
}

/// Where the keys of an issuer are, of whose metadata nothing else is needed (RFC 8414, section 2).
///
/// # Errors
/// Any [`DiscoveryFault`] but [`DiscoveryFault::Keys`] and [`DiscoveryFault::NoS256`]. A false accept takes a stranger's
/// keys for the issuer's.
pub fn jwks_uri(reply: &Reply, issuer: &str, reach: Reach) -> Result<Url, DiscoveryFault> {
    let document = document::read(reply).map_err(DiscoveryFault::Document)?;
    if document::text(&document, "issuer") != Some(issuer) {
        return Err(DiscoveryFault::IssuerMismatch);
    }
    let url = endpoint(&document, "jwks_uri", reach)?;
    url.ok_or(DiscoveryFault::Endpoint("jwks_uri"))
}

fn endpoint(
    document: &Map<String, Value>,
    name: &'static str,
    reach: Reach,
) -> Result<Option<Url>, DiscoveryFault> {
    let Some(text) = document::text(document, name) else {
        return Ok(None);
    };
    let url = Url::parse(text).ok().filter(|url| url.is_within(reach));
    url.map(Some).ok_or(DiscoveryFault::Endpoint(name))
}

fn check_pkce(document: &Map<String, Value>) -> Result<(), DiscoveryFault> {
    // Absent says nothing: providers that ignore PKCE, and some that know it, leave it out.
    match document.get("code_challenge_methods_supported") {
        None => Ok(()),
        Some(Value::Array(methods)) if methods.iter().any(|method| method == "S256") => Ok(()),
        Some(_) => Err(DiscoveryFault::NoS256),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ISSUER: &str = "https://op.example.com";

    fn good() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://op.example.com/auth",
            "token_endpoint": "https://op.example.com/token",
            "jwks_uri": "https://op.example.com/jwks",
            "end_session_endpoint": "https://op.example.com/end",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    fn read(document: &Value) -> Result<ProviderMetadata, DiscoveryFault> {
        let reply = Reply {
            status: 200,
            content_type: Some("application/json".into()),
            body: document.to_string().into_bytes(),
        };
        ProviderMetadata::read(&reply, ISSUER, Reach::Public)
    }

    fn with(name: &str, value: Value) -> Value {
        let mut document = good();
        document[name] = value;
        document
    }

    #[test]
    fn a_good_document_is_read() {
        let metadata = read(&good()).unwrap();
        assert_eq!(
            metadata.token_endpoint.to_string(),
            "https://op.example.com/token"
        );
        assert_eq!(metadata.response_issuer, ResponseIssuer::Promised);
        assert_eq!(metadata.userinfo_endpoint, None);
    }

    #[test]
    fn someone_elses_document_is_refused() {
        for issuer in [
            "https://op.example.com/",
            "https://OP.example.com",
            "https://evil.example",
        ] {
            assert_eq!(
                read(&with("issuer", json!(issuer))),
                Err(DiscoveryFault::IssuerMismatch)
            );
        }
    }

    #[test]
    fn endpoints_outside_our_reach_are_refused() {
        for url in [
            "http://op.example.com/jwks",
            "https://10.0.0.1/jwks",
            "https://localhost/jwks",
            "/jwks",
        ] {
            assert_eq!(
                read(&with("jwks_uri", json!(url))),
                Err(DiscoveryFault::Endpoint("jwks_uri"))
            );
            assert_eq!(
                read(&with("userinfo_endpoint", json!(url))),
                Err(DiscoveryFault::Endpoint("userinfo_endpoint"))
            );
        }
        assert!(read(&with("jwks_uri", json!("https://keys.example.net/jwks"))).is_ok());
    }

    #[test]
    fn pkce_without_s256_is_refused() {
        let plain = with("code_challenge_methods_supported", json!(["plain"]));
        assert_eq!(read(&plain), Err(DiscoveryFault::NoS256));
    }

    #[test]
    fn the_issuers_path_is_kept_in_the_location() {
        let at = |issuer| location(&Url::parse(issuer).unwrap()).unwrap().to_string();
        assert_eq!(
            at(ISSUER),
            "https://op.example.com/.well-known/openid-configuration"
        );
        assert_eq!(
            at("https://op.example.com/realms/a/"),
            "https://op.example.com/realms/a/.well-known/openid-configuration"
        );
    }
}
