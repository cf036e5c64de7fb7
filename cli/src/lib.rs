//! Checks a Lychgate configuration, explains its decisions, verifies tokens, looks at deployments from
//! outside and makes keys.
//!
//! Results go to standard output, everything that is said about them to standard error. The exit
//! code is 0 where all is well, 1 where the configuration has errors, a request is not allowed, a token
//! is refused or a deployment has something to mend, and 2 where the command could not be carried out: wrong
//! arguments, a file that cannot be read or written, a request without a configuration to explain it
//! by.

mod arguments;
mod canonical;
pub mod check;
mod doctor;
mod document;
mod exact_paths;
mod explain;
mod keys;
mod logo;
mod open_paths;
mod pair;
mod position;
mod problem;
mod redirects;
mod rotation;
mod route_position;
mod rules;
mod services;
mod spin;
mod surroundings;
mod text_file;
mod token;
mod wrangler;

use arguments::Command;
use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

/// How a command ended.
enum Ending {
    Done,
    ProblemsFound,
    NotAllowed,
    NotCarriedOut,
}

/// Carries out the command in `arguments`, the first of which is the program's name.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> ExitCode {
    let ending = match arguments::parse(arguments) {
        Ok(command) => carry_out(&command, output, messages),
        Err(error) => writeln!(messages, "lychgate: {error}\n\n{}", arguments::USAGE)
            .map(|()| Ending::NotCarriedOut),
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
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    match command {
        Command::Help => writeln!(output, "{}", arguments::HELP).map(|()| Ending::Done),
        Command::Version => {
            let version = env!("CARGO_PKG_VERSION");
            writeln!(output, "lychgate {version}").map(|()| Ending::Done)
        }
        Command::Check { file, emit_json } => {
            check::command(file, emit_json.as_deref(), output, messages)
        }
        Command::Explain(asked) => explain::command(asked, output, messages),
        Command::Doctor(arguments) => doctor::command(arguments, output, messages),
        Command::VerifyToken(asked) => token::verify(asked, output, messages),
        Command::InspectToken { token, form } => token::inspect(token, *form, output, messages),
        Command::GenerateKey => keys::generate(output, messages),
        Command::GeneratePair { algorithm, key_id } => {
            pair::generate(*algorithm, key_id, output, messages)
        }
        Command::ImportPair { file, key_id } => pair::import(file, key_id, output, messages),
    }
}
