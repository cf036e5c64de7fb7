//! A signed token before its signature is verified (RFC 7515, section 7.1; RFC 7519; RFC 8725).
//!
//! Its form is checked first: size, alphabet, three parts, JSON without repeated names, and no
//! header member that would change how it must be read (`crit`, `b64`). Members that would bring
//! a key along (`jku`, `jwk`, `x5u`, `x5c`) are never looked at. Only the [`Hint`] is readable.

use super::{
    algorithm::{Algorithm, JwsAlgorithm},
    check::{CheckFault, SignatureCheck, SignatureProof},
    claims::VerifiedToken,
    key::PublicKey,
    key_set::KeySet,
    proven::{self, Parts},
    shared_secret::SharedSecret,
};
use crate::encoding::{
    base64url,
    json::{self, JsonFault, Limits},
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use jwt_compact::UntrustedToken;
use serde_json::{Map, Value};

/// The longest token in bytes. Nothing longer fits into a header field either.
const MOST_BYTES: usize = 16 * 1024;

const LIMITS: Limits = Limits {
    bytes: MOST_BYTES,
    depth: 12,
};

/// A token whose form is right, and of which nothing may be believed.
pub struct UnverifiedToken<'a> {
    signing_input: &'a [u8],
    hint: Hint,
    payload: Map<String, Value>,
    token: UntrustedToken<'a>,
}

/// The header and issuer that an unverified token states, to choose among configured issuers and keys.
///
/// Everything in it may be forged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    algorithm: JwsAlgorithm,
    key_id: Option<String>,
    token_type: Option<String>,
    issuer: Option<String>,
}

/// Why a text is not a token that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It has more than 16 KiB.
    TooLarge,
    /// It has the five parts of an encrypted token (RFC 7516, section 7.1), which nobody here can open.
    Encrypted,
    /// It is not three parts of canonical base64url without padding.
    Encoding,
    /// The header is not a JSON object within the limits.
    Header(JsonFault),
    /// The payload is not a JSON object within the limits.
    Payload(JsonFault),
    /// A header member has a wrong type or a value that has no meaning here.
    HeaderMember,
    /// `alg` is missing, or none of ours.
    Algorithm,
    /// The header has `crit`: it asks for an extension to be understood.
    Critical,
    /// The header has `b64`: the payload may not be what it seems (RFC 7797).
    UnencodedPayload,
    /// `iss` is not a string.
    Issuer,
}

/// Why a token with a right form is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The proof belongs to another token, or to another algorithm than the header's.
    Proof,
    /// The header's algorithm is none that a shared secret verifies.
    NotHs256,
    /// The message authentication code was not made with the shared secret, or has a wrong length.
    AuthenticationCode,
    /// `exp` is missing.
    MissingExpiration,
    /// `exp`, `nbf` or `iat` is not a number of seconds since the epoch.
    MalformedTime,
    /// The named claim has a wrong type.
    MalformedClaim(&'static str),
}

/// Why no key of a set answers for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSigned {
    /// None of them can have signed it.
    NoKey,
    /// Its signature has a wrong form for each of them.
    Check(CheckFault),
    /// Its signature is wrong.
    Signature,
}

impl Malformed {
    /// Whether it is nested deeper than anyone's tokens.
    pub const fn is_too_deep(self) -> bool {
        matches!(
            self,
            Self::Header(JsonFault::TooDeep) | Self::Payload(JsonFault::TooDeep)
        )
    }
}

impl<'a> UnverifiedToken<'a> {
    /// Parses a token in the compact serialisation.
    ///
    /// # Errors
    /// All of [`Malformed`].
    pub fn parse(text: &'a str) -> Result<Self, Malformed> {
        if text.len() > MOST_BYTES {
            return Err(Malformed::TooLarge);
        }
        if text.bytes().filter(|byte| *byte == b'.').count() == 4 {
            return Err(Malformed::Encrypted);
        }
        let (signing_input, signature) = text.rsplit_once('.').ok_or(Malformed::Encoding)?;
        let (header, payload) = signing_input.split_once('.').ok_or(Malformed::Encoding)?;
        // A fourth part leaves a dot in the payload, which is not of the alphabet.
        let decode = |part| base64url::decode(part).ok_or(Malformed::Encoding);
        let (header, payload) = (decode(header)?, decode(payload)?);
        decode(signature)?;

        let header = json::parse_object(&header, LIMITS).map_err(Malformed::Header)?;
        let payload = json::parse_claims(&payload, LIMITS).map_err(Malformed::Payload)?;
        Ok(Self {
            signing_input: signing_input.as_bytes(),
            hint: Hint::read(&header, &payload)?,
            payload,
            token: UntrustedToken::new(text).map_err(|_| Malformed::HeaderMember)?,
        })
    }

    /// The header and issuer that the token states.
    pub const fn hint(&self) -> &Hint {
        &self.hint
    }

    /// The check of the token's signature by that key.
    ///
    /// # Errors
    /// All of [`CheckFault`].
    pub fn check<'s>(
        &'s self,
        key: &'s PublicKey,
        algorithm: Algorithm,
    ) -> Result<SignatureCheck<'s>, CheckFault> {
        let signature = self.token.signature_bytes();
        SignatureCheck::new(algorithm, key, self.signing_input, signature)
    }

    /// The signatures to verify, at most four, best first; the first valid one counts.
    ///
    /// # Errors
    /// [`NotSigned::NoKey`] where no key of the set can have signed it, [`NotSigned::Check`] where the signature fits
    /// none of them.
    pub fn checks<'s>(
        &'s self,
        keys: &'s KeySet,
        allowed: &[Algorithm],
    ) -> Result<Vec<SignatureCheck<'s>>, NotSigned> {
        let mut fault = NotSigned::NoKey;
        let mut checks = Vec::new();
        for (key, algorithm) in keys.candidates(&self.hint, allowed) {
            match self.check(key, algorithm) {
                Ok(check) => checks.push(check),
                Err(found) => fault = NotSigned::Check(found),
            }
        }
        if checks.is_empty() {
            return Err(fault);
        }
        Ok(checks)
    }

    /// The token's claims, which the proof shows to be signed.
    ///
    /// The claims are not judged yet, apart from their types and that there is an `exp`.
    ///
    /// # Errors
    /// All of [`Refusal`].
    pub fn confirm(self, proof: &SignatureProof) -> Result<VerifiedToken, Refusal> {
        let times = proven::times(&self.parts(), proof)?;
        VerifiedToken::new(proof.algorithm(), self.hint.token_type, times, self.payload)
    }

    /// The claims of a token of a kind that has no `exp`, which the proof shows to be signed.
    ///
    /// # Errors
    /// [`Refusal::Proof`], and [`Refusal::MalformedTime`].
    pub fn confirm_without_expiration(
        self,
        proof: &SignatureProof,
    ) -> Result<Map<String, Value>, Refusal> {
        proven::times(&self.parts(), proof)?;
        Ok(self.payload)
    }

    const fn parts(&self) -> Parts<'_> {
        Parts {
            token: &self.token,
            signing_input: self.signing_input,
            payload: &self.payload,
        }
    }

    /// The token's claims, which the shared secret shows to be its holders'.
    ///
    /// For issuers that are configured with a secret, and for them alone. The claims are judged as little as those
    /// of [`Self::confirm`].
    ///
    /// # Errors
    /// All of [`Refusal`] but [`Refusal::Proof`]. A false accept lets anyone in as anyone; a false reject costs one
    /// request.
    pub fn confirm_with_secret(self, secret: &SharedSecret) -> Result<VerifiedToken, Refusal> {
        if self.hint.algorithm != JwsAlgorithm::Hs256 {
            return Err(Refusal::NotHs256);
        }
        let proof = secret.prove(self.signing_input, self.token.signature_bytes());
        self.confirm(&proof.ok_or(Refusal::AuthenticationCode)?)
    }
}

impl core::fmt::Debug for UnverifiedToken<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("UnverifiedToken(..)")
    }
}

impl Hint {
    /// `alg`, which counts only where the issuer's allow-list has it too.
    pub const fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// `kid`: a name to compare, never a path or a URL to follow.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// `typ`: the kind of token.
    pub fn token_type(&self) -> Option<&str> {
        self.token_type.as_deref()
    }

    /// `iss`: to choose among configured issuers.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    fn read(header: &Map<String, Value>, payload: &Map<String, Value>) -> Result<Self, Malformed> {
        if header.contains_key("crit") {
            return Err(Malformed::Critical);
        }
        if header.contains_key("b64") {
            return Err(Malformed::UnencodedPayload);
        }
        let algorithm = text(header, "alg").map_err(|WrongType| Malformed::Algorithm)?;
        let member = |name| text(header, name).map_err(|WrongType| Malformed::HeaderMember);
        Ok(Self {
            algorithm: algorithm
                .and_then(|name| JwsAlgorithm::from_name(&name))
                .ok_or(Malformed::Algorithm)?,
            key_id: member("kid")?,
            token_type: member("typ")?,
            issuer: text(payload, "iss").map_err(|WrongType| Malformed::Issuer)?,
        })
    }
}

struct WrongType;

fn text(members: &Map<String, Value>, name: &str) -> Result<Option<String>, WrongType> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.to_owned())),
        Some(_) => Err(WrongType),
    }
}
