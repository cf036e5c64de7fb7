//! Tokens, keys and signatures: hostile ones, published vectors, and whatever a generator finds.
#![cfg(not(target_family = "wasm"))]
#![expect(
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

// Clippy takes code for a test's only where `cfg(test)` stands above it.
#[cfg(test)]
mod keys;
#[cfg(test)]
mod mac_cases;
#[cfg(test)]
mod rfc_cases;
#[cfg(test)]
mod rsa_encodings;
#[cfg(test)]
mod shared_secrets;
#[cfg(test)]
mod signature_cases;
#[cfg(test)]
mod support;
#[cfg(test)]
mod token;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod verdicts;
#[cfg(test)]
mod wycheproof_cases;
