//! Access tokens: the client that sends one, and whether the token is its own.
//!
//! [`verify`] begins. [`known`] finds a token in the cache, [`signature`] verifies its signature, and [`online`] asks its
//! issuer about it; [`signed_answer`] verifies an answer that has to be signed. [`keys`] has the keys of both, and [`endpoint`] says where to ask. [`dpop`]
//! has the client prove that a bound token is its own.

pub(in crate::gateway) mod dpop;
pub(in crate::gateway) mod endpoint;
pub(in crate::gateway) mod keys;
pub(in crate::gateway) mod known;
pub(in crate::gateway) mod online;
pub(in crate::gateway) mod refused;
pub(in crate::gateway) mod resource_metadata;
pub(in crate::gateway) mod signature;
pub(in crate::gateway) mod signed_answer;
pub(in crate::gateway) mod verify;
