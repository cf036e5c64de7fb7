//! How a deployment's pages look: its own name.

use alloc::string::String;

/// What a configuration says about the look of the pages.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// What people call the site.
    pub name: Option<String>,
}
