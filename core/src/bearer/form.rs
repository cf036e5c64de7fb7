//! The form of a token, which says whose it may be before anyone is asked about it.
//!
//! A token in the form of a JSON Web Token names its issuer, readable for anybody: it is shown to no other server. One
//! that names none is opaque here, whatever it is elsewhere.

use super::signed_answer;
use crate::encoding::{
    base64url,
    json::{self, Limits},
};
use alloc::{borrow::ToOwned, string::String};
use serde_json::{Map, Value};

/// The issuer that a token names by its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// It names nobody.
    Opaque,
    /// It names this issuer.
    Of(String),
    /// It has the form of a token that names an issuer, and cannot be read in one way, or is an answer about a token.
    Unreadable,
}

/// The longest token that anyone is asked about: no server issues an opaque one of this length, and a flood of longer
/// ones would cost more.
pub const LONGEST: usize = 8 * 1024;

const LIMITS: Limits = Limits {
    bytes: 16 * 1024,
    depth: 12,
};

/// The form of a text: signed (RFC 7515, section 7.1), encrypted (RFC 7516, section 7.1), or neither.
pub fn of(token: &str) -> Form {
    let dots = token.bytes().filter(|byte| *byte == b'.').count();
    let mut parts = token.split('.');
    let (header, payload) = (parts.next(), parts.next());
    let Some(header) = header.and_then(object) else {
        return Form::Opaque;
    };
    match dots {
        // Nobody is asked about an answer (RFC 9701, section 8.1).
        2 if is_answer(&header) => Form::Unreadable,
        2 if header.contains_key("alg") => match payload.and_then(object) {
            Some(claims) => named(&claims),
            None => Form::Unreadable,
        },
        // An encrypted token may repeat its issuer outside (RFC 7519, section 5.3).
        4 if header.contains_key("enc") => named(&header),
        _ => Form::Opaque,
    }
}

fn is_answer(header: &Map<String, Value>) -> bool {
    let stated = header.get("typ").and_then(Value::as_str);
    stated.is_some_and(signed_answer::is_type)
}

/// The signing input of a signed token: header, dot, payload (RFC 7515, section 5.1). `None` for any other text.
pub fn signing_input(token: &str) -> Option<&str> {
    let (input, _) = token.rsplit_once('.')?;
    let (header, payload) = input.split_once('.')?;
    let is_signed = !payload.contains('.') && object(header)?.contains_key("alg");
    is_signed.then_some(input)
}

fn named(claims: &Map<String, Value>) -> Form {
    match claims.get("iss") {
        None => Form::Opaque,
        Some(Value::String(issuer)) => Form::Of(issuer.to_owned()),
        Some(_) => Form::Unreadable,
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    json::parse_claims(&base64url::decode(part)?, LIMITS).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn token(header: &str, payload: &str, rest: &str) -> String {
        let [header, payload] = [header, payload].map(|part| base64url::encode(part.as_bytes()));
        format!("{header}.{payload}{rest}")
    }

    #[test]
    fn a_token_is_of_the_issuer_that_it_names() {
        let of_a = Form::Of("https://a.example".to_owned());
        for (token, form) in [
            (
                token(
                    r#"{"alg":"ES256"}"#,
                    r#"{"iss":"https://a.example"}"#,
                    ".c2ln",
                ),
                of_a.clone(),
            ),
            // Whatever it is signed with: it is nobody else's.
            (
                token(r#"{"alg":"none"}"#, r#"{"iss":"https://a.example"}"#, "."),
                of_a.clone(),
            ),
            (
                token(
                    r#"{"alg":"dir","enc":"A256GCM","iss":"https://a.example"}"#,
                    "",
                    ".a.b.c",
                ),
                of_a,
            ),
            (
                token(r#"{"alg":"dir","enc":"A256GCM"}"#, "", ".a.b.c"),
                Form::Opaque,
            ),
            (
                token(r#"{"alg":"ES256"}"#, r#"{"sub":"a"}"#, ".c2ln"),
                Form::Opaque,
            ),
            (
                token(r#"{"alg":"ES256"}"#, r#"{"iss":1}"#, ".c2ln"),
                Form::Unreadable,
            ),
            (
                token(r#"{"alg":"ES256"}"#, r#"{"iss":"a","iss":"b"}"#, ".c2ln"),
                Form::Unreadable,
            ),
            (token(r#"{"alg":"ES256"}"#, "[]", ".c2ln"), Form::Unreadable),
            (
                token(
                    r#"{"alg":"ES256","typ":"token-introspection+jwt"}"#,
                    r#"{"iss":"https://a.example"}"#,
                    ".c2ln",
                ),
                Form::Unreadable,
            ),
        ] {
            assert_eq!(of(&token), form, "{token}");
        }
    }

    #[test]
    fn two_signatures_of_one_token_have_one_input() {
        let signed = |signature| token(r#"{"alg":"ES256"}"#, r#"{"sub":"a"}"#, signature);
        let (one, other) = (signed(".c2ln"), signed(".c2lo"));
        assert_eq!(signing_input(&one), one.strip_suffix(".c2ln"));
        assert_eq!(signing_input(&one), signing_input(&other));
        for text in ["", "a", "a.b", "a.b.c", "a.b.c.d.e", "e30.e30.e30"] {
            assert_eq!(signing_input(text), None, "{text}");
        }
    }

    #[test]
    fn any_other_text_is_opaque() {
        for text in [
            "",
            "a",
            "mt_9f86d081",
            "a.b.c",
            "..",
            "a.b.c.d.e",
            "e30.e30.e30",
        ] {
            assert_eq!(of(text), Form::Opaque, "{text}");
        }
    }
}
