//! Provider metadata (OpenID Connect Discovery 1.0, section 4; RFC 8414).

use super::document::{self, DocumentFault};
use crate::{
    config::OpenIdEndpoints,
    http::{
        outbound::Reply,
        url::{Reach, Url},
    },
    jose::{KeySet, KeySetFault},
};
use alloc::{string::String, vec::Vec};
use serde_json::{Map, Value};

/// The metadata that we need of a provider.
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
    /// The members that are there and cannot be used: what needs them is off.
    pub flaws: Vec<&'static str>,
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
    /// An endpoint without which nobody signs in is missing, no URL, or one that this deployment must not send to.
    Endpoint(&'static str),
    /// The provider knows PKCE only without S256.
    NoS256,
    /// The key set is refused.
    Keys(KeySetFault),
}

impl ProviderMetadata {
    /// The metadata that the configuration holds in place of a document.
    pub fn written(endpoints: &OpenIdEndpoints) -> Self {
        Self {
            authorization_endpoint: endpoints.authorization_endpoint.clone(),
            token_endpoint: endpoints.token_endpoint.clone(),
            jwks_uri: endpoints.jwks_uri.clone(),
            pushed_authorization_request_endpoint: None,
            userinfo_endpoint: endpoints.userinfo_endpoint.clone(),
            end_session_endpoint: endpoints.end_session_endpoint.clone(),
            response_issuer: ResponseIssuer::NotPromised,
            flaws: Vec::new(),
        }
    }

    /// Reads a provider's answer.
    ///
    /// # Errors
    /// Any [`DiscoveryFault`] but [`DiscoveryFault::Keys`]. A false accept would send codes and our
    /// client secret to a stranger's endpoint.
    pub fn read(reply: &Reply, issuer: &str, reach: Reach) -> Result<Self, DiscoveryFault> {
        let document = document::read_published(reply).map_err(DiscoveryFault::Document)?;
        if document::text(&document, "issuer") != Some(issuer) {
            return Err(DiscoveryFault::IssuerMismatch);
        }
        check_pkce(&document)?;
        let needed = |name| endpoint(&document, name, reach).ok_or(DiscoveryFault::Endpoint(name));
        let mut flaws = Vec::new();
        let mut optional = |name| {
            let found = endpoint(&document, name, reach);
            // Some write `null` or nothing for what they do not have.
            let is_absent = document.get(name).is_none_or(is_empty);
            if found.is_none() && !is_absent {
                flaws.push(name);
            }
            found
        };
        let pushed = optional("pushed_authorization_request_endpoint");
        let userinfo = optional("userinfo_endpoint");
        let end_session = optional("end_session_endpoint");
        if methods(&document).is_none() && !document.get(METHODS).is_none_or(is_empty) {
            flaws.push(METHODS);
        }
        let promised = document.get("authorization_response_iss_parameter_supported");
        Ok(Self {
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
            jwks_uri: needed("jwks_uri")?,
            pushed_authorization_request_endpoint: pushed,
            userinfo_endpoint: userinfo,
            end_session_endpoint: end_session,
            response_issuer: if promised == Some(&Value::Bool(true)) {
                ResponseIssuer::Promised
            } else {
                ResponseIssuer::NotPromised
            },
            flaws,
        })
    }
}

/// Where the keys of an issuer are, of whose metadata nothing else is needed (RFC 8414, section 2).
///
/// # Errors
/// Any [`DiscoveryFault`] but [`DiscoveryFault::Keys`] and [`DiscoveryFault::NoS256`]. A false accept takes a stranger's
/// keys for the issuer's.
pub fn jwks_uri(reply: &Reply, issuer: &str, reach: Reach) -> Result<Url, DiscoveryFault> {
    of_issuer(reply, issuer, "jwks_uri", reach)
}

/// Where an issuer of whose metadata nothing else is needed is asked about tokens (RFC 8414, section 2).
///
/// # Errors
/// Any [`DiscoveryFault`] but [`DiscoveryFault::Keys`] and [`DiscoveryFault::NoS256`]. A false accept shows tokens and
/// our credential to a stranger, and takes his word for the issuer's.
pub fn introspection_endpoint(
    reply: &Reply,
    issuer: &str,
    reach: Reach,
) -> Result<Url, DiscoveryFault> {
    of_issuer(reply, issuer, "introspection_endpoint", reach)
}

fn of_issuer(
    reply: &Reply,
    issuer: &str,
    name: &'static str,
    reach: Reach,
) -> Result<Url, DiscoveryFault> {
    let document = document::read_published(reply).map_err(DiscoveryFault::Document)?;
    if document::text(&document, "issuer") != Some(issuer) {
        return Err(DiscoveryFault::IssuerMismatch);
    }
    endpoint(&document, name, reach).ok_or(DiscoveryFault::Endpoint(name))
}

/// Reads a published key set.
///
/// # Errors
/// [`DiscoveryFault::Document`] and [`DiscoveryFault::Keys`].
pub fn key_set(reply: &Reply) -> Result<KeySet, DiscoveryFault> {
    document::read_published(reply).map_err(DiscoveryFault::Document)?;
    KeySet::parse(&reply.body).map_err(DiscoveryFault::Keys)
}

const METHODS: &str = "code_challenge_methods_supported";

/// The endpoint `name`; `None` where it is absent, or nothing that this deployment may send to.
fn endpoint(document: &Map<String, Value>, name: &str, reach: Reach) -> Option<Url> {
    let url = Url::parse(document::text(document, name)?).ok()?;
    url.is_within(reach).then_some(url)
}

/// Whether a value says nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

/// The methods of PKCE that the provider says it knows; `None` where it says nothing that can be read.
fn methods(document: &Map<String, Value>) -> Option<Vec<&str>> {
    let Some(Value::Array(listed)) = document.get(METHODS) else {
        return None;
    };
    let methods: Vec<&str> = listed.iter().filter_map(Value::as_str).collect();
    (!methods.is_empty()).then_some(methods)
}

fn check_pkce(document: &Map<String, Value>) -> Result<(), DiscoveryFault> {
    // Absent says nothing: providers that ignore PKCE, and some that know it, leave it out.
    match methods(document) {
        Some(methods) if !methods.contains(&"S256") => Err(DiscoveryFault::NoS256),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};
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
        }
        assert!(read(&with("jwks_uri", json!("https://keys.example.net/jwks"))).is_ok());
    }

    #[test]
    fn an_issuer_is_asked_where_its_own_metadata_says() {
        let asked = |document: &Value| {
            let reply = Reply {
                status: 200,
                content_type: Some("application/json".into()),
                body: document.to_string().into_bytes(),
            };
            introspection_endpoint(&reply, ISSUER, Reach::Public).map(|url| url.to_string())
        };
        // An authorization server without OpenID Connect has no more than this.
        let there = "https://ask.example.net/introspect";
        let own = json!({"issuer": ISSUER, "introspection_endpoint": there});
        assert_eq!(asked(&own).as_deref(), Ok(there));
        let foreign = json!({"issuer": "https://evil.example", "introspection_endpoint": there});
        assert_eq!(asked(&foreign), Err(DiscoveryFault::IssuerMismatch));
        for value in [
            Value::Null,
            json!("/introspect"),
            json!("http://op.example.com/introspect"),
            json!("https://10.0.0.1/introspect"),
            json!([there]),
        ] {
            let fault = DiscoveryFault::Endpoint("introspection_endpoint");
            let document = with("introspection_endpoint", value);
            assert_eq!(asked(&document), Err(fault), "{document}");
        }
    }

    #[test]
    fn what_is_optional_and_unusable_counts_as_absent() {
        type Get = fn(&ProviderMetadata) -> &Option<Url>;
        let optional: [(&str, Get); 3] = [
            ("pushed_authorization_request_endpoint", |it| {
                &it.pushed_authorization_request_endpoint
            }),
            ("userinfo_endpoint", |it| &it.userinfo_endpoint),
            ("end_session_endpoint", |it| &it.end_session_endpoint),
        ];
        for (name, get) in optional {
            let there = read(&with(name, json!("https://op.example.com/x"))).unwrap();
            assert!(get(&there).is_some() && there.flaws.is_empty(), "{name}");
            for nothing in [json!(null), json!(""), json!([])] {
                let read = read(&with(name, nothing)).unwrap();
                assert!(get(&read).is_none() && read.flaws.is_empty(), "{name}");
            }
            for unusable in [
                json!("/x"),
                json!("x"),
                json!("https://op.example.com/x#y"),
                json!("http://op.example.com/x"),
                json!("https://10.0.0.1/x"),
                json!(7),
                json!({}),
            ] {
                let read = read(&with(name, unusable.clone())).unwrap();
                assert_eq!(get(&read), &None, "{name} {unusable}");
                assert_eq!(read.flaws, [name], "{unusable}");
            }
        }
        for nothing in [json!(null), json!([]), json!("")] {
            let read = read(&with(METHODS, nothing)).unwrap();
            assert!(read.flaws.is_empty());
        }
        for unusable in [json!("S256"), json!([7]), json!([null]), json!(true)] {
            assert_eq!(read(&with(METHODS, unusable)).unwrap().flaws, [METHODS]);
        }
    }

    #[test]
    fn what_signing_in_needs_stays_refused() {
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            for value in [
                json!(null),
                json!(""),
                json!("/x"),
                json!("https://a.example/x#y"),
            ] {
                let refused = read(&with(name, value)).err();
                assert_eq!(refused, Some(DiscoveryFault::Endpoint(name)));
            }
        }
        for issuer in [json!(null), json!([ISSUER])] {
            let refused = read(&with("issuer", issuer)).err();
            assert_eq!(refused, Some(DiscoveryFault::IssuerMismatch));
        }
    }

    #[test]
    fn odd_values_elsewhere_take_nothing_down() {
        let text = good().to_string();
        let read = |text: String| {
            let reply = Reply {
                status: 200,
                content_type: None,
                body: text.into_bytes(),
            };
            ProviderMetadata::read(&reply, ISSUER, Reach::Public)
        };
        for odd in [
            r#""op_policy_uri":"\ud800","#,
            r#""x":1e999,"#,
            r#""x":{"a":1,"a":2},"#,
            r#""x":1,"x":2,"#,
        ] {
            let text = text.replacen('{', &format!("{{{odd}"), 1);
            assert_eq!(read(text), read(good().to_string()), "{odd}");
        }
        // A decision depends on the issuer, so it may stand there once only.
        let twice = text.replacen('{', &format!(r#"{{"issuer":"{ISSUER}","#), 1);
        assert_eq!(read(twice), Err(DiscoveryFault::IssuerMismatch));
    }

    #[test]
    fn pkce_without_s256_is_refused() {
        let plain = with("code_challenge_methods_supported", json!(["plain"]));
        assert_eq!(read(&plain), Err(DiscoveryFault::NoS256));
        let both = with("code_challenge_methods_supported", json!(["plain", "S256"]));
        assert!(read(&both).is_ok());
    }
}
