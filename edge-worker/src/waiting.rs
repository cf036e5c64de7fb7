//! How long Rust waits for calls of the runtime.
//!
//! Every promise that Rust waits for settles by a timeout: a task that waits for one that never settles stays in the
//! memory of the wasm for ever. A timeout is a timer of the request, so `shim.js` keeps the request alive for as long.

use crate::number::from_double;
use js_sys::Date;
use lychgate_core::platform::deadline::Deadline;
use lychgate_core::time::Milliseconds;

/// How long one request, or the work after it, may still wait.
#[derive(Clone, Copy)]
pub(crate) struct Waiting(Deadline);

impl Waiting {
    /// For a request that arrives now.
    pub(crate) fn of_request() -> Self {
        Self(Deadline::of_request(stopwatch()))
    }

    /// For the work after an answer, which begins now.
    pub(crate) fn afterwards() -> Self {
        Self(Deadline::afterwards(stopwatch()))
    }

    /// The timeout of a call that may take `limit` by itself; `None` where no time is left, and the adapter must not
    /// make the call.
    pub(crate) fn allows(self, limit: Milliseconds) -> Option<Milliseconds> {
        self.0.allows(limit, stopwatch())
    }
}

/// The runtime's clock, which stands still while a request computes.
pub(crate) fn stopwatch() -> Milliseconds {
    // It is never before 1970. If it were, everything would count as expired.
    Milliseconds::new(from_double(Date::now()).unwrap_or(u64::MAX))
}
