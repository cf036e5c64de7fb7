//! The command itself: what it asks the core, and how it ends.

use super::{
    answer::Answer,
    arguments::{Asked, Who},
    json,
    person::{self, PersonFault},
    text,
};
use crate::{
    clock,
    configuration::load::{Loaded, load_or_tell},
    ending::Ending,
    values::Form,
};
use lychgate_core::{
    gateway::explain::{Question, explain},
    session::record::SessionRecord,
};
use std::io::{self, Write};

/// Explains the decision about a request.
///
/// # Errors
/// Nobody reads what is printed.
pub(crate) fn command(
    asked: &Asked,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let Some(loaded) = load_or_tell(&asked.config, messages)? else {
        return Ok(Ending::NotCarriedOut);
    };
    let who = match person_of(asked, &loaded) {
        Ok(who) => who,
        Err(fault) => {
            // The name of the file stands in front where its place is known.
            match fault {
                PersonFault::Json(problem) => writeln!(messages, "{problem}")?,
                PersonFault::Unreadable(..)
                | PersonFault::NotAnObject(_)
                | PersonFault::Claim(..)
                | PersonFault::UnknownProvider(..)
                | PersonFault::NoProvider => writeln!(messages, "lychgate: {fault}")?,
            }
            return Ok(Ending::NotCarriedOut);
        }
    };
    let own = loaded.config.public_url.authority();
    let host = asked.address.host.as_deref().unwrap_or(own);
    let now = asked.at.unwrap_or_else(clock::now);
    let question = Question {
        host,
        target: &asked.address.target,
        method: asked.method.clone(),
        who: who.as_ref(),
        now,
    };
    let explanation = explain(&loaded.config, &question);
    let answer = Answer {
        asked,
        loaded: &loaded,
        host,
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

fn person_of(asked: &Asked, loaded: &Loaded) -> Result<Option<SessionRecord>, PersonFault> {
    match &asked.who {
        Who::Anonymous => Ok(None),
        Who::SignedIn { claims, provider } => {
            person::read(claims, provider.as_deref(), &loaded.config).map(Some)
        }
    }
}
