//! Points in time as `2026-12-01T00:00:00Z` (RFC 3339, in UTC and whole seconds).

use crate::time::UnixTime;

/// Days of a common year before each month.
const DAYS_BEFORE: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_IN: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The point in time that `text` spells, from 1970 on.
pub(super) fn parse(text: &str) -> Option<UnixTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.split('-');
    let year = number(date.next()?, 4)?;
    let (month, day) = (number(date.next()?, 2)?, number(date.next()?, 2)?);
    let mut time = time.split(':');
    let (hour, minute) = (number(time.next()?, 2)?, number(time.next()?, 2)?);
    let second = number(time.next()?, 2)?;
    let in_range = year >= 1970 && hour < 24 && minute < 60 && second < 60;
    if !in_range || date.next().is_some() || time.next().is_some() {
        return None;
    }
    let days = days_since_epoch(year, month, day)?;
    let hours = days.checked_mul(24)?.checked_add(hour)?;
    let minutes = hours.checked_mul(60)?.checked_add(minute)?;
    let seconds = minutes.checked_mul(60)?.checked_add(second)?;
    Some(UnixTime::from_seconds(seconds))
}

fn number(text: &str, digits: usize) -> Option<u64> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

fn days_since_epoch(year: u64, month: u64, day: u64) -> Option<u64> {
    let index = usize::try_from(month.checked_sub(1)?).ok()?;
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let extra = |applies: bool| u64::from(leap && applies);
    let in_month = DAYS_IN.get(index)?.checked_add(extra(month == 2))?;
    if day == 0 || day > in_month {
        return None;
    }
    let whole_years = year.checked_sub(1970)?.checked_mul(365)?;
    let leap_days = leap_years_before(year).checked_sub(leap_years_before(1970))?;
    whole_years
        .checked_add(leap_days)?
        .checked_add(*DAYS_BEFORE.get(index)?)?
        .checked_add(extra(month > 2))?
        .checked_add(day)?
        .checked_sub(1)
}

/// Leap years from year 1 up to the one before `year`.
const fn leap_years_before(year: u64) -> u64 {
    let past = year.saturating_sub(1);
    (past / 4)
        .saturating_sub(past / 100)
        .saturating_add(past / 400)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn known_points_in_time() {
        // From `date -u -d TEXT +%s`.
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1972-02-29T12:00:00Z", 68_212_800),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("2026-12-01T00:00:00Z", 1_796_083_200),
            ("2099-12-31T23:59:59Z", 4_102_444_799),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] {
            assert_eq!(parse(text), Some(UnixTime::from_seconds(seconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_point_in_time() {
        for text in [
            "",
            "2026-12-01",
            "2026-12-01T00:00:00",
            "2026-12-01 00:00:00Z",
            "2026-12-01T00:00:00z",
            "2026-12-01T00:00:00+00:00",
            "2026-12-01T00:00:00.0Z",
            "2026-12-01T00:00Z",
            "2026-12-01T00:00:00:00Z",
            "2026-12-01-01T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-12-00T00:00:00Z",
            "2026-12-01T24:00:00Z",
            "2026-12-01T00:60:00Z",
            "2026-12-01T00:00:60Z",
            "1969-12-31T23:59:59Z",
            "+026-12-01T00:00:00Z",
            "2026-1-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
