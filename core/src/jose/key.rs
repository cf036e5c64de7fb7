//! A provider's public key, checked at import (RFC 7517; RFC 7518, section 6; RFC 8037).
//!
//! Hosts differ in what they import: one takes an exponent of 1, another a point of small order.
//! A key that is dangerous, or would be read differently, is refused here, so that they agree. Each host
//! still has to check that a point lies on its curve, and to answer `Invalid` where it does not.

use super::algorithm::{Algorithm, Curve, KeyType};
use crate::encoding::base64url;
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use serde_json::{Map, Value};

/// A public key that may verify signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    key_id: Option<String>,
    algorithm: Option<Algorithm>,
    material: KeyMaterial,
    jwk: String,
}

/// The numbers of a key, big-endian and at their one length unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyMaterial {
    /// An RSA key; neither number begins with a zero byte.
    Rsa {
        /// The modulus, 2048 to 8192 bits.
        modulus: Vec<u8>,
        /// The public exponent, odd, 65537 to 2^33 - 1.
        exponent: Vec<u8>,
    },
    /// A point on a curve of NIST's; that it lies there is for the host to check.
    Elliptic {
        /// The curve.
        curve: Curve,
        /// The first coordinate, as long as the curve's field.
        x: Vec<u8>,
        /// The second coordinate, as long as the curve's field.
        y: Vec<u8>,
    },
    /// An Ed25519 key as RFC 8032, section 5.1.2, encodes it (little-endian).
    Ed25519 {
        /// The encoded point, canonical and not of small order.
        x: [u8; 32],
    },
}

/// Why a key is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// A member is missing, of the wrong type, or not canonical base64url.
    Malformed,
    /// `kty` is none of ours.
    KeyType,
    /// `crv` is none of ours.
    Curve,
    /// `alg` is none of ours, or does not fit the key.
    Algorithm,
    /// `use` or `key_ops` say that the key does not verify signatures.
    Purpose,
    /// The key carries members of a private or symmetric key.
    PrivateMaterial,
    /// The modulus is not 2048 to 8192 bits long in whole bytes.
    ModulusSize {
        /// Its length in bits.
        bits: usize,
    },
    /// The modulus is even.
    Modulus,
    /// The public exponent is even, below 65537 or above 2^33 - 1.
    Exponent,
    /// A coordinate has not the length of its curve's field.
    PointLength,
    /// The Ed25519 point has small order, so that one signature fits every message.
    SmallOrderPoint,
    /// The Ed25519 point is not canonically encoded, so that hosts may read it differently.
    PointEncoding,
    /// It is `null` or anything else that is no JSON object, or one that repeats a name.
    NotAnObject,
    /// It stands behind more keys than any issuer needs.
    TooMany,
}

impl KeyFault {
    /// Whether the issuer made a mistake; keys of other kinds and for other purposes may stand in any set (RFC 7517,
    /// section 5).
    pub const fn is_mistake(self) -> bool {
        match self {
            Self::KeyType | Self::Curve | Self::Algorithm | Self::Purpose => false,
            Self::Malformed
            | Self::PrivateMaterial
            | Self::ModulusSize { .. }
            | Self::Modulus
            | Self::Exponent
            | Self::PointLength
            | Self::SmallOrderPoint
            | Self::PointEncoding
            | Self::NotAnObject
            | Self::TooMany => true,
        }
    }
}

/// The members that only private and symmetric keys have (RFC 7518, sections 6.2.2, 6.3.2, 6.4.1).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

const MODULUS_BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

/// More than 33 bits are refused by some hosts.
const EXPONENTS: core::ops::RangeInclusive<u64> = 65_537..=0x1_ffff_ffff;

impl PublicKey {
    /// Imports one JSON Web Key.
    ///
    /// # Errors
    /// All of [`KeyFault`].
    pub(crate) fn import(members: &Map<String, Value>) -> Result<Self, KeyFault> {
        if PRIVATE_MEMBERS
            .iter()
            .any(|name| members.contains_key(*name))
        {
            return Err(KeyFault::PrivateMaterial);
        }
        let key_type = required(members, "kty")?;
        let material = match key_type {
            "RSA" => rsa(members)?,
            "EC" => elliptic(members)?,
            "OKP" => edwards(members)?,
            _ => return Err(KeyFault::KeyType),
        };
        check_purpose(members)?;
        let algorithm = match optional(members, "alg")? {
            Some(name) => Some(Algorithm::from_name(name).ok_or(KeyFault::Algorithm)?),
            None => None,
        };
        if algorithm.is_some_and(|bound| bound.key_type() != material.key_type()) {
            return Err(KeyFault::Algorithm);
        }
        Ok(Self {
            key_id: optional(members, "kid")?.map(ToOwned::to_owned),
            algorithm,
            jwk: material.to_jwk(),
            material,
        })
    }

    /// `kid`: what the provider calls the key.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// `alg`: the one algorithm that the provider binds the key to.
    pub const fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// The numbers of the key.
    pub const fn material(&self) -> &KeyMaterial {
        &self.material
    }

    /// The key as a JSON Web Key of its required members alone, in the order of RFC 7638.
    ///
    /// A host can import it, and may use it as the name of the imported key in a cache, together
    /// with the algorithm.
    pub fn jwk(&self) -> &str {
        &self.jwk
    }

    /// Whether the key may verify signatures of that algorithm.
    pub fn serves(&self, algorithm: Algorithm) -> bool {
        self.material.key_type() == algorithm.key_type()
            && self.algorithm.is_none_or(|bound| bound == algorithm)
    }

    /// The length of an RSA modulus in bytes; zero for keys that have none.
    pub(super) fn modulus_length(&self) -> usize {
        match &self.material {
            KeyMaterial::Rsa { modulus, .. } => modulus.len(),
            KeyMaterial::Elliptic { .. } | KeyMaterial::Ed25519 { .. } => 0,
        }
    }
}

impl KeyMaterial {
    /// The kind of key.
    pub const fn key_type(&self) -> KeyType {
        match self {
            Self::Rsa { .. } => KeyType::Rsa,
            Self::Elliptic { curve, .. } => KeyType::Elliptic(*curve),
            Self::Ed25519 { .. } => KeyType::Ed25519,
        }
    }

    fn to_jwk(&self) -> String {
        let encode = base64url::encode;
        match self {
            Self::Rsa { modulus, exponent } => format!(
                r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#,
                encode(exponent),
                encode(modulus)
            ),
            Self::Elliptic { curve, x, y } => format!(
                r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#,
                curve.name(),
                encode(x),
                encode(y)
            ),
            Self::Ed25519 { x } => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(x))
            }
        }
    }
}

/// `use` and `key_ops` may each be absent; where they stand, they must name verifying.
fn check_purpose(members: &Map<String, Value>) -> Result<(), KeyFault> {
    if optional(members, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err(KeyFault::Purpose);
    }
    match members.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations)) if operations.iter().any(|name| name == "verify") => Ok(()),
        Some(_) => Err(KeyFault::Purpose),
    }
}

fn rsa(members: &Map<String, Value>) -> Result<KeyMaterial, KeyFault> {
    let modulus = number(members, "n")?;
    let exponent = number(members, "e")?;
    let unused = modulus.first().map_or(0, |byte| byte.leading_zeros());
    let bits = modulus
        .len()
        .saturating_mul(8)
        .saturating_sub(usize::try_from(unused).unwrap_or(0));
    if !MODULUS_BITS.contains(&bits) || !bits.is_multiple_of(8) {
        return Err(KeyFault::ModulusSize { bits });
    }
    if modulus.last().is_none_or(|byte| byte.is_multiple_of(2)) {
        return Err(KeyFault::Modulus);
    }
    if exponent.len() > 8 {
        return Err(KeyFault::Exponent);
    }
    let value = exponent
        .iter()
        .fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    if !EXPONENTS.contains(&value) || value.is_multiple_of(2) {
        return Err(KeyFault::Exponent);
    }
    Ok(KeyMaterial::Rsa { modulus, exponent })
}

fn elliptic(members: &Map<String, Value>) -> Result<KeyMaterial, KeyFault> {
    let curve = Curve::from_name(required(members, "crv")?).ok_or(KeyFault::Curve)?;
    let (x, y) = (decoded(members, "x")?, decoded(members, "y")?);
    if x.len() != curve.length() || y.len() != curve.length() {
        return Err(KeyFault::PointLength);
    }
    Ok(KeyMaterial::Elliptic { curve, x, y })
}

fn edwards(members: &Map<String, Value>) -> Result<KeyMaterial, KeyFault> {
    if required(members, "crv")? != "Ed25519" {
        return Err(KeyFault::Curve);
    }
    let x = decoded(members, "x")?.try_into();
    let x = x.map_err(|_| KeyFault::PointLength)?;
    super::edwards_point::check(&x)?;
    Ok(KeyMaterial::Ed25519 { x })
}

fn decoded(members: &Map<String, Value>, name: &str) -> Result<Vec<u8>, KeyFault> {
    base64url::decode(required(members, name)?).ok_or(KeyFault::Malformed)
}

/// An unsigned number. Some issuers put a zero byte in front, which RFC 7518, section 2, forbids;
/// it is dropped, so that there is one form of each number.
fn number(members: &Map<String, Value>, name: &str) -> Result<Vec<u8>, KeyFault> {
    let bytes = decoded(members, name)?;
    Ok(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn required<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str, KeyFault> {
    optional(members, name)?.ok_or(KeyFault::Malformed)
}

fn optional<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, KeyFault> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(KeyFault::Malformed),
    }
}
