//! `lychgate token`: what stands in an access token, and whether the edge would take it.

pub(crate) mod arguments;
mod inspect;
mod verify;
mod words;

pub(crate) use inspect::command as inspect;
pub(crate) use verify::command as verify;

use std::io::{self, Read};

/// The token itself; `-` reads it from standard input, where no list of processes shows it.
fn read(argument: &str) -> io::Result<String> {
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
