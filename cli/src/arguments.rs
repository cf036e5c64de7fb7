//! The command line as a whole.

use crate::{check, completions, doctor, explain, keys, print::style, token};
use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand,
    error::{Error, ErrorKind},
};
use std::ffi::OsString;

/// Check a Lychgate configuration, explain its decisions, verify tokens, look at deployments from outside and make keys
#[derive(Parser)]
#[command(
    name = "lychgate",
    version,
    styles = style::of_arguments(),
    after_help = AFTER,
    arg_required_else_help = true
)]
struct CommandLine {
    #[command(subcommand)]
    words: Words,
}

/// The commands, as they are typed.
#[derive(Subcommand)]
enum Words {
    /// Check a configuration and the files of its host beside it
    ///
    /// Prints every error as FILE:LINE:COLUMN: what is wrong, with the line and what to do. Where a
    /// wrangler.toml lies beside the configuration, checks that static files are served through
    /// Lychgate alone; where a spin.toml does, that it grants what Lychgate needs and leads nobody
    /// around it.
    #[command(after_help = CHECK)]
    Check(check::arguments::Arguments),
    /// Say which routes decide about a request, whether each of their requirements is met, and the decision
    #[command(after_help = EXPLAIN)]
    Explain(explain::arguments::Arguments),
    /// Look at a deployment from outside, and say what to mend
    ///
    /// Prints what anyone on the network could find out: what has to be mended first, then what
    /// may be meant as it is, each with why it matters and what to do.
    #[command(after_help = DOCTOR)]
    Doctor(doctor::arguments::Arguments),
    /// Say what stands in an access token, and whether the edge would take it
    #[command(after_help = TOKEN)]
    Token(Token),
    /// Make sealing keys and private keys towards a provider, and seal user records anew
    #[command(after_help = KEYS)]
    Keys(Keys),
    /// Print the script with which a shell completes the words of a command line
    #[command(after_help = COMPLETIONS)]
    Completions(completions::Arguments),
}

#[derive(Args)]
#[command(arg_required_else_help = true)]
struct Token {
    #[command(subcommand)]
    words: token::arguments::Arguments,
}

#[derive(Args)]
#[command(arg_required_else_help = true)]
struct Keys {
    #[command(subcommand)]
    words: keys::arguments::Arguments,
}

const AFTER: &str = "\
`lychgate COMMAND --help` has the options of a command, and examples.

exit codes: 0 all is well, or the request is allowed; 1 the configuration has errors, the request is
not allowed, the token is refused, or the deployment has something to mend; 2 wrong arguments, a
file that cannot be read or written, or, for explain and token, a configuration with errors

environment: NO_COLOR=1 turns colours off, CLICOLOR_FORCE=1 turns them on where there is no terminal";

const CHECK: &str = "\
Examples:
  lychgate check
  lychgate check staging.toml
  lychgate check --emit-json build/lychgate.json";

const EXPLAIN: &str = "\
Examples:
  lychgate explain --url /staff/ --anonymous
  lychgate explain --url https://app.example.com/staff/ --claims ada.json
  lychgate explain --url /reports/1 --method POST --claims ada.json --at 2026-12-01T00:00:00Z --json";

const DOCTOR: &str = "\
Examples:
  lychgate doctor
  lychgate doctor --also https://lychgate.example.workers.dev
  lychgate doctor --url https://staging.example.com --config staging.toml --json";

const TOKEN: &str = "\
Examples:
  lychgate token verify --jwks jwks.json - < token.txt
  lychgate token inspect - < token.txt";

const KEYS: &str = "\
Examples:
  lychgate keys generate | npx wrangler secret put LYCHGATE_KEY_1
  lychgate keys import AuthKey_ABC123.p8 --kid ABC123 | npx wrangler secret put APPLE_KEY";

const COMPLETIONS: &str = "\
Examples:
  lychgate completions bash > ~/.local/share/bash-completion/completions/lychgate
  lychgate completions zsh > ~/.zfunc/_lychgate
  lychgate completions fish > ~/.config/fish/completions/lychgate.fish";

/// The command to carry out.
#[derive(PartialEq, Eq)]
pub(crate) enum Command {
    Check(check::arguments::Arguments),
    Explain(explain::arguments::Asked),
    Doctor(doctor::arguments::Asked),
    VerifyToken(token::arguments::Verified),
    InspectToken(token::arguments::Inspected),
    GenerateKey(keys::arguments::Generate),
    ImportKey(keys::arguments::Import),
    Reseal(keys::arguments::Asked),
    /// A script that a shell reads.
    Print(Vec<u8>),
}

/// Reads the arguments, the first of which is the program's name.
///
/// # Errors
/// The faults of the arguments, or the help or version that they ask for.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Command, Error> {
    let matches = CommandLine::command().try_get_matches_from(arguments)?;
    let line = CommandLine::from_arg_matches(&matches)?;
    match line.words {
        Words::Check(arguments) => Ok(Command::Check(arguments)),
        Words::Explain(typed) => {
            let asked = typed.read().map_err(|all| faults(&["explain"], &all))?;
            Ok(Command::Explain(asked))
        }
        Words::Doctor(typed) => {
            let asked = typed.read().map_err(|all| faults(&["doctor"], &all))?;
            Ok(Command::Doctor(asked))
        }
        Words::Token(Token { words }) => match words {
            token::arguments::Arguments::Verify(typed) => {
                let words = ["token", "verify"];
                let asked = typed.read().map_err(|all| faults(&words, &all))?;
                Ok(Command::VerifyToken(asked))
            }
            token::arguments::Arguments::Inspect(typed) => Ok(Command::InspectToken(typed.into())),
        },
        Words::Keys(Keys { words }) => match words {
            keys::arguments::Arguments::Generate(asked) => Ok(Command::GenerateKey(asked)),
            keys::arguments::Arguments::Import(asked) => Ok(Command::ImportKey(asked)),
            keys::arguments::Arguments::Reseal(typed) => {
                let words = ["keys", "reseal"];
                let asked = typed.read().map_err(|all| faults(&words, &all))?;
                Ok(Command::Reseal(asked))
            }
        },
        Words::Completions(arguments) => {
            let script = completions::script(arguments, CommandLine::command());
            Ok(Command::Print(script))
        }
    }
}

/// All that is wrong with the values of one command, at once.
fn faults(words: &[&str], all: &[String]) -> Error {
    let error = style::ERROR;
    let all = all.join(&format!("\n{error}error:{error:#} "));
    let mut command = CommandLine::command();
    command.build();
    for word in words {
        command = command.find_subcommand(word).cloned().unwrap_or(command);
    }
    command.error(ErrorKind::ValueValidation, all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keys::arguments::{Generate, Import, PairAlgorithm};

    fn parsed(line: &str) -> Option<Command> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        parse(&words).ok()
    }

    fn checked(file: &str, emit_json: Option<&str>) -> Command {
        Command::Check(check::arguments::Arguments {
            file: file.into(),
            emit_json: emit_json.map(Into::into),
        })
    }

    #[test]
    fn commands_are_understood() {
        let generated = |jwk, kid: Option<&str>| {
            let kid = kid.map(str::to_owned);
            Command::GenerateKey(Generate { jwk, kid })
        };
        let imported = Command::ImportKey(Import {
            file: "a.p8".into(),
            kid: Some("A".to_owned()),
        });
        let (p256, edwards) = (Some(PairAlgorithm::Es256), Some(PairAlgorithm::EdDsa));
        for (line, command) in [
            ("lychgate check", checked("lychgate.toml", None)),
            ("lychgate check a.toml", checked("a.toml", None)),
            ("lychgate check a --emit-json b", checked("a", Some("b"))),
            ("lychgate check --emit-json=b a", checked("a", Some("b"))),
            ("lychgate keys generate", generated(None, None)),
            ("lychgate keys generate --jwk ES256", generated(p256, None)),
            (
                "lychgate keys generate --jwk=EdDSA --kid=A",
                generated(edwards, Some("A")),
            ),
            ("lychgate keys import a.p8 --kid A", imported),
        ] {
            assert!(parsed(line) == Some(command), "{line}");
        }
    }

    #[test]
    fn what_is_read_further_is_taken() {
        for line in [
            "lychgate explain --url /x --anonymous",
            "lychgate explain --json --at 60 --url /x --method post --claims c --provider p",
            "lychgate explain --at=1970-01-01T00:01:00Z --url=/x --anonymous",
            "lychgate keys reseal",
            "lychgate keys reseal --url https://app.example.com --config a.toml",
            "lychgate doctor",
            "lychgate doctor --json --also https://a.example --also https://b.example",
            "lychgate token verify --json --json -",
            "lychgate token verify --resource /x --method POST a.b.c",
            "lychgate token inspect a.b.c",
            "lychgate completions zsh",
        ] {
            assert!(parsed(line).is_some(), "{line}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for line in [
            "lychgate",
            "lychgate chek",
            "lychgate check a b",
            "lychgate check --emit",
            "lychgate check --emit-json",
            "lychgate check --emit-json a --emit-json b",
            "lychgate keys",
            "lychgate keys make",
            "lychgate keys generate 2",
            "lychgate keys generate --jwk RS256",
            "lychgate keys generate --kid A",
            "lychgate keys import",
            "lychgate explain",
            "lychgate explain --url /x",
            "lychgate explain --anonymous",
            "lychgate explain --url /x --anonymous --claims c",
            "lychgate explain --url /x --anonymous --provider p",
            "lychgate explain --url /x --provider p",
            "lychgate explain --url /x --anonymous --at soon",
            "lychgate explain --url /x --url /y --anonymous",
            "lychgate explain /x --anonymous",
            "lychgate completions",
            "lychgate completions tcsh",
            "lychgate token verify --method GET a",
        ] {
            assert!(parsed(line).is_none(), "{line}");
        }
    }

    #[test]
    fn the_command_line_holds_together() {
        CommandLine::command().debug_assert();
    }
}
