//! Spans of time as people write them: `30s`, `10m`, `12h`, `7d`.

use super::{fault::ConfigFault, reader::Table};
use crate::{encoding::digits, time::Seconds};

/// The span at `key`, where it lies between the two.
pub(super) fn span_at(
    table: &Table<'_>,
    key: &str,
    least: Seconds,
    most: Seconds,
) -> Option<Seconds> {
    table.parsed(key, |text| {
        let span = parse(text).ok_or(ConfigFault::Duration)?;
        if (least..=most).contains(&span) {
            Ok(span)
        } else {
            Err(ConfigFault::DurationRange { least, most })
        }
    })
}

/// The span that `text` spells: a whole number without leading zeros, and one unit.
fn parse(text: &str) -> Option<Seconds> {
    let count = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds_per_unit = match text.strip_prefix(count)? {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let count = digits::canonical(count).filter(|count| *count > 0)?;
    count.checked_mul(seconds_per_unit).map(Seconds::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn units_are_seconds_minutes_hours_and_days() {
        for (text, seconds) in [("10s", 10), ("30m", 1800), ("10h", 36_000), ("7d", 604_800)] {
            assert_eq!(parse(text), Some(Seconds::new(seconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_span() {
        for text in [
            "",
            "m",
            "30",
            "30 m",
            "030m",
            "0m",
            "-1m",
            "+1m",
            "1.5h",
            "1h30m",
            "1M",
            "1w",
            "30mm",
            "99999999999999999999d",
            "18446744073709551615d",
            "\u{664}m",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
