//! The Cloudflare Workers adapter: carries out what the core decides, and decides nothing.
//!
//! workerd calls `shim.js`. It is written by hand, since the `Request` of the crate `worker` costs more than a whole
//! request that the caches alone decide. For all other requests, that crate has the bindings and their calls.
//!
//! A panic traps, and writes nothing to the log: see [`gateway::wake`].

#[cfg(feature = "contract")]
mod contract;
mod forward;
mod gateway;
mod host;
mod inbound;
mod ledger;
mod number;
mod platform;
mod points;
mod send;
mod signer;
mod store;
mod verifier;
mod waiting;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
