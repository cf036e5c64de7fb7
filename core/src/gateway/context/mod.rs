//! The values that every step of a request's way works with: the request, the deployment, the result.
//!
//! Nothing here knows the steps. A few files hold rules that several steps share: [`endpoint`] says which paths are our
//! own endpoints, [`exchange`] how long a provider may take, and [`record`] when a write to the ledger counts.

pub(in crate::gateway) mod arrival;
pub(in crate::gateway) mod authenticated_session;
pub(in crate::gateway) mod authentication;
pub(in crate::gateway) mod body;
pub(in crate::gateway) mod body_length;
pub(in crate::gateway) mod call;
pub(in crate::gateway) mod deployment;
pub(in crate::gateway) mod endpoint;
pub(in crate::gateway) mod exchange;
pub(in crate::gateway) mod identity;
pub(in crate::gateway) mod issuer_keys;
pub(in crate::gateway) mod login_link;
pub(in crate::gateway) mod measured;
pub(in crate::gateway) mod named;
pub mod outcome;
pub(in crate::gateway) mod random;
pub(in crate::gateway) mod record;
pub(in crate::gateway) mod secrets;

#[cfg(test)]
pub(in crate::gateway) mod for_tests;
