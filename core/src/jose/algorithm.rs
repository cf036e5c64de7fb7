//! The signature algorithms that a token may use (RFC 7518, section 3.1; RFC 8037, section 3.1).
//!
//! `none` and the HMAC algorithms have no value of this type, so nothing can ask for them.

/// A signature algorithm with a public key.
///
/// <https://www.rfc-editor.org/rfc/rfc7518#section-3.1>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
    Ps256,
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes.
    Ps384,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

/// The kind of key that an algorithm works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// An RSA key.
    Rsa,
    /// A point on P-256.
    P256,
    /// A point on P-384.
    P384,
    /// A point on edwards25519.
    Ed25519,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 7] = [
        Self::Rs256,
        Self::Rs384,
        Self::Ps256,
        Self::Ps384,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// The value of `alg` in a header or a key.
    pub const fn name(self) -> &'static str {
        self.profile().0
    }

    /// The kind of key it works with.
    pub const fn key_type(self) -> KeyType {
        self.profile().1
    }

    /// The algorithm of that `alg` value, which is compared byte by byte.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    const fn profile(self) -> (&'static str, KeyType) {
        match self {
            Self::Rs256 => ("RS256", KeyType::Rsa),
            Self::Rs384 => ("RS384", KeyType::Rsa),
            Self::Ps256 => ("PS256", KeyType::Rsa),
            Self::Ps384 => ("PS384", KeyType::Rsa),
            Self::Es256 => ("ES256", KeyType::P256),
            Self::Es384 => ("ES384", KeyType::P384),
            Self::EdDsa => ("EdDSA", KeyType::Ed25519),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_name_reads_back() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
    }

    #[test]
    fn other_names_and_spellings_are_unknown() {
        assert_eq!(Algorithm::from_name("RS256"), Some(Algorithm::Rs256));
        for name in [
            "none", "noNe", "None", "HS256", "rs256", "RS256 ", "ES256K", "",
        ] {
            assert_eq!(Algorithm::from_name(name), None, "{name}");
        }
    }
}
