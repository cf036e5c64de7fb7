//! `lychgate token inspect`: the parts of a token as they stand there. Nothing of them is verified, and that is said.

use super::{arguments::Inspected, source::read};
use crate::{ending::Ending, print::style, values::Form};
use lychgate_core::encoding::{base64url, json};
use serde_json::{Value, json};
use std::io::{self, Write};

/// The line in front of everything, so that nobody takes a forged token's word.
const WARNING: &str =
    "NOT VERIFIED: anyone can write such a token. `lychgate token verify` says whether it counts.";

pub(crate) fn command(
    asked: &Inspected,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let text = read(&asked.token)?;
    let Some((header, claims)) = parts(&text) else {
        let what = match text.split('.').count() {
            5 => "the token is encrypted (RFC 7516): nobody but its recipient can read it",
            _ => "no token with three parts of base64url, the first two of which are JSON objects",
        };
        writeln!(messages, "lychgate: {what}")?;
        return Ok(Ending::NotAllowed);
    };
    match asked.form {
        Form::Text => {
            let warning = style::WARNING;
            writeln!(output, "{warning}{WARNING}{warning:#}\n")?;
            for (name, part) in [("header", &header), ("claims", &claims)] {
                writeln!(output, "{name} {part:#}")?;
            }
        }
        Form::Json => {
            let all = json!({"verified": false, "header": header, "claims": claims});
            writeln!(output, "{all}")?;
        }
    }
    Ok(Ending::Done)
}

fn parts(text: &str) -> Option<(Value, Value)> {
    let mut parts = text.split('.');
    let mut part = || json::parse(&base64url::decode(parts.next()?)?).ok();
    let (header, claims) = (part()?, part()?);
    let is_whole = parts.next().is_some() && parts.next().is_none();
    (is_whole && header.is_object() && claims.is_object()).then_some((header, claims))
}
