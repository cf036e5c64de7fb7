//! Entity tags (RFC 9110, section 8.8.3).

use crate::http::header::HeaderValue;
use crate::time::UnixTime;
use alloc::{format, string::String};

/// What tells one state of a file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityTag {
    /// With its quotes, without `W/`.
    pub(super) opaque: String,
    pub(super) strength: Strength,
}

/// Whether equal tags mean equal bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    Strong,
    Weak,
}

impl EntityTag {
    /// A strong tag from a digest of the contents, of which the first 16 bytes are taken.
    ///
    /// This is the one to use: it is the same on every host, it survives a new unpacking of the same
    /// files, and parts of a file can be asked for with it. A digest costs reading the file once;
    /// keep it by name, length and time of modification.
    pub fn of_contents(digest: &[u8; 32]) -> Self {
        let mut opaque = String::from('"');
        for byte in digest.iter().take(16) {
            opaque.push_str(&format!("{byte:02x}"));
        }
        opaque.push('"');
        Self {
            opaque,
            strength: Strength::Strong,
        }
    }

    /// A weak tag from length and time of modification, where the contents are too long to be read.
    ///
    /// A host that unpacks every deployment with the same time for all files makes two versions of one
    /// length look alike, and browsers keep the old one: such a host needs [`EntityTag::of_contents`].
    pub fn of_metadata(length: u64, modified: UnixTime, nanoseconds: u32) -> Self {
        let seconds = modified.as_seconds();
        Self {
            opaque: format!("\"{length:x}-{seconds:x}-{nanoseconds:x}\""),
            strength: Strength::Weak,
        }
    }

    /// The tag as it stands in a header.
    pub(super) fn value(&self) -> HeaderValue {
        let prefix = match self.strength {
            Strength::Strong => "",
            Strength::Weak => "W/",
        };
        HeaderValue::parse(format!("{prefix}{}", self.opaque))
            .unwrap_or_else(|| HeaderValue::from_static("\"\""))
    }
}
