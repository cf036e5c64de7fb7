//! The parts of a JSON text that no parser reads, blanked: texts that are no Unicode, and numbers that fit no type.
//!
//! Both are legal JSON (RFC 8259, sections 6 and 8.2), and the parser refuses the whole document for one of them. So
//! they become `null` before it reads; a name becomes an empty one. Everything else stays byte for byte, also where it
//! is no JSON, for the parser to refuse.

use alloc::{borrow::Cow, vec::Vec};

/// The same text without its unusable parts.
pub(super) fn blanked(text: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let (mut rest, mut kept) = (text, text);
    while let Some((first, behind)) = rest.split_first() {
        let (token, blank, behind) = match first {
            b'"' => string(rest),
            b'-' | b'0'..=b'9' => number(rest),
            _ => {
                rest = behind;
                continue;
            }
        };
        rest = behind;
        let Some(blank) = blank else {
            continue;
        };
        let before = kept
            .len()
            .saturating_sub(token.len().saturating_add(behind.len()));
        out.extend_from_slice(kept.get(..before).unwrap_or_default());
        out.extend_from_slice(blank);
        kept = behind;
    }
    if kept.len() == text.len() {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(kept);
    Cow::Owned(out)
}

/// A token, what is put in its place where it cannot be used, and the text behind it.
type Token<'a> = (&'a [u8], Option<&'static [u8]>, &'a [u8]);

fn string(text: &[u8]) -> Token<'_> {
    let length = end_of_string(text);
    let (token, behind) = text.split_at_checked(length).unwrap_or((text, &[]));
    let is_name = behind.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
    let blank: &[u8] = if is_name { b"\"\"" } else { b"null" };
    let is_usable = core::str::from_utf8(token).is_ok() && has_whole_surrogates(token);
    (token, (!is_usable).then_some(blank), behind)
}

/// The length of a string with both quotes; what has no end reaches to the end of the text.
fn end_of_string(text: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at.saturating_add(1),
            _ => {}
        }
    }
    text.len()
}

/// Whether each escaped half of a surrogate pair stands beside its other half.
fn has_whole_surrogates(token: &[u8]) -> bool {
    let mut rest = token;
    let mut wants_low = false;
    while let Some((first, behind)) = rest.split_first() {
        let unit = if *first == b'\\' { unit(behind) } else { None };
        let is_low = matches!(unit, Some(0xdc00..=0xdfff));
        if is_low != wants_low {
            return false;
        }
        wants_low = matches!(unit, Some(0xd800..=0xdbff));
        let length = match (first, unit) {
            (_, Some(_)) => 6,
            (b'\\', None) => 2,
            (_, None) => 1,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    !wants_low
}

/// The UTF-16 code unit of an escape behind its backslash.
fn unit(escape: &[u8]) -> Option<u16> {
    let digits = escape.strip_prefix(b"u")?.get(..4)?;
    u16::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}

/// More digits in front of the point than the largest number has, which begins with 1.79 and has 309.
const TOO_MANY_DIGITS: usize = 309;

fn number(text: &[u8]) -> Token<'_> {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    let length = text.iter().take_while(|byte| is_part(byte)).count();
    let (token, behind) = text.split_at_checked(length).unwrap_or((text, &[]));
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(token.strip_prefix(b"-").unwrap_or(token));
    let exponent = token
        .iter()
        .position(|byte| matches!(byte, b'e' | b'E'))
        .and_then(|at| token.get(at.saturating_add(1)..))
        .map_or(0, exponent);
    let is_too_large = whole.saturating_add(exponent) >= TOO_MANY_DIGITS;
    (token, is_too_large.then_some(b"null"), behind)
}

/// The digits that an exponent adds; none where it is negative. The parser refuses other texts.
fn exponent(text: &[u8]) -> usize {
    let text = core::str::from_utf8(text).unwrap_or_default();
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    digits.parse().unwrap_or(usize::MAX)
}
