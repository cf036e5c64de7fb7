//! Whole numbers between Rust and JavaScript, which has doubles only.

use lychgate_core::time::Milliseconds;

/// Doubles hold every whole number up to this one exactly.
const LARGEST: u64 = (1 << 53) - 1;

/// The number as a double; one that is too large to be exact becomes the largest exact one.
pub(crate) fn to_double(number: u64) -> f64 {
    #[expect(
        clippy::as_conversions,
        reason = "the standard library has no other way, and up to 53 bits it is exact"
    )]
    {
        number.min(LARGEST) as f64
    }
}

/// A duration as the runtime's timers take it.
pub(crate) fn milliseconds(time: Milliseconds) -> f64 {
    to_double(time.as_milliseconds())
}

/// The whole number that a double is exactly, if it is one.
pub(crate) fn from_double(number: f64) -> Option<u64> {
    #[expect(
        clippy::as_conversions,
        reason = "the standard library has no other way, and the next line refuses what was inexact"
    )]
    let whole = number as u64;
    #[expect(clippy::float_cmp, reason = "nothing but the same number will do")]
    (to_double(whole) == number).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_whole_numbers_cross() {
        for number in [0, 1, LARGEST] {
            assert_eq!(from_double(to_double(number)), Some(number));
        }
        assert_eq!(from_double(to_double(u64::MAX)), Some(LARGEST));
        for number in [-1.0, 0.5, 9_007_199_254_740_992.0, f64::NAN, f64::INFINITY] {
            assert_eq!(from_double(number), None, "{number}");
        }
    }
}
