//! Signatures with their expected verdicts, as data, for every host's own verification.
//!
//! The suite that asks the hosts reads this file and the table beside it from here.

use lychgate_core::jose::{Algorithm, KeyFault, KeySet, SignatureCheck, SignatureVerdict};

/// One signature, and what a verifier must say of it.
#[derive(Clone)]
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
