//! The questions to the verifier of signatures.

use crate::question::{bytes, text};
use alloc::{string::ToString, vec::Vec};
use core::hint::black_box;
use core::ops::RangeInclusive;
use lychgate_core::jose::{JwsAlgorithm, KeySet, SharedSecret, SignatureCheck, SignatureVerdict};
use lychgate_core::platform::{Platform, VerifierError};
use lychgate_core::secret::Secret;
use serde_json::{Value, json};

/// How often one signature may be verified for one question.
const REPEATS: RangeInclusive<u64> = 1..=100_000;

pub(crate) async fn verify<P: Platform>(platform: &P, question: &Value) -> Option<Value> {
    let algorithm = match JwsAlgorithm::from_name(text(question, "algorithm")?)? {
        JwsAlgorithm::DigitalSignature(algorithm) => algorithm,
        JwsAlgorithm::Hs256 => return verify_code(question),
    };
    let (input, signature) = (bytes(question, "input")?, bytes(question, "signature")?);
    let repeat = match question.get("repeat") {
        None => 1,
        Some(count) => count.as_u64().filter(|count| REPEATS.contains(count))?,
    };
    let set = json!({ "keys": [question.get("jwk")?] }).to_string();
    let set = KeySet::parse(set.as_bytes()).ok();
    let Some(key) = set.as_ref().and_then(|set| set.keys().first()) else {
        return Some(json!({ "refused": "key" }));
    };
    let Ok(check) = SignatureCheck::new(algorithm, key, &input, &signature) else {
        return Some(json!({ "refused": "check" }));
    };
    Some(match repeated(platform, &check, repeat).await {
        Ok(verdict) => said(verdict),
        Err(VerifierError) => json!({ "error": "verifier" }),
    })
}

/// The core itself verifies what a secret verifies, in the wasm of each host.
fn verify_code(question: &Value) -> Option<Value> {
    let (input, code) = (bytes(question, "input")?, bytes(question, "signature")?);
    let Ok(secret) = SharedSecret::new(Secret::new(bytes(question, "secret")?)) else {
        return Some(json!({ "refused": "key" }));
    };
    Some(said(secret.verify(&input, &code)))
}

fn said(verdict: SignatureVerdict) -> Value {
    match verdict {
        SignatureVerdict::Valid => json!({ "ok": "valid" }),
        SignatureVerdict::Invalid => json!({ "ok": "invalid" }),
    }
}

/// Many questions in one, because a request for each takes longer than the verifications.
pub(crate) async fn verify_all<P: Platform>(platform: &P, question: &Value) -> Option<Value> {
    let mut answers = Vec::new();
    for check in question.get("checks")?.as_array()? {
        answers.push(verify(platform, check).await?);
    }
    Some(json!({ "ok": answers }))
}

/// The one verdict of `count` verifications; a verifier that contradicts itself has none.
async fn repeated<P: Platform>(
    platform: &P,
    check: &SignatureCheck<'_>,
    count: u64,
) -> Result<SignatureVerdict, VerifierError> {
    let verdict = platform.verify_signature(check).await?;
    for _ in 1..count {
        // The compiler must not see that it is the same check again.
        if platform.verify_signature(black_box(check)).await? != verdict {
            return Err(VerifierError);
        }
    }
    Ok(verdict)
}
