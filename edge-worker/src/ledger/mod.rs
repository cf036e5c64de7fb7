//! The ledger: one SQLite-backed Durable Object per partition
//! (<https://developers.cloudflare.com/durable-objects/>).
//!
//! [`client`] asks in the Worker, [`object`] answers in the Durable Object, and [`wire`] is the format between them.

pub(crate) mod client;
pub(crate) mod object;
mod wire;
