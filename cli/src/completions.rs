//! `lychgate completions`: what shells complete the words of a command line with.

use clap::{Args, Command, ValueEnum};
use clap_complete::{Shell, generate};

/// For which shell.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Known,
}

/// Shells that there are completions for.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Bash,
    Zsh,
    Fish,
}

/// The script for a shell.
pub(crate) fn script(arguments: Arguments, mut command: Command) -> Vec<u8> {
    let shell = match arguments.shell {
        Known::Bash => Shell::Bash,
        Known::Zsh => Shell::Zsh,
        Known::Fish => Shell::Fish,
    };
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(shell, &mut command, name, &mut script);
    script
}
