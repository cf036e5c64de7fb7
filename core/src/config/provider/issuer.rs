//! The issuer identifier: written, or known from the preset.

use super::super::{fault::ConfigFault, issuer_form, reader::Table, site};
use super::{
    openid,
    preset::{Issuer, Preset},
};
use crate::http::url::{Reach, Url};
use alloc::{borrow::ToOwned, format, string::String};

/// The issuer identifier as text and as URL.
pub(super) fn read(table: &Table<'_>, preset: &Preset, reach: Reach) -> Option<(String, Url)> {
    let is_tenant = matches!(preset.issuer, Issuer::Tenant);
    if table.has("tenant") && (!is_tenant || table.has("issuer")) {
        table.fault("tenant", ConfigFault::TenantUnused);
        return None;
    }
    if table.has("issuer") {
        let is_elsewhere = openid::is_elsewhere(table);
        let issuer = table.parsed("issuer", |text| match is_elsewhere {
            true => Ok((text.to_owned(), site::in_reach(text, reach)?)),
            false => parse(text, reach),
        });
        return issuer.filter(|(text, _)| looks_right(table, preset, text));
    }
    match preset.issuer {
        Issuer::Known(issuer) => parse(issuer, reach).ok(),
        Issuer::Tenant => {
            table.require("tenant");
            let tenant = table.parsed("tenant", tenant)?;
            let issuer = format!("https://login.microsoftonline.com/{tenant}/v2.0");
            parse(&issuer, reach).ok()
        }
        Issuer::Given { .. } => {
            table.require("issuer");
            None
        }
    }
}

/// Customers' own issuers have a form at each provider, and a wrong one shows only when the first person
/// signs in.
fn looks_right(table: &Table<'_>, preset: &Preset, issuer: &str) -> bool {
    let Issuer::Given { segment, end } = preset.issuer else {
        return true;
    };
    let is_right = issuer.ends_with(end)
        && segment.is_none_or(|name| issuer.split('/').any(|segment| segment == name));
    if !is_right {
        let preset = preset.word;
        table.fault("issuer", ConfigFault::IssuerForm { preset });
    }
    is_right
}

/// An issuer identifier: a URL without query and fragment (OpenID Connect Core, section 1.2), kept
/// as written, because it is compared byte for byte. One with a query is a mistake where metadata is to be found by it;
/// elsewhere some providers have one.
fn parse(text: &str, reach: Reach) -> Result<(String, Url), ConfigFault> {
    let url = site::in_reach(text, reach)?;
    if url.target().contains('?') {
        return Err(ConfigFault::IssuerQuery);
    }
    Ok((text.to_owned(), url))
}

fn tenant(text: &str) -> Result<&str, ConfigFault> {
    match issuer_form::is_directory_id(text) {
        true => Ok(text),
        false => Err(ConfigFault::Tenant),
    }
}
