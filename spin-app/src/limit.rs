//! How long something may take.

use futures_util::future::{Either, select};
use lychgate_core::http::outbound::SendError;
use lychgate_core::platform::OutOfTime;
use lychgate_core::platform::deadline::Deadline;
use lychgate_core::time::{Milliseconds, Seconds};
use spin_sdk::wasip3::clocks::monotonic_clock::{self, wait_for};
use std::pin::pin;

/// The result of `work`, or `None` where that took longer than `limit`; it is given up then.
pub(crate) async fn within<T>(limit: Seconds, work: impl Future<Output = T>) -> Option<T> {
    within_milliseconds(milliseconds(limit), work).await
}

async fn within_milliseconds<T>(limit: Milliseconds, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), pin!(wait_for(nanoseconds(limit)))).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// The rest of the time of one request, or of the work after it.
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

    /// The result of `work`, or `None` where that took longer than `limit`, or than the request has left.
    pub(crate) async fn within<T>(
        self,
        limit: Seconds,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let allowed = self.allows(milliseconds(limit))?;
        within_milliseconds(allowed, work).await
    }

    /// The result of `sending` within `limit`, and within what the request has left.
    ///
    /// # Errors
    /// Those of `sending`, [`SendError::TimedOut`] and [`SendError::OutOfTime`].
    pub(crate) async fn send<T>(
        self,
        limit: Seconds,
        sending: impl Future<Output = Result<T, SendError>>,
    ) -> Result<T, SendError> {
        let limit = milliseconds(limit);
        let allowed = self.allows(limit).ok_or(SendError::OutOfTime)?;
        let sent = within_milliseconds(allowed, sending).await;
        sent.unwrap_or_else(|| Err(SendError::late(allowed, limit)))
    }

    /// Waits for that long, or as long as the request has left.
    ///
    /// # Errors
    /// [`OutOfTime`] where that is no time at all.
    pub(crate) async fn pause(self, time: Milliseconds) -> Result<(), OutOfTime> {
        let allowed = self.allows(time).ok_or(OutOfTime)?;
        wait_for(nanoseconds(allowed)).await;
        Ok(())
    }

    fn allows(self, limit: Milliseconds) -> Option<Milliseconds> {
        self.0.allows(limit, stopwatch())
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
