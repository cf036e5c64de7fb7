//! Signatures with their expected verdicts, as data, for every host's own verification.

use lychgate_core::{
    encoding::base64url,
    jose::{Algorithm, KeyFault, KeySet, SignatureCheck, SignatureVerdict},
};
use serde_json::{Value, json};

/// One signature, and what a verifier must say of it.
pub struct SignatureCase {
    pub source: String,
    pub algorithm: Algorithm,
    /// The inside of a JSON Web Key.
    pub key: String,
    pub message: Vec<u8>,
    pub signature: Vec<u8>,
    pub expected: SignatureVerdict,
}

/// How a case ends.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// The verifier was asked.
    Verdict(SignatureVerdict),
    /// Core refused the form of the signature before.
    RefusedForm,
    /// Core refused the key before.
    RefusedKey(KeyFault),
}

impl SignatureCase {
    pub fn run(&self, verify: impl Fn(&SignatureCheck<'_>) -> SignatureVerdict) -> Outcome {
        let set = KeySet::parse(format!("{{\"keys\":[{{{}}}]}}", self.key).as_bytes()).unwrap();
        let Some(key) = set.keys().first() else {
            return Outcome::RefusedKey(set.skipped()[0].fault);
        };
        match SignatureCheck::new(self.algorithm, key, &self.message, &self.signature) {
            Ok(check) => Outcome::Verdict(verify(&check)),
            Err(_) => Outcome::RefusedForm,
        }
    }
}

/// The cases that reach a host's verifier, as JSON: an array of `source`, `algorithm`, `key` (a JSON
/// Web Key), `message` and `signature` (base64url), and `valid`.
pub fn to_json(cases: &[SignatureCase]) -> Value {
    let reaches =
        |case: &&SignatureCase| matches!(case.run(|_| case.expected), Outcome::Verdict(_));
    let entry = |case: &SignatureCase| {
        json!({
            "source": case.source,
            "algorithm": case.algorithm.name(),
            "key": serde_json::from_str::<Value>(&format!("{{{}}}", case.key)).unwrap(),
            "message": base64url::encode(&case.message),
            "signature": base64url::encode(&case.signature),
            "valid": case.expected == SignatureVerdict::Valid,
        })
    };
    cases.iter().filter(reaches).map(entry).collect()
}
