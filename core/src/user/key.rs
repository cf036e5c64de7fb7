//! The key of a user: a digest of issuer and subject.

use crate::{
    encoding::base64url,
    platform::ledger::{Partition, PartitionKind},
};
use alloc::{format, string::String};
use sha2::{Digest, Sha256};

/// A user at an issuer: `SHA-256(length 4 | iss | length 4 | sub)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserKey([u8; 32]);

impl UserKey {
    /// The key of `subject` at `issuer`. The lengths keep the two apart.
    pub fn new(issuer: &str, subject: &str) -> Self {
        let mut digest = Sha256::new();
        for part in [issuer, subject] {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            digest.update(length.to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self(digest.finalize().into())
    }

    /// The key with these bytes, from a value that opened.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The name of the user for programs: `u_` and 43 characters of base64url.
    pub fn id(&self) -> String {
        format!("u_{}", base64url::encode(&self.0))
    }

    /// The user's partition of the ledger.
    pub const fn partition(&self) -> Partition {
        Partition {
            kind: PartitionKind::User,
            id: self.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn issuer_and_subject_cannot_flow_into_each_other() {
        assert_ne!(UserKey::new("ab", "c"), UserKey::new("a", "bc"));
        assert_eq!(UserKey::new("a", "b"), UserKey::new("a", "b"));
    }

    #[test]
    fn programs_know_a_user_by_the_whole_key() {
        let id = UserKey::from_bytes([0; 32]).id();
        assert_eq!(id, format!("u_{}", "A".repeat(43)));
    }
}
