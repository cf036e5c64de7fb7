//! Signs ID tokens, in good ways and in bad ones.

use super::settings::Signer;
use ed25519_dalek::Signer as _;
use hmac::{Hmac, Mac};
use lychgate_core::encoding::base64url;
use p256::ecdsa::signature::Verifier as _;
use serde_json::{Value, json};
use sha2::Sha256;

/// The seed of the key that stands behind signers without a key of their own.
const SEED: u8 = 1;

/// `alg` of the signer's tokens.
pub fn algorithm(signer: Signer) -> &'static str {
    match signer {
        Signer::Ed25519(_) | Signer::Tampered => "EdDSA",
        Signer::P256(_) => "ES256",
        Signer::PublicKeyAsSecret => "HS256",
        Signer::Unsigned(name) => name,
    }
}

/// `kid` of the signer's key.
pub fn key_id(signer: Signer) -> String {
    match signer {
        Signer::Ed25519(seed) => format!("ed-{seed}"),
        Signer::P256(seed) => format!("ec-{seed}"),
        Signer::PublicKeyAsSecret | Signer::Unsigned(_) | Signer::Tampered => format!("ed-{SEED}"),
    }
}

/// The public key that the provider publishes.
pub fn jwk(signer: Signer) -> Value {
    let kid = key_id(signer);
    match signer {
        Signer::Ed25519(seed) => ed25519_jwk(seed, &kid),
        Signer::P256(seed) => {
            let point = p256_key(seed).verifying_key().to_sec1_point(false);
            let (x, y) = point.as_bytes()[1..].split_at(32);
            json!({
                "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
                "x": base64url::encode(x), "y": base64url::encode(y),
            })
        }
        Signer::PublicKeyAsSecret | Signer::Unsigned(_) | Signer::Tampered => {
            ed25519_jwk(SEED, &kid)
        }
    }
}

/// A token of that header and those claims.
pub fn sign(signer: Signer, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
    sign_text(signer, &format!("{}.{}", part(header), part(claims)))
}

/// A token of that signing input.
pub fn sign_text(signer: Signer, input: &str) -> String {
    let bytes = input.as_bytes();
    let signature = match signer {
        Signer::Ed25519(seed) => ed25519_key(seed).sign(bytes).to_bytes().to_vec(),
        Signer::P256(seed) => {
            let signature: p256::ecdsa::Signature = p256_key(seed).sign(bytes);
            signature.to_bytes().to_vec()
        }
        Signer::PublicKeyAsSecret => {
            let public = ed25519_key(SEED).verifying_key().to_bytes();
            let mut mac = Hmac::<Sha256>::new_from_slice(&public).unwrap();
            mac.update(bytes);
            mac.finalize().into_bytes().to_vec()
        }
        Signer::Unsigned(_) => Vec::new(),
        Signer::Tampered => {
            let mut signature = ed25519_key(SEED).sign(bytes).to_bytes();
            signature[5] ^= 1;
            signature.to_vec()
        }
    };
    format!("{input}.{}", base64url::encode(&signature))
}

/// The private key behind the signer, as a secret of the gateway holds it.
pub fn private_jwk(signer: Signer) -> Value {
    let mut jwk = jwk(signer);
    let (Signer::Ed25519(seed) | Signer::P256(seed)) = signer else {
        panic!("{signer:?} has no key of its own");
    };
    jwk["d"] = json!(base64url::encode(&[seed; 32]));
    jwk
}

/// The claims of a token, where the signer signed it and its header says so.
pub fn open(signer: Signer, token: &str) -> Option<Value> {
    let (input, signature) = token.rsplit_once('.')?;
    let (header, claims) = input.split_once('.')?;
    let read = |part| serde_json::from_slice::<Value>(&base64url::decode(part)?).ok();
    let header = read(header)?;
    if header["alg"] != algorithm(signer) || header["kid"] != key_id(signer) {
        return None;
    }
    let signature = base64url::decode(signature)?;
    match signer {
        Signer::Ed25519(seed) => {
            let signature = ed25519_dalek::Signature::from_slice(&signature).ok()?;
            let key = ed25519_key(seed).verifying_key();
            key.verify_strict(input.as_bytes(), &signature).ok()?;
        }
        Signer::P256(seed) => {
            let signature = p256::ecdsa::Signature::from_slice(&signature).ok()?;
            let key = *p256_key(seed).verifying_key();
            key.verify(input.as_bytes(), &signature).ok()?;
        }
        Signer::PublicKeyAsSecret | Signer::Unsigned(_) | Signer::Tampered => return None,
    }
    read(claims)
}

fn ed25519_jwk(seed: u8, kid: &str) -> Value {
    let x = base64url::encode(ed25519_key(seed).verifying_key().as_bytes());
    json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x})
}

fn ed25519_key(seed: u8) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[seed; 32])
}

fn p256_key(seed: u8) -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap()
}
