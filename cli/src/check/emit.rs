//! Writes the compiled configuration.

use std::{fs, io, path::Path};

/// Writes beside the target first, so that nobody ever reads half a configuration.
///
/// # Errors
/// That of the platform, and nothing is left behind.
pub(super) fn write(out: &Path, json: &str) -> io::Result<()> {
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let fresh = out.with_file_name(name);
    let written = fs::write(&fresh, json).and_then(|()| fs::rename(&fresh, out));
    if written.is_err() {
        // The first error is the one to report, not that of tidying up after it.
        drop(fs::remove_file(&fresh));
    }
    written
}
