//! The ledger: one SQLite-backed Durable Object per partition
//! (<https://developers.cloudflare.com/durable-objects/>).
//!
//! [`client`] asks from the Worker, [`object`] answers inside the object, and [`wire`] is what goes between.

pub(crate) mod client;
pub(crate) mod object;
mod wire;
