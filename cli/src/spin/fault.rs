//! The faults of a manifest, and remarks on it.

use super::manifest::{Component, Manifest};
use lychgate_core::config::Config;

/// A fault of a manifest, and what to do.
pub(super) struct Fault {
    pub(super) offset: usize,
    pub(super) what: String,
    pub(super) hint: String,
}

/// A remark on something that may be meant as it is.
pub(super) struct Remark {
    pub(super) offset: usize,
    pub(super) what: String,
}

/// Lychgate's component in its manifest.
pub(super) struct Placement<'a> {
    pub(super) manifest: &'a Manifest,
    /// Its place in [`Manifest::components`].
    pub(super) place: usize,
    pub(super) component: &'a Component,
    pub(super) config: &'a Config,
}
