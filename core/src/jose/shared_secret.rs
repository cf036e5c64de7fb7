//! A secret that an issuer shares with us, for tokens with HS256 (RFC 7518, section 3.2).
//!
//! It comes from the deployment's secrets and from nowhere else: no key set holds one, and no public key becomes one.

use super::{
    algorithm::JwsAlgorithm,
    check::{SignatureProof, SignatureVerdict},
};
use crate::secret::Secret;
use alloc::vec::Vec;
use core::fmt;
use jwt_compact::{
    Algorithm as _, AlgorithmSignature as _,
    alg::{Hs256, Hs256Key, Hs256Signature},
};

/// A secret with room for 256 bits, wiped when dropped and never shown.
#[derive(Clone)]
pub struct SharedSecret(Secret<Vec<u8>>);

/// Why bytes are no shared secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedSecretFault {
    /// They hold fewer bits than the digest has, so that guessing them may be less work than it should be.
    TooShort,
}

/// The length of the digest, which the secret may not be shorter than, in bytes.
const LENGTH: usize = 32;

impl SharedSecret {
    /// Takes the secret's own bytes into custody, however they were written down.
    ///
    /// # Errors
    /// [`SharedSecretFault::TooShort`] below 32 bytes, and below 64 where all of them are hexadecimal digits, each of which
    /// holds half a byte (<https://www.rfc-editor.org/rfc/rfc7518#section-3.2>).
    pub fn new(bytes: Secret<Vec<u8>>) -> Result<Self, SharedSecretFault> {
        let written = bytes.expose();
        let held = match written.iter().all(u8::is_ascii_hexdigit) {
            true => written.len() / 2,
            false => written.len(),
        };
        if held < LENGTH {
            return Err(SharedSecretFault::TooShort);
        }
        Ok(Self(bytes))
    }

    /// Whether the message authentication code, 32 bytes, is that of the signing input.
    ///
    /// The time says nothing about the right code.
    pub fn verify(&self, signing_input: &[u8], code: &[u8]) -> SignatureVerdict {
        // Of a wrong length nothing may be made: that would panic.
        if code.len() != LENGTH {
            return SignatureVerdict::Invalid;
        }
        let key = Hs256Key::new(self.0.expose());
        match Hs256Signature::try_from_slice(code) {
            Ok(code) if Hs256.verify_signature(&code, &key, signing_input) => {
                SignatureVerdict::Valid
            }
            _ => SignatureVerdict::Invalid,
        }
    }

    /// The proof for exactly these bytes, if the code is theirs.
    pub(super) fn prove(&self, signing_input: &[u8], code: &[u8]) -> Option<SignatureProof> {
        match self.verify(signing_input, code) {
            SignatureVerdict::Valid => Some(SignatureProof::new(
                JwsAlgorithm::Hs256,
                signing_input,
                code,
            )),
            SignatureVerdict::Invalid => None,
        }
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn secret(bytes: &[u8]) -> Result<SharedSecret, SharedSecretFault> {
        SharedSecret::new(Secret::new(bytes.to_vec()))
    }

    #[test]
    fn a_secret_is_as_long_as_the_digest_or_longer() {
        for length in [32, 33, 64, 65, 200] {
            assert!(secret(&vec![7; length]).is_ok(), "{length}");
        }
        for length in [0, 1, 16, 31] {
            let refused = secret(&vec![7; length]).err();
            assert_eq!(refused, Some(SharedSecretFault::TooShort), "{length}");
        }
    }

    #[test]
    fn hexadecimal_digits_count_half() {
        // 128 bits, and one letter that makes them a text of another kind.
        let digits = b"00112233445566778899aabbccddeeff";
        let refused = |bytes: &[u8]| secret(bytes).err() == Some(SharedSecretFault::TooShort);
        assert!(refused(digits));
        assert!(refused(&digits.to_ascii_uppercase()));
        assert!(refused(&digits.repeat(2)[1..]));
        assert!(!refused(&digits.repeat(2)));
        assert!(!refused(b"00112233445566778899aabbccddeefg"));
    }

    #[test]
    fn a_code_has_one_length() {
        // RFC 4231, section 4.7: a key of 131 bytes 0xaa.
        let secret = secret(&[0xaa; 131]).unwrap();
        let input = b"Test Using Larger Than Block-Size Key - Hash Key First";
        let code = [
            0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f, 0x0d, 0x8a, 0x26, 0xaa, 0xcb, 0xf5,
            0xb7, 0x7f, 0x8e, 0x0b, 0xc6, 0x21, 0x37, 0x28, 0xc5, 0x14, 0x05, 0x46, 0x04, 0x0f,
            0x0e, 0xe3, 0x7f, 0x54,
        ];
        assert_eq!(secret.verify(input, &code), SignatureVerdict::Valid);
        for at in 0..code.len() {
            let mut other = code;
            other[at] ^= 1;
            let verdict = secret.verify(input, &other);
            assert_eq!(verdict, SignatureVerdict::Invalid, "{at}");
            let verdict = secret.verify(input, &code[..at]);
            assert_eq!(verdict, SignatureVerdict::Invalid, "{at}");
        }
        let longer = [&code[..], &[0]].concat();
        assert_eq!(secret.verify(input, &longer), SignatureVerdict::Invalid);
    }

    #[test]
    fn debug_shows_nothing_of_the_secret() {
        let secret = secret(b"SECRET-IN-TEST-OF-MORE-THAN-32-BYTES").unwrap();
        assert_eq!(format!("{secret:?}"), "SharedSecret(..)");
    }
}
