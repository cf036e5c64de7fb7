//! Byte ranges (RFC 9110, section 14).

use super::response::ByteRange;
use crate::encoding::digits;

/// The part of a file that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ranged {
    /// All of it.
    Whole,
    /// A part that is there.
    Part(ByteRange),
    /// Nothing that is there: 416.
    Unsatisfiable,
}

/// The part of a file of `length` bytes that `field`, the value of `Range`, asks for.
///
/// Several ranges, another unit and what is malformed are answered with the whole, which every client
/// must take (section 14.2). So is the end of an empty file, since no `Content-Range` can name it.
pub(super) fn parse(field: &str, length: u64) -> Ranged {
    let is_bytes = |(unit, _): &(&str, &str)| unit.eq_ignore_ascii_case("bytes");
    let Some((_, set)) = field.split_once('=').filter(is_bytes) else {
        return Ranged::Whole;
    };
    let trimmed = set.split(',').map(|part| part.trim_matches([' ', '\t']));
    let mut parts = trimmed.filter(|part| !part.is_empty());
    let (Some(part), None) = (parts.next(), parts.next()) else {
        return Ranged::Whole;
    };
    one(part, length).unwrap_or(Ranged::Whole)
}

/// One range; `None` where it is malformed.
fn one(part: &str, length: u64) -> Option<Ranged> {
    let (first, last) = part.split_once('-')?;
    if first.is_empty() {
        let count = number(last)?;
        return match (count, length.checked_sub(1)) {
            (0, _) => Some(Ranged::Unsatisfiable),
            (_, None) => None,
            (_, Some(end)) => Some(Ranged::Part(ByteRange {
                first: length.saturating_sub(count),
                last: end,
            })),
        };
    }
    let first = number(first)?;
    let last = if last.is_empty() {
        u64::MAX
    } else {
        number(last)?
    };
    if last < first {
        return None;
    }
    let end = length.checked_sub(1).filter(|end| first <= *end);
    Some(end.map_or(Ranged::Unsatisfiable, |end| {
        Ranged::Part(ByteRange {
            first,
            last: last.min(end),
        })
    }))
}

/// Digits; beyond 64 bits they lie behind the end of every file.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits::number(text).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const fn part(first: u64, last: u64) -> Ranged {
        Ranged::Part(ByteRange { first, last })
    }

    #[test]
    fn one_range_is_cut_to_the_file() {
        for (field, expected) in [
            ("bytes=0-0", part(0, 0)),
            ("bytes=0-499", part(0, 499)),
            ("bytes=500-999", part(500, 999)),
            ("bytes=500-", part(500, 999)),
            ("bytes=-500", part(500, 999)),
            ("bytes=-1", part(999, 999)),
            ("bytes=-1000", part(0, 999)),
            ("bytes=-5000", part(0, 999)),
            ("bytes=999-", part(999, 999)),
            ("bytes=0-99999999999999999999999999", part(0, 999)),
            ("bytes=-99999999999999999999999999", part(0, 999)),
            ("BYTES=1-2", part(1, 2)),
            ("bytes= 1-2", part(1, 2)),
            ("bytes=,\t1-2 ,", part(1, 2)),
            ("bytes=007-008", part(7, 8)),
        ] {
            assert_eq!(parse(field, 1000), expected, "{field}");
        }
    }

    #[test]
    fn what_lies_behind_the_end_is_unsatisfiable() {
        for field in [
            "bytes=1000-",
            "bytes=1000-2000",
            "bytes=-0",
            "bytes=99999999999999999999999999-",
        ] {
            assert_eq!(parse(field, 1000), Ranged::Unsatisfiable, "{field}");
        }
        assert_eq!(parse("bytes=0-", 0), Ranged::Unsatisfiable);
        assert_eq!(parse("bytes=-0", 0), Ranged::Unsatisfiable);
        assert_eq!(parse("bytes=-1", 0), Ranged::Whole);
    }

    #[test]
    fn several_ranges_and_what_is_malformed_ask_for_the_whole() {
        for field in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=-",
            "bytes=1",
            "bytes=2-1",
            "bytes=a-b",
            "bytes=1-b",
            "bytes=+1-2",
            "bytes=1--2",
            "bytes=--1",
            "bytes=1-2-3",
            "bytes=0x1-2",
            "bytes=1 - 2",
            "bytes =1-2",
            "items=1-2",
            "1-2",
            "bytes=0-1,3-4",
            "bytes=0-1, -1",
            "bytes=0-1, bytes=2-3",
        ] {
            assert_eq!(parse(field, 1000), Ranged::Whole, "{field}");
        }
    }

    #[test]
    fn every_part_lies_inside_the_file() {
        let numbers = ["", "0", "1", "2", "3", "4", "18446744073709551615"];
        let mut parts = 0;
        for length in 0..4 {
            for (first, last) in numbers
                .iter()
                .flat_map(|a| numbers.iter().map(move |b| (a, b)))
            {
                let Ranged::Part(range) = parse(&alloc::format!("bytes={first}-{last}"), length)
                else {
                    continue;
                };
                parts += 1;
                assert!(range.first <= range.last && range.last < length);
                assert!(range.length() >= 1 && range.first() + range.length() <= length);
            }
        }
        assert!(parts > 30);
    }
}
