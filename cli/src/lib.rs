//! Checks a Lychgate configuration, explains its decisions, verifies tokens, looks at deployments from
//! outside and makes keys.
//!
//! Results go to standard output, everything that is said about them to standard error. The exit
//! code is 0 where all is well, 1 where the configuration has errors, a request is not allowed, a token
//! is refused or a deployment has something to mend, and 2 where the command could not be carried out: wrong
//! arguments, a file that cannot be read or written, a request without a configuration to explain it
//! by.
//!
//! Each command is a room of its own, with its arguments. `configuration` and `print` stand above all of them, `workers`
//! and `spin` above `check`, and no file imports one that imports it.

mod arguments;
pub mod check;
mod clock;
mod completions;
mod configuration;
mod doctor;
mod ending;
mod explain;
mod keys;
mod print;
mod refusal;
mod spin;
mod token;
mod values;
mod workers;

use arguments::Command;
use ending::Ending;
use std::{
    env,
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

/// Carries out the command in `arguments`, the first of which is the program's name.
///
/// Text for people has colours; a stream that goes to no terminal takes them out. Text for programs has none.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> ExitCode {
    let environment = |name: &str| env::var(name).ok();
    run_in(&environment, arguments, output, messages)
}

/// The variables of an environment, by their names.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The same, with these variables in place of the process's own: where secrets are taken from.
pub fn run_in(
    environment: Environment<'_>,
    arguments: impl IntoIterator<Item = OsString>,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let ending = match arguments::parse(&arguments) {
        Ok(command) => carry_out(&command, environment, output, messages),
        Err(error) => refusal::tell(&error, &arguments, output, messages),
    };
    // A reader that closed its end, as `head` does, is no reason to complain.
    match ending {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::ProblemsFound | Ending::NotAllowed) => ExitCode::from(1),
        Ok(Ending::NotCarriedOut) | Err(_) => ExitCode::from(2),
    }
}

fn carry_out(
    command: &Command,
    environment: Environment<'_>,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    match command {
        Command::Check(arguments) => check::command::command(arguments, output, messages),
        Command::Explain(asked) => explain::command::command(asked, output, messages),
        Command::Doctor(asked) => doctor::command::command(asked, output, messages),
        Command::VerifyToken(asked) => token::verify(asked, environment, output, messages),
        Command::InspectToken(asked) => token::inspect(asked, output, messages),
        Command::GenerateKey(asked) => match asked.jwk {
            None => keys::sealing::generate(output, messages),
            Some(algorithm) => {
                let key_id = asked.kid.as_deref();
                keys::pair::generate(algorithm.into(), key_id, output, messages)
            }
        },
        Command::ImportKey(asked) => {
            keys::pair::import(&asked.file, asked.kid.as_deref(), output, messages)
        }
        Command::Reseal(asked) => keys::reseal::command(asked, environment, output, messages),
        Command::Print(script) => output.write_all(script).map(|()| Ending::Done),
    }
}
