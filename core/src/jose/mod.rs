//! JSON Web Tokens and keys, for verifying (RFC 7515, 7517, 7518, 7519, 8037).
//!
//! The way of a token: [`UnverifiedToken::parse`] checks its form, [`KeySet::candidates`] chooses
//! keys by the [`Hint`] and the issuer's allow-list, the platform answers a [`SignatureCheck`], and
//! [`UnverifiedToken::confirm`] returns the [`VerifiedToken`], which alone has readable claims. An
//! issuer with a [`SharedSecret`] has [`UnverifiedToken::confirm_with_secret`] instead of all that.
//! The modules that know the kind of token check its claims.

#[cfg(feature = "software-verification")]
pub mod software;

mod algorithm;
mod check;
mod claims;
mod edwards_point;
mod key;
mod key_set;
mod proven;
mod shared_secret;
mod signing_key;
mod token;

pub use algorithm::{Algorithm, Curve, JwsAlgorithm, KeyType};
pub use check::{CheckFault, SignatureCheck, SignatureProof, SignatureVerdict};
pub(crate) use claims::whole_seconds;
pub use claims::{ClaimsSet, TimeFault, VerifiedToken};
pub use key::{KeyFault, KeyMaterial, PublicKey};
pub use key_set::{FlawKind, KeySet, KeySetFault, KeySetFlaw, SkippedKey};
pub use shared_secret::{SharedSecret, SharedSecretFault};
pub use signing_key::{SigningKey, SigningKeyFault};
pub use token::{Hint, Malformed, NotSigned, Refusal, UnverifiedToken};
