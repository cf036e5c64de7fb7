//! The command itself: what it looks at, and how it ends.

use super::{
    arguments::Asked, client::Client, finding::Verdict, look::look, report, subject,
    subject::Subject,
};
use crate::{check::compiled, ending::Ending, values};
use std::{
    io::{self, Write},
    path::Path,
};

/// Looks at a deployment and prints what it found.
///
/// # Errors
/// Nobody reads what is printed.
pub(crate) fn command(
    asked: &Asked,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let subject = match subject_of(asked) {
        Ok(subject) => subject,
        Err(error) => {
            writeln!(messages, "lychgate: {error}")?;
            return Ok(Ending::NotCarriedOut);
        }
    };
    let findings = look(&subject);
    report::write(asked.form, &subject.origin, &findings, output)?;
    let is_mended = findings.iter().all(|it| it.verdict != Verdict::Fail);
    Ok(if is_mended {
        Ending::Done
    } else {
        Ending::ProblemsFound
    })
}

fn subject_of(asked: &Asked) -> Result<Subject, String> {
    let file = match &asked.config {
        Some(file) => Some(file.as_path()),
        None => Some(Path::new(values::CONFIGURATION)).filter(|file| file.exists()),
    };
    let config = file.map(compiled::configuration).transpose()?;
    let origin = match (&asked.url, &config) {
        (Some(url), _) => url.origin().clone(),
        (None, Some(config)) => config.public_url.clone(),
        (None, None) => return Err("doctor needs --url, or --config with a public_url".to_owned()),
    };
    Ok(Subject {
        client: Client::new(),
        origin,
        wrangler: file.and_then(subject::wrangler_beside),
        site: file.and_then(subject::site_beside),
        config,
        others: asked.also.clone(),
    })
}
