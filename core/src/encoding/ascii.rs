//! Text in ASCII, compared without regard to case.

/// Whether `text` contains `needle` in any case.
pub fn contains_ignoring_case(text: &str, needle: &str) -> bool {
    needle.is_empty()
        || text
            .as_bytes()
            .windows(needle.len())
            .any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_needle_is_found_anywhere_in_any_case() {
        for text in ["no-store", "private, No-Store", "NO-STORE, x"] {
            assert!(contains_ignoring_case(text, "no-store"), "{text}");
        }
        for text in ["", "no-stor", "nostore"] {
            assert!(!contains_ignoring_case(text, "no-store"), "{text}");
        }
    }
}
