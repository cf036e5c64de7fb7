//! The command line.

use lexopt::{Arg, Parser, ValueExt};
use lychgate_core::jose::Algorithm;
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
    GeneratePair {
        algorithm: Algorithm,
        key_id: Option<String>,
    },
    ImportPair {
        file: PathBuf,
        key_id: Option<String>,
    },
}

pub(crate) const USAGE: &str = "\
usage: lychgate check [FILE] [--emit-json OUT]
       lychgate keys generate [--jwk ES256|EdDSA [--kid ID]]
       lychgate keys import FILE [--kid ID]
       lychgate --help | --version";

pub(crate) const HELP: &str = "\
Checks a Lychgate configuration and makes keys for it.

usage: lychgate check [FILE] [--emit-json OUT]
       lychgate keys generate [--jwk ES256|EdDSA [--kid ID]]
       lychgate keys import FILE [--kid ID]
       lychgate --help | --version

lychgate check [FILE]
    Checks FILE (lychgate.toml where left out) and, where a wrangler.toml lies
    beside it, that static files are served through Lychgate alone; where a
    spin.toml does, that it grants what Lychgate needs and leads nobody around it.
    Prints every error as FILE:LINE:COLUMN: what is wrong (hint: what to do).

    --emit-json OUT    also write the configuration as canonical JSON, for a build

lychgate keys generate
    Prints a fresh sealing key, 32 random bytes in base64url.

    --jwk ES256|EdDSA  instead a private JSON Web Key, for private_key_jwt; the
                       public key, for the provider, goes to standard error
    --kid ID           the name that the provider knows the key by

lychgate keys import FILE [--kid ID]
    Prints the private key on P-256 that FILE has (PKCS #8 in PEM, as Apple's .p8
    files are) as such a JSON Web Key.

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
    match parser.next()? {
        Some(Arg::Short('h') | Arg::Long("help")) => Ok(Command::Help),
        Some(Arg::Value(word)) if word == "generate" => parse_generate(parser),
        Some(Arg::Value(word)) if word == "import" => parse_import(parser),
        Some(Arg::Value(word)) => {
            let word = word.string()?;
            Err(format!("keys has no command {word:?}").into())
        }
        Some(other @ (Arg::Short(_) | Arg::Long(_))) => Err(other.unexpected()),
        None => Err("keys what? generate or import".into()),
    }
}

fn parse_generate(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut algorithm, mut key_id) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("jwk") if algorithm.is_none() => {
                algorithm = Some(match parser.value()?.string()?.as_str() {
                    "ES256" => Algorithm::Es256,
                    "EdDSA" => Algorithm::EdDsa,
                    _ => return Err("--jwk takes ES256 or EdDSA".into()),
                });
            }
            Arg::Long("kid") if key_id.is_none() => key_id = Some(parser.value()?.string()?),
            other @ (Arg::Short(_) | Arg::Long(_) | Arg::Value(_)) => {
                return Err(other.unexpected());
            }
        }
    }
    match (algorithm, key_id) {
        (Some(algorithm), key_id) => Ok(Command::GeneratePair { algorithm, key_id }),
        (None, None) => Ok(Command::GenerateKey),
        (None, Some(_)) => Err("--kid needs --jwk: a sealing key has its id in the file".into()),
    }
}

fn parse_import(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut file, mut key_id) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("kid") if key_id.is_none() => key_id = Some(parser.value()?.string()?),
            Arg::Value(value) if file.is_none() => file = Some(PathBuf::from(value)),
            other @ (Arg::Short(_) | Arg::Long(_) | Arg::Value(_)) => {
                return Err(other.unexpected());
            }
        }
    }
    let file = file.ok_or("keys import needs a FILE")?;
    Ok(Command::ImportPair { file, key_id })
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
            (
                "lychgate keys generate --jwk ES256",
                Command::GeneratePair {
                    algorithm: Algorithm::Es256,
                    key_id: None,
                },
            ),
            (
                "lychgate keys import a.p8 --kid A",
                Command::ImportPair {
                    file: "a.p8".into(),
                    key_id: Some("A".to_owned()),
                },
            ),
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
            "lychgate keys generate --jwk RS256",
            "lychgate keys generate --kid A",
            "lychgate keys import",
        ] {
            assert_eq!(parsed(line), None, "{line}");
        }
    }
}
