//! Numbers as they stand in paths, headers and configurations: ASCII digits and nothing else.

/// The number that `text` spells in decimal digits, leading zeros or not; `None` beyond 64 bits.
///
/// A sign, which the standard library's parser takes, is none.
#[inline(never)]
pub fn number(text: &str) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.bytes().try_fold(0_u64, |so_far, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        so_far.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// The same where the number has one spelling only, without leading zeros.
pub fn canonical(text: &str) -> Option<u64> {
    number(text).filter(|_| text == "0" || !text.starts_with('0'))
}

/// The same with that many digits.
pub fn of_length(text: &str, digits: usize) -> Option<u64> {
    number(text).filter(|_| text.len() == digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn digits_spell_a_number_and_nothing_else_does() {
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("007"), Some(7));
        assert_eq!(number(&u64::MAX.to_string()), Some(u64::MAX));
        for odd in [
            "",
            "+1",
            "-1",
            " 1",
            "1 ",
            "1_0",
            "0x1",
            "１",
            "18446744073709551616",
        ] {
            assert_eq!(number(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_canonical_number_has_no_leading_zero() {
        assert_eq!(canonical("0"), Some(0));
        assert_eq!(canonical("10"), Some(10));
        assert_eq!(canonical("00"), None);
        assert_eq!(canonical("01"), None);
    }

    #[test]
    fn a_length_is_kept_to() {
        assert_eq!(of_length("07", 2), Some(7));
        assert_eq!(of_length("7", 2), None);
        assert_eq!(of_length("007", 2), None);
    }
}
