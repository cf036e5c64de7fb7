//! How long the runtime is waited for.
//!
//! Every promise that Rust waits for settles by a time limit: what waits for one that never does stays in the memory of
//! the wasm for ever. A limit is a timer of the request, so the request has to live as long; `shim.js` sees to that.

use crate::number::from_double;
use js_sys::Date;
use lychgate_core::platform::deadline::Deadline;
use lychgate_core::time::Milliseconds;

/// What is left of the time of one request, or of the work after it.
#[derive(Clone, Copy)]
pub(crate) struct Waiting(Deadline);

impl Waiting {
    /// For a request that comes now.
    pub(crate) fn of_request() -> Self {
        Self(Deadline::of_request(stopwatch()))
    }

    /// For the work after an answer that is given now.
    pub(crate) fn afterwards() -> Self {
        Self(Deadline::afterwards(stopwatch()))
    }

    /// For how long a call may be waited for that may take `limit` by itself; `None` where the time is up,
    /// and the call must not be made.
    pub(crate) fn allows(self, limit: Milliseconds) -> Option<Milliseconds> {
        self.0.allows(limit, stopwatch())
    }
}

/// The runtime's clock, which it holds still while a request computes.
pub(crate) fn stopwatch() -> Milliseconds {
    // It is never before 1970; were it, everything would have expired long after it.
    Milliseconds::new(from_double(Date::now()).unwrap_or(u64::MAX))
}
