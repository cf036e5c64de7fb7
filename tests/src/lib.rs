//! The suites that every host must pass, and the scripted platform they also run on.
//!
//! Each suite is written once over a trait: `ledger` over what keeps one-time records, `gateway`
//! and `attack` over what answers requests. In-process hosts stand on `scripted`, where tests own
//! the clock, the randomness, every fault and the order in which calls are answered.
#![forbid(unsafe_code)]
#![recursion_limit = "256"]
#![cfg_attr(
    test,
    expect(
        clippy::arithmetic_side_effects,
        clippy::string_slice,
        reason = "a test may panic"
    )
)]

// Clippy takes code for a test's only where `cfg(test)` stands above it.
#[cfg(test)]
mod access_token;
#[cfg(test)]
mod attack;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod executor;
#[cfg(test)]
mod explore;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod host;
#[cfg(test)]
mod http;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod opaque_token;
#[cfg(test)]
mod parity;
#[cfg(test)]
mod readings;
#[cfg(test)]
mod real_issuer;
#[cfg(test)]
mod real_providers;
#[cfg(test)]
mod reseal;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod signatures;
#[cfg(test)]
mod spin;
#[cfg(test)]
mod streaming;
#[cfg(test)]
mod workerd;
