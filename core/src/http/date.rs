//! Dates in header fields (RFC 9110, section 5.6.7).

use crate::{
    encoding::digits,
    time::{UnixTime, utc::Utc},
};
use alloc::{format, string::String, vec::Vec};

/// From the epoch on, which was a Thursday.
const DAYS: [&str; 7] = [
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
];

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A point in time in the one form that is sent, `Sun, 06 Nov 1994 08:49:37 GMT`; `None` after 9999.
pub fn format(time: UnixTime) -> Option<String> {
    let Utc {
        year,
        month,
        day,
        hour,
        minute,
        second,
    } = Utc::of(time)?;
    let weekday = usize::try_from(time.as_seconds() / 86_400 % 7).ok()?;
    let name = DAYS.get(weekday)?.get(..3)?;
    let month = MONTHS.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    Some(format!(
        "{name}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT"
    ))
}

/// The point in time that `text` spells in any of the three forms that may be received.
///
/// Whether the name of the day is that of the date is not looked at. Years of two digits are those
/// from 1970 to 2069: which of them lie in the future would need a clock.
pub fn parse(text: &str) -> Option<UnixTime> {
    let words: Vec<&str> = text.split(' ').collect();
    let (day, month, year, time) = match words.as_slice() {
        [name, day, month, year, time, "GMT"] if is_day(name, Name::Short, ",") => (
            digits::of_length(day, 2)?,
            *month,
            digits::of_length(year, 4)?,
            time,
        ),
        [name, date, time, "GMT"] if is_day(name, Name::Long, ",") => {
            let (day, rest) = date.split_once('-')?;
            let (month, year) = rest.split_once('-')?;
            let year = digits::of_length(year, 2)?;
            let century = if year < 70 { 2000 } else { 1900 };
            (
                digits::of_length(day, 2)?,
                month,
                year.checked_add(century)?,
                time,
            )
        }
        [name, month, "", day, time, year] if is_day(name, Name::Short, "") => (
            digits::of_length(day, 1)?,
            *month,
            digits::of_length(year, 4)?,
            time,
        ),
        [name, month, day, time, year] if is_day(name, Name::Short, "") => (
            digits::of_length(day, 2)?,
            *month,
            digits::of_length(year, 4)?,
            time,
        ),
        _ => return None,
    };
    let place = MONTHS.iter().position(|known| *known == month)?;
    let mut parts = time.split(':');
    let mut part = || digits::of_length(parts.next()?, 2);
    let (hour, minute, second) = (part()?, part()?, part()?);
    if parts.next().is_some() || second > 60 {
        return None;
    }
    let utc = Utc {
        year,
        month: u64::try_from(place).ok()?.checked_add(1)?,
        day,
        hour,
        minute,
        // A leap second has no number of its own.
        second: second.min(59),
    };
    utc.to_unix()
}

#[derive(Clone, Copy)]
enum Name {
    Short,
    Long,
}

fn is_day(word: &str, form: Name, end: &str) -> bool {
    let name = word.strip_suffix(end);
    DAYS.iter().any(|day| match form {
        Name::Short => name == day.get(..3),
        Name::Long => name == Some(day),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The example of RFC 9110, section 5.6.7.
    const EXAMPLE: UnixTime = UnixTime::from_seconds(784_111_777);

    #[test]
    fn the_three_forms_are_one_point_in_time() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(text), Some(EXAMPLE), "{text}");
        }
        assert_eq!(
            format(EXAMPLE).as_deref(),
            Some("Sun, 06 Nov 1994 08:49:37 GMT")
        );
    }

    #[test]
    fn what_is_sent_can_be_read() {
        for seconds in [
            0,
            951_782_400,
            1_796_083_200,
            4_107_542_400,
            253_402_300_799,
        ] {
            let time = UnixTime::from_seconds(seconds);
            assert_eq!(parse(&format(time).unwrap()), Some(time));
        }
        assert_eq!(format(UnixTime::from_seconds(u64::MAX)), None);
        assert_eq!(
            format(UnixTime::from_seconds(951_782_400)).as_deref(),
            Some("Tue, 29 Feb 2000 00:00:00 GMT")
        );
    }

    #[test]
    fn years_of_two_digits_begin_with_1970() {
        for (text, full) in [
            (
                "Thursday, 01-Jan-70 00:00:00 GMT",
                "Thu, 01 Jan 1970 00:00:00 GMT",
            ),
            (
                "Tuesday, 31-Dec-69 23:59:60 GMT",
                "Tue, 31 Dec 2069 23:59:59 GMT",
            ),
            (
                "Saturday, 12-Nov-94 00:00:00 GMT",
                "Sat Nov 12 00:00:00 1994",
            ),
        ] {
            assert_eq!(parse(text), parse(full), "{text}");
            assert!(parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_date() {
        for text in [
            "",
            "0",
            "784111777",
            "1994-11-06T08:49:37Z",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 +0000",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Son, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun,  06 Nov 1994 08:49:37 GMT",
            "Sun Nov 6 08:49:37 1994",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
