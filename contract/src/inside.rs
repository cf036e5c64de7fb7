//! Counts the tasks of an instance that run now, and the bytes of its memory.

use core::sync::atomic::{AtomicU32, Ordering};
use serde_json::{Value, json};

/// How many tasks there are.
static RUNNING: AtomicU32 = AtomicU32::new(0);

/// How many bytes a page of memory has.
const PAGE: usize = 64 * 1024;

/// A task of the gateway, for as long as it runs: a request that memory did not decide, or the work after an answer.
#[derive(Debug)]
pub struct Running(());

impl Running {
    /// From now on.
    pub fn begin() -> Self {
        RUNNING.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(crate) fn state() -> Value {
    json!({ "ok": { "memory": pages().saturating_mul(PAGE), "running": RUNNING.load(Ordering::Relaxed) } })
}

#[cfg(target_family = "wasm")]
fn pages() -> usize {
    core::arch::wasm32::memory_size(0)
}

/// A native build shares the memory of the test that runs it, so it counts none.
#[cfg(not(target_family = "wasm"))]
const fn pages() -> usize {
    0
}
