//! Verifies signatures in Rust, and makes them, for hosts that offer nothing faster.
//!
//! Curves come whole from their crates. For RSA the numbers do, and the encodings are written here: a verifier
//! has nothing to keep secret, and the crate `rsa`, which computes as if it had, takes twice the time.
//! Signing is left to the curves' crates, which take the same time for every key.

mod pkcs1;
mod pss;
mod rsa;

use super::{
    algorithm::Algorithm,
    check::{SignatureCheck, SignatureVerdict},
    key::KeyMaterial,
    signing_key::SigningKey,
};
use alloc::vec::Vec;
use p256::ecdsa::signature::{Signer, Verifier};
use sha2::{Sha256, Sha384, Sha512};

/// Verifies one signature.
///
/// A point that lies on no curve, or any other key that cannot be imported, verifies nothing.
pub fn verify(check: &SignatureCheck<'_>) -> SignatureVerdict {
    match verified(check) {
        Some(()) => SignatureVerdict::Valid,
        None => SignatureVerdict::Invalid,
    }
}

/// Signs with a private key of ours, the same for the same input (RFC 6979; RFC 8032).
///
/// `None` where the number is none of its curve.
pub fn sign(key: &SigningKey, input: &[u8]) -> Option<Vec<u8>> {
    let private = key.private().expose();
    if key.algorithm() == Algorithm::Es256 {
        let key = p256::ecdsa::SigningKey::from_slice(private).ok()?;
        let signature: p256::ecdsa::Signature = key.sign(input);
        return Some(signature.to_bytes().to_vec());
    }
    let key = ed25519_dalek::SigningKey::from_bytes(private);
    Some(key.sign(input).to_bytes().to_vec())
}

fn verified(check: &SignatureCheck<'_>) -> Option<()> {
    let (message, signature) = (check.signing_input(), check.signature());
    match check.algorithm() {
        Algorithm::Rs256 => pkcs1::verify::<Sha256>(message, &rsa::encoded(check)?),
        Algorithm::Rs384 => pkcs1::verify::<Sha384>(message, &rsa::encoded(check)?),
        Algorithm::Rs512 => pkcs1::verify::<Sha512>(message, &rsa::encoded(check)?),
        Algorithm::Ps256 => pss::verify::<Sha256>(message, &rsa::encoded(check)?),
        Algorithm::Ps384 => pss::verify::<Sha384>(message, &rsa::encoded(check)?),
        Algorithm::Ps512 => pss::verify::<Sha512>(message, &rsa::encoded(check)?),
        Algorithm::Es256 => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point(check)?).ok()?;
            holds::<p256::ecdsa::Signature>(&key, message, signature)
        }
        Algorithm::Es384 => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(&point(check)?).ok()?;
            holds::<p384::ecdsa::Signature>(&key, message, signature)
        }
        Algorithm::Es512 => {
            let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(&point(check)?).ok()?;
            holds::<p521::ecdsa::Signature>(&key, message, signature)
        }
        Algorithm::EdDsa => {
            let KeyMaterial::Ed25519 { x } = check.key().material() else {
                return None;
            };
            let key = ed25519_dalek::VerifyingKey::from_bytes(x).ok()?;
            holds::<ed25519_dalek::Signature>(&key, message, signature)
        }
    }
}

/// The point in its uncompressed form (SEC 1, section 2.3.3).
fn point(check: &SignatureCheck<'_>) -> Option<Vec<u8>> {
    match check.key().material() {
        KeyMaterial::Elliptic { x, y, .. } => Some([&[4][..], x, y].concat()),
        KeyMaterial::Rsa { .. } | KeyMaterial::Ed25519 { .. } => None,
    }
}

fn holds<'s, S: TryFrom<&'s [u8]>>(
    key: &impl Verifier<S>,
    message: &[u8],
    signature: &'s [u8],
) -> Option<()> {
    key.verify(message, &S::try_from(signature).ok()?).ok()
}
