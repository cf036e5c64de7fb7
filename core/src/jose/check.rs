//! One signature to verify, and the proof that it was.
//!
//! Core builds a [`SignatureCheck`], the platform answers with a [`SignatureVerdict`], and only
//! [`SignatureCheck::prove`] turns the two into a [`SignatureProof`], which opens exactly the token
//! whose bytes were checked.

use super::{
    algorithm::{Algorithm, JwsAlgorithm, KeyType},
    key::PublicKey,
};
use alloc::vec::Vec;
use core::fmt;

/// Everything a platform needs to verify one signature.
///
/// Key, algorithm and the length of the signature already fit together.
#[derive(Clone, Copy, Debug)]
pub struct SignatureCheck<'a> {
    algorithm: Algorithm,
    key: &'a PublicKey,
    signing_input: &'a [u8],
    signature: &'a [u8],
}

/// The platform's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureVerdict {
    /// The signature was made over the signing input by the holder of the key.
    Valid,
    /// It was not, or the platform will not import such a key.
    Invalid,
}

/// Why a check cannot even be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckFault {
    /// The key is of another type, or bound to another algorithm.
    KeyMismatch,
    /// The signature has not the one length that key and algorithm allow.
    SignatureLength {
        /// The length in bytes that was needed.
        expected: usize,
        /// The length in bytes that was found.
        found: usize,
    },
}

/// Stands for one signature that a platform found valid, or for one message authentication code that is right.
///
/// It holds the signing input and the signature, so that the proof of one token opens no other.
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureProof {
    algorithm: JwsAlgorithm,
    signing_input: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> SignatureCheck<'a> {
    /// Puts a check together.
    ///
    /// An ECDSA signature is the two numbers of RFC 7518, section 3.4, each at full length, so
    /// that DER is refused by its length.
    ///
    /// # Errors
    /// [`CheckFault::KeyMismatch`] and [`CheckFault::SignatureLength`].
    pub fn new(
        algorithm: Algorithm,
        key: &'a PublicKey,
        signing_input: &'a [u8],
        signature: &'a [u8],
    ) -> Result<Self, CheckFault> {
        if !key.serves(algorithm) {
            return Err(CheckFault::KeyMismatch);
        }
        let expected = match algorithm.key_type() {
            KeyType::Rsa => key.modulus_length(),
            KeyType::Elliptic(curve) => curve.length().saturating_mul(2),
            KeyType::Ed25519 => 64,
        };
        if signature.len() != expected {
            return Err(CheckFault::SignatureLength {
                expected,
                found: signature.len(),
            });
        }
        Ok(Self {
            algorithm,
            key,
            signing_input,
            signature,
        })
    }

    /// The algorithm to verify with.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key to verify with.
    pub const fn key(&self) -> &'a PublicKey {
        self.key
    }

    /// The bytes that were signed.
    pub const fn signing_input(&self) -> &'a [u8] {
        self.signing_input
    }

    /// The signature, in the form of the JOSE specifications.
    pub const fn signature(&self) -> &'a [u8] {
        self.signature
    }

    /// The proof, if the verdict on this check is [`SignatureVerdict::Valid`].
    ///
    /// A false `Valid` lets anyone in as anyone; a false `Invalid` costs one sign-in.
    pub fn prove(&self, verdict: SignatureVerdict) -> Option<SignatureProof> {
        match verdict {
            SignatureVerdict::Valid => Some(SignatureProof::new(
                JwsAlgorithm::DigitalSignature(self.algorithm),
                self.signing_input,
                self.signature,
            )),
            SignatureVerdict::Invalid => None,
        }
    }
}

impl SignatureProof {
    pub(super) fn new(algorithm: JwsAlgorithm, signing_input: &[u8], signature: &[u8]) -> Self {
        Self {
            algorithm,
            signing_input: signing_input.to_vec(),
            signature: signature.to_vec(),
        }
    }

    /// The algorithm that the signature was verified with.
    pub const fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    pub(super) fn covers(&self, signing_input: &[u8], signature: &[u8]) -> bool {
        self.signing_input == signing_input && self.signature == signature
    }
}

impl fmt::Debug for SignatureProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureProof({:?})", self.algorithm)
    }
}
