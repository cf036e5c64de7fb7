//! The pushed authorization request and its response (RFC 9126).
//!
//! Lychgate sends the request to the provider directly, so that nobody on the way through the browser can
//! read or change it.

use super::{
    authorization_request::AuthorizationRequest,
    client_authentication::ClientCredential,
    document,
    token::{self, TokenFault},
};
use crate::{
    encoding::parameters,
    http::{
        outbound::{Outbound, Reply},
        url::Url,
    },
};
use alloc::{borrow::ToOwned, string::String};

/// The longest `request_uri` that we send a browser with.
const LONGEST: usize = 1024;

/// The request that hands the parameters in.
///
/// `None` where the client identifier or secret cannot stand in a header field.
pub fn request(
    endpoint: &Url,
    request: &AuthorizationRequest,
    client_id: &str,
    credential: &ClientCredential,
) -> Option<Outbound> {
    let mut form = request.form().to_owned();
    match credential {
        // There the header alone would have it.
        ClientCredential::Basic(_) => parameters::push(&mut form, "client_id", client_id),
        ClientCredential::None | ClientCredential::Post(_) | ClientCredential::Assertion(_) => {}
    }
    token::form_request(endpoint, form, client_id, credential)
}

/// Reads the `request_uri` that stands for the parameters from now on.
///
/// # Errors
/// Any [`TokenFault`]: the endpoint answers errors as the token endpoint does (RFC 9126, section 2.3).
pub fn read(reply: &Reply) -> Result<String, TokenFault> {
    if !reply.is_success() {
        return Err(token::refusal(reply));
    }
    let document = document::read_any_status(reply).map_err(TokenFault::Document)?;
    document::text(&document, "request_uri")
        .filter(|uri| uri.len() <= LONGEST)
        .map(ToOwned::to_owned)
        .ok_or(TokenFault::Missing("request_uri"))
}

/// The URL that the browser is sent to (RFC 9126, section 4).
pub fn location(authorization_endpoint: &Url, client_id: &str, request_uri: &str) -> Url {
    let mut query = String::new();
    parameters::push(&mut query, "client_id", client_id);
    parameters::push(&mut query, "request_uri", request_uri);
    authorization_endpoint.with_query(&query)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::token::TokenError;
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

    #[test]
    fn a_request_uri_is_needed() {
        let good = json!({"request_uri": "urn:example:1", "expires_in": 60});
        assert_eq!(read(&reply(201, &good)).as_deref(), Ok("urn:example:1"));
        let long = json!({"request_uri": "u".repeat(1025)});
        for bad in [json!({}), json!({"request_uri": 1}), long] {
            let missing = TokenFault::Missing("request_uri");
            assert_eq!(read(&reply(201, &bad)), Err(missing), "{bad}");
        }
    }

    #[test]
    fn a_refusal_is_no_request_uri() {
        let refused = json!({"error": "invalid_client", "request_uri": "urn:example:1"});
        let fault = TokenFault::Refused(TokenError::InvalidClient);
        assert_eq!(read(&reply(401, &refused)), Err(fault));
    }

    #[test]
    fn nothing_else_goes_through_the_browser() {
        let endpoint = Url::parse("https://op.example.com/authorize").unwrap();
        assert_eq!(
            location(&endpoint, "a b", "urn:example:1").to_string(),
            "https://op.example.com/authorize?client_id=a%20b&request_uri=urn%3Aexample%3A1"
        );
    }
}
