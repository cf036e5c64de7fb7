//! The `lychgate` command; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Both streams know whether somebody looks at them, NO_COLOR and CLICOLOR_FORCE.
    let mut output = anstream::stdout().lock();
    let mut messages = anstream::stderr().lock();
    lychgate_cli::run(std::env::args_os(), &mut output, &mut messages)
}
