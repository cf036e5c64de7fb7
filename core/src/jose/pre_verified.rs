//! Hands a platform's verdict to `jwt-compact`, whose algorithms must answer at once.
//!
//! To it, [`PreVerified`] is an algorithm like any other: the verifying key is the proof, and a
//! signature verifies when the proof covers exactly these bytes.

use super::{check::SignatureProof, token::Refusal};
use alloc::{borrow::Cow, vec::Vec};
use core::convert::Infallible;
use jwt_compact::{AlgorithmExt, AlgorithmSignature, Claims, UntrustedToken, ValidationError};
use serde::Deserialize;

/// The times of a validated token. Its other claims are those that were read before, with no name twice.
pub(super) type ValidatedTimes = Claims<Nothing>;

/// No claim.
#[derive(Deserialize)]
pub(super) struct Nothing {}

struct PreVerified {
    name: &'static str,
}

struct SignatureBytes(Vec<u8>);

impl AlgorithmSignature for SignatureBytes {
    fn try_from_slice(slice: &[u8]) -> anyhow::Result<Self> {
        Ok(Self(slice.to_vec()))
    }

    fn as_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0)
    }
}

impl jwt_compact::Algorithm for PreVerified {
    // Nothing can be signed with a proof.
    type SigningKey = Infallible;
    type VerifyingKey = SignatureProof;
    type Signature = SignatureBytes;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.name)
    }

    fn sign(&self, signing_key: &Infallible, _message: &[u8]) -> SignatureBytes {
        match *signing_key {}
    }

    fn verify_signature(
        &self,
        signature: &SignatureBytes,
        proof: &SignatureProof,
        message: &[u8],
    ) -> bool {
        proof.covers(message, &signature.0)
    }
}

/// The times of `token`, if the proof is its own, and so of all that it says.
pub(super) fn validate(
    token: &UntrustedToken<'_>,
    proof: &SignatureProof,
) -> Result<ValidatedTimes, Refusal> {
    let algorithm = PreVerified {
        name: proof.algorithm().name(),
    };
    match algorithm.validator(proof).validate(token) {
        Ok(validated) => Ok(validated.into_parts().1),
        // That the payload is an object of JSON was checked before, so a time is what failed.
        Err(ValidationError::MalformedClaims(_)) => Err(Refusal::MalformedTime),
        Err(_) => Err(Refusal::Proof),
    }
}
