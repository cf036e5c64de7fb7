//! Colours and weights. Everything is written with them; the program's streams take them out where nobody sees them.

use clap::builder::styling::{AnsiColor, Style, Styles};

/// A fault that has to be mended.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// A finding that may be meant as it is.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// A note that is worth knowing.
pub(crate) const NOTE: Style = AnsiColor::Cyan.on_default().bold();
/// A success.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// The words that the eye is to find first.
pub(crate) const STRONG: Style = Style::new().bold();
/// The words beside them.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Those of help and of faults of arguments.
pub(crate) const fn of_arguments() -> Styles {
    Styles::styled()
        .header(STRONG)
        .usage(STRONG)
        .literal(AnsiColor::Cyan.on_default().bold())
        .placeholder(AnsiColor::Cyan.on_default())
        .error(ERROR)
        .valid(GOOD)
        .invalid(WARNING)
}
