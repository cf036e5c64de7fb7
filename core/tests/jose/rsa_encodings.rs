//! RSA signatures over right, wrong and almost right encodings, beside the verdict of the crate `rsa`.
//!
//! `testdata/rsa.json` has keys that OpenSSL made for this test, with a signature of each algorithm over
//! `a modulus of N bits`; the lengths are no multiples of a word, but for one.

use crate::signature_cases::{Outcome, SignatureCase};
use crypto_bigint::{
    BoxedUint, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use lychgate_core::{
    encoding::base64url,
    jose::{Algorithm, SignatureVerdict, software},
};
use proptest::{
    prelude::{ProptestConfig, any, proptest},
    sample::select,
};
use rsa::{
    PublicKey, pkcs1v15, pss,
    sha2::{Digest, Sha256, Sha384, Sha512},
    signature::Verifier,
};
use serde_json::Value;

const RSA: [Algorithm; 6] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
];

/// A key and its signatures, as the file has them.
pub struct Key(Value);

impl Key {
    pub fn all() -> Vec<Self> {
        let keys: Vec<Value> = serde_json::from_str(include_str!("testdata/rsa.json")).unwrap();
        keys.into_iter().map(Self).collect()
    }

    /// The inside of the public JSON Web Key.
    pub fn members(&self) -> String {
        format!(r#""kty":"RSA","n":{},"e":{}"#, self.0["n"], self.0["e"])
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        base64url::decode(self.0[name].as_str().unwrap()).unwrap()
    }

    fn number(&self, name: &str) -> BoxedUint {
        BoxedUint::from_be_slice_vartime(&self.bytes(name))
    }

    fn length(&self) -> usize {
        self.bytes("n").len()
    }

    fn message(&self) -> Vec<u8> {
        format!("a modulus of {} bits", self.0["bits"]).into_bytes()
    }

    /// Signs whatever is said to be an encoding.
    pub fn sign(&self, encoded: &[u8]) -> Vec<u8> {
        let params = BoxedMontyParams::new(Odd::new(self.number("n")).unwrap());
        let encoded = BoxedUint::from_be_slice(encoded, params.bits_precision()).unwrap();
        let signature = BoxedMontyForm::new(encoded, &params).pow(&self.number("d"));
        let signature = signature.retrieve().to_be_bytes();
        signature[signature.len() - self.length()..].to_vec()
    }

    /// The verdict of the core.
    fn accepts(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let case = SignatureCase {
            source: String::new(),
            algorithm,
            key: self.members(),
            message: message.to_vec(),
            signature: signature.to_vec(),
            expected: SignatureVerdict::Valid,
        };
        match case.run(software::verify) {
            Outcome::Verdict(verdict) => verdict == SignatureVerdict::Valid,
            refused @ (Outcome::RefusedForm | Outcome::RefusedKey(_)) => panic!("{refused:?}"),
        }
    }

    /// The verdict of the crate `rsa`.
    fn is_accepted_elsewhere(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        fn holds<'s, S: TryFrom<&'s [u8]>>(
            key: impl Verifier<S>,
            message: &[u8],
            signature: &'s [u8],
        ) -> bool {
            let signature = S::try_from(signature).ok();
            signature.is_some_and(|signature| key.verify(message, &signature).is_ok())
        }
        let key = PublicKey::new(self.number("n"), self.number("e")).unwrap();
        match algorithm.name() {
            "RS256" => holds::<pkcs1v15::Signature>(
                pkcs1v15::VerifyingKey::<Sha256>::new(key),
                message,
                signature,
            ),
            "RS384" => holds::<pkcs1v15::Signature>(
                pkcs1v15::VerifyingKey::<Sha384>::new(key),
                message,
                signature,
            ),
            "RS512" => holds::<pkcs1v15::Signature>(
                pkcs1v15::VerifyingKey::<Sha512>::new(key),
                message,
                signature,
            ),
            "PS256" => {
                holds::<pss::Signature>(pss::VerifyingKey::<Sha256>::new(key), message, signature)
            }
            "PS384" => {
                holds::<pss::Signature>(pss::VerifyingKey::<Sha384>::new(key), message, signature)
            }
            "PS512" => {
                holds::<pss::Signature>(pss::VerifyingKey::<Sha512>::new(key), message, signature)
            }
            other => panic!("{other} is not RSA"),
        }
    }
}

/// RFC 8017, section 9.2.
pub fn pkcs1(algorithm: Algorithm, message: &[u8], length: usize) -> Vec<u8> {
    let name = |digest: u8, number| {
        let total = 17 + digest;
        let id = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, number];
        let head = [&[0x30, total, 0x30, 0x0d, 0x06, 0x09][..], &id].concat();
        [&head[..], &[0x05, 0x00, 0x04, digest]].concat()
    };
    let tail = match algorithm.name() {
        "RS256" => [name(32, 1), Sha256::digest(message).to_vec()].concat(),
        "RS384" => [name(48, 2), Sha384::digest(message).to_vec()].concat(),
        _ => [name(64, 3), Sha512::digest(message).to_vec()].concat(),
    };
    let mut encoded = vec![0, 1];
    encoded.resize(length - tail.len() - 1, 0xff);
    encoded.push(0);
    [encoded, tail].concat()
}

/// RFC 8017, section 9.1.1, with a salt of any length.
fn pss<D: Digest>(message: &[u8], salt: &[u8], length: usize) -> Vec<u8> {
    let seed = D::digest([&[0; 8][..], &D::digest(message), salt].concat());
    let mut block = vec![0; length - seed.len() - 1];
    let at = block.len() - salt.len();
    block[at - 1] = 1;
    block[at..].copy_from_slice(salt);
    for (counter, part) in (0_u32..).zip(block.chunks_mut(seed.len())) {
        let mask = D::digest([&seed[..], &counter.to_be_bytes()].concat());
        part.iter_mut()
            .zip(mask)
            .for_each(|(byte, mask)| *byte ^= mask);
    }
    block[0] &= 0x7f;
    [&block[..], &seed, &[0xbc]].concat()
}

fn encode(algorithm: Algorithm, message: &[u8], salt: &[u8], length: usize) -> Vec<u8> {
    match algorithm.name() {
        "PS256" => pss::<Sha256>(message, salt, length),
        "PS384" => pss::<Sha384>(message, salt, length),
        "PS512" => pss::<Sha512>(message, salt, length),
        _ => pkcs1(algorithm, message, length),
    }
}

#[test]
fn a_modulus_of_any_length_in_bytes_and_any_exponent_verifies() {
    for key in Key::all() {
        let (message, length) = (key.message(), key.length());
        for algorithm in RSA {
            let mut signature = key.bytes(algorithm.name());
            assert!(
                key.accepts(algorithm, &message, &signature),
                "{length} {algorithm:?}"
            );
            for at in [0, 1, length / 2, length - 1] {
                signature[at] ^= 1;
                let accepted = key.accepts(algorithm, &message, &signature);
                assert!(!accepted, "{length} {algorithm:?} {at}");
                signature[at] ^= 1;
            }
        }
    }
}

/// A number at the modulus or above would stand for the same as a smaller one.
#[test]
fn a_signature_is_below_the_modulus() {
    let key = &Key::all()[0];
    let modulus = key.number("n");
    // An encoding whose signature leaves room for the modulus above it.
    let (message, signature) = (0_u32..)
        .map(|number| {
            let message = number.to_be_bytes();
            (message, key.sign(&pkcs1(Algorithm::Rs256, &message, 256)))
        })
        .find(|(_, signature)| signature[0] < 0x10)
        .unwrap();
    assert!(key.accepts(Algorithm::Rs256, &message, &signature));
    let above = BoxedUint::from_be_slice_vartime(&signature).wrapping_add(&modulus);
    let above = above.to_be_bytes();
    assert_eq!(above.len(), 256);
    assert!(above[..] > key.bytes("n")[..]);
    assert!(!key.accepts(Algorithm::Rs256, &message, &above));
    for edge in [vec![0; 256], key.bytes("n"), vec![0xff; 256]] {
        assert!(!key.accepts(Algorithm::Rs256, &message, &edge));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// The private key signs anything, so that a wrong encoding is all that is wrong.
    #[test]
    fn both_verifiers_agree_on_every_encoding(
        algorithm in select(&RSA[..]),
        salt in select(&[0_usize, 1, 31, 32, 33, 47, 48, 49, 63, 64, 65][..]),
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..3),
        message in any::<[u8; 4]>(),
    ) {
        let key = &Key::all()[0];
        let salt = vec![message[0]; salt];
        let right = match algorithm.name() {
            "PS256" => salt.len() == 32,
            "PS384" => salt.len() == 48,
            "PS512" => salt.len() == 64,
            _ => true,
        };
        let mut encoded = encode(algorithm, &message, &salt, key.length());
        let unchanged = encoded.clone();
        for (at, change) in changes {
            // Most changes at the ends, where the encodings have their structure.
            let at = at % (3 * encoded.len());
            let at = if at < encoded.len() { at } else { (at % 120 + 196) % encoded.len() };
            encoded[at] ^= change;
        }
        let signature = key.sign(&encoded);
        let accepted = key.accepts(algorithm, &message, &signature);
        assert_eq!(accepted, key.is_accepted_elsewhere(algorithm, &message, &signature));
        assert_eq!(accepted, right && encoded == unchanged);
    }
}
