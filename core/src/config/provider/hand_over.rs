//! `hand_over`: the tokens that pages of the site may hand over for a session.

use super::super::{
    ClientAuthentication, HandOver, IdTokenCheck, Protocol, TokenCheck, fault::ConfigFault,
    reader::Table, site, text,
};
use super::preset::Preset;
use crate::http::url::{Reach, Url};
use alloc::vec::Vec;

const KINDS: &[&str] = &["id_token", "access_token"];
const ID_TOKEN_CHECKS: &[&str] = &["signature", "tokeninfo"];
const TOKEN_CHECKS: &[&str] = &["introspection", "tokeninfo"];

/// The keys that have a meaning beside `hand_over` alone.
const PARTS: [&str; 3] = ["hand_over_azp", "id_token_check", "tokeninfo_endpoint"];

/// The keys that say, at a provider with OpenID Connect, how access tokens are checked.
const ACCESS_TOKEN_PARTS: [&str; 2] = ["token_check", "token_check_endpoint"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    IdToken,
    AccessToken,
}

pub(super) fn read(
    table: &Table<'_>,
    preset: &Preset,
    reach: Reach,
    protocol: Option<&Protocol>,
    client: Option<&ClientAuthentication>,
) -> Option<HandOver> {
    let has_id_tokens = !matches!(protocol, Some(Protocol::OAuth(_)));
    let kinds = table.parsed_list("hand_over", |text| match text {
        "id_token" if !has_id_tokens => Err(ConfigFault::OpenIdOnly),
        "id_token" => Ok(Kind::IdToken),
        "access_token" => Ok(Kind::AccessToken),
        _ => Err(ConfigFault::Word { allowed: KINDS }),
    });
    let kinds: Vec<Kind> = kinds.unwrap_or_default();
    let is_openid = matches!(protocol, Some(Protocol::OpenId(_)));
    refuse_unused(table, &kinds, is_openid);
    let endpoint = |key: &'static str| match (table.has(key), preset.tokeninfo) {
        (true, _) => table.parsed(key, |text| site::in_reach(text, reach)),
        (false, Some(known)) if key == "tokeninfo_endpoint" => Url::parse(known).ok(),
        (false, _) => {
            table.require(key);
            None
        }
    };
    let authorized_parties = table.parsed_list("hand_over_azp", text::printable);
    let id_token = kinds.contains(&Kind::IdToken).then(|| {
        let is_asked = table.parsed("id_token_check", |text| match text {
            "signature" => Ok(false),
            "tokeninfo" => Ok(true),
            _ => Err(ConfigFault::Word {
                allowed: ID_TOKEN_CHECKS,
            }),
        });
        match is_asked {
            Some(true) => endpoint("tokeninfo_endpoint").map(IdTokenCheck::TokenInfo),
            Some(false) | None => Some(IdTokenCheck::Signature),
        }
    });
    let access_token = kinds.contains(&Kind::AccessToken).then(|| match protocol? {
        Protocol::OAuth(server) => Some(server.token_check.clone()),
        Protocol::OpenId(_) => match table.has("token_check") || preset.tokeninfo.is_none() {
            true => {
                table.require("token_check");
                let is_introspection = table.parsed("token_check", |text| match text {
                    "introspection" => Ok(true),
                    "tokeninfo" => Ok(false),
                    _ => Err(ConfigFault::Word {
                        allowed: TOKEN_CHECKS,
                    }),
                })?;
                match is_introspection {
                    true => endpoint("token_check_endpoint").map(TokenCheck::Introspection),
                    false => endpoint("tokeninfo_endpoint").map(TokenCheck::TokenInfo),
                }
            }
            false => endpoint("tokeninfo_endpoint").map(TokenCheck::TokenInfo),
        },
    });
    let (id_token, access_token) = (required(id_token), required(access_token));
    check_credential(table, access_token.as_ref()?.as_ref(), client);
    Some(HandOver {
        id_token: id_token?,
        access_token: access_token?,
        authorized_parties: authorized_parties.unwrap_or_default(),
    })
}

/// What is wanted and could not be read is no setting.
fn required<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        Some(None) => None,
        read => Some(read.flatten()),
    }
}

/// A check that is written and never made is a mistake about what protects the site.
fn refuse_unused(table: &Table<'_>, kinds: &[Kind], is_openid: bool) {
    let is_unused = |key: &&str| match (*key, kinds) {
        (_, []) => true,
        ("tokeninfo_endpoint", kinds) => {
            let of_id_token =
                kinds.contains(&Kind::IdToken) && table.is("id_token_check", "tokeninfo");
            let of_access_token = kinds.contains(&Kind::AccessToken)
                && is_openid
                && !table.is("token_check", "introspection");
            !of_id_token && !of_access_token
        }
        ("hand_over_azp", _) => false,
        (_, kinds) => !kinds.contains(&Kind::IdToken),
    };
    for key in PARTS.iter().filter(|key| table.has(key)) {
        if is_unused(key) {
            table.fault(key, ConfigFault::HandOverOnly);
        }
    }
    for key in ACCESS_TOKEN_PARTS.into_iter().filter(|key| table.has(key)) {
        if is_openid && !kinds.contains(&Kind::AccessToken) {
            table.fault(key, ConfigFault::OAuthOnly);
        }
    }
    let endpoint = "token_check_endpoint";
    if is_openid && table.has(endpoint) && table.is("token_check", "tokeninfo") {
        table.fault(endpoint, ConfigFault::HandOverOnly);
    }
}

/// An endpoint that tells whose a token is tells it to clients that prove who they are.
fn check_credential(
    table: &Table<'_>,
    check: Option<&TokenCheck>,
    client: Option<&ClientAuthentication>,
) {
    if let (Some(TokenCheck::Introspection(_)), Some(ClientAuthentication::None)) = (check, client)
    {
        table.fault("client_secret", ConfigFault::TokenCheckSecret);
    }
}

#[cfg(test)]
#[path = "hand_over_tests.rs"]
mod tests;
