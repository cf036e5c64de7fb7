//! The key sets that providers and issuers publish: one cache and one rule for ID tokens and access tokens.
//!
//! A set comes from memory, then the store, then the issuer.
//!
//! - It is **fresh** for an hour. For another hour it **serves meanwhile**, and is fetched anew after the answer; after
//!   that a request waits for it.
//! - Where it cannot be fetched, the **last good** one serves for a day, and the next **retry** is ten seconds after the
//!   failure.
//! - For a token that no key of it signed, an unknown `kid` or a known one, it is fetched once more, at most once per
//!   **cool-down** of 30 seconds from the end of the last such fetch. So a rotation is seen at once, and a flood of made-up
//!   keys is not felt.
//! - Of requests that want it at the same time one loads and fetches ([`single_flight`](crate::gateway::published::single_flight)).
//!
//! An issuer and a provider that publish at one place share one set.

pub(in crate::gateway) mod origin;
pub(in crate::gateway) mod source;
mod store;
pub(in crate::gateway) mod verify;
