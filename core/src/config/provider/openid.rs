//! `kind = "oidc"`: where the metadata of the provider is, or what would stand there.

use super::super::{
    MetadataSource, OpenIdEndpoints, fault::ConfigFault, metadata, reader::Table, site,
};
use crate::http::url::{Reach, Url};
use alloc::{borrow::ToOwned, boxed::Box};

/// The keys that a provider without OpenID Connect has no use for.
pub(super) const KEYS: [&str; 3] = [metadata::KEY, "jwks_uri", "end_session_endpoint"];

/// The keys that a provider with OpenID Connect has no use for.
const OAUTH_KEYS: [&str; 3] = ["emails_endpoint", "groups_endpoint", "subject_claim"];

/// The metadata without which nobody signs in.
const NEEDED: [&str; 3] = ["authorization_endpoint", "token_endpoint", "jwks_uri"];

/// The optional metadata.
const OPTIONAL: [&str; 2] = ["userinfo_endpoint", "end_session_endpoint"];

/// Whether the issuer need not lead to its metadata.
pub(super) fn is_elsewhere(table: &Table<'_>) -> bool {
    table.has(metadata::KEY) || is_written(table)
}

fn is_written(table: &Table<'_>) -> bool {
    NEEDED.into_iter().chain(OPTIONAL).any(|key| table.has(key))
}

/// Where the metadata is. `issuer` is the identifier of the provider.
pub(super) fn read(
    table: &Table<'_>,
    reach: Reach,
    issuer: Option<&Url>,
) -> Option<MetadataSource> {
    let mut is_clean = true;
    for key in OAUTH_KEYS.into_iter().filter(|key| table.has(key)) {
        table.fault(key, ConfigFault::OAuthOnly);
        is_clean = false;
    }
    if is_written(table) {
        if table.has(metadata::KEY) {
            table.fault(metadata::KEY, ConfigFault::MetadataTwice);
            is_clean = false;
        }
        let endpoints = endpoints(table, reach)?;
        return is_clean.then(|| MetadataSource::Written(Box::new(endpoints)));
    }
    let document = match table.has(metadata::KEY) {
        true => metadata::written(table, reach, ToOwned::to_owned),
        false => metadata::usual(issuer?).ok(),
    };
    document.filter(|_| is_clean).map(MetadataSource::Document)
}

fn endpoints(table: &Table<'_>, reach: Reach) -> Option<OpenIdEndpoints> {
    for key in NEEDED {
        table.require(key);
    }
    let url = |key: &'static str| table.parsed(key, |text| site::in_reach(text, reach));
    let [authorization, token, keys] = NEEDED.map(url);
    let [userinfo, end_session] = OPTIONAL.map(url);
    Some(OpenIdEndpoints {
        authorization_endpoint: authorization?,
        token_endpoint: token?,
        jwks_uri: keys?,
        userinfo_endpoint: userinfo,
        end_session_endpoint: end_session,
    })
}
