//! Keys under which anyone can sign, each with a signature that a verifier without care accepts, beside a good key
//! of the same kind.

use super::{signature_cases::SignatureCase, wycheproof_cases};
use lychgate_core::{
    encoding::base64url,
    jose::{Algorithm, SignatureVerdict},
};
use sha2::{Digest, Sha256};

/// The DER of `DigestInfo` for SHA-256 (RFC 8017, section 9.2, note 1).
const SHA_256: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// A weak key and its good twin.
pub fn pairs() -> Vec<(SignatureCase, SignatureCase)> {
    let table = wycheproof_cases::cases();
    let good = |algorithm: Algorithm, length: usize| {
        let fits = |case: &&SignatureCase| {
            case.algorithm == algorithm
                && case.expected == SignatureVerdict::Valid
                && case.signature.len() == length
                && (algorithm == Algorithm::EdDsa || case.key.contains(r#""e":"AQAB""#))
        };
        table.iter().find(fits).unwrap().clone()
    };
    let rsa = good(Algorithm::Rs256, 256);
    let edwards = good(Algorithm::EdDsa, 64);
    let mut pairs: Vec<(SignatureCase, SignatureCase)> = [
        // To the power of one everything is its own signature.
        weak(
            &rsa,
            "e = 1",
            &rsa.key.replace("AQAB", "AQ"),
            &encoded(&rsa.message, 256),
        ),
        weak(
            &rsa,
            "e = 3",
            &rsa.key.replace("AQAB", "Aw"),
            &rsa.signature,
        ),
        weak(
            &rsa,
            "1024 bits",
            &half_as_long(&rsa.key),
            &encoded(&rsa.message, 128),
        ),
    ]
    .map(|weak| (weak, rsa.clone()))
    .to_vec();
    for point in small_order_points() {
        let x = base64url::encode(&point);
        let key = format!(r#""kty":"OKP","crv":"Ed25519","x":"{x}""#);
        // R is the point of order one, S is zero: right for every message where the key counts as zero.
        let mut signature = [0; 64];
        signature[0] = 1;
        pairs.push((
            weak(&edwards, "small order", &key, &signature),
            edwards.clone(),
        ));
    }
    pairs
}

fn weak(twin: &SignatureCase, source: &str, key: &str, signature: &[u8]) -> SignatureCase {
    SignatureCase {
        source: format!("{} {source}", twin.algorithm.name()),
        key: key.to_owned(),
        signature: signature.to_vec(),
        expected: SignatureVerdict::Invalid,
        ..twin.clone()
    }
}

/// The message in the encoding of RSASSA-PKCS1-v1_5.
fn encoded(message: &[u8], length: usize) -> Vec<u8> {
    let tail = [&[0][..], &SHA_256, &Sha256::digest(message)].concat();
    [&[0, 1][..], &vec![0xff; length - 2 - tail.len()], &tail].concat()
}

/// The key with the first half of its modulus, which ends in a one.
fn half_as_long(key: &str) -> String {
    let (before, rest) = key.split_once(r#""n":""#).unwrap();
    let (n, after) = rest.split_once('"').unwrap();
    let mut modulus = base64url::decode(n).unwrap();
    modulus.truncate(128);
    modulus[127] |= 1;
    format!(r#"{before}"n":"{}"{after}"#, base64url::encode(&modulus))
}

/// Those of the orders 1, 2, 4 and 8.
fn small_order_points() -> [[u8; 32]; 4] {
    let mut one = [0; 32];
    one[0] = 1;
    let mut two = [0xff; 32];
    two[0] = 0xec;
    two[31] = 0x7f;
    let eight = base64url::decode_array("xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o");
    [one, two, [0; 32], eight.unwrap()]
}
