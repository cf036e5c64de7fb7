//! How long something may take.

use futures_util::future::{Either, select};
use lychgate_core::platform::deadline::Deadline;
use lychgate_core::time::{Milliseconds, Seconds};
use spin_sdk::wasip3::clocks::monotonic_clock::{self, wait_for};
use std::pin::pin;

/// What `work` came to, or `None` where that took longer than `limit`; it is given up then.
pub(crate) async fn within<T>(limit: Seconds, work: impl Future<Output = T>) -> Option<T> {
    within_milliseconds(milliseconds(limit), work).await
}

async fn within_milliseconds<T>(limit: Milliseconds, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), pin!(wait_for(nanoseconds(limit)))).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

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

    /// What `work` came to, or `None` where that took longer than `limit`, or than the request has left.
    pub(crate) async fn within<T>(
        self,
        limit: Seconds,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let allowed = self.0.allows(milliseconds(limit), stopwatch())?;
        within_milliseconds(allowed, work).await
    }

    /// Waits for that long, or as long as the request has left.
    pub(crate) async fn pause(self, time: Milliseconds) {
        if let Some(time) = self.0.allows(time, stopwatch()) {
            wait_for(nanoseconds(time)).await;
        }
    }
}

/// The host's stopwatch.
pub(crate) fn stopwatch() -> Milliseconds {
    Milliseconds::new(monotonic_clock::now() / 1_000_000)
}

const fn milliseconds(time: Seconds) -> Milliseconds {
    Milliseconds::new(time.as_seconds().saturating_mul(1_000))
}

const fn nanoseconds(time: Milliseconds) -> u64 {
    time.as_milliseconds().saturating_mul(1_000_000)
}
