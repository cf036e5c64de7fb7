//! Client authentication at the token and pushed-authorization endpoints (OpenID Connect Core, section 9;
//! RFC 6749, section 2.3; RFC 7523, section 2.2).

use crate::{
    encoding::{parameters, percent},
    http::header::{HeaderName, HeaderValue},
    secret::Secret,
};
use alloc::{format, string::String, vec::Vec};
use base64::{Engine, prelude::BASE64_STANDARD};

/// How we prove who we are, with the secret at hand.
#[derive(Debug)]
pub enum ClientCredential {
    /// `none`
    None,
    /// `client_secret_basic`
    Basic(Secret<String>),
    /// `client_secret_post`
    Post(Secret<String>),
    /// `private_key_jwt`: an assertion that was just signed.
    Assertion(Secret<String>),
}

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl ClientCredential {
    /// The client secret, where that is the credential.
    pub const fn secret(&self) -> Option<&Secret<String>> {
        match self {
            Self::Basic(secret) | Self::Post(secret) => Some(secret),
            Self::None | Self::Assertion(_) => None,
        }
    }

    /// Adds the credential to a request under construction. The form gets `client_id` too, but for
    /// `client_secret_basic`, where the header has it.
    ///
    /// `None` where the client identifier or secret cannot stand in a header field.
    pub fn authenticate(
        &self,
        client_id: &str,
        form: &mut String,
        headers: &mut Vec<(HeaderName, HeaderValue)>,
    ) -> Option<()> {
        let mut push = |name, value: &str| parameters::push(form, name, value);
        match self {
            Self::Basic(secret) => {
                headers.push((HeaderName::AUTHORIZATION, basic(client_id, secret)?));
            }
            Self::None => push("client_id", client_id),
            Self::Post(secret) => {
                push("client_id", client_id);
                push("client_secret", secret.expose());
            }
            Self::Assertion(assertion) => {
                push("client_id", client_id);
                push("client_assertion_type", JWT_BEARER);
                push("client_assertion", assertion.expose());
            }
        }
        Some(())
    }
}

/// The header field of `client_secret_basic`. RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
pub fn basic(client_id: &str, secret: &Secret<String>) -> Option<HeaderValue> {
    let id = percent::encode_component(client_id);
    let joined = Secret::new(format!(
        "{id}:{}",
        percent::encode_component(secret.expose())
    ));
    HeaderValue::parse(format!(
        "Basic {}",
        BASE64_STANDARD.encode(joined.expose().as_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn authenticated(credential: &ClientCredential) -> (String, Vec<String>) {
        let (mut form, mut headers) = (String::new(), Vec::new());
        let done = credential.authenticate("a:b", &mut form, &mut headers);
        done.unwrap();
        let headers = headers.iter().map(|(_, value)| value.as_str().into());
        (form, headers.collect())
    }

    fn secret(text: &str) -> Secret<String> {
        Secret::new(String::from(text))
    }

    #[test]
    fn a_secret_is_encoded_before_it_is_joined() {
        // "a%3Ab:p%3Aw%20d" in base64.
        let (form, headers) = authenticated(&ClientCredential::Basic(secret("p:w d")));
        assert_eq!(headers, ["Basic YSUzQWI6cCUzQXclMjBk"]);
        assert_eq!(form, "");
    }

    #[test]
    fn what_stands_in_the_form_stands_in_no_header() {
        for (credential, expected) in [
            (ClientCredential::None, "client_id=a%3Ab"),
            (
                ClientCredential::Post(secret("p:w d")),
                "client_id=a%3Ab&client_secret=p%3Aw%20d",
            ),
            (
                ClientCredential::Assertion(secret("h.c.s")),
                "client_id=a%3Ab&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=h.c.s",
            ),
        ] {
            let (form, headers) = authenticated(&credential);
            assert_eq!(form, expected);
            assert!(headers.is_empty());
        }
    }
}
