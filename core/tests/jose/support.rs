//! Signs test tokens and verifies them the way a platform does.

use ed25519_dalek::Signer as _;
use jwt_compact::{
    Algorithm as _, AlgorithmSignature as _,
    alg::{Hs256, Hs256Key},
};
use lychgate_core::{
    encoding::base64url,
    jose::{
        Algorithm, CheckFault, KeySet, Malformed, Refusal, SharedSecret, UnverifiedToken,
        VerifiedToken, software,
    },
    secret::Secret,
};

/// Why a token did not get through.
#[derive(Debug, PartialEq)]
pub enum Failure {
    Malformed(Malformed),
    NoCandidate,
    Check(CheckFault),
    BadSignature,
    Refused(Refusal),
}

/// The issuer's ways to sign.
#[derive(Clone, Copy, Debug)]
pub enum TestKey {
    Ed25519(u8),
    P256(u8),
    P384(u8),
    P521(u8),
}

impl TestKey {
    pub fn sign(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(seed) => ed25519(seed).sign(message).to_bytes().to_vec(),
            Self::P256(seed) => {
                let key = p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap();
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Self::P384(seed) => {
                let key = p384::ecdsa::SigningKey::from_slice(&[seed; 48]).unwrap();
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Self::P521(seed) => {
                let signature: p521::ecdsa::Signature = p521(seed).sign(message);
                signature.to_bytes().to_vec()
            }
        }
    }

    /// The required members of the public key, without the braces.
    pub fn members(self) -> String {
        match self {
            Self::Ed25519(seed) => {
                let x = base64url::encode(ed25519(seed).verifying_key().as_bytes());
                format!(r#""kty":"OKP","crv":"Ed25519","x":"{x}""#)
            }
            Self::P256(seed) => {
                let key = p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap();
                point("P-256", key.verifying_key().to_sec1_point(false).as_bytes())
            }
            Self::P384(seed) => {
                let key = p384::ecdsa::SigningKey::from_slice(&[seed; 48]).unwrap();
                point("P-384", key.verifying_key().to_sec1_point(false).as_bytes())
            }
            Self::P521(seed) => {
                let key = p521(seed);
                point("P-521", key.verifying_key().to_sec1_point(false).as_bytes())
            }
        }
    }
}

fn ed25519(seed: u8) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[seed; 32])
}

/// The private number is below the order, whose first byte is one.
fn p521(seed: u8) -> p521::ecdsa::SigningKey {
    let mut number = [seed; 66];
    number[0] = 0;
    p521::ecdsa::SigningKey::from_slice(&number).unwrap()
}

fn point(curve: &str, sec1: &[u8]) -> String {
    let (x, y) = sec1[1..].split_at(sec1.len() / 2);
    let (x, y) = (base64url::encode(x), base64url::encode(y));
    format!(r#""kty":"EC","crv":"{curve}","x":"{x}","y":"{y}""#)
}

/// A token of exactly that header and payload.
pub fn sign(key: TestKey, header: &str, payload: &str) -> String {
    assemble(header, payload, |input| key.sign(input))
}

/// The same with HMAC and SHA-256 under any bytes.
pub fn sign_with_secret(secret: &[u8], header: &str, payload: &str) -> String {
    assemble(header, payload, |input| {
        let key = Hs256Key::new(secret);
        Hs256.sign(&key, input).as_bytes().into_owned()
    })
}

/// The same with whatever signs.
pub fn assemble(header: &str, payload: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let (header, payload) = (
        base64url::encode(header.as_bytes()),
        base64url::encode(payload.as_bytes()),
    );
    let input = format!("{header}.{payload}");
    let signature = base64url::encode(&sign(input.as_bytes()));
    format!("{input}.{signature}")
}

/// A key set of the given keys, each the inside of a JSON object.
pub fn key_set(keys: &[String]) -> KeySet {
    KeySet::parse(key_set_text(keys).as_bytes()).unwrap()
}

pub fn key_set_text(keys: &[String]) -> String {
    format!("{{\"keys\":[{{{}}}]}}", keys.join("},{"))
}

pub fn shared_secret(bytes: &[u8]) -> SharedSecret {
    SharedSecret::new(Secret::new(bytes.to_vec())).unwrap()
}

/// The result of verifying a token of an issuer with a shared secret.
pub fn verify_with_secret(token: &str, secret: &SharedSecret) -> Result<VerifiedToken, Failure> {
    let token = UnverifiedToken::parse(token).map_err(Failure::Malformed)?;
    token.confirm_with_secret(secret).map_err(Failure::Refused)
}

/// The result of verifying a token as a flow does, with the software verification as the platform.
pub fn verify(token: &str, keys: &KeySet, allowed: &[Algorithm]) -> Result<VerifiedToken, Failure> {
    let token = UnverifiedToken::parse(token).map_err(Failure::Malformed)?;
    let candidates = keys.candidates(token.hint(), allowed);
    let mut failure = Failure::NoCandidate;
    for (key, algorithm) in candidates {
        let check = match token.check(key, algorithm) {
            Ok(check) => check,
            Err(fault) => return Err(Failure::Check(fault)),
        };
        if let Some(proof) = check.prove(software::verify(&check)) {
            return token.confirm(&proof).map_err(Failure::Refused);
        }
        failure = Failure::BadSignature;
    }
    Err(failure)
}
