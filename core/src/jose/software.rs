//! Verifies signatures in Rust, for hosts that offer nothing faster.
//!
//! The RSA crate has an open advisory on timing (RUSTSEC-2023-0071). It concerns operations with
//! the private key; here there are public keys only.

use super::{
    algorithm::Algorithm,
    check::{SignatureCheck, SignatureVerdict},
    key::KeyMaterial,
};
use rsa::{
    BoxedUint, RsaPublicKey, pkcs1v15, pss,
    sha2::{Sha256, Sha384},
    signature::Verifier,
};

/// Verifies one signature.
///
/// A point that lies on no curve, or any other key that cannot be imported, verifies nothing.
pub fn verify(check: &SignatureCheck<'_>) -> SignatureVerdict {
    match verified(check) {
        Some(()) => SignatureVerdict::Valid,
        None => SignatureVerdict::Invalid,
    }
}

fn verified(check: &SignatureCheck<'_>) -> Option<()> {
    let (message, signature) = (check.signing_input(), check.signature());
    match check.algorithm() {
        Algorithm::Rs256 => {
            let key = pkcs1v15::VerifyingKey::<Sha256>::new(rsa_key(check)?);
            holds::<pkcs1v15::Signature>(&key, message, signature)
        }
        Algorithm::Rs384 => {
            let key = pkcs1v15::VerifyingKey::<Sha384>::new(rsa_key(check)?);
            holds::<pkcs1v15::Signature>(&key, message, signature)
        }
        Algorithm::Ps256 => {
            let key = pss::VerifyingKey::<Sha256>::new(rsa_key(check)?);
            holds::<pss::Signature>(&key, message, signature)
        }
        Algorithm::Ps384 => {
            let key = pss::VerifyingKey::<Sha384>::new(rsa_key(check)?);
            holds::<pss::Signature>(&key, message, signature)
        }
        Algorithm::Es256 => {
            let KeyMaterial::P256 { x, y } = check.key().material() else {
                return None;
            };
            let point = p256::Sec1Point::from_affine_coordinates(x.into(), y.into(), false);
            let key = p256::ecdsa::VerifyingKey::from_sec1_point(&point).ok()?;
            holds::<p256::ecdsa::Signature>(&key, message, signature)
        }
        Algorithm::Es384 => {
            let KeyMaterial::P384 { x, y } = check.key().material() else {
                return None;
            };
            let point = p384::Sec1Point::from_affine_coordinates(x.into(), y.into(), false);
            let key = p384::ecdsa::VerifyingKey::from_sec1_point(&point).ok()?;
            holds::<p384::ecdsa::Signature>(&key, message, signature)
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

fn holds<'s, S: TryFrom<&'s [u8]>>(
    key: &impl Verifier<S>,
    message: &[u8],
    signature: &'s [u8],
) -> Option<()> {
    key.verify(message, &S::try_from(signature).ok()?).ok()
}

fn rsa_key(check: &SignatureCheck<'_>) -> Option<RsaPublicKey> {
    let KeyMaterial::Rsa { modulus, exponent } = check.key().material() else {
        return None;
    };
    let modulus = BoxedUint::from_be_slice_vartime(modulus);
    RsaPublicKey::new(modulus, BoxedUint::from_be_slice_vartime(exponent)).ok()
}
