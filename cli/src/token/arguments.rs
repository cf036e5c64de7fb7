//! The arguments of `lychgate token`.

use crate::{
    arguments::Command,
    explain::arguments::{Form, parse_method, parse_time},
};
use lexopt::{Arg, Parser, ValueExt};
use lychgate_core::{http::method::Method, time::UnixTime};
use std::path::PathBuf;

/// Which token is to be verified, and how.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) token: String,
    pub(crate) config: PathBuf,
    /// The keys of its issuer, where they do not stand in the configuration.
    pub(crate) jwks: Option<PathBuf>,
    /// `None` for right now.
    pub(crate) at: Option<UnixTime>,
    /// What it is shown for, and how.
    pub(crate) resource: Option<(Method, String)>,
    pub(crate) form: Form,
}

/// Reads what stands behind `token`.
pub(crate) fn parse(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    match parser.next()? {
        Some(Arg::Short('h') | Arg::Long("help")) => Ok(Command::Help),
        Some(Arg::Value(word)) if word == "verify" => parse_verify(parser),
        Some(Arg::Value(word)) if word == "inspect" => parse_inspect(parser),
        Some(Arg::Value(word)) => {
            let word = word.string()?;
            Err(format!("token has no command {word:?}").into())
        }
        Some(other @ (Arg::Short(_) | Arg::Long(_))) => Err(other.unexpected()),
        None => Err("token what? verify or inspect".into()),
    }
}

fn parse_verify(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut token, mut config, mut jwks, mut at) = (None, None, None, None);
    let (mut resource, mut method, mut form) = (None, None, Form::Text);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("config") if config.is_none() => config = Some(parser.value()?.into()),
            Arg::Long("jwks") if jwks.is_none() => jwks = Some(parser.value()?.into()),
            Arg::Long("at") if at.is_none() => at = Some(parse_time(&parser.value()?.string()?)?),
            Arg::Long("resource") if resource.is_none() => {
                resource = Some(parser.value()?.string()?);
            }
            Arg::Long("method") if method.is_none() => method = Some(parser.value()?.string()?),
            Arg::Long("json") => form = Form::Json,
            Arg::Value(value) if token.is_none() => token = Some(value.string()?),
            other @ (Arg::Short(_) | Arg::Long(_) | Arg::Value(_)) => {
                return Err(other.unexpected());
            }
        }
    }
    if method.is_some() && resource.is_none() {
        return Err("--method says how --resource is asked for".into());
    }
    let method = parse_method(method.as_deref().unwrap_or("GET"));
    Ok(Command::VerifyToken(Verified {
        token: token.ok_or("token verify needs a TOKEN, or - to read it from standard input")?,
        config: config.unwrap_or_else(|| PathBuf::from("lychgate.toml")),
        jwks,
        at,
        resource: resource.map(|path| (method, path)),
        form,
    }))
}

fn parse_inspect(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut token, mut form) = (None, Form::Text);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("json") => form = Form::Json,
            Arg::Value(value) if token.is_none() => token = Some(value.string()?),
            other @ (Arg::Short(_) | Arg::Long(_) | Arg::Value(_)) => {
                return Err(other.unexpected());
            }
        }
    }
    let token = token.ok_or("token inspect needs a TOKEN, or - to read it from standard input")?;
    Ok(Command::InspectToken { token, form })
}
