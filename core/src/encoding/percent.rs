//! Percent-encoding (RFC 3986, section 2.1).

use alloc::{borrow::Cow, string::String, vec::Vec};

const HEX: [char; 16] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
];

/// Whether a byte is unreserved (RFC 3986, section 2.3) and so never needs encoding.
pub const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Appends `byte` as `%XX`, in upper-case hex.
pub fn push_encoded(out: &mut String, byte: u8) {
    let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or('0');
    out.push('%');
    out.push(digit(byte >> 4));
    out.push(digit(byte & 0x0f));
}

/// `text` with everything but unreserved characters encoded, as a query value needs it.
pub fn encode_component(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            push_encoded(&mut out, byte);
        }
    }
    out
}

/// The byte that two hex digits spell.
pub fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    Some((digit(high)? << 4) | digit(low)?)
}

/// `text` with every `%XX` decoded and, for forms, `+` as a space.
///
/// `None` where a `%` is not followed by two hex digits or the bytes are not UTF-8.
pub fn decode(text: &str, plus: Plus) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match (byte, plus) {
            (b'%', _) => hex_pair(rest.next()?, rest.next()?)?,
            (b'+', Plus::IsSpace) => b' ',
            _ => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// `text` as a server reads it that decodes what it can: a `%` without two hex digits stays as it is, and bytes that are
/// no UTF-8 become U+FFFD.
pub fn decode_leniently(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let escaped = match (byte, after) {
            (b'%', [high, low, behind @ ..]) => hex_pair(*high, *low).map(|byte| (byte, behind)),
            (_, _) => None,
        };
        match escaped {
            None => bytes.push(byte),
            Some((decoded, behind)) => {
                bytes.push(decoded);
                rest = behind;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The meaning of `+` in the text at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plus {
    /// A plus sign, as in a path (RFC 3986).
    IsPlus,
    /// A space, as in `application/x-www-form-urlencoded`.
    IsSpace,
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_component_survives_both_ways() {
        let text = "a b&c=d/é%";
        let encoded = encode_component(text);
        assert_eq!(encoded, "a%20b%26c%3Dd%2F%C3%A9%25");
        assert_eq!(decode(&encoded, Plus::IsPlus).as_deref(), Some(text));
    }

    #[test]
    fn broken_escapes_are_refused() {
        assert_eq!(decode("%41", Plus::IsPlus).as_deref(), Some("A"));
        for broken in ["%", "%4", "%4g", "%ff"] {
            assert_eq!(decode(broken, Plus::IsPlus), None, "{broken}");
        }
    }

    #[test]
    fn a_lenient_server_decodes_what_it_can() {
        for (text, read) in [
            ("admin", "admin"),
            ("%61dmin", "admin"),
            ("100% %61", "100% a"),
            ("%%61", "%a"),
            ("%6", "%6"),
            ("%", "%"),
            ("%zz%2f", "%zz/"),
            ("%ff", "\u{fffd}"),
        ] {
            assert_eq!(decode_leniently(text), read, "{text}");
        }
    }

    #[test]
    fn plus_is_a_space_in_forms_only() {
        assert_eq!(decode("a+b", Plus::IsSpace).as_deref(), Some("a b"));
        assert_eq!(decode("a+b", Plus::IsPlus).as_deref(), Some("a+b"));
    }
}
