//! The arguments of `lychgate explain`.

use crate::arguments::Command;
use lexopt::{Arg, Parser, ValueExt};
use lychgate_core::{config::timestamp, http::method::Method, time::UnixTime};
use std::path::PathBuf;

/// What is to be explained.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The address, or its path alone.
    pub(crate) url: String,
    pub(crate) method: Method,
    pub(crate) who: Who,
    /// `None` for right now.
    pub(crate) at: Option<UnixTime>,
    pub(crate) config: PathBuf,
    pub(crate) form: Form,
}

/// Who asks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Nobody who signed in.
    Anonymous,
    /// Whoever has these claims.
    SignedIn {
        /// JSON.
        claims: PathBuf,
        /// The provider they are of; `None` for the first.
        provider: Option<String>,
    },
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Json,
}

/// Reads what stands behind `explain`.
pub(crate) fn parse(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut url, mut method, mut claims, mut provider) = (None, None, None, None);
    let (mut at, mut config) = (None, None);
    let (mut is_anonymous, mut form) = (false, Form::Text);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("url") if url.is_none() => url = Some(parser.value()?.string()?),
            Arg::Long("method") if method.is_none() => method = Some(parser.value()?.string()?),
            Arg::Long("claims") if claims.is_none() => claims = Some(parser.value()?.into()),
            Arg::Long("provider") if provider.is_none() => {
                provider = Some(parser.value()?.string()?);
            }
            Arg::Long("at") if at.is_none() => at = Some(parse_time(&parser.value()?.string()?)?),
            Arg::Long("config") if config.is_none() => config = Some(parser.value()?.into()),
            Arg::Long("anonymous") => is_anonymous = true,
            Arg::Long("json") => form = Form::Json,
            other @ (Arg::Short(_) | Arg::Long(_) | Arg::Value(_)) => {
                return Err(other.unexpected());
            }
        }
    }
    let who = match (claims, provider, is_anonymous) {
        (Some(claims), provider, false) => Who::SignedIn { claims, provider },
        (None, None, true) => Who::Anonymous,
        (None, Some(_), _) => return Err("--provider says whose --claims they are".into()),
        (Some(_), _, true) => return Err("either --claims or --anonymous".into()),
        (None, None, false) => return Err("who asks? --claims FILE, or --anonymous".into()),
    };
    Ok(Command::Explain(Asked {
        url: url.ok_or("what is asked for? --url URL")?,
        method: parse_method(method.as_deref().unwrap_or("GET")),
        who,
        at,
        config: config.unwrap_or_else(|| PathBuf::from("lychgate.toml")),
        form,
    }))
}

/// Nobody means the method `get`, which is another than `GET`.
pub(crate) fn parse_method(text: &str) -> Method {
    Method::parse(&text.to_ascii_uppercase())
}

pub(crate) fn parse_time(text: &str) -> Result<UnixTime, lexopt::Error> {
    let seconds = text.parse().ok().map(UnixTime::from_seconds);
    let time = timestamp::parse(text).or(seconds);
    time.ok_or_else(|| {
        "--at takes a time such as 2026-12-01T00:00:00Z, or seconds since 1970".into()
    })
}
