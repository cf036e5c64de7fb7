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

    /// The key as the service takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The store did not answer or confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreError;
