//! Who vouches for an issuer's tokens: `check` and `revocation`, and what goes with them.

use super::{
    AskedEndpoint, CheckMethod, ClientAuthentication, EndpointCredential, IssuerCheck, OnlineCheck,
    duration::span_at,
    fault::ConfigFault,
    metadata,
    reader::Table,
    site,
    text::{self, secret_at},
};
use crate::{
    http::url::{Reach, Url},
    time::Seconds,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

const CHECKS: &[&str] = &["jwt", "introspection", "userinfo", "tokeninfo"];
const REVOCATIONS: &[&str] = &["introspection", "userinfo"];
const FORMS: &[&str] = &["google", "facebook"];
const AUTH_METHODS: &[&str] = &[
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "bearer",
];

/// The key of the endpoint that the issuer's metadata names, too.
const INTROSPECTION: &str = "introspection_endpoint";

/// The key that asks for signed answers (RFC 9701).
const SIGNED: &str = "introspection_signed";

const SHORTEST: Seconds = Seconds::new(1);
const LONGEST: Seconds = Seconds::minutes(10);
const DEFAULT: Seconds = Seconds::new(30);

/// Where Google and Facebook say what a token of theirs is.
const GOOGLE: &str = "https://oauth2.googleapis.com/tokeninfo";
const FACEBOOK: &str = "https://graph.facebook.com/debug_token";

/// Hosts of issuers whose userinfo endpoints open to the tokens of everybody's applications.
const PUBLIC: [&str; 9] = [
    "accounts.google.com",
    "appleid.apple.com",
    "github.com",
    "gitlab.com",
    "graph.facebook.com",
    "login.microsoftonline.com",
    "slack.com",
    "www.facebook.com",
    "www.linkedin.com",
];

/// The keys of tokens that are signed.
const OF_TOKENS: [&str; 4] = ["tenants", "types", "shared_secret", "revocation"];

/// The keys that say how the signature of a token, or of an answer, is verified.
const OF_SIGNATURES: [&str; 4] = ["algorithms", "metadata_url", "jwks_uri", "jwks"];

/// The keys that say how an endpoint is asked.
const OF_ANSWERS: [&str; 10] = [
    INTROSPECTION,
    "introspection_endpoint_auth_method",
    SIGNED,
    "userinfo_endpoint",
    "tokeninfo_endpoint",
    "tokeninfo_form",
    "client_id",
    "client_secret",
    "private_key",
    "bearer_token",
];

/// How an issuer's tokens are checked, as its table says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// `jwt`
    Jwt,
    /// Another one.
    Asked(Endpoint),
}

/// Which endpoint is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Endpoint {
    Introspection,
    Userinfo,
    TokenInfo,
}

impl Endpoint {
    /// Those of [`OF_ANSWERS`] that go with it.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Introspection => &[
                INTROSPECTION,
                "introspection_endpoint_auth_method",
                SIGNED,
                "client_id",
                "client_secret",
                "private_key",
                "bearer_token",
            ],
            Self::Userinfo => &["userinfo_endpoint"],
            Self::TokenInfo => &[
                "tokeninfo_endpoint",
                "tokeninfo_form",
                "client_id",
                "client_secret",
            ],
        }
    }
}

/// The word at `check`; `None` for one that is none.
pub(super) fn word(table: &Table<'_>) -> Option<Word> {
    if !table.has("check") {
        return Some(Word::Jwt);
    }
    table.parsed("check", |text| match text {
        "jwt" => Ok(Word::Jwt),
        "introspection" => Ok(Word::Asked(Endpoint::Introspection)),
        "userinfo" => Ok(Word::Asked(Endpoint::Userinfo)),
        "tokeninfo" => Ok(Word::Asked(Endpoint::TokenInfo)),
        _ => Err(ConfigFault::Word { allowed: CHECKS }),
    })
}

/// How the tokens of an issuer with that word are checked.
pub(super) fn read(table: &Table<'_>, word: Word, reach: Reach) -> Option<IssuerCheck> {
    let revocation = match word {
        Word::Jwt if table.has("revocation") => Some(table.parsed("revocation", |text| {
            Ok(match text {
                "introspection" => Endpoint::Introspection,
                "userinfo" => Endpoint::Userinfo,
                _ => {
                    let allowed = REVOCATIONS;
                    return Err(ConfigFault::Word { allowed });
                }
            })
        })?),
        Word::Jwt | Word::Asked(_) => None,
    };
    match (word, revocation) {
        (Word::Jwt, None) => {
            unused(table, &OF_ANSWERS, ConfigFault::AskedOnly);
            let more = ["any_client", "cache_for", "fresh_for"];
            unused(table, &more, ConfigFault::AskedOnly);
            unused(table, &["token_prefix"], ConfigFault::OpaqueOnly);
            Some(IssuerCheck::Signature)
        }
        (Word::Jwt, Some(endpoint)) => {
            unused(
                table,
                &["cache_for", "token_prefix", "any_client"],
                ConfigFault::OpaqueOnly,
            );
            let is_signed = has_signed_answers(table, endpoint);
            let check = endpoint_check(table, (endpoint, is_signed), "fresh_for", reach);
            check.map(IssuerCheck::SignatureAndAnswer)
        }
        (Word::Asked(endpoint), _) => {
            unused(table, &OF_TOKENS, ConfigFault::JwtOnly);
            let is_signed = has_signed_answers(table, endpoint);
            if !is_signed {
                let mut others = OF_SIGNATURES.to_vec();
                if endpoint == Endpoint::Introspection && !table.has(INTROSPECTION) {
                    others.retain(|key| *key != metadata::KEY);
                }
                unused(table, &others, ConfigFault::KeysUnused);
            }
            unused(table, &["fresh_for"], ConfigFault::JwtOnly);
            check_recipients(table, endpoint);
            let check = endpoint_check(table, (endpoint, is_signed), "cache_for", reach);
            check.map(IssuerCheck::Answer)
        }
    }
}

/// `token_prefix`: characters of a token (RFC 6750, section 2.1).
pub(super) fn prefix(table: &Table<'_>) -> Option<String> {
    table.parsed("token_prefix", |text| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        match text.len() {
            2..=64 if text.bytes().all(plain) => Ok(text.to_owned()),
            _ => Err(ConfigFault::TokenPrefix),
        }
    })
}

/// An endpoint that answers for every client must be held against one: otherwise any application's token opens the API.
fn check_recipients(table: &Table<'_>, endpoint: Endpoint) {
    let any = table.boolean("any_client") == Some(true);
    let named = table.has("audiences") || table.has("clients");
    match endpoint {
        Endpoint::Introspection | Endpoint::TokenInfo => {
            unused(table, &["any_client"], ConfigFault::UserinfoOnly);
            if !named {
                table
                    .faults()
                    .add(table.at().clone(), ConfigFault::RecipientNeeded);
            }
        }
        Endpoint::Userinfo => {
            unused(
                table,
                &["audiences", "clients"],
                ConfigFault::UserinfoKnowsNoClient,
            );
            if !any {
                table
                    .faults()
                    .add(table.at().clone(), ConfigFault::AnyClientNeeded);
            }
            table.parsed("issuer", |text| {
                let is_public = |url: &Url| PUBLIC.contains(&url.origin().host());
                match Url::parse(text).is_ok_and(|url| is_public(&url)) {
                    true => Err(ConfigFault::AnyClientOfPublic),
                    false => Ok(()),
                }
            });
        }
    }
}

fn endpoint_check(
    table: &Table<'_>,
    (endpoint, is_signed): (Endpoint, bool),
    span: &'static str,
    reach: Reach,
) -> Option<OnlineCheck> {
    let mut others = OF_ANSWERS.to_vec();
    others.retain(|key| !endpoint.keys().contains(key));
    unused(table, &others, ConfigFault::OtherEndpoint);
    let cache_for = span_at(table, span, SHORTEST, LONGEST);
    let in_reach = |text: &str| site::in_reach(text, reach);
    let at = |key: &'static str| {
        table.require(key);
        table.parsed(key, in_reach)
    };
    let (method, endpoint) = match endpoint {
        Endpoint::Introspection => {
            let endpoint = introspection_endpoint(table, reach);
            let credential = credential(table, is_signed)?;
            let signed_for = match is_signed {
                true => Some(recipient(table, &credential)?),
                false => None,
            };
            let method = CheckMethod::Introspection {
                credential,
                signed_for,
            };
            (method, endpoint)
        }
        Endpoint::Userinfo => {
            let endpoint = at("userinfo_endpoint").map(AskedEndpoint::At);
            (CheckMethod::Userinfo, endpoint)
        }
        Endpoint::TokenInfo => {
            let (method, endpoint) = token_info(table, in_reach)?;
            (method, Some(AskedEndpoint::At(endpoint)))
        }
    };
    Some(OnlineCheck {
        method,
        endpoint: endpoint?,
        cache_for: cache_for.unwrap_or(DEFAULT),
    })
}

/// The endpoint that is written, else the one that the issuer's metadata names, where it can have some.
fn introspection_endpoint(table: &Table<'_>, reach: Reach) -> Option<AskedEndpoint> {
    let in_reach = |text: &str| site::in_reach(text, reach);
    if table.has(INTROSPECTION) {
        let written = table.parsed(INTROSPECTION, in_reach);
        return written.map(AskedEndpoint::At);
    }
    // The metadata of each tenant may name another one.
    let has_tenants = table.has("tenants");
    if table.has(metadata::KEY) && !has_tenants {
        let written = metadata::written(table, reach, ToOwned::to_owned);
        return written.map(AskedEndpoint::Discovery);
    }
    let issuer = table
        .value("issuer")
        .and_then(|(_, issuer)| issuer.as_str());
    let issuer = issuer.and_then(|issuer| in_reach(issuer).ok());
    match issuer.filter(|_| !has_tenants) {
        Some(issuer) => {
            let usual = table.parsed("issuer", |_| metadata::usual(&issuer));
            usual.map(AskedEndpoint::Discovery)
        }
        None => {
            table.require(INTROSPECTION);
            None
        }
    }
}

fn token_info(
    table: &Table<'_>,
    in_reach: impl Fn(&str) -> Result<Url, ConfigFault>,
) -> Option<(CheckMethod, Url)> {
    let form = table.parsed("tokeninfo_form", |text| match text {
        "google" => Ok(GOOGLE),
        "facebook" => Ok(FACEBOOK),
        _ => Err(ConfigFault::Word { allowed: FORMS }),
    });
    let usual = form.unwrap_or(GOOGLE);
    let endpoint = match table.has("tokeninfo_endpoint") {
        true => table.parsed("tokeninfo_endpoint", in_reach),
        false => Url::parse(usual).ok(),
    };
    let method = if usual == FACEBOOK {
        CheckMethod::FacebookTokenInfo(credential(table, false)?)
    } else {
        let unused_here = ["client_id", "client_secret"];
        unused(table, &unused_here, ConfigFault::CredentialUnused);
        CheckMethod::GoogleTokenInfo
    };
    Some((method, endpoint?))
}

/// The proof of who asks. An endpoint that tells anyone about a token would let them try tokens (RFC 7662, section 4), so
/// there is no word for none.
fn credential(table: &Table<'_>, is_signed: bool) -> Option<EndpointCredential> {
    const KEY: &str = "introspection_endpoint_auth_method";
    let given = ["client_secret", "private_key", "bearer_token"].map(|key| table.has(key));
    let method = match (table.has(KEY), given) {
        (true, _) => table.parsed(KEY, |text| {
            let known = AUTH_METHODS.iter().find(|method| **method == text);
            known.copied().ok_or(ConfigFault::Word {
                allowed: AUTH_METHODS,
            })
        })?,
        (false, [_, true, _]) => "private_key_jwt",
        (false, [false, _, true]) => "bearer",
        (false, _) => "client_secret_basic",
    };
    let (key, others) = match method {
        "bearer" => ("bearer_token", ["client_secret", "private_key"]),
        "private_key_jwt" => ("private_key", ["client_secret", "bearer_token"]),
        _ => ("client_secret", ["private_key", "bearer_token"]),
    };
    unused(table, &others, ConfigFault::CredentialUnused);
    table.require(key);
    let secret = secret_at(table, key);
    if method == "bearer" {
        if !is_signed {
            unused(table, &["client_id"], ConfigFault::CredentialUnused);
        }
        return secret.map(EndpointCredential::Bearer);
    }
    table.require("client_id");
    let id = table.parsed("client_id", text::printable);
    let authentication = match method {
        "private_key_jwt" => ClientAuthentication::PrivateKeyJwt(secret?),
        "client_secret_post" => ClientAuthentication::ClientSecretPost(secret?),
        _ => ClientAuthentication::ClientSecretBasic(secret?),
    };
    let id = id?;
    Some(EndpointCredential::Client { id, authentication })
}

/// Whether the answers of that endpoint are to be signed.
fn has_signed_answers(table: &Table<'_>, endpoint: Endpoint) -> bool {
    endpoint == Endpoint::Introspection && table.boolean(SIGNED) == Some(true)
}

/// Whom signed answers are for, where the issuer has keys that they can be verified with.
fn recipient(table: &Table<'_>, credential: &EndpointCredential) -> Option<String> {
    // Who shares the secret could sign them, too, and an issuer that is no URL publishes nothing.
    let is_told = OF_SIGNATURES.iter().skip(1).any(|key| table.has(key));
    let issuer = table
        .value("issuer")
        .and_then(|(_, issuer)| issuer.as_str());
    let is_url = issuer.is_none_or(|issuer| Url::parse(issuer).is_ok());
    if table.has("shared_secret") || (!is_told && !is_url) {
        table.fault(SIGNED, ConfigFault::AnswerKeys);
        return None;
    }
    match credential {
        EndpointCredential::Client { id, .. } => Some(id.clone()),
        EndpointCredential::Bearer(_) => {
            table.require("client_id");
            table.parsed("client_id", text::printable)
        }
    }
}

fn unused(table: &Table<'_>, keys: &[&str], fault: ConfigFault) {
    for key in keys.iter().filter(|key| table.has(key)) {
        table.fault(key, fault.clone());
    }
}

/// Whether no token can have two of these prefixes.
pub(super) fn are_apart<'a>(prefixes: impl Iterator<Item = &'a str>) -> bool {
    let prefixes: Vec<&str> = prefixes.collect();
    prefixes.iter().enumerate().all(|(place, one)| {
        let others = prefixes.iter().skip(place.saturating_add(1));
        others
            .into_iter()
            .all(|other| !one.starts_with(other) && !other.starts_with(one))
    })
}
