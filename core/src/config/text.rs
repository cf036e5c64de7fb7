//! Small texts of a configuration: identifiers, names of secrets and tokens of protocols.

use super::{BindingName, SecretName, fault::ConfigFault, reader::Table};
use crate::access::claim_path::ClaimPath;
use alloc::{borrow::ToOwned, string::String};

/// The binding by which a Worker reaches its static files.
const ASSETS: &str = "ASSETS";

/// An identifier that stands in URLs: lower-case letters, digits and hyphens.
pub(super) fn identifier(text: &str) -> Result<String, ConfigFault> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=32).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(ConfigFault::Identifier)
    }
}

/// The name of a secret: upper-case words with single underscores between them. In this case it is a
/// binding of a Worker and an environment variable, in lower case a variable of a Spin application.
pub(super) fn secret_name(text: &str) -> Result<SecretName, ConfigFault> {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let starts = text.starts_with(|first: char| first.is_ascii_uppercase());
    let is_word_by_word =
        !text.as_bytes().windows(2).any(|pair| pair == b"__") && !text.ends_with('_');
    if starts && is_word_by_word && text.len() <= 64 && text.bytes().all(plain) {
        Ok(SecretName(text.to_owned()))
    } else {
        Err(ConfigFault::SecretName)
    }
}

/// The name of a service binding. It is written like that of a secret, so that it never is a member that
/// every object of the runtime has; and it is not the binding of the static files, whose other spellings
/// nobody would look at then.
pub(super) fn service(text: &str) -> Result<BindingName, ConfigFault> {
    if text == ASSETS {
        return Err(ConfigFault::ServiceIsAssets);
    }
    match secret_name(text) {
        Ok(SecretName(name)) => Ok(BindingName(name)),
        Err(_) => Err(ConfigFault::ServiceName),
    }
}

/// `{ secret = "NAME" }` at `key`. A string there may be the secret itself, so what it is stays
/// unsaid.
pub(super) fn secret_at(table: &Table<'_>, key: &str) -> Option<SecretName> {
    if table.is_text(key) {
        table.fault(key, ConfigFault::SecretInFile);
        return None;
    }
    let reference = table.table(key, &["secret"])?;
    reference.require("secret");
    reference.parsed("secret", secret_name)
}

/// Visible ASCII without quotes and backslashes: a scope (RFC 6749, section 3.3).
pub(super) fn token(text: &str) -> Result<String, ConfigFault> {
    let plain = |byte: u8| (b'!'..=b'~').contains(&byte) && !matches!(byte, b'"' | b'\\');
    bounded(text, text.bytes().all(plain))
}

/// Visible ASCII and spaces: a client identifier (RFC 6749, appendix A.1).
pub(super) fn printable(text: &str) -> Result<String, ConfigFault> {
    bounded(text, text.bytes().all(|byte| (b' '..=b'~').contains(&byte)))
}

/// Any text without control characters: the name of a group.
pub(super) fn name(text: &str) -> Result<String, ConfigFault> {
    bounded(text, !text.chars().any(char::is_control))
}

/// Where a claim stands.
pub(super) fn claim_path(text: &str) -> Result<ClaimPath, ConfigFault> {
    ClaimPath::parse(text).map_err(ConfigFault::ClaimPath)
}

fn bounded(text: &str, fits: bool) -> Result<String, ConfigFault> {
    match text.len() {
        0 => Err(ConfigFault::Empty),
        1..=255 if fits => Ok(text.to_owned()),
        _ => Err(ConfigFault::Characters),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn identifiers_fit_into_urls() {
        for good in ["a", "example-2"] {
            assert_eq!(identifier(good).as_deref(), Ok(good));
        }
        for bad in ["", "A", "a_b", "a/b", "a.b", "\u{e9}", &"a".repeat(33)] {
            assert_eq!(identifier(bad), Err(ConfigFault::Identifier), "{bad}");
        }
    }

    #[test]
    fn names_of_secrets_are_upper_case() {
        for good in ["A", "LYCHGATE_KEY_1"] {
            assert_eq!(secret_name(good), Ok(SecretName(good.to_owned())));
        }
        for bad in [
            "",
            "1A",
            "_A",
            "A_",
            "A__B",
            "a",
            "A-B",
            "A B",
            &"A".repeat(65),
        ] {
            assert_eq!(secret_name(bad), Err(ConfigFault::SecretName), "{bad}");
        }
    }

    #[test]
    fn tokens_have_no_spaces_and_names_no_control_characters() {
        assert!(token("read:all").is_ok());
        assert_eq!(token("read all"), Err(ConfigFault::Characters));
        assert!(name("Night shift \u{e9}").is_ok());
        assert_eq!(name("a\nb"), Err(ConfigFault::Characters));
        assert!(printable("a b").is_ok());
        assert_eq!(printable("a\tb"), Err(ConfigFault::Characters));
        assert_eq!(name(""), Err(ConfigFault::Empty));
    }
}
