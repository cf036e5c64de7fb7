//! The message of a page that hands a token over: `{"provider": id, "id_token": token}`, or the same with
//! `access_token`.

use crate::{
    encoding::{
        json::{self, Limits},
        members::Members,
    },
    platform::ledger::{Partition, PartitionKind},
    secret::Secret,
};
use alloc::string::String;
use sha2::{Digest, Sha256};

/// A token that a page hands over.
#[derive(Debug)]
pub struct HandedOver {
    /// The id of its provider in the configuration.
    pub provider: String,
    /// The token.
    pub token: Token,
}

/// A token of either kind.
#[derive(Debug)]
pub enum Token {
    /// An ID token (OpenID Connect Core, section 2).
    Id(Secret<String>),
    /// An access token (RFC 6749, section 1.4).
    Access(Secret<String>),
}

const LIMITS: Limits = Limits {
    bytes: 16 * 1024,
    depth: 1,
};

impl HandedOver {
    /// Reads the message. `None` for anything but a provider and one token: an unknown or repeated member may mean
    /// something to somebody.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let mut members = Members::of(json::parse_object(body, LIMITS).ok()?);
        let provider = members.text("provider")?;
        let id_token = members.optional_text("id_token")?;
        let access_token = members.optional_text("access_token")?;
        members.end()?;
        let token = match (id_token, access_token) {
            (Some(token), None) => Token::Id(Secret::new(token)),
            (None, Some(token)) => Token::Access(Secret::new(token)),
            (Some(_), Some(_)) | (None, None) => return None,
        };
        let text = token.text().expose();
        let is_sendable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_sendable.then_some(Self { provider, token })
    }
}

/// Where the ledger marks that an access token was handed over: `SHA-256(length 4 | issuer | token)`. The token cannot
/// be read from it.
pub fn partition(issuer: &str, access_token: &str) -> Partition {
    let mut digest = Sha256::new();
    let length = u32::try_from(issuer.len()).unwrap_or(u32::MAX);
    digest.update(length.to_be_bytes());
    digest.update(issuer.as_bytes());
    digest.update(access_token.as_bytes());
    Partition {
        kind: PartitionKind::HandedOver,
        id: digest.finalize().into(),
    }
}

impl Token {
    /// The token itself.
    pub const fn text(&self) -> &Secret<String> {
        match self {
            Self::Id(text) | Self::Access(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_message_has_a_provider_and_one_token() {
        let id = HandedOver::parse(br#"{"provider":"demo","id_token":"a.b.c"}"#).unwrap();
        assert_eq!(id.provider, "demo");
        assert!(matches!(&id.token, Token::Id(text) if text.expose() == "a.b.c"));
        let access = HandedOver::parse(br#"{"access_token":"mt_1","provider":"demo"}"#).unwrap();
        assert!(matches!(&access.token, Token::Access(text) if text.expose() == "mt_1"));
    }

    #[test]
    fn any_other_message_is_none() {
        for body in [
            "",
            "[]",
            "null",
            r#"{"provider":"demo"}"#,
            r#"{"id_token":"a"}"#,
            r#"{"provider":"demo","id_token":"a","access_token":"b"}"#,
            r#"{"provider":"demo","id_token":"a","id_token":"a"}"#,
            r#"{"provider":"demo","provider":"demo","id_token":"a"}"#,
            r#"{"provider":"demo","id_token":"a","nonce":"n"}"#,
            r#"{"provider":"demo","id_token":""}"#,
            r#"{"provider":"demo","id_token":"a b"}"#,
            r#"{"provider":"demo","id_token":"a\u0000"}"#,
            "{\"provider\":\"demo\",\"id_token\":\"\u{e4}\"}",
            r#"{"provider":"demo","id_token":null}"#,
            r#"{"provider":"demo","id_token":["a"]}"#,
            r#"{"provider":1,"id_token":"a"}"#,
            r#"{"provider":"demo","id_token":"a"} "#
                .trim_end_matches(' ')
                .trim_end_matches('}'),
        ] {
            assert!(HandedOver::parse(body.as_bytes()).is_none(), "{body}");
        }
    }
}
