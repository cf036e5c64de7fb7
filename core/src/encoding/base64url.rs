//! base64url without padding (RFC 4648, section 5), in its one canonical form.
//!
//! Padding, the `+/` alphabet and set trailing bits are refused, so that a value has one spelling.

use alloc::{string::String, vec::Vec};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// The bytes in base64url without padding.
pub fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes that `text` encodes, or `None` where it is not canonical base64url.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// The `N` bytes that `text` encodes, or `None` where it is anything else.
pub fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    decode(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_the_canonical_spelling_decodes() {
        assert_eq!(decode("_-8").as_deref(), Some(&[0xff, 0xef][..]));
        assert_eq!(encode(&[0xff, 0xef]), "_-8");
        for other in [
            "_-8=", "/+8", "_-9", "_-8 ", "_", "_-8\n", "\n_-8", "_-8A=", "ä",
        ] {
            assert_eq!(decode(other), None, "{other}");
        }
    }

    #[test]
    fn an_array_has_exactly_its_length() {
        assert_eq!(decode_array::<2>("_-8"), Some([0xff, 0xef]));
        assert_eq!(decode_array::<3>("_-8"), None);
    }
}
