//! Access tokens: who calls, and whether the token is the authentication's.

pub(in crate::gateway) mod dpop;
pub(in crate::gateway) mod resource_metadata;
pub(in crate::gateway) mod verify;
