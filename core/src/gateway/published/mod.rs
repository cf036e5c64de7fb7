//! The cache of published metadata and keys in one isolate: facts with their times, and no I/O.

pub(in crate::gateway) mod key_set_memory;
pub(in crate::gateway) mod key_sets;
pub(in crate::gateway) mod metadata;
pub(in crate::gateway) mod questions;
pub(in crate::gateway) mod single_flight;
