//! Access tokens: the client that sends one, and whether the token is its own.

pub(in crate::gateway) mod dpop;
pub(in crate::gateway) mod resource_metadata;
pub(in crate::gateway) mod verify;
