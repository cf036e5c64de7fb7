//! `kind = "oauth2"`: providers without OpenID Connect, whose endpoints are written down (RFC 6749).

use super::super::{
    AuthorizationServer, ClientAuthentication, Protocol, TokenCheck, fault::ConfigFault,
    reader::Table, site, text,
};
use super::{openid, preset::Preset};
use crate::{
    access::claim_path::ClaimPath,
    http::url::{Reach, Url},
};
use alloc::boxed::Box;

const KINDS: &[&str] = &["oidc", "oauth2"];
const CHECKS: &[&str] = &["github", "facebook", "introspection"];

/// Whether the provider speaks OpenID Connect, and where it is asked. `issuer` is its identifier.
pub(super) fn read(
    table: &Table<'_>,
    preset: &Preset,
    reach: Reach,
    issuer: Option<&Url>,
) -> Option<Protocol> {
    let usual = if preset.oauth.is_some() {
        "oauth2"
    } else {
        "oidc"
    };
    let is_oauth = match table.has("kind") {
        true => table.parsed("kind", |text| match text {
            "oidc" => Ok(false),
            "oauth2" => Ok(true),
            _ => Err(ConfigFault::Word { allowed: KINDS }),
        })?,
        false => usual == "oauth2",
    };
    if !is_oauth {
        return openid::read(table, reach, issuer).map(Protocol::OpenId);
    }
    for key in openid::KEYS.into_iter().filter(|key| table.has(key)) {
        table.fault(key, ConfigFault::OpenIdOnly);
    }
    server(table, preset, reach).map(|server| Protocol::OAuth(Box::new(server)))
}

fn server(table: &Table<'_>, preset: &Preset, reach: Reach) -> Option<AuthorizationServer> {
    let known = preset.oauth.as_ref();
    let optional = |key: &'static str, known: Option<&str>| match (table.has(key), known) {
        (true, _) => table.parsed(key, |text| site::in_reach(text, reach)),
        (false, Some(known)) => Url::parse(known).ok(),
        (false, None) => None,
    };
    let needed = |key: &'static str, known: Option<&str>| {
        if known.is_none() {
            table.require(key);
        }
        optional(key, known)
    };
    let authorization = needed(
        "authorization_endpoint",
        known.map(|known| known.authorization),
    );
    let token = needed("token_endpoint", known.map(|known| known.token));
    let userinfo = needed("userinfo_endpoint", known.map(|known| known.userinfo));
    let check = needed(
        "token_check_endpoint",
        known.map(|known| known.token_check_endpoint),
    );
    let emails = optional("emails_endpoint", known.and_then(|known| known.emails));
    let groups = optional("groups_endpoint", known.and_then(|known| known.groups));
    let word = match (table.has("token_check"), known) {
        (true, _) => table.parsed("token_check", Ok)?,
        (false, Some(known)) => known.token_check,
        (false, None) => {
            table.require("token_check");
            return None;
        }
    };
    let check = match word {
        "github" => TokenCheck::GitHub(check?),
        "facebook" => TokenCheck::Facebook(check?),
        "introspection" => TokenCheck::Introspection(check?),
        _ => {
            table.fault("token_check", ConfigFault::Word { allowed: CHECKS });
            return None;
        }
    };
    let subject = match table.has("subject_claim") {
        true => table.parsed("subject_claim", text::claim_path),
        false => ClaimPath::parse(known.map_or("sub", |known| known.subject_claim)).ok(),
    };
    Some(AuthorizationServer {
        authorization_endpoint: authorization?,
        token_endpoint: token?,
        userinfo_endpoint: userinfo?,
        emails_endpoint: emails,
        groups_endpoint: groups,
        token_check: check,
        subject_claim: subject?,
    })
}

/// The check of GitHub and Facebook asks for the client secret itself.
pub(super) fn check_credential(
    table: &Table<'_>,
    protocol: &Protocol,
    client: &ClientAuthentication,
) {
    let Protocol::OAuth(server) = protocol else {
        return;
    };
    let has_secret = matches!(
        client,
        ClientAuthentication::ClientSecretBasic(_) | ClientAuthentication::ClientSecretPost(_)
    );
    match server.token_check {
        TokenCheck::GitHub(_) | TokenCheck::Facebook(_) if !has_secret => {
            table.fault("client_secret", ConfigFault::TokenCheckSecret);
        }
        TokenCheck::GitHub(_)
        | TokenCheck::Facebook(_)
        | TokenCheck::Introspection(_)
        | TokenCheck::TokenInfo(_) => {}
    }
}
