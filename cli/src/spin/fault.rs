//! What there is to say of a manifest.

use super::manifest::{Component, Manifest};
use lychgate_core::config::Config;

/// What is wrong with a manifest, and what to do.
pub(super) struct Fault {
    pub(super) offset: usize,
    pub(super) what: String,
    pub(super) hint: String,
}

/// What may be meant as it is.
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
