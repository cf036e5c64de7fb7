//! The forward of a request that is allowed: where it goes, and the header rewrites on its way.

pub(in crate::gateway) mod cors;
pub mod fields;
pub(in crate::gateway) mod forward;
pub(in crate::gateway) mod time_limit;
pub(in crate::gateway) mod webdav;
