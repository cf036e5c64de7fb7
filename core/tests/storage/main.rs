//! The formats of cookies and records, held against the vectors that stand in STORAGE.md.
//!
//! Every block there must come out of the code, byte for byte, and nothing may come out of the code
//! that is not there. Where a value is derived or sealed, a second computation from the primitives
//! alone must agree, so that the page says how to make it, and not only what it is.
#![cfg(not(target_family = "wasm"))]
#![expect(clippy::arithmetic_side_effects, reason = "a test may panic")]

// Clippy takes code for a test's only where `cfg(test)` stands above it.
#[cfg(test)]
mod cookies;
#[cfg(test)]
mod document;
#[cfg(test)]
mod records;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use super::{cookies, document, records};
    use std::collections::BTreeMap;

    #[test]
    fn storage_md_says_what_the_code_does() {
        let made: BTreeMap<String, String> = [
            cookies::keys(),
            cookies::session_secret(),
            cookies::user_key(),
            cookies::session_cookie(),
            cookies::bounded_cookie(),
            cookies::challenge_cookie(),
            cookies::attempt(),
            cookies::attempt_cookie(),
            cookies::step_up_cookie(),
            cookies::tombstone_cookie(),
            cookies::predecessor_cookie(),
            cookies::fields(),
            records::session_record(),
            records::live_head(),
            records::ended_head(),
            records::replaced_head(),
            records::user_record(),
            records::roster_entry(),
            records::handed_over_mark(),
            records::attempt_mark(),
            records::issuer_keys(),
            records::proof_mark(),
        ]
        .into_iter()
        .map(|vector| (vector.name.to_owned(), vector.text()))
        .collect();
        let written = document::vectors(document::STORAGE);
        let wrong: String = made
            .iter()
            .filter(|(name, text)| written.get(*name) != Some(text))
            .map(|(name, text)| format!("```vector {name}\n{text}```\n\n"))
            .collect();
        assert!(wrong.is_empty(), "in STORAGE.md should stand:\n\n{wrong}");
        let unknown: Vec<_> = written
            .keys()
            .filter(|name| !made.contains_key(*name))
            .collect();
        assert!(unknown.is_empty(), "no code makes the vectors {unknown:?}");
    }
}
