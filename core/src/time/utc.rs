//! The calendar: points in time as date and time of day, in UTC.

use super::UnixTime;
use core::fmt;

/// A date and a time of day in UTC, from 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utc {
    /// Such as 1994.
    pub year: u64,
    /// 1 to 12.
    pub month: u64,
    /// 1 to 31.
    pub day: u64,
    /// 0 to 23.
    pub hour: u64,
    /// 0 to 59.
    pub minute: u64,
    /// 0 to 59.
    pub second: u64,
}

/// Days of a common year before each month.
const DAYS_BEFORE: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_IN: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SECONDS_OF_DAY: u64 = 86_400;

impl Utc {
    /// The point in time, or `None` where the calendar has no such date or the day no such time.
    pub fn to_unix(self) -> Option<UnixTime> {
        let in_range = (1970..10_000).contains(&self.year)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60;
        if !in_range || self.day == 0 || self.day > days_in(self.year, self.month)? {
            return None;
        }
        let days = days_before_year(self.year)
            .checked_add(days_before_month(self.year, self.month)?)?
            .checked_add(self.day)?
            .checked_sub(1)?;
        let hours = days.checked_mul(24)?.checked_add(self.hour)?;
        let minutes = hours.checked_mul(60)?.checked_add(self.minute)?;
        let seconds = minutes.checked_mul(60)?.checked_add(self.second)?;
        Some(UnixTime::from_seconds(seconds))
    }

    /// The date and time of day of a point in time; `None` after 9999.
    pub fn of(time: UnixTime) -> Option<Self> {
        let seconds = time.as_seconds();
        let (mut days, of_day) = (seconds / SECONDS_OF_DAY, seconds % SECONDS_OF_DAY);
        // No year is longer, so this is never too late, and less than twenty years too early.
        let mut year = (days / 366).checked_add(1970)?;
        if year > 9999 {
            return None;
        }
        while days_before_year(year.checked_add(1)?) <= days {
            year = year.checked_add(1)?;
        }
        days = days.checked_sub(days_before_year(year))?;
        let starts =
            |month: &u64| days_before_month(year, *month).is_some_and(|start| start <= days);
        let month = (1..=12).rev().find(starts)?;
        let day = days
            .checked_sub(days_before_month(year, month)?)?
            .checked_add(1)?;
        (year < 10_000).then_some(Self {
            year,
            month,
            day,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
        })
    }
}

/// `2027-01-01T00:00:00Z` (RFC 3339, section 5.6).
impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

const fn is_leap(year: u64) -> bool {
    (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
}

fn place(month: u64) -> Option<usize> {
    usize::try_from(month.checked_sub(1)?).ok()
}

fn days_in(year: u64, month: u64) -> Option<u64> {
    let extra = u64::from(is_leap(year) && month == 2);
    DAYS_IN.get(place(month)?)?.checked_add(extra)
}

fn days_before_month(year: u64, month: u64) -> Option<u64> {
    let extra = u64::from(is_leap(year) && month > 2);
    DAYS_BEFORE.get(place(month)?)?.checked_add(extra)
}

/// Days from the epoch to the first of January of `year`.
const fn days_before_year(year: u64) -> u64 {
    let leap_days = leap_years_before(year).saturating_sub(leap_years_before(1970));
    let whole_years = year.saturating_sub(1970).saturating_mul(365);
    whole_years.saturating_add(leap_days)
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
    use alloc::string::ToString;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_date_is_written_with_every_digit() {
        let at = |seconds| Utc::of(UnixTime::from_seconds(seconds)).map(|utc| utc.to_string());
        assert_eq!(at(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        // From `date -u -d @1798857903 +%FT%TZ`.
        assert_eq!(at(1_798_857_903).as_deref(), Some("2027-01-02T02:45:03Z"));
    }

    #[test]
    fn every_day_survives_both_ways() {
        let last_day = Utc {
            year: 9999,
            month: 12,
            day: 31,
            hour: 23,
            minute: 59,
            second: 59,
        };
        let end = last_day.to_unix().unwrap();
        // From `date -u -d 9999-12-31T23:59:59 +%s`.
        assert_eq!(end.as_seconds(), 253_402_300_799);
        let mut previous = None;
        for day in 0..=end.as_seconds() / SECONDS_OF_DAY {
            let time = UnixTime::from_seconds(day * SECONDS_OF_DAY + day % SECONDS_OF_DAY);
            let utc = Utc::of(time).unwrap();
            assert_eq!(utc.to_unix(), Some(time));
            let date = (utc.year, utc.month, utc.day);
            assert!(previous < Some(date));
            previous = Some(date);
        }
        assert_eq!(Utc::of(end), Some(last_day));
        for late in [end.as_seconds() + 1, u64::MAX] {
            assert_eq!(Utc::of(UnixTime::from_seconds(late)), None);
        }
    }
}
