//! The token request and its response (OpenID Connect Core, section 3.1.3; RFC 6749, section 4.1.3).

use super::{
    client_authentication::ClientCredential,
    document::{self, DocumentFault},
};
use crate::{
    encoding::parameters,
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
        outbound::{Outbound, Reply},
        url::Url,
    },
    secret::Secret,
};
use alloc::{borrow::ToOwned, string::String, vec};

/// A code and what belongs to it.
#[derive(Debug)]
pub struct CodeExchange<'a> {
    /// The code.
    pub code: &'a Secret<String>,
    /// The redirect URI of the authorization request.
    pub redirect_uri: &'a str,
    /// The PKCE verifier.
    pub code_verifier: &'a Secret<String>,
    /// Our client identifier.
    pub client_id: &'a str,
}

/// The tokens of a successful response.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The ID token, not yet verified; a provider without OpenID Connect sends none.
    pub id_token: Option<Secret<String>>,
    /// For the userinfo endpoint.
    pub access_token: Secret<String>,
    /// For new tokens without the user.
    pub refresh_token: Option<Secret<String>>,
    /// The scope granted, where it differs from the one asked for.
    pub scope: Option<String>,
}

/// Why a token response is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// No document.
    Document(DocumentFault),
    /// The endpoint said no.
    Refused(TokenError),
    /// A needed member is missing or of a wrong type.
    Missing(&'static str),
    /// `token_type` is not Bearer.
    TokenType,
}

/// Error codes of the token endpoint (RFC 6749, section 5.2). Unknown codes keep no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// `invalid_grant`: the code is unknown, used or expired, or the redirect URI differs.
    InvalidGrant,
    /// `invalid_client`: the client secret or key is wrong, or the client unknown.
    InvalidClient,
    /// `unauthorized_client`: the client may not use this flow.
    UnauthorizedClient,
    /// `invalid_request`: a parameter is missing or wrong, such as a redirect URI that is not registered.
    InvalidRequest,
    /// `invalid_scope`: a scope is unknown, or not allowed to the client.
    InvalidScope,
    /// Any other.
    Other,
}

/// The request that trades a code for tokens.
///
/// `None` where the client identifier or secret cannot stand in a header field.
pub fn request(
    endpoint: &Url,
    exchange: &CodeExchange<'_>,
    credential: &ClientCredential,
) -> Option<Outbound> {
    let mut body = String::new();
    parameters::push(&mut body, "grant_type", "authorization_code");
    parameters::push(&mut body, "code", exchange.code.expose());
    parameters::push(&mut body, "redirect_uri", exchange.redirect_uri);
    parameters::push(&mut body, "code_verifier", exchange.code_verifier.expose());
    form_request(endpoint, body, exchange.client_id, credential)
}

/// A form that we authenticate, answered in JSON. Some endpoints answer errors as pages for people unless
/// they are asked for JSON.
///
/// `None` where the client identifier or secret cannot stand in a header field.
pub fn form_request(
    endpoint: &Url,
    mut form: String,
    client_id: &str,
    credential: &ClientCredential,
) -> Option<Outbound> {
    let mut headers = vec![
        (
            HeaderName::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        ),
        (
            HeaderName::ACCEPT,
            HeaderValue::from_static("application/json"),
        ),
    ];
    credential.authenticate(client_id, &mut form, &mut headers)?;
    Some(Outbound {
        method: Method::Post,
        url: endpoint.clone(),
        headers,
        body: Some(form),
    })
}

/// Reads the endpoint's answer.
///
/// # Errors
/// Any [`TokenFault`].
pub fn read(reply: &Reply) -> Result<Tokens, TokenFault> {
    if reply.status != 200 {
        return Err(refusal(reply));
    }
    let document = document::read(reply).map_err(TokenFault::Document)?;
    // GitHub answers errors with the status of success.
    if let Some(error) = document::text(&document, "error") {
        return Err(TokenFault::Refused(error_of(error)));
    }
    let text = |name: &'static str| document::text(&document, name);
    let secret = |name| text(name).map(|text| Secret::new(text.to_owned()));
    let token_type = text("token_type").ok_or(TokenFault::Missing("token_type"))?;
    if !token_type.eq_ignore_ascii_case("bearer") {
        return Err(TokenFault::TokenType);
    }
    Ok(Tokens {
        id_token: secret("id_token"),
        access_token: secret("access_token").ok_or(TokenFault::Missing("access_token"))?,
        refresh_token: secret("refresh_token"),
        scope: text("scope").map(ToOwned::to_owned),
    })
}

/// What an answer with another status than success says.
pub fn refusal(reply: &Reply) -> TokenFault {
    let Ok(document) = document::read_any_status(reply) else {
        return TokenFault::Document(DocumentFault::Status(reply.status));
    };
    match document::text(&document, "error") {
        Some(error) => TokenFault::Refused(error_of(error)),
        None => TokenFault::Document(DocumentFault::Status(reply.status)),
    }
}

fn error_of(code: &str) -> TokenError {
    match code {
        "invalid_grant" | "bad_verification_code" => TokenError::InvalidGrant,
        "invalid_client" | "incorrect_client_credentials" => TokenError::InvalidClient,
        "unauthorized_client" => TokenError::UnauthorizedClient,
        "invalid_request" | "invalid_redirect_uri" | "redirect_uri_mismatch" => {
            TokenError::InvalidRequest
        }
        "invalid_scope" => TokenError::InvalidScope,
        _ => TokenError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use serde_json::{Value, json};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn reply(status: u16, body: &Value) -> Reply {
        Reply {
            status,
            content_type: Some("application/json".into()),
            body: body.to_string().into_bytes(),
        }
    }

    fn good() -> Value {
        json!({"id_token": "i", "access_token": "a", "token_type": "bearer"})
    }

    #[test]
    fn a_good_response_is_read() {
        let tokens = read(&reply(200, &good())).unwrap();
        assert_eq!(tokens.id_token.unwrap().expose(), "i");
        assert!(tokens.refresh_token.is_none());
    }

    #[test]
    fn every_needed_member_is_needed() {
        for name in ["access_token", "token_type"] {
            let mut document = good();
            document.as_object_mut().unwrap().remove(name);
            assert_eq!(
                read(&reply(200, &document)).err(),
                Some(TokenFault::Missing(name))
            );
        }
        let mut dpop = good();
        dpop["token_type"] = json!("DPoP");
        assert_eq!(read(&reply(200, &dpop)).err(), Some(TokenFault::TokenType));
    }

    #[test]
    fn refusals_are_told_apart_without_their_text() {
        let refused = |code: &str| {
            read(&reply(
                400,
                &json!({"error": code, "error_description": "x"}),
            ))
            .err()
        };
        assert_eq!(
            refused("invalid_grant"),
            Some(TokenFault::Refused(TokenError::InvalidGrant))
        );
        assert_eq!(refused("<b>"), Some(TokenFault::Refused(TokenError::Other)));
        let html = Reply {
            status: 500,
            content_type: Some("text/html".into()),
            body: b"<html>".to_vec(),
        };
        assert_eq!(
            read(&html).err(),
            Some(TokenFault::Document(DocumentFault::Status(500)))
        );
    }
}
