//! Where a token comes from: an argument, or standard input.

use std::io::{self, Read};

/// The token itself; `-` reads it from standard input, where no list of processes shows it.
pub(super) fn read(argument: &str) -> io::Result<String> {
    let text = match argument {
        "-" => {
            let mut text = String::new();
            // Far above any token, and little enough to keep.
            io::stdin().take(1024 * 1024).read_to_string(&mut text)?;
            text
        }
        text => text.to_owned(),
    };
    let text = text.trim();
    let bare = text.strip_prefix("Bearer ").unwrap_or(text);
    Ok(bare.trim().to_owned())
}
