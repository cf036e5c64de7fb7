//! The signature algorithms that a token may use (RFC 7518, section 3.1; RFC 8037, section 3.1; RFC 9864).
//!
//! `none` has no value here, so nothing can ask for it. `HS256` is no [`Algorithm`]: whatever takes one works with
//! public keys, and a message authentication code needs a secret.

/// A digital signature algorithm, whose key is public.
///
/// <https://www.rfc-editor.org/rfc/rfc7518#section-3.1>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
    Ps256,
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes.
    Ps384,
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 bytes.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// Ed25519, under its two names: `EdDSA` (RFC 8037) and `Ed25519` (RFC 9864, section 2.2). Ed448 is none.
    EdDsa,
}

/// The algorithm that `alg` of a signed token names: a digital signature or a message authentication code.
///
/// <https://www.rfc-editor.org/rfc/rfc7518#section-3.1>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JwsAlgorithm {
    /// A digital signature, verified with a public key.
    DigitalSignature(Algorithm),
    /// HMAC with SHA-256, verified with a [`SharedSecret`](super::SharedSecret) and with nothing else.
    Hs256,
}

/// The kind of key that an algorithm works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// An RSA key.
    Rsa,
    /// A point on a curve of NIST's.
    Elliptic(Curve),
    /// A point on edwards25519.
    Ed25519,
}

/// A curve of NIST's (RFC 7518, section 6.2.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// P-256, secp256r1.
    P256,
    /// P-384, secp384r1.
    P384,
    /// P-521, secp521r1.
    P521,
}

const HS256: &str = "HS256";

/// The other name of [`Algorithm::EdDsa`], which says the curve as well.
const ED25519: &str = "Ed25519";

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 10] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
    ];

    /// The value of `alg` in a header or a key; of two names the older one, which everyone reads.
    pub const fn name(self) -> &'static str {
        self.profile().0
    }

    /// The kind of key it works with.
    pub const fn key_type(self) -> KeyType {
        self.profile().1
    }

    /// The algorithm of that `alg` value, which is compared byte by byte.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == ED25519 {
            return Some(Self::EdDsa);
        }
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    const fn profile(self) -> (&'static str, KeyType) {
        match self {
            Self::Rs256 => ("RS256", KeyType::Rsa),
            Self::Rs384 => ("RS384", KeyType::Rsa),
            Self::Rs512 => ("RS512", KeyType::Rsa),
            Self::Ps256 => ("PS256", KeyType::Rsa),
            Self::Ps384 => ("PS384", KeyType::Rsa),
            Self::Ps512 => ("PS512", KeyType::Rsa),
            Self::Es256 => ("ES256", KeyType::Elliptic(Curve::P256)),
            Self::Es384 => ("ES384", KeyType::Elliptic(Curve::P384)),
            Self::Es512 => ("ES512", KeyType::Elliptic(Curve::P521)),
            Self::EdDsa => ("EdDSA", KeyType::Ed25519),
        }
    }
}

impl JwsAlgorithm {
    /// The value of `alg` in a header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DigitalSignature(algorithm) => algorithm.name(),
            Self::Hs256 => HS256,
        }
    }

    /// The algorithm of that `alg` value, which is compared byte by byte.
    pub fn from_name(name: &str) -> Option<Self> {
        match Algorithm::from_name(name) {
            Some(algorithm) => Some(Self::DigitalSignature(algorithm)),
            None => (name == HS256).then_some(Self::Hs256),
        }
    }
}

impl Curve {
    /// The value of `crv` in a key.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// The length of a coordinate and of each half of a signature, in bytes.
    pub const fn length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The curve of that `crv` value.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = [Self::P256, Self::P384, Self::P521].into_iter();
        all.find(|known| known.name() == name)
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
            let in_header = JwsAlgorithm::DigitalSignature(algorithm);
            assert_eq!(in_header.name(), algorithm.name());
            assert_eq!(JwsAlgorithm::from_name(in_header.name()), Some(in_header));
        }
        let hs256 = JwsAlgorithm::Hs256;
        assert_eq!(JwsAlgorithm::from_name(hs256.name()), Some(hs256));
    }

    #[test]
    fn other_names_and_spellings_are_unknown() {
        assert_eq!(Algorithm::from_name("RS256"), Some(Algorithm::Rs256));
        for name in [
            "none",
            "noNe",
            "None",
            "HS384",
            "HS512",
            "hs256",
            "HS256 ",
            "rs256",
            "RS256 ",
            "ES256K",
            "Ed448",
            "ed25519",
            "ED25519",
            "Ed25519ph",
            "",
        ] {
            assert_eq!(Algorithm::from_name(name), None, "{name}");
            assert_eq!(JwsAlgorithm::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn ed25519_has_two_names() {
        for name in ["EdDSA", "Ed25519"] {
            assert_eq!(Algorithm::from_name(name), Some(Algorithm::EdDsa), "{name}");
        }
        assert_eq!(Algorithm::EdDsa.name(), "EdDSA");
    }

    #[test]
    fn a_secret_belongs_to_no_algorithm_of_public_keys() {
        assert_eq!(Algorithm::from_name("HS256"), None);
        assert_eq!(JwsAlgorithm::from_name("HS256"), Some(JwsAlgorithm::Hs256));
    }

    #[test]
    fn curves_have_their_names_and_lengths() {
        for (name, length) in [("P-256", 32), ("P-384", 48), ("P-521", 66)] {
            let curve = Curve::from_name(name).unwrap();
            assert_eq!((curve.name(), curve.length()), (name, length));
        }
        for name in ["p-256", "P-512", "secp256k1", "Ed25519", ""] {
            assert_eq!(Curve::from_name(name), None, "{name}");
        }
    }
}
