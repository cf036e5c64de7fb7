//! The questions to the verifier of signatures.

use crate::question::{bytes, text};
use alloc::{string::ToString, vec::Vec};
use core::hint::black_box;
use core::ops::RangeInclusive;
use lychgate_core::jose::{Algorithm, KeySet, SignatureCheck, SignatureVerdict};
use lychgate_core::platform::{Platform, VerifierError};
use serde_json::{Value, json};

/// How often one signature may be verified for one question.
const REPEATS: RangeInclusive<u64> = 1..=100_000;

pub(crate) async fn verify<P: Platform>(platform: &P, question: &Value) -> Option<Value> {
    let algorithm = Algorithm::from_name(text(question, "algorithm")?)?;
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
        Ok(SignatureVerdict::Valid) => json!({ "ok": "valid" }),
        Ok(SignatureVerdict::Invalid) => json!({ "ok": "invalid" }),
        Err(VerifierError) => json!({ "error": "verifier" }),
    })
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
