//! Points in time as `2026-12-01T00:00:00Z` (RFC 3339, in UTC and whole seconds).

use crate::{
    encoding::digits,
    time::{UnixTime, utc::Utc},
};

/// The point in time that `text` spells, from 1970 on.
pub fn parse(text: &str) -> Option<UnixTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.split('-');
    let year = digits::of_length(date.next()?, 4)?;
    let (month, day) = (
        digits::of_length(date.next()?, 2)?,
        digits::of_length(date.next()?, 2)?,
    );
    let mut time = time.split(':');
    let (hour, minute) = (
        digits::of_length(time.next()?, 2)?,
        digits::of_length(time.next()?, 2)?,
    );
    let second = digits::of_length(time.next()?, 2)?;
    if date.next().is_some() || time.next().is_some() {
        return None;
    }
    let utc = Utc {
        year,
        month,
        day,
        hour,
        minute,
        second,
    };
    utc.to_unix()
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
