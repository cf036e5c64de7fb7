//! The command line.

use crate::doctor;
use crate::explain::arguments::{self as explain, Asked, Form};
use crate::token::arguments as token;
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
    Doctor(doctor::arguments::Arguments),
    GenerateKey,
    GeneratePair {
        algorithm: Algorithm,
        key_id: Option<String>,
    },
    ImportPair {
        file: PathBuf,
        key_id: Option<String>,
    },
    Explain(Asked),
    VerifyToken(token::Verified),
    InspectToken {
        token: String,
        form: Form,
    },
}

pub(crate) const USAGE: &str = "\
usage: lychgate check [FILE] [--emit-json OUT]
       lychgate explain --url URL (--claims FILE | --anonymous) [--method M]
                        [--provider ID] [--at TIME] [--config FILE] [--json]
       lychgate doctor [--url URL] [--config FILE] [--also URL] [--json]
       lychgate token verify [--config FILE] [--jwks FILE] [--at TIME]
                        [--resource PATH [--method M]] [--json] TOKEN
       lychgate token inspect [--json] TOKEN
       lychgate keys generate [--jwk ES256|EdDSA [--kid ID]]
       lychgate keys import FILE [--kid ID]
       lychgate --help | --version";

pub(crate) const HELP: &str = "\
Checks a Lychgate configuration, explains its decisions, verifies tokens, looks
at deployments from outside and makes keys.

usage: lychgate check [FILE] [--emit-json OUT]
       lychgate explain --url URL (--claims FILE | --anonymous) [--method M]
                        [--provider ID] [--at TIME] [--config FILE] [--json]
       lychgate doctor [--url URL] [--config FILE] [--also URL] [--json]
       lychgate token verify [--config FILE] [--jwks FILE] [--at TIME]
                        [--resource PATH [--method M]] [--json] TOKEN
       lychgate token inspect [--json] TOKEN
       lychgate keys generate [--jwk ES256|EdDSA [--kid ID]]
       lychgate keys import FILE [--kid ID]
       lychgate --help | --version

lychgate check [FILE]
    Checks FILE (lychgate.toml where left out) and, where a wrangler.toml lies
    beside it, that static files are served through Lychgate alone; where a
    spin.toml does, that it grants what Lychgate needs and leads nobody around it.
    Prints every error as FILE:LINE:COLUMN: what is wrong (hint: what to do).

    --emit-json OUT    also write the configuration as canonical JSON, for a build

lychgate explain --url URL (--claims FILE | --anonymous)
    Says which routes decide about a request for URL (an address, or a path of
    public_url), whether each of their requirements is met, and the decision.

    --claims FILE      who asks: the claims of an ID token as a JSON object, such
                       as {\"sub\": \"ada\", \"groups\": [\"staff\"]}; acr and auth_time
                       (seconds) count, too
    --anonymous        nobody is signed in
    --method M         the method, GET where left out
    --provider ID      the provider that the claims are of, the first where left out
    --at TIME          such as 2026-12-01T00:00:00Z, or seconds since 1970; now
                       where left out
    --config FILE      the configuration, lychgate.toml where left out
    --json             the answer as a JSON object

lychgate doctor
    Looks at a deployment from outside, as anyone on the network could, and prints
    what it found: pass, warn, fail or skip, and what to do.

    --url URL          where it answers; public_url where left out
    --config FILE      its configuration (lychgate.toml where there is one), or the
                       JSON it was compiled to
    --also URL         another address, which must not serve; may be repeated
    --json             prints JSON instead

lychgate token verify TOKEN
    Says whether the edge would take the access token, and prints its claims or the
    one reason why not. Nothing is fetched. TOKEN may be -, for standard input.

    --config FILE      the configuration, lychgate.toml where left out
    --jwks FILE        the keys of its issuer, where they do not stand there
    --at TIME          as for explain
    --resource PATH    also what the route of this path decides about it
    --method M         the method, GET where left out
    --json             the answer as a JSON object

lychgate token inspect TOKEN
    Prints header and claims of a token, of which nothing is verified.

lychgate keys generate
    Prints a fresh sealing key, 32 random bytes in base64url.

    --jwk ES256|EdDSA  instead a private JSON Web Key, for private_key_jwt; the
                       public key, for the provider, goes to standard error
    --kid ID           the name that the provider knows the key by

lychgate keys import FILE [--kid ID]
    Prints the private key on P-256 that FILE has (PKCS #8 in PEM, as Apple's .p8
    files are) as such a JSON Web Key.

exit codes: 0 all is well, or the request is allowed; 1 the configuration has
errors, the request is not allowed, the token is refused, or the deployment has
something to mend; 2 wrong arguments, a file that cannot be read or written, or,
for explain and token, a configuration with errors";

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
        Some(Arg::Value(word)) if word == "explain" => explain::parse(&mut parser),
        Some(Arg::Value(word)) if word == "doctor" => {
            let arguments = doctor::arguments::parse(&mut parser)?;
            Ok(arguments.map_or(Command::Help, Command::Doctor))
        }
        Some(Arg::Value(word)) if word == "token" => token::parse(&mut parser),
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
    use crate::explain::arguments::{Form, Who};
    use lychgate_core::{http::method::Method, time::UnixTime};

    fn parsed(line: &str) -> Option<Command> {
        parse(line.split(' ').map(OsString::from)).ok()
    }

    fn explained(method: &str, who: Who, at: Option<u64>, form: Form) -> Command {
        Command::Explain(Asked {
            url: "/x".to_owned(),
            method: Method::parse(method),
            who,
            at: at.map(UnixTime::from_seconds),
            config: "lychgate.toml".into(),
            form,
        })
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
            (
                "lychgate explain --url /x --anonymous",
                explained("GET", Who::Anonymous, None, Form::Text),
            ),
            (
                "lychgate explain --json --at 60 --url /x --method post --claims c --provider p",
                explained(
                    "POST",
                    Who::SignedIn {
                        claims: "c".into(),
                        provider: Some("p".to_owned()),
                    },
                    Some(60),
                    Form::Json,
                ),
            ),
            (
                "lychgate explain --at=1970-01-01T00:01:00Z --url=/x --anonymous",
                explained("GET", Who::Anonymous, Some(60), Form::Text),
            ),
            ("lychgate explain --help", Command::Help),
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
            "lychgate explain",
            "lychgate explain --url /x",
            "lychgate explain --anonymous",
            "lychgate explain --url /x --anonymous --claims c",
            "lychgate explain --url /x --anonymous --provider p",
            "lychgate explain --url /x --provider p",
            "lychgate explain --url /x --anonymous --at soon",
            "lychgate explain --url /x --url /y --anonymous",
            "lychgate explain /x --anonymous",
        ] {
            assert_eq!(parsed(line), None, "{line}");
        }
    }
}
