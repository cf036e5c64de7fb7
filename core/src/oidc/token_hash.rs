//! `at_hash` and `c_hash`: what an ID token says about the access token and the code that it came with
//! (OpenID Connect Core, sections 3.1.3.6 and 3.3.2.11).
//!
//! Neither has to be there in the code flow, where the token endpoint itself vouches for what it sends together.
//! One that is there and does not fit says that something was exchanged on the way.

use crate::{
    encoding::base64url,
    jose::{Algorithm, JwsAlgorithm},
    secret::Secret,
};
use alloc::string::String;
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Whether a stated hash is that of `value`; one that is absent is.
///
/// A false "yes" lets claims be fetched with someone else's access token; a false "no" keeps a user out.
pub fn fits(stated: Option<&Value>, algorithm: JwsAlgorithm, value: &Secret<String>) -> bool {
    let Some(stated) = stated else {
        return true;
    };
    stated.as_str() == Some(of(algorithm, value).as_str())
}

/// The left half of the digest, with the hash function of the ID token's own algorithm. That of Ed25519 is
/// SHA-512 (RFC 8032, section 5.1).
fn of(algorithm: JwsAlgorithm, value: &Secret<String>) -> String {
    let bytes = value.expose().as_bytes();
    match algorithm {
        JwsAlgorithm::Hs256
        | JwsAlgorithm::DigitalSignature(Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256) => {
            left_half(&Sha256::digest(bytes))
        }
        JwsAlgorithm::DigitalSignature(Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384) => {
            left_half(&Sha384::digest(bytes))
        }
        JwsAlgorithm::DigitalSignature(
            Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::Es512 | Algorithm::EdDsa,
        ) => left_half(&Sha512::digest(bytes)),
    }
}

fn left_half(digest: &[u8]) -> String {
    let (left, _) = digest.split_at(digest.len() / 2);
    base64url::encode(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// OpenID Connect Core, appendix A.3: an access token, and its `at_hash` in an RS256 ID token.
    const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    const AT_HASH: &str = "77QmUPtjPfzWtF2AnpK9RQ";
    /// The code of appendix A.6, and its `c_hash`.
    const CODE: &str = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
    const C_HASH: &str = "LDktKdoQak3Pk0cnXxCltA";

    const RS256: JwsAlgorithm = JwsAlgorithm::DigitalSignature(Algorithm::Rs256);

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn the_hashes_of_the_specification_fit() {
        assert!(fits(Some(&json!(AT_HASH)), RS256, &secret(ACCESS_TOKEN)));
        assert!(fits(Some(&json!(C_HASH)), RS256, &secret(CODE)));
        assert!(fits(None, RS256, &secret(CODE)));
    }

    #[test]
    fn another_hash_does_not_fit() {
        let token = secret(ACCESS_TOKEN);
        let longer = AT_HASH.to_owned() + "A";
        for other in [
            json!(C_HASH),
            json!(""),
            json!(null),
            json!([AT_HASH]),
            json!(longer),
            json!(AT_HASH.to_ascii_lowercase()),
        ] {
            assert!(!fits(Some(&other), RS256, &token), "{other}");
        }
        assert!(!fits(Some(&json!(AT_HASH)), RS256, &secret("other")));
    }

    #[test]
    fn each_algorithm_has_its_hash_function() {
        let token = secret(ACCESS_TOKEN);
        for algorithm in Algorithm::ALL {
            let name = algorithm.name();
            let bytes = match name.get(2..) {
                Some("256") => 16,
                Some("384") => 24,
                _ => 32,
            };
            let signed = JwsAlgorithm::DigitalSignature(algorithm);
            let hash = of(signed, &token);
            assert_eq!(base64url::decode(&hash).unwrap().len(), bytes, "{name}");
            assert!(fits(Some(&json!(hash)), signed, &token), "{name}");
        }
    }
}
