//! The command itself: what it prints, and how it ends.

use super::{
    arguments::Arguments,
    emit, next,
    notes::{logo, rotation, rules},
    passed::{Checked, check},
    summary,
};
use crate::{clock, configuration::load::CheckError, ending::Ending, print::style, workers};
use std::io::{self, Write};

/// Checks, writes the compiled configuration where one is asked for, and sums it up.
///
/// # Errors
/// Nobody reads what is printed.
pub(crate) fn command(
    arguments: &Arguments,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let file = &arguments.file;
    let checked = match check(file) {
        Ok(checked) => checked,
        Err(error) => {
            error.tell(messages)?;
            return Ok(match error {
                CheckError::Problems(problems) => {
                    if let Some(step) = next::step_after(file, &problems) {
                        writeln!(messages, "{step}")?;
                    }
                    Ending::ProblemsFound
                }
                CheckError::Unreadable { .. } => Ending::NotCarriedOut,
            });
        }
    };
    tell_notes(arguments, &checked, messages)?;
    if let Some(out) = &arguments.emit_json
        && let Err(error) = emit::write(out, &checked.json)
    {
        let out = out.display();
        writeln!(messages, "lychgate: cannot write {out}: {error}")?;
        return Ok(Ending::NotCarriedOut);
    }
    let (strong, good, file_name) = (style::STRONG, style::GOOD, file.display());
    writeln!(output, "{strong}{file_name}:{strong:#} {good}ok{good:#}")?;
    let next = next::steps(file, &checked.config);
    summary::write(&checked.config, &next, output)?;
    Ok(Ending::Done)
}

fn tell_notes(
    arguments: &Arguments,
    checked: &Checked,
    messages: &mut impl Write,
) -> io::Result<()> {
    let (strong, note, warning) = (style::STRONG, style::NOTE, style::WARNING);
    if let Some(unread) = workers::unread(&arguments.file) {
        writeln!(
            messages,
            "{strong}{}:{strong:#} {warning}not checked:{warning:#} run_worker_first must be true, _redirects must not rewrite with 200, and services must hold each service of an upstream",
            unread.display()
        )?;
    }
    let file = arguments.file.display();
    let notes = rotation::notes(&checked.config, clock::now());
    let notes = notes.into_iter().chain(logo::note(&checked.config));
    for what in notes.chain(rules::note_of_metrics(&checked.config)) {
        writeln!(
            messages,
            "{strong}{file}:{strong:#} {note}note:{note:#} {what}"
        )?;
    }
    checked
        .notes
        .iter()
        .try_for_each(|note| writeln!(messages, "{note}\n"))
}
