//! The command line.

use lexopt::{Arg, Parser, ValueExt};
use std::{ffi::OsString, path::PathBuf};

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Version,
    Check {
        file: PathBuf,
        emit_json: Option<PathBuf>,
    },
    GenerateKey,
}

pub(crate) const USAGE: &str = "\
usage: lychgate check [FILE] [--emit-json OUT]
       lychgate keys generate
       lychgate --help | --version";

pub(crate) const HELP: &str = "\
Checks a Lychgate configuration and makes keys for it.

usage: lychgate check [FILE] [--emit-json OUT]
       lychgate keys generate
       lychgate --help | --version

lychgate check [FILE]
    Checks FILE (lychgate.toml where left out) and, where a wrangler.toml lies
    beside it, that static files are served through Lychgate alone; where a
    spin.toml does, that it grants what Lychgate needs and leads nobody around it.
    Prints every error as FILE:LINE:COLUMN: what is wrong (hint: what to do).

    --emit-json OUT    also write the configuration as canonical JSON, for a build

lychgate keys generate
    Prints a fresh sealing key, 32 random bytes in base64url.

exit codes: 0 all is well; 1 the configuration has errors; 2 wrong arguments, or
a file that cannot be read or written";

/// Reads the arguments, the first of which is the program's name.
///
/// # Errors
/// What is wrong with them, as a sentence.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Command, lexopt::Error> {
    let mut parser = Parser::from_iter(arguments);
    match parser.next()? {
        Some(Arg::Short('h') | Arg::Long("help")) => Ok(Command::Help),
        Some(Arg::Short('V') | Arg::Long("version")) => Ok(Command::Version),
        Some(Arg::Value(word)) if word == "check" => parse_check(&mut parser),
        Some(Arg::Value(word)) if word == "keys" => parse_keys(&mut parser),
        Some(Arg::Value(word)) if word == "help" => Ok(Command::Help),
        Some(other) => Err(other.unexpected()),
        None => Err("a command is missing".into()),
    }
}

fn parse_check(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let mut file = None;
    let mut emit_json = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("emit-json") if emit_json.is_none() => {
                emit_json = Some(PathBuf::from(parser.value()?));
            }
            Arg::Value(value) if file.is_none() => file = Some(PathBuf::from(value)),
            other @ (Arg::Short(_) | Arg::Long(_) | Arg::Value(_)) => {
                return Err(other.unexpected());
            }
        }
    }
    let file = file.unwrap_or_else(|| PathBuf::from("lychgate.toml"));
    Ok(Command::Check { file, emit_json })
}

fn parse_keys(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let command = match parser.next()? {
        Some(Arg::Short('h') | Arg::Long("help")) => return Ok(Command::Help),
        Some(Arg::Value(word)) if word == "generate" => Command::GenerateKey,
        Some(Arg::Value(word)) => {
            let word = word.string()?;
            return Err(format!("keys has no command {word:?}").into());
        }
        Some(other @ (Arg::Short(_) | Arg::Long(_))) => return Err(other.unexpected()),
        None => return Err("keys what? generate is the only command".into()),
    };
    match parser.next()? {
        None => Ok(command),
        Some(other) => Err(other.unexpected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Option<Command> {
        parse(line.split(' ').map(OsString::from)).ok()
    }

    #[test]
    fn commands_are_understood() {
        let check = |file: &str, out: Option<&str>| Command::Check {
            file: file.into(),
            emit_json: out.map(PathBuf::from),
        };
        for (line, command) in [
            ("lychgate check", check("lychgate.toml", None)),
            ("lychgate check a.toml", check("a.toml", None)),
            (
                "lychgate check a.toml --emit-json b",
                check("a.toml", Some("b")),
            ),
            (
                "lychgate check --emit-json=b a.toml",
                check("a.toml", Some("b")),
            ),
            ("lychgate keys generate", Command::GenerateKey),
            ("lychgate --version", Command::Version),
            ("lychgate check --help", Command::Help),
        ] {
            assert_eq!(parsed(line), Some(command), "{line}");
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
        ] {
            assert_eq!(parsed(line), None, "{line}");
        }
    }
}
