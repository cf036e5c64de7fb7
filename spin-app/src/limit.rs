//! How long something may take.

use futures_util::future::{Either, select};
use lychgate_core::time::Seconds;
use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;
use std::pin::pin;

/// What `work` came to, or `None` where that took longer than `limit`; it is given up then.
pub(crate) async fn within<T>(limit: Seconds, work: impl Future<Output = T>) -> Option<T> {
    let nanoseconds = limit.as_seconds().saturating_mul(1_000_000_000);
    match select(pin!(work), pin!(wait_for(nanoseconds))).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}
