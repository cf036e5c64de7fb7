//! The name of a session that may be shown: in the ledger, in logs, to administrators.

use crate::encoding::base64url;
use alloc::string::String;

/// 16 bytes derived from the session's secret, from which nothing else can be derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionHandle([u8; 16]);

impl SessionHandle {
    /// The handle with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// 22 characters of base64url.
    pub fn to_text(&self) -> String {
        base64url::encode(&self.0)
    }
}
