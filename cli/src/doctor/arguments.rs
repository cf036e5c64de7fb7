//! The arguments of `lychgate doctor`.

use lexopt::{Arg, Parser, ValueExt};
use lychgate_core::http::url::Url;
use std::path::PathBuf;

/// What is to be looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// Where the deployment answers; that of the configuration where left out.
    pub(crate) url: Option<Url>,
    /// Its configuration.
    pub(crate) config: Option<PathBuf>,
    /// Other addresses that must not serve.
    pub(crate) also: Vec<Url>,
    /// Whether to print JSON.
    pub(crate) json: bool,
}

/// Reads what follows the command; `None` asks for help.
///
/// # Errors
/// What is wrong with them, as a sentence.
pub(crate) fn parse(parser: &mut Parser) -> Result<Option<Arguments>, lexopt::Error> {
    let mut arguments = Arguments {
        url: None,
        config: None,
        also: Vec::new(),
        json: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Long("url") if arguments.url.is_none() => arguments.url = Some(url(parser)?),
            Arg::Long("config") if arguments.config.is_none() => {
                arguments.config = Some(PathBuf::from(parser.value()?));
            }
            Arg::Long("also") => arguments.also.push(url(parser)?),
            Arg::Long("json") => arguments.json = true,
            other @ (Arg::Short(_) | Arg::Long(_) | Arg::Value(_)) => {
                return Err(other.unexpected());
            }
        }
    }
    Ok(Some(arguments))
}

fn url(parser: &mut Parser) -> Result<Url, lexopt::Error> {
    let text = parser.value()?.string()?;
    Url::parse(&text)
        .map_err(|_| format!("{text:?} is no URL; write it like https://app.example.com").into())
}
