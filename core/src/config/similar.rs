//! Suggestions for misspelt words.

use alloc::{vec, vec::Vec};

/// The word of `known` that is closest to `word`, where one is close enough to be meant.
pub(super) fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = match word.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    // A bound on the work, far above the length of any word of ours.
    if word.len() > 64 {
        return None;
    }
    known
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many bytes must be added, removed or replaced (Levenshtein), row by row.
fn distance(left: &str, right: &str) -> usize {
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (index, byte) in left.bytes().enumerate() {
        let mut beside = index.saturating_add(1);
        let mut row = vec![beside];
        for (other, pair) in right.bytes().zip(above.windows(2)) {
            let &[diagonal, over] = pair else { continue };
            let replaced = diagonal.saturating_add(usize::from(byte != other));
            let moved = over.min(beside).saturating_add(1);
            beside = replaced.min(moved);
            row.push(beside);
        }
        above = row;
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn distances_count_edits() {
        for (left, right, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("route", "routes", 1),
            ("kitten", "sitting", 3),
            ("upstream", "upstraem", 2),
        ] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
            assert_eq!(distance(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn only_what_is_close_is_suggested() {
        let known = || ["client_id", "client_secret", "claims", "id"].into_iter();
        assert_eq!(closest("client-id", known()), Some("client_id"));
        assert_eq!(closest("claim", known()), Some("claims"));
        assert_eq!(closest("ix", known()), None);
        assert_eq!(closest("redirect", known()), None);
    }
}
