//! The key sets that providers and issuers publish: one cache and one rule for ID tokens and access tokens.
//!
//! A set comes from memory, then the store, then the issuer. The rule for how long it serves and when it is fetched
//! anew stands beside its constants, in [`key_set_memory`](crate::gateway::published::key_set_memory).
//!
//! An issuer and a provider that publish at one place share one set.

pub(in crate::gateway) mod origin;
pub(in crate::gateway) mod source;
mod store;
pub(in crate::gateway) mod verify;
