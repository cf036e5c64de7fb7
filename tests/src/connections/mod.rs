//! Connections that end early: clients and upstreams that reset, close, half-close or fall silent, at each stage of each
//! flow, in front of real runtimes.
//!
//! Whatever ended, nothing of it stays: no task runs and no promise waits any more, memory is where it was, and the next
//! request is served. The build of the contract suite tells what is inside (`/state` in the crate `lychgate-contract`).
//!
//! With `LYCHGATE_LONG` set, which `cargo xtask test --long` does, 2,000 clients leave each host; without, a few.

mod fickle;
mod leaving;
mod made_up_tokens;
mod rotation;
mod scene;
mod stages;
mod upstreams;
mod waves;

pub use scene::is_long;
