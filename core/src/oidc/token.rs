//! The token request and its response (OpenID Connect Core, section 3.1.3; RFC 6749, section 4.1.3).

use super::{
    client_authentication::ClientCredential,
    document::{DocumentFault, LIMITS},
};
use crate::{
    encoding::{json, parameters},
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
        outbound::{Outbound, Reply},
        url::Url,
    },
    secret::Secret,
    time::Seconds,
};
use alloc::{borrow::ToOwned, string::String, vec, vec::Vec};
use serde_json::{Map, Value};

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
    /// How long the access token lives, where it is stated.
    pub expires_in: Option<Seconds>,
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
    /// A member that something is decided by stands twice.
    Repeated(&'static str),
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
    let mut request = plain_form_request(endpoint, String::new());
    credential.authenticate(client_id, &mut form, &mut request.headers)?;
    request.body = Some(form);
    Some(request)
}

/// A form that says itself who sends it, answered in JSON.
pub fn plain_form_request(endpoint: &Url, form: String) -> Outbound {
    Outbound {
        method: Method::Post,
        url: endpoint.clone(),
        headers: vec![
            (
                HeaderName::CONTENT_TYPE,
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            ),
            (
                HeaderName::ACCEPT,
                HeaderValue::from_static("application/json"),
            ),
        ],
        body: Some(form),
    }
}

/// Reads the endpoint's answer: any status of success with a JSON object that has the tokens, whatever it is
/// labelled as.
///
/// `token_type` may be missing, though RFC 6749, section 5.1, has it: some endpoints of OpenID providers leave it
/// out, and there is no other kind of token that they issue unasked. One that stands there must be Bearer. A member
/// that nothing is decided by may stand twice, and then counts as absent.
///
/// # Errors
/// Any [`TokenFault`].
pub fn read(reply: &Reply) -> Result<Tokens, TokenFault> {
    if !reply.is_success() {
        return Err(refusal(reply));
    }
    let answer = Answer::read(reply).map_err(TokenFault::Document)?;
    // GitHub answers errors with the status of success.
    if let Some(error) = answer.text("error")? {
        return Err(TokenFault::Refused(error_of(error)));
    }
    let secret = |name| Ok(answer.text(name)?.map(|text| Secret::new(text.to_owned())));
    match answer.value("token_type")? {
        None | Some(Value::Null) => {}
        Some(Value::String(name)) if name.eq_ignore_ascii_case("bearer") => {}
        Some(_) => return Err(TokenFault::TokenType),
    }
    let access_token = secret("access_token")?;
    Ok(Tokens {
        id_token: secret("id_token")?,
        access_token: access_token.ok_or(TokenFault::Missing("access_token"))?,
        refresh_token: secret("refresh_token").ok().flatten(),
        scope: answer.text("scope").ok().flatten().map(ToOwned::to_owned),
        expires_in: answer.seconds("expires_in"),
    })
}

/// The fault of an answer with another status than success.
pub fn refusal(reply: &Reply) -> TokenFault {
    let answer = Answer::read(reply).ok();
    let error = answer.as_ref().map(|answer| answer.text("error"));
    match error {
        Some(Ok(Some(error))) => TokenFault::Refused(error_of(error)),
        Some(Err(fault)) => fault,
        Some(Ok(None)) | None => TokenFault::Document(DocumentFault::Status(reply.status)),
    }
}

/// An answer. Nobody signed it, so a member that repeats harms only where it is read.
struct Answer {
    members: Map<String, Value>,
    repeated: Vec<String>,
}

impl Answer {
    fn read(reply: &Reply) -> Result<Self, DocumentFault> {
        let members = json::parse_usable(&reply.body, LIMITS).map_err(DocumentFault::Json)?;
        Ok(Self {
            members,
            repeated: json::repeated_names(&reply.body),
        })
    }

    /// The member `name`, which stands once.
    fn value(&self, name: &'static str) -> Result<Option<&Value>, TokenFault> {
        match self.repeated.iter().any(|other| other == name) {
            true => Err(TokenFault::Repeated(name)),
            false => Ok(self.members.get(name)),
        }
    }

    /// The span at `name`; `None` where it is absent or none. Some servers write it as text.
    fn seconds(&self, name: &'static str) -> Option<Seconds> {
        let value = self.value(name).ok().flatten()?;
        let text = value.as_str().and_then(|text| text.parse().ok());
        value.as_u64().or(text).map(Seconds::new)
    }

    /// The text member `name`; `None` where it is absent, empty or no text.
    fn text(&self, name: &'static str) -> Result<Option<&str>, TokenFault> {
        let text = self.value(name)?.and_then(Value::as_str);
        Ok(text.filter(|text| !text.is_empty()))
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
    use crate::encoding::json::JsonFault;
    use alloc::{format, string::ToString};
    use serde_json::json;
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
        let mut document = good();
        document.as_object_mut().unwrap().remove("access_token");
        assert_eq!(
            read(&reply(200, &document)).err(),
            Some(TokenFault::Missing("access_token"))
        );
        for token_type in [
            json!("DPoP"),
            json!("mac"),
            json!(""),
            json!(1),
            json!(["Bearer"]),
        ] {
            let mut other = good();
            other["token_type"] = token_type.clone();
            let fault = read(&reply(200, &other)).err();
            assert_eq!(fault, Some(TokenFault::TokenType), "{token_type}");
        }
        document = good();
        document.as_object_mut().unwrap().remove("token_type");
        assert!(read(&reply(200, &document)).is_ok());
    }

    #[test]
    fn an_answer_is_one_by_what_it_says() {
        for status in [200, 201, 203] {
            for content_type in [Some("text/html"), Some("text/plain; charset=utf-8"), None] {
                let labelled = Reply {
                    content_type: content_type.map(Into::into),
                    ..reply(status, &good())
                };
                assert!(read(&labelled).is_ok(), "{status} {content_type:?}");
            }
        }
        for status in [199, 300, 302, 400, 500] {
            let fault = TokenFault::Document(DocumentFault::Status(status));
            assert_eq!(read(&reply(status, &good())).err(), Some(fault));
        }
        let empty = Reply {
            body: Vec::new(),
            ..reply(204, &good())
        };
        let fault = TokenFault::Document(DocumentFault::Json(JsonFault::Malformed));
        assert_eq!(read(&empty).err(), Some(fault));
    }

    #[test]
    fn a_member_stands_twice_only_where_nothing_is_decided_by_it() {
        let with = |more: &str| {
            let text = good().to_string().replacen('{', &format!("{{{more},"), 1);
            read(&Reply {
                body: text.into_bytes(),
                ..reply(200, &good())
            })
        };
        for name in ["access_token", "id_token", "token_type"] {
            let fault = Some(TokenFault::Repeated(name));
            assert_eq!(with(&format!(r#""{name}":"a""#)).err(), fault);
        }
        let errors = r#""error":"invalid_grant","error":"x""#;
        assert_eq!(with(errors).err(), Some(TokenFault::Repeated("error")));
        let harmless = r#""scope":"a","scope":"b","expires_in":1,"expires_in":2"#;
        assert_eq!(with(harmless).unwrap().scope, None);
        let odd = with(r#""scope":"\ud800","refresh_token":"a""#).unwrap();
        assert_eq!(odd.scope, None);
        assert!(odd.refresh_token.is_some());
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
