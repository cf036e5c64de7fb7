//! `[page]`: in which language and with whose name our own pages are shown.

use super::{PageSettings, fault::ConfigFault, reader::Table, text};
use crate::page::{language::Language, theme::Theme};

pub(super) const KEYS: &[&str] = &["language", "name"];

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
        },
    }
}
