//! `lychgate explain`: what the edge would decide about a request, and why.
//!
//! The decision, and what is said about it, come from the code that decides at the edge.

pub(crate) mod arguments;
mod json;
mod person;
mod text;
pub(crate) mod words;

use crate::{
    Ending,
    check::{self, Loaded},
};
use arguments::{Asked, Form, Who};
use lychgate_core::{
    gateway::explain::{Explanation, Question, explain},
    session::record::SessionRecord,
    time::UnixTime,
};
use std::io::{self, Write};

/// All that an answer is written from.
struct Answer<'a> {
    asked: &'a Asked,
    loaded: &'a Loaded,
    host: &'a str,
    target: &'a str,
    who: Option<&'a SessionRecord>,
    now: UnixTime,
    explanation: &'a Explanation<'a>,
}

pub(crate) fn command(
    asked: &Asked,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let Some(loaded) = check::load_or_tell(&asked.config, messages)? else {
        return Ok(Ending::NotCarriedOut);
    };
    let who = match &asked.who {
        Who::Anonymous => None,
        Who::SignedIn { claims, provider } => {
            match person::read(claims, provider.as_deref(), &loaded.config) {
                Ok(who) => Some(who),
                Err(fault) => {
                    writeln!(messages, "lychgate: {fault}")?;
                    return Ok(Ending::NotCarriedOut);
                }
            }
        }
    };
    let authority = loaded.config.public_url.authority();
    let Some((host, target)) = split(&asked.url, &authority) else {
        writeln!(
            messages,
            "lychgate: --url takes an address such as {}/path, or a path that begins with /",
            loaded.config.public_url
        )?;
        return Ok(Ending::NotCarriedOut);
    };
    let now = asked.at.unwrap_or_else(check::now);
    let question = Question {
        host,
        target,
        method: asked.method.clone(),
        who: who.as_ref(),
        now,
    };
    let explanation = explain(&loaded.config, &question);
    let answer = Answer {
        asked,
        loaded: &loaded,
        host,
        target,
        who: who.as_ref(),
        now,
        explanation: &explanation,
    };
    match asked.form {
        Form::Text => text::write(&answer, output)?,
        Form::Json => writeln!(output, "{}", json::answer(&answer))?,
    }
    Ok(if explanation.is_allowed() {
        Ending::Done
    } else {
        Ending::NotAllowed
    })
}

/// Host and target of an address as one copies it from a browser; the fragment never leaves there.
fn split<'a>(url: &'a str, own: &'a str) -> Option<(&'a str, &'a str)> {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    if url.starts_with('/') {
        return Some((own, url));
    }
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, target) = rest.split_at_checked(end)?;
    match target {
        "" => Some((host, "/")),
        _ if target.starts_with('/') => Some((host, target)),
        // A browser puts the slash in.
        _ => None,
    }
    .filter(|(host, _)| !host.is_empty())
}
