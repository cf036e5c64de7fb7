//! The log: lines of JSON on the standard error stream, which Spin keeps per component.

use lychgate_core::event::Line;

/// Writes a line.
pub(crate) fn line(line: &Line<'_>) {
    eprintln!("{}", line.to_json());
}

/// Writes what a part of the host said to a call of ours. Hosts answer with the state of their database or
/// the name of a variable, never with values.
pub(crate) fn host_error(part: &str, error: &str) {
    let quoted = error
        .replace(['"', '\\'], "'")
        .replace(char::is_control, " ");
    eprintln!(r#"{{"level":"warning","event":"host_error","part":"{part}","reason":"{quoted}"}}"#);
}
