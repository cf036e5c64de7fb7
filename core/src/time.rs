//! Points in time and spans, in whole seconds; for the log alone there are milliseconds.
//!
//! Nothing here reads a clock: the time of a request is read once by the platform and passed down.

pub mod utc;

use core::fmt;

/// A point in time: seconds since 1970-01-01T00:00:00Z (RFC 7519, section 2, `NumericDate`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

/// A span of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(u64);

/// The reading of a stopwatch, or the span between two readings; no decision is that fine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Milliseconds(u64);

impl UnixTime {
    /// The point in time `seconds` after the epoch.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    pub const fn as_seconds(self) -> u64 {
        self.0
    }

    /// The point `span` later; the end of time where that overflows.
    pub const fn plus(self, span: Seconds) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// The point `span` earlier; the epoch where that underflows.
    pub const fn minus(self, span: Seconds) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// How long `earlier` is ago at this point; zero where it lies in the future.
    pub const fn since(self, earlier: Self) -> Seconds {
        Seconds(self.0.saturating_sub(earlier.0))
    }
}

impl Seconds {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `seconds`.
    pub const fn new(seconds: u64) -> Self {
        Self(seconds)
    }

    /// A span of `minutes`.
    pub const fn minutes(minutes: u32) -> Self {
        // A u32 of minutes always fits; `as` is the only widening that works in a const.
        #[expect(clippy::as_conversions, reason = "u32 to u64 is lossless")]
        Self((minutes as u64).saturating_mul(60))
    }

    /// The span in seconds.
    pub const fn as_seconds(self) -> u64 {
        self.0
    }

    /// A `part`-th of this span, rounded down; the whole where `part` is zero.
    pub const fn divided_by(self, part: u64) -> Self {
        match self.0.checked_div(part) {
            Some(seconds) => Self(seconds),
            None => self,
        }
    }

    /// Both spans after each other.
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Milliseconds {
    /// A span of `milliseconds`.
    pub const fn new(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// The span in milliseconds.
    pub const fn as_milliseconds(self) -> u64 {
        self.0
    }

    /// How long `earlier` is ago; zero where it lies in the future.
    pub const fn since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }

    /// Both spans after each other.
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn arithmetic_saturates_instead_of_wrapping() {
        let end = UnixTime::from_seconds(u64::MAX);
        assert_eq!(end.plus(Seconds::new(1)), end);
        let start = UnixTime::from_seconds(3);
        assert_eq!(start.minus(Seconds::new(4)), UnixTime::from_seconds(0));
        assert_eq!(start.since(UnixTime::from_seconds(9)), Seconds::ZERO);
        assert_eq!(start.since(UnixTime::from_seconds(1)), Seconds::new(2));
    }
}
