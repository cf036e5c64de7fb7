//! Tokens of ours that prove who we are at a provider's endpoints (RFC 7523, section 2.2; OpenID Connect
//! Core, section 9; what Apple calls a client secret).
//!
//! Here the claims are put together and the signature is appended; signing is the host's.

use crate::{
    encoding::base64url,
    jose::SigningKey,
    secret::Secret,
    time::{Seconds, UnixTime},
};
use alloc::{
    format,
    string::{String, ToString},
};
use serde_json::{Map, Value};

/// The claims of an assertion.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    /// `iss`: who signed it.
    pub issuer: &'a str,
    /// `sub`: our client identifier.
    pub subject: &'a str,
    /// `aud`: the provider's issuer identifier and nothing else, so that it is worth nothing anywhere else.
    pub audience: &'a str,
    /// `jti`, random.
    pub token_id: [u8; 16],
    /// `iat`
    pub now: UnixTime,
}

/// How long an assertion counts. It is used at once.
const LIFETIME: Seconds = Seconds::minutes(2);

impl Assertion<'_> {
    /// Header and claims, as they are signed (RFC 7515, section 5.1).
    pub fn signing_input(&self, key: &SigningKey) -> String {
        let mut header = Map::new();
        header.insert("alg".into(), key.algorithm().name().into());
        if let Some(key_id) = key.key_id() {
            header.insert("kid".into(), key_id.into());
        }
        header.insert("typ".into(), "JWT".into());
        let mut claims = Map::new();
        for (name, value) in [
            ("iss", Value::from(self.issuer)),
            ("sub", Value::from(self.subject)),
            ("aud", Value::from(self.audience)),
            ("jti", Value::from(base64url::encode(&self.token_id))),
            ("iat", Value::from(self.now.as_seconds())),
            ("exp", Value::from(self.now.plus(LIFETIME).as_seconds())),
        ] {
            claims.insert(name.into(), value);
        }
        let part = |members| base64url::encode(Value::Object(members).to_string().as_bytes());
        format!("{}.{}", part(header), part(claims))
    }
}

/// The assertion, once its input is signed.
pub fn signed(signing_input: &str, signature: &[u8]) -> Secret<String> {
    let signature = base64url::encode(signature);
    Secret::new(format!("{signing_input}.{signature}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::UnverifiedToken;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_assertion_names_its_key_and_one_audience() {
        // RFC 8037, appendix A.1.
        let key = SigningKey::parse(
            r#"{"kty":"OKP","crv":"Ed25519","kid":"k","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        )
        .unwrap();
        let assertion = Assertion {
            issuer: "edge",
            subject: "edge",
            audience: "https://op.example.com",
            token_id: [7; 16],
            now: UnixTime::from_seconds(1_000),
        };
        let input = assertion.signing_input(&key);
        let (header, claims) = input.split_once('.').unwrap();
        let text = |part| String::from_utf8(base64url::decode(part).unwrap()).unwrap();
        assert_eq!(text(header), r#"{"alg":"EdDSA","kid":"k","typ":"JWT"}"#);
        assert_eq!(
            text(claims),
            r#"{"aud":"https://op.example.com","exp":1120,"iat":1000,"iss":"edge","jti":"BwcHBwcHBwcHBwcHBwcHBw","sub":"edge"}"#
        );
        let token = signed(&input, &[1; 64]);
        let token = UnverifiedToken::parse(token.expose()).unwrap();
        assert_eq!(token.hint().key_id(), Some("k"));
    }
}
