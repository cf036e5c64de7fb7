//! The `lychgate` command; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut output = std::io::stdout().lock();
    let mut messages = std::io::stderr().lock();
    lychgate_cli::run(std::env::args_os(), &mut output, &mut messages)
}
