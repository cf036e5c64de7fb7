//! `lychgate keys generate --jwk` and `lychgate keys import`: key pairs to prove who we are with.

use crate::ending::Ending;
use lychgate_core::{encoding::base64url, jose::Algorithm, secret::Secret};
use p256::{elliptic_curve::sec1::ToSec1Point, pkcs8::DecodePrivateKey};
use serde_json::{Map, Value};
use std::{
    fs,
    io::{self, Write},
    path::Path,
};

/// A private number, and the members of its public key.
struct Pair {
    private: Secret<String>,
    public: Map<String, Value>,
}

/// Prints a fresh private key alone, and the public one beside it.
pub(crate) fn generate(
    algorithm: Algorithm,
    key_id: Option<&str>,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let mut bytes = [0; 32];
    if getrandom::fill(&mut bytes).is_err() {
        writeln!(messages, "lychgate: the system gave no random bytes")?;
        return Ok(Ending::NotCarriedOut);
    }
    let bytes = Secret::new(bytes);
    let pair = if algorithm == Algorithm::Es256 {
        p256::SecretKey::from_slice(bytes.expose())
            .ok()
            .map(|key| curve(&key))
    } else {
        Some(edwards(bytes.expose()))
    };
    let Some(pair) = pair else {
        // One in 2^32: the number is not below the order of the curve.
        writeln!(messages, "lychgate: the random bytes are no key; try again")?;
        return Ok(Ending::NotCarriedOut);
    };
    print(pair, key_id, output, messages)
}

/// Prints the private key of a PEM file in the same form.
pub(crate) fn import(
    file: &Path,
    key_id: Option<&str>,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let text = match fs::read_to_string(file) {
        Ok(text) => Secret::new(text),
        Err(error) => {
            writeln!(
                messages,
                "lychgate: cannot read {}: {error}",
                file.display()
            )?;
            return Ok(Ending::NotCarriedOut);
        }
    };
    match p256::SecretKey::from_pkcs8_pem(text.expose()) {
        Ok(key) => print(curve(&key), key_id, output, messages),
        Err(_) => {
            writeln!(
                messages,
                "lychgate: {} is no private key on P-256 in PKCS #8 (-----BEGIN PRIVATE KEY-----)",
                file.display()
            )?;
            Ok(Ending::NotCarriedOut)
        }
    }
}

fn curve(key: &p256::SecretKey) -> Pair {
    let point = key.public_key().to_sec1_point(false);
    let coordinate = |bytes: Option<_>| bytes.map_or_else(String::new, |bytes: &_| encode(bytes));
    Pair {
        private: Secret::new(base64url::encode(&key.to_bytes())),
        public: members(&[
            ("kty", "EC"),
            ("crv", "P-256"),
            ("alg", "ES256"),
            ("x", &coordinate(point.x())),
            ("y", &coordinate(point.y())),
        ]),
    }
}

fn encode(bytes: &p256::FieldBytes) -> String {
    base64url::encode(bytes)
}

fn edwards(seed: &[u8; 32]) -> Pair {
    let public = ed25519_dalek::SigningKey::from_bytes(seed).verifying_key();
    Pair {
        private: Secret::new(base64url::encode(seed)),
        public: members(&[
            ("kty", "OKP"),
            ("crv", "Ed25519"),
            ("alg", "EdDSA"),
            ("x", &base64url::encode(public.as_bytes())),
        ]),
    }
}

fn members(pairs: &[(&str, &str)]) -> Map<String, Value> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect()
}

fn print(
    pair: Pair,
    key_id: Option<&str>,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let mut public = pair.public;
    if let Some(key_id) = key_id {
        public.insert("kid".to_owned(), key_id.into());
    }
    let mut private = public.clone();
    private.insert("d".to_owned(), pair.private.expose().as_str().into());
    writeln!(output, "{}", Value::Object(private))?;
    output.flush()?;
    public.insert("use".to_owned(), "sig".into());
    writeln!(
        messages,
        "\
This is a private key: anyone who has it can act as this client at the provider. Set it as a secret, and name it in
lychgate.toml as private_key = {{ secret = \"NAME\" }}. The provider gets the public key, as a JSON Web Key Set:
{{\"keys\":[{}]}}",
        Value::Object(public)
    )?;
    Ok(Ending::Done)
}
