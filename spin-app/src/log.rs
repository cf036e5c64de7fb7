//! The log: lines of JSON on the standard error stream, which Spin keeps per component.

use lychgate_core::event::Line;
use std::io::{Write, stderr};
use std::panic::set_hook;
use std::sync::Once;

/// Has a panic write a line without its message, which may quote a request.
pub(crate) fn hide_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        set_hook(Box::new(|_| {
            write(r#"{"level":"error","event":"failed","reason":"panic"}"#.to_owned());
        }));
    });
}

/// Writes a line.
pub(crate) fn line(line: &Line<'_>) {
    write(line.to_json());
}

/// Writes what a part of the host said to a call of ours. Hosts answer with the state of their database or
/// the name of a variable, never with values.
pub(crate) fn host_error(part: &str, error: &str) {
    let quoted = error
        .replace(['"', '\\'], "'")
        .replace(char::is_control, " ");
    write(format!(
        r#"{{"level":"warning","event":"host_error","part":"{part}","reason":"{quoted}"}}"#
    ));
}

/// A line that cannot be written is lost, and nothing else is: the reader of the log may be gone, or the disk below it
/// full. `eprintln!` would panic, which ends the instance with all requests in it.
fn write(mut line: String) {
    line.push('\n');
    drop(stderr().write_all(line.as_bytes()));
}
