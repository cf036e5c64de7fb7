//! The Cloudflare Workers adapter: carries out what the core decides, and decides nothing.
//!
//! `shim.js` is what workerd calls. It is written by hand, and so are the bindings: the `worker` crate brings
//! exported classes, a panic hook and conversions that weigh as much as all of this adapter several times,
//! and its `Request` costs more than a whole warm request.
//!
//! In wasm it does without std, whose panics bring their messages and places along; here a panic is a trap.
#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

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

use wasm_bindgen::handler::{schedule_reinit, set_on_abort};
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs once in each instance. After a trap the instance is never entered again: the next call from
/// JavaScript makes a new one. What still waits for the old one is told by the glue, since an instance that
/// has trapped can call nothing.
#[wasm_bindgen(start)]
fn start() {
    set_on_abort(schedule_reinit);
}

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(target_family = "wasm")]
#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
