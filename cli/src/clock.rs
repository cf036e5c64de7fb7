//! The clock of this machine.

use lychgate_core::time::UnixTime;
use std::time::SystemTime;

/// The time by it.
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixTime::from_seconds(since.map_or(0, |since| since.as_secs()))
}
