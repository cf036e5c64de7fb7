//! The store: keys of an eventually consistent key-value service.

use alloc::string::String;

/// A key of the store: printable ASCII, at most 512 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreKey(String);

impl StoreKey {
    /// The key `text`, which our own formats make of base64url, `/` and digits.
    pub(crate) const fn new(text: String) -> Self {
        Self(text)
    }

    /// The key `text`, if it is one: 1 to 512 bytes of printable ASCII without spaces.
    pub fn parse(text: &str) -> Option<Self> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        (printable && (1..=512).contains(&text.len())).then(|| Self(text.into()))
    }

    /// The key as the service takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The store did not answer or confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_printable() {
        assert_eq!(StoreKey::parse("s1/a/0").unwrap().as_str(), "s1/a/0");
        assert!(StoreKey::parse(&"a".repeat(512)).is_some());
        for bad in ["", "a b", "a\n", "ä", &"a".repeat(513)] {
            assert!(StoreKey::parse(bad).is_none(), "{bad}");
        }
    }
}
