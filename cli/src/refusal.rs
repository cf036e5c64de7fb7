//! The message about arguments that make no command, and the help that they ask for.

use crate::ending::Ending;
use clap::error::Error;
use std::{
    ffi::OsString,
    io::{self, Write},
};

/// Prints help as a result, and everything else as a message.
pub(crate) fn tell(
    error: &Error,
    arguments: &[OsString],
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let text = without_tokens(error.render().ansi().to_string(), arguments);
    if error.use_stderr() {
        write!(messages, "{text}")?;
        return Ok(Ending::NotCarriedOut);
    }
    write!(output, "{text}")?;
    Ok(Ending::Done)
}

/// The text without tokens, which stand among the arguments where somebody mistyped a command about one.
fn without_tokens(text: String, arguments: &[OsString]) -> String {
    let arguments = arguments.iter().filter_map(|argument| argument.to_str());
    let words = arguments.flat_map(|argument| argument.split(['=', ' ']));
    let tokens = words.filter(|word| word.len() > 40 && word.matches('.').count() >= 2);
    tokens
        .filter(|word| !word.contains('/'))
        .fold(text, |text, token| text.replace(token, "TOKEN"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_repeated() {
        let token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
        let text = format!("unexpected argument '{token}' found");
        for argument in [
            token.to_owned(),
            format!("--tokn={token}"),
            format!("Bearer {token}"),
        ] {
            let said = without_tokens(text.clone(), &["lychgate".into(), argument.into()]);
            assert_eq!(said, "unexpected argument 'TOKEN' found");
        }
        let said = without_tokens("'chek'".to_owned(), &["chek".into()]);
        assert_eq!(said, "'chek'");
    }
}
