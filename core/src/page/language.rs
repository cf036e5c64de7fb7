//! The language of a page: what the browser asks for (RFC 9110, section 12.5.4), where we speak it.

use super::words::{self, Words};
use core::{fmt, iter};

/// More languages than anybody prefers; what a header lists after them counts for nothing.
const MOST_RANGES: usize = 32;

/// A language that the pages speak.
#[derive(Clone, Copy)]
pub struct Language(&'static Words);

/// A weight in thousandths (RFC 9110, section 12.4.2).
type Weight = u16;

impl Language {
    /// The tags of all languages, as a configuration names them.
    pub const TAGS: &'static [&'static str] = words::TAGS;

    /// The language of a tag of [`Self::TAGS`].
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::all().find(|language| language.tag() == tag)
    }

    /// The best of what an `Accept-Language` header asks for; `default` where that is nothing of ours.
    ///
    /// A range asks for the language that its first subtag names, so that `de-AT` is served with German; `*` asks
    /// for what no range names, `default` before others. Of two with the same weight the earlier one counts.
    pub fn accepted(header: Option<&str>, default: Self) -> Self {
        let header = header.unwrap_or_default();
        let mut best = (default, 0);
        for (range, weight) in ranges(header) {
            let asked = match range {
                "*" => iter::once(default)
                    .chain(Self::all())
                    .find(|language| !ranges(header).any(|(range, _)| language.is_named_by(range))),
                _ => Self::all().find(|language| language.is_named_by(range)),
            };
            if let Some(language) = asked
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }

    /// The tag, for `lang`.
    pub const fn tag(self) -> &'static str {
        self.0.tag
    }

    pub(crate) const fn words(self) -> &'static Words {
        self.0
    }

    fn all() -> impl Iterator<Item = Self> {
        words::ALL.iter().map(|words| Self(words))
    }

    fn is_named_by(self, range: &str) -> bool {
        let primary = range.split('-').next().unwrap_or_default();
        primary.eq_ignore_ascii_case(self.tag())
    }
}

impl Default for Language {
    fn default() -> Self {
        Self(words::DEFAULT)
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.tag() == other.tag()
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// The ranges of a header that are well formed, with their weights, in its order.
fn ranges(header: &str) -> impl Iterator<Item = (&str, Weight)> {
    header.split(',').take(MOST_RANGES).filter_map(|element| {
        let mut parts = element
            .split(';')
            .map(|part| part.trim_matches([' ', '\t']));
        let range = parts.next()?;
        match (parts.next(), parts.next()) {
            (None, _) => Some((range, 1000)),
            (Some(parameter), None) => Some((range, weight(parameter)?)),
            (Some(_), Some(_)) => None,
        }
    })
}

/// `q=` and a number from 0 to 1 with at most three decimals.
fn weight(parameter: &str) -> Option<Weight> {
    let (name, value) = parameter.split_once('=')?;
    if !name.eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let mut digits = decimals.bytes();
    let mut thousandths: Weight = match whole {
        "0" => 0,
        "1" => 1,
        _ => return None,
    };
    for _ in 0..3 {
        let digit = match digits.next().unwrap_or(b'0') {
            digit @ b'0'..=b'9' => digit.saturating_sub(b'0'),
            _ => return None,
        };
        thousandths = thousandths
            .saturating_mul(10)
            .saturating_add(Weight::from(digit));
    }
    (digits.next().is_none() && thousandths <= 1000).then_some(thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn chosen(header: &str, default: &str) -> &'static str {
        let default = Language::of_tag(default).unwrap();
        Language::accepted(Some(header), default).tag()
    }

    #[test]
    fn the_language_with_the_greatest_weight_is_spoken() {
        for (header, tag) in [
            ("de", "de"),
            ("DE-at", "de"),
            ("de-DE,de;q=0.9,en;q=0.8", "de"),
            ("en-GB,en;q=0.9,de;q=0.8", "en"),
            ("fr, de;q=0.3, en;q=0.2", "de"),
            ("en;q=0.2, de;q=0.201", "de"),
            ("en;q=0.5 , de;q=0.5", "en"),
            ("de;q=0.5 , en;q=0.5", "de"),
            ("de ; Q=1.000, en", "de"),
            ("fr,\ten;q=0.001", "en"),
        ] {
            for default in ["en", "de"] {
                assert_eq!(chosen(header, default), tag, "{header}");
            }
        }
    }

    #[test]
    fn what_we_do_not_speak_is_answered_in_the_default() {
        for header in [
            "",
            "fr",
            "fr;q=0.9, it",
            "den",
            "d",
            "x-de",
            "*",
            "*;q=0.1, fr",
            "en;q=0, de;q=0",
        ] {
            for default in ["en", "de"] {
                assert_eq!(chosen(header, default), default, "{header}");
            }
        }
        assert_eq!(Language::accepted(None, Language::default()).tag(), "en");
    }

    #[test]
    fn a_wildcard_stands_for_what_is_not_named() {
        assert_eq!(chosen("*, en;q=0.5", "en"), "de");
        assert_eq!(chosen("en;q=0.5, *;q=0.4", "de"), "en");
        assert_eq!(chosen("de;q=0, *", "de"), "en");
        assert_eq!(chosen("de;q=0, en;q=0, *", "de"), "de");
    }

    #[test]
    fn a_range_that_is_not_well_formed_counts_for_nothing() {
        for parameter in [
            "q",
            "q=",
            "q=2",
            "q=1.001",
            "q=0.1234",
            "q=.5",
            "q=-1",
            "q=0,5",
            "q=0.5;x=1",
            "p=1",
            "q=0.x",
        ] {
            assert_eq!(
                chosen(&format!("de;{parameter}"), "en"),
                "en",
                "{parameter}"
            );
        }
        for parameter in ["q=1", "q=1.", "q=1.0", "q=0.5", "Q=0.001"] {
            assert_eq!(
                chosen(&format!("de;{parameter}"), "en"),
                "de",
                "{parameter}"
            );
        }
    }

    #[test]
    fn a_long_header_is_read_up_to_its_bound() {
        let after = |count: usize| -> String { "fr,".repeat(count) + "de" };
        assert_eq!(chosen(&after(MOST_RANGES - 1), "en"), "de");
        assert_eq!(chosen(&after(MOST_RANGES), "en"), "en");
    }

    #[test]
    fn every_tag_names_its_language() {
        for tag in Language::TAGS {
            assert_eq!(Language::of_tag(tag).unwrap().tag(), *tag);
        }
        assert_eq!(Language::TAGS.len(), Language::all().count());
        assert!(Language::of_tag("DE").is_none());
        assert!(Language::of_tag("fr").is_none());
    }
}
