//! How a deployment's pages look: its own name, logo and colour.

use super::color::Accent;
use crate::http::path::RequestPath;
use alloc::string::String;

/// The settings for the look of the pages.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// The name of the site.
    pub name: Option<String>,
    /// A picture of this site, which stands in the name's place.
    pub logo: Option<RequestPath>,
    /// The colour of buttons, links and lines.
    pub accent: Option<Accent>,
}

impl Theme {
    /// The rules that follow those of every page.
    pub(super) fn rules(&self) -> &str {
        self.accent.as_ref().map_or("", Accent::rules)
    }
}
