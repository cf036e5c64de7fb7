//! The Cloudflare Workers adapter: carries out what the core decides, and decides nothing.
//!
//! `shim.js` is what workerd calls. It is written by hand, since the `Request` of the crate `worker` costs more than a
//! whole warm request; that crate carries the bindings and the calls of what memory does not decide.
//!
//! A panic is a trap without a word: see [`gateway::wake`].

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
