//! `[page]`: in which language and with whose name, logo and colour our own pages are shown.

use super::{PageSettings, fault::ConfigFault, reader::Table, text};
use crate::{
    http::path::RequestPath,
    page::{
        color::{Accent, Color},
        language::Language,
        theme::Theme,
    },
};

pub(super) const KEYS: &[&str] = &["language", "name", "logo", "color"];

/// The settings, with defaults for what is not written.
pub(super) fn read(root: &Table<'_>) -> PageSettings {
    let Some(table) = root.table("page", KEYS) else {
        return PageSettings::default();
    };
    let language = table.parsed("language", |text| {
        let unknown = ConfigFault::Word {
            allowed: Language::TAGS,
        };
        Language::of_tag(text).ok_or(unknown)
    });
    PageSettings {
        language: language.unwrap_or_default(),
        theme: Theme {
            name: table.parsed("name", text::name),
            logo: table.parsed("logo", logo),
            accent: table.parsed("color", |text| {
                let color = Color::parse(text).ok_or(ConfigFault::Color)?;
                Ok(Accent::new(color))
            }),
        },
    }
}

/// A path in the form in which it is asked for, so that it leads nowhere but to this site.
///
/// A false accept would let our pages name another site. Their policy would not let it be asked all the same.
fn logo(text: &str) -> Result<RequestPath, ConfigFault> {
    let path = RequestPath::parse(text).ok();
    path.filter(|path| path.as_str() == text)
        .ok_or(ConfigFault::Logo)
}
