//! A private key of ours, to sign what proves who we are (RFC 7517; RFC 7518, section 6.2.2; RFC 8037).
//!
//! It is given as a JSON Web Key in a secret. The host signs with it; here it is only read, so that both
//! hosts take the same keys for keys.

use super::algorithm::Algorithm;
use crate::{
    encoding::{
        base64url,
        json::{self, Limits},
    },
    secret::Secret,
};
use alloc::{borrow::ToOwned, format, string::String};
use serde_json::{Map, Value};

/// A private key on P-256 or for Ed25519.
#[derive(Clone, Debug)]
pub struct SigningKey {
    algorithm: Algorithm,
    key_id: Option<String>,
    jwk: Secret<String>,
    private: Secret<[u8; 32]>,
}

/// Why a text is no private key that we sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningKeyFault {
    /// It is no JSON object.
    Json,
    /// It is neither an EC key on P-256 nor an OKP key for Ed25519, or `alg` says something else.
    KeyType,
    /// The named member is missing or not 32 bytes in base64url.
    Member(&'static str),
}

const LIMITS: Limits = Limits {
    bytes: 4096,
    depth: 4,
};

impl SigningKey {
    /// Reads a private JSON Web Key: `kty`, `crv`, `d`, `x`, for P-256 also `y`, and `kid` where the other
    /// side knows the key by a name.
    ///
    /// # Errors
    /// Any [`SigningKeyFault`]. That the public members fit the private one is for the host to check.
    pub fn parse(text: &str) -> Result<Self, SigningKeyFault> {
        let members = json::parse_object(text.as_bytes(), LIMITS);
        let members = members.map_err(|_| SigningKeyFault::Json)?;
        let text = |name| members.get(name).and_then(Value::as_str);
        let algorithm = match (text("kty"), text("crv")) {
            (Some("EC"), Some("P-256")) => Algorithm::Es256,
            (Some("OKP"), Some("Ed25519")) => Algorithm::EdDsa,
            _ => return Err(SigningKeyFault::KeyType),
        };
        let stated = || text("alg").and_then(Algorithm::from_name);
        if members.contains_key("alg") && stated() != Some(algorithm) {
            return Err(SigningKeyFault::KeyType);
        }
        let private = Secret::new(number(&members, "d")?);
        let encode = |bytes: &[u8]| base64url::encode(bytes);
        let (d, x) = (
            Secret::new(encode(private.expose())),
            number(&members, "x")?,
        );
        let (d, x) = (d.expose(), encode(&x));
        let jwk = if algorithm == Algorithm::Es256 {
            let y = encode(&number(&members, "y")?);
            format!(r#"{{"crv":"P-256","d":"{d}","kty":"EC","x":"{x}","y":"{y}"}}"#)
        } else {
            format!(r#"{{"crv":"Ed25519","d":"{d}","kty":"OKP","x":"{x}"}}"#)
        };
        Ok(Self {
            algorithm,
            key_id: text("kid").map(ToOwned::to_owned),
            jwk: Secret::new(jwk),
            private,
        })
    }

    /// The one algorithm that the key signs with.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// `kid`: what the other side calls the key.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The key as a JSON Web Key of its required members, for hosts that import one.
    pub const fn jwk(&self) -> &Secret<String> {
        &self.jwk
    }

    /// `d`: the private number, big-endian, on P-256; the seed (RFC 8032, section 5.1.5) for Ed25519.
    pub const fn private(&self) -> &Secret<[u8; 32]> {
        &self.private
    }
}

fn number(members: &Map<String, Value>, name: &'static str) -> Result<[u8; 32], SigningKeyFault> {
    let text = members.get(name).and_then(Value::as_str);
    text.and_then(base64url::decode_array)
        .ok_or(SigningKeyFault::Member(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// RFC 7515, appendix A.3.1.
    const P256: &str = r#"{"kty":"EC","crv":"P-256","kid":"one","alg":"ES256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
    /// RFC 8037, appendix A.1.
    const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519",
        "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    #[test]
    fn both_kinds_of_key_are_read() {
        let key = SigningKey::parse(P256).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Es256);
        assert_eq!(key.key_id(), Some("one"));
        assert!(key.jwk().expose().contains(r#""crv":"P-256","d":"jpsQ"#));
        let key = SigningKey::parse(ED25519).unwrap();
        assert_eq!(key.algorithm(), Algorithm::EdDsa);
        assert_eq!(key.key_id(), None);
        for name in ["EdDSA", "Ed25519"] {
            let named = ED25519.replacen('{', &format!(r#"{{"alg":"{name}","#), 1);
            let key = SigningKey::parse(&named).unwrap();
            assert_eq!(key.algorithm(), Algorithm::EdDsa, "{name}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for (key, change, fault) in [
            (P256, (r#""ES256""#, r#""ES384""#), SigningKeyFault::KeyType),
            (P256, (r#""P-256""#, r#""P-384""#), SigningKeyFault::KeyType),
            (P256, (r#""y":"#, r#""z":"#), SigningKeyFault::Member("y")),
            (P256, (r#""d":"#, r#""e":"#), SigningKeyFault::Member("d")),
            (P256, ("9LI", "9LIA"), SigningKeyFault::Member("d")),
            (P256, ("{", "["), SigningKeyFault::Json),
            (ED25519, ("Ed25519", "X25519"), SigningKeyFault::KeyType),
            (
                ED25519,
                ("{", r#"{"alg":"Ed448","#),
                SigningKeyFault::KeyType,
            ),
            (
                P256,
                (r#""ES256""#, r#""Ed25519""#),
                SigningKeyFault::KeyType,
            ),
            (
                ED25519,
                (r#""x":"#, r#""y":"#),
                SigningKeyFault::Member("x"),
            ),
        ] {
            let text = key.replacen(change.0, change.1, 1);
            assert_eq!(SigningKey::parse(&text).err(), Some(fault), "{change:?}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_the_key() {
        let shown = format!("{:?}", SigningKey::parse(P256).unwrap());
        assert!(!shown.contains("jpsQ"), "{shown}");
    }
}
