//! The userinfo request and response (OpenID Connect Core, section 5.3).

use super::document::{self, DocumentFault};
use crate::{
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
        outbound::{Outbound, Reply},
        url::Url,
    },
    secret::Secret,
};
use alloc::{format, string::String, vec};
use serde_json::{Map, Value};

/// Why userinfo is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserinfoFault {
    /// No document.
    Document(DocumentFault),
    /// The access token cannot stand in a header field.
    AccessToken,
    /// `sub` is not the ID token's: claims of someone else (section 5.3.2).
    SubjectMismatch,
}

/// The request for the claims of the token's user.
///
/// # Errors
/// [`UserinfoFault::AccessToken`].
pub fn request(endpoint: &Url, access_token: &Secret<String>) -> Result<Outbound, UserinfoFault> {
    let bearer = HeaderValue::parse(format!("Bearer {}", access_token.expose()));
    Ok(Outbound {
        method: Method::Get,
        url: endpoint.clone(),
        headers: vec![
            (
                HeaderName::AUTHORIZATION,
                bearer.ok_or(UserinfoFault::AccessToken)?,
            ),
            (
                HeaderName::ACCEPT,
                HeaderValue::from_static("application/json"),
            ),
        ],
        body: None,
    })
}

/// The claims of `subject`.
///
/// # Errors
/// [`UserinfoFault::Document`] and [`UserinfoFault::SubjectMismatch`].
pub fn read(reply: &Reply, subject: &str) -> Result<Map<String, Value>, UserinfoFault> {
    let claims = document::read(reply).map_err(UserinfoFault::Document)?;
    if document::text(&claims, "sub") != Some(subject) {
        return Err(UserinfoFault::SubjectMismatch);
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn reply(body: &str) -> Reply {
        Reply {
            status: 200,
            content_type: Some("application/json".into()),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn claims_of_someone_else_are_refused() {
        assert!(read(&reply(r#"{"sub":"a","groups":["x"]}"#), "a").is_ok());
        for body in [r#"{"sub":"b"}"#, r#"{"groups":["x"]}"#, r#"{"sub":""}"#] {
            assert_eq!(
                read(&reply(body), "a").err(),
                Some(UserinfoFault::SubjectMismatch)
            );
        }
    }

    #[test]
    fn an_access_token_cannot_start_a_header() {
        let url = Url::parse("https://op.example.com/me").unwrap();
        let token = |text: &str| Secret::new(String::from(text));
        assert!(request(&url, &token("abc")).is_ok());
        assert!(request(&url, &token("abc\r\nX: y")).is_err());
    }
}
