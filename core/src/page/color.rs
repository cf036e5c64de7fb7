//! The accent of the pages: one configured colour, made readable on the grounds of both schemes.
//!
//! Contrast is that of WCAG 2.2 (relative luminance and contrast ratio), computed in whole numbers.

use alloc::{format, string::String};
use core::fmt;

/// A colour of sRGB: red, green, blue.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// The colours that stand where the pages have their own ones otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accent(String);

/// `--ground` in `style.css`.
const LIGHT: Color = Color([0xf4, 0xf6, 0xf4]);
/// The same in its dark scheme.
const DARK: Color = Color([0x10, 0x15, 0x12]);
const BLACK: Color = Color([0; 3]);
const WHITE: Color = Color([u8::MAX; 3]);

/// Full luminance: that of white, but for the error of [`linear`].
const FULL: u64 = ONE * 10_000;
/// Where black and white have the same contrast to a colour: the root of 1.05 * 0.05.
const BETWEEN: u64 = FULL / 1_000_000 * 229_129;
/// A whole channel.
const ONE: u64 = 1 << 40;

impl Color {
    /// Reads `#rrggbb`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 {
            return None;
        }
        let value = digits.chars().try_fold(0_u32, |value, digit| {
            Some((value << 4) | digit.to_digit(16)?)
        })?;
        let [_, red, green, blue] = value.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// Relative luminance and the twentieth that contrast adds to it, of [`FULL`].
    fn raised(self) -> u64 {
        let [red, green, blue] = self.0.map(linear);
        let weighed = red.wrapping_mul(2126);
        let weighed = weighed.wrapping_add(green.wrapping_mul(7152));
        let weighed = weighed.wrapping_add(blue.wrapping_mul(722));
        weighed.wrapping_add(FULL / 20)
    }

    /// Whether one of the two colours can be read on the other: a contrast of 4.5, and a tenth more for what the
    /// errors of both may hide.
    fn reads_on(self, other: Self) -> bool {
        let (one, two) = (self.raised(), other.raised());
        one.max(two).wrapping_mul(10) >= one.min(two).wrapping_mul(46)
    }

    /// Whether a surface of one of the two colours stands out from the other: a contrast of 3 (WCAG 2.2, "non-text
    /// contrast"), and a tenth more for the errors.
    fn stands_out_from(self, other: Self) -> bool {
        let (one, two) = (self.raised(), other.raised());
        one.max(two).wrapping_mul(10) >= one.min(two).wrapping_mul(31)
    }

    /// Black or white, whichever has the greater contrast to this colour: 4.58 at least, less the error.
    fn ink(self) -> Self {
        if self.raised() < BETWEEN {
            WHITE
        } else {
            BLACK
        }
    }

    /// The colour itself, or the first on the way from it to black or white that can be read on `ground`.
    fn readable(self, ground: Self, end: Self) -> Self {
        let mut color = self;
        for step in 1..=16 {
            if color.reads_on(ground) {
                break;
            }
            color = self.mixed(end, step);
        }
        color
    }

    /// So many sixteenths of the way to black or white.
    fn mixed(self, Self([end, ..]): Self, step: u16) -> Self {
        Self(self.0.map(|channel| {
            let kept = u16::from(channel).wrapping_mul(16_u16.wrapping_sub(step));
            let sum = kept.wrapping_add(u16::from(end).wrapping_mul(step));
            u8::try_from(sum / 16).unwrap_or(end)
        }))
    }
}

/// A channel without its gamma, of [`ONE`].
///
/// The cubic stands for the power of 2.4 in the definition of sRGB. It is the one whose greatest error, a
/// hundredth of the result and a twentieth, is smallest. Numbers are below 2 to the 60, so that nothing wraps.
fn linear(channel: u8) -> u64 {
    let channel = u64::from(channel);
    let slope = channel.wrapping_mul(27_333).wrapping_add(9_414_587);
    let slope = slope.wrapping_mul(channel).wrapping_add(181_187_330);
    slope.wrapping_mul(channel)
}

impl Accent {
    /// Buttons have the colour as it is, and black or white on it; links, lines and outlines have it as dark or as
    /// light as the scheme needs. On the dark ground so do buttons of a colour that would be lost there.
    pub fn new(color: Color) -> Self {
        let on = color.ink();
        let (light, dark) = (color.readable(LIGHT, BLACK), color.readable(DARK, WHITE));
        let lit = match color.stands_out_from(DARK) {
            true => String::new(),
            false => format!(";--fill:{dark};--on:{}", dark.ink()),
        };
        Self(format!(
            ":root{{--accent:{light};--fill:{color};--on:{on}}}\
             @media(prefers-color-scheme:dark){{:root{{--accent:{dark}{lit}}}}}"
        ))
    }

    /// The rules, which follow those of `style.css`. No sign of them has to be escaped in HTML.
    pub(super) fn rules(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("#")?;
        self.0
            .iter()
            .try_for_each(|channel| write!(f, "{channel:02x}"))
    }
}

impl fmt::Debug for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec::Vec};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// WCAG 2.2, "relative luminance" as it is written there, and a twentieth.
    fn luminance(color: Color) -> f64 {
        let [red, green, blue] = color.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                power((share + 0.055) / 1.055)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
    }

    /// WCAG 2.2, "contrast ratio".
    fn contrast(one: Color, two: Color) -> f64 {
        let (one, two) = (luminance(one), luminance(two));
        one.max(two) / one.min(two)
    }

    /// `base` to the power of 2.4, by Newton's method for its fifth root, since `core` has no powers.
    fn power(base: f64) -> f64 {
        let square = base * base;
        let mut root = 1.0;
        for _ in 0..60 {
            root = (4.0 * root + square / (root * root * root * root)) / 5.0;
        }
        square * root
    }

    fn color(text: &str) -> Color {
        Color::parse(text).unwrap()
    }

    /// A coarse grid over all colours.
    fn all() -> impl Iterator<Item = Color> {
        let steps = || (0..=u8::MAX).step_by(17);
        steps().flat_map(move |red| {
            steps().flat_map(move |green| steps().map(move |blue| Color([red, green, blue])))
        })
    }

    #[test]
    fn a_color_is_six_digits() {
        assert_eq!(color("#1f6A4a").to_string(), "#1f6a4a");
        assert_eq!(color("#000000"), BLACK);
        assert_eq!(color("#FFFFFF"), WHITE);
        for bad in [
            "",
            "#",
            "1f6a4a",
            "#1f6a4",
            "#1f6a4a0",
            "#fff",
            "#1f6a4g",
            "#+f6a4a",
            "##f6a4a",
            " #1f6a4a",
            "#\u{e9}6a4a",
            "green",
        ] {
            assert_eq!(Color::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn luminance_is_that_of_wcag_to_a_hundredth() {
        for channel in 0..=u8::MAX {
            let gray = Color([channel; 3]);
            let ours = u32::try_from(gray.raised() >> 30).unwrap();
            let full = u32::try_from(FULL >> 30).unwrap();
            let ratio = f64::from(ours) / f64::from(full) / luminance(gray);
            assert!((0.989..=1.011).contains(&ratio), "{gray}: {ratio}");
        }
    }

    #[test]
    fn what_reads_by_our_numbers_reads_by_those_of_wcag() {
        for one in all() {
            for two in [LIGHT, DARK, BLACK, WHITE] {
                let exact = contrast(one, two);
                assert!(
                    !one.reads_on(two) || exact >= 4.5,
                    "{one} on {two}: {exact}"
                );
                assert!(one.reads_on(two) || exact < 4.71, "{one} on {two}: {exact}");
            }
        }
    }

    #[test]
    fn every_color_is_made_readable_in_both_schemes() {
        for one in all() {
            let Accent(rules) = Accent::new(one);
            let found: Vec<Color> = rules
                .split(['{', '}', ':', ';'])
                .filter_map(Color::parse)
                .collect();
            let (light, fill, on, dark, lit) = match found[..] {
                [light, fill, on, dark] => (light, fill, on, dark, (fill, on)),
                [light, fill, on, dark, lit, on_lit] => (light, fill, on, dark, (lit, on_lit)),
                _ => panic!("{rules}"),
            };
            assert_eq!(fill, one);
            let pairs = [(light, LIGHT), (on, fill), (dark, DARK), (lit.1, lit.0)];
            for (ink, ground) in pairs {
                assert!(contrast(ink, ground) >= 4.5, "{one}: {ink} on {ground}");
            }
            assert!(contrast(lit.0, DARK) >= 3.0, "{one}: {} is lost", lit.0);
            if contrast(one, DARK) >= 3.2 {
                assert_eq!(lit.0, one, "it stands out by itself");
            }
            assert_eq!(light == one, one.reads_on(LIGHT), "{one}");
            assert_eq!(dark == one, one.reads_on(DARK), "{one}");
        }
    }

    #[test]
    fn rules_set_the_variables_of_the_style() {
        assert_eq!(
            Accent::new(color("#ffcc00")).rules(),
            ":root{--accent:#7f6600;--fill:#ffcc00;--on:#000000}\
             @media(prefers-color-scheme:dark){:root{--accent:#ffcc00}}"
        );
        // A dark blue is lost on a dark ground.
        let navy = Accent::new(color("#14213d"));
        let (light, dark) = navy.rules().split_once("@media").unwrap();
        assert_eq!(light, ":root{--accent:#14213d;--fill:#14213d;--on:#ffffff}");
        assert!(
            dark.contains("--fill:") && dark.contains("--on:#000000"),
            "{dark}"
        );
    }

    #[test]
    fn grounds_are_those_of_the_style() {
        let style = include_str!("style.css");
        let grounds: Vec<Color> = style
            .split("--ground:")
            .skip(1)
            .filter_map(|rest| Color::parse(rest.split(';').next()?))
            .collect();
        assert_eq!(grounds, [LIGHT, DARK]);
        for name in ["--accent", "--fill", "--on"] {
            assert!(style.contains(&format!("var({name}")), "{name}");
        }
    }
}
