//! `[[provider]]`: the OpenID providers that people sign in with.

mod client;
mod hand_over;
mod issuer;
mod oauth;
mod openid;
mod preset;

use super::{
    Protocol, Provider, PushedAuthorizationRequests, ResponseMode,
    fault::ConfigFault,
    issuer_form,
    list_claim::{self, GROUPS, ROLES},
    reader::Table,
    text,
};
use crate::{
    access::claim_path::ClaimPath, cookie::set_cookie::SameSite, http::url::Reach, jose::Algorithm,
};
use alloc::{borrow::ToOwned, string::String, vec, vec::Vec};
use preset::Preset;

impl Provider {
    /// The `SameSite` of cookies that must reach the callback. It comes from another site, so they are `Lax` whatever the
    /// session cookie is, and `None` where the provider's page posts a form, with which browsers send no other.
    pub const fn callback_same_site(&self) -> SameSite {
        match self.response_mode {
            ResponseMode::Query => SameSite::Lax,
            ResponseMode::FormPost => SameSite::None,
        }
    }
}

pub(super) const KEYS: &[&str] = &[
    "id",
    "name",
    "preset",
    "kind",
    "issuer",
    "metadata_url",
    "tenant",
    "team_id",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "end_session_endpoint",
    "emails_endpoint",
    "groups_endpoint",
    "token_check",
    "token_check_endpoint",
    "subject_claim",
    "client_id",
    "client_secret",
    "private_key",
    "token_endpoint_auth_method",
    "pushed_authorization_requests",
    "response_mode",
    "scopes",
    "algorithms",
    "claims",
    "map",
    "groups_claim",
    "groups_member",
    "roles_claim",
    "roles_member",
    "hand_over",
    "hand_over_azp",
    "id_token_check",
    "tokeninfo_endpoint",
];

/// The standard claims that another one can stand for (OpenID Connect Core, section 5.1).
const MAPPED: &[&str] = &[
    "name",
    "preferred_username",
    "picture",
    "locale",
    "email",
    "email_verified",
];

const MODES: &[&str] = &["query", "form_post"];
const PUSHED: &[&str] = &["where_offered", "never"];
const ALGORITHMS: &[&str] = &[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    "Ed25519",
];

/// One algorithm for each type of key, so that a key without `alg` has one meaning.
const DEFAULT_ALGORITHMS: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];

pub(super) fn read(root: &Table<'_>, reach: Reach) -> Vec<Provider> {
    let mut providers: Vec<Provider> = Vec::new();
    for (_, table) in root.tables("provider", KEYS) {
        let Some(provider) = read_one(&table, reach) else {
            continue;
        };
        // Its redirect URI is made of it, and sessions name their provider by it.
        if providers.iter().any(|earlier| earlier.id == provider.id) {
            table.fault("id", ConfigFault::Repeated);
        }
        providers.push(provider);
    }
    providers
}

fn read_one(table: &Table<'_>, reach: Reach) -> Option<Provider> {
    for key in ["id", "client_id"] {
        table.require(key);
    }
    let preset = match table.has("preset") {
        true => table.parsed("preset", preset::named)?,
        false => &preset::GENERIC,
    };
    let issuer = issuer::read(table, preset, reach);
    let protocol = oauth::read(table, preset, reach, issuer.as_ref().map(|(_, url)| url));
    let id = table.parsed("id", text::identifier);
    let name = table.parsed("name", text::name);
    if let (Some((text, url)), Some(Protocol::OpenId(_))) = (&issuer, &protocol)
        && let Err(fault) = issuer_form::check(text, url)
    {
        table.fault("issuer", fault);
    }
    let client_id = table.parsed("client_id", text::printable);
    let client_authentication = client::read(table, preset);
    if let (Some(protocol), Some(client)) = (&protocol, &client_authentication) {
        oauth::check_credential(table, protocol, client);
    }
    let client = client_authentication.as_ref();
    let hand_over = hand_over::read(table, preset, reach, protocol.as_ref(), client);
    let response_mode = read_response_mode(table);
    let pushed = read_pushed(table);
    let scopes = read_scopes(table, preset, protocol.as_ref());
    let algorithms = read_algorithms(table);
    let claims = table.parsed_list("claims", text::claim_path);
    let groups_claim = list_claim::read(table, GROUPS, preset.groups_claim);
    let roles_claim = list_claim::read(table, ROLES, preset.roles_claim);
    let map = read_map(table);
    let (issuer, _) = issuer?;
    let id = id?;
    let usual = preset.name.map(ToOwned::to_owned);
    let mut provider = Provider {
        name: name.or(usual).unwrap_or_else(|| id.clone()),
        protocol: protocol?,
        id,
        issuer,
        client_id: client_id?,
        client_authentication: client_authentication?,
        response_mode: response_mode.unwrap_or(preset.response_mode),
        pushed_authorization_requests: pushed.unwrap_or(PushedAuthorizationRequests::WhereOffered),
        scopes,
        algorithms: algorithms.unwrap_or_else(|| DEFAULT_ALGORITHMS.to_vec()),
        claims: vec![],
        map,
        groups_claim: groups_claim?,
        roles_claim: roles_claim?,
        hand_over: hand_over?,
    };
    let listed = claims.iter().flatten();
    let kept: Vec<String> = listed
        .chain(provider.map.iter().map(|(_, path)| path))
        .map(|path| path.top().to_owned())
        .collect();
    for claim in &kept {
        provider.keep(claim);
    }
    Some(provider)
}

fn read_response_mode(table: &Table<'_>) -> Option<ResponseMode> {
    table.parsed("response_mode", |text| match text {
        "query" => Ok(ResponseMode::Query),
        "form_post" => Ok(ResponseMode::FormPost),
        _ => Err(ConfigFault::Word { allowed: MODES }),
    })
}

fn read_pushed(table: &Table<'_>) -> Option<PushedAuthorizationRequests> {
    table.parsed("pushed_authorization_requests", |text| match text {
        "where_offered" => Ok(PushedAuthorizationRequests::WhereOffered),
        "never" => Ok(PushedAuthorizationRequests::Never),
        _ => Err(ConfigFault::Word { allowed: PUSHED }),
    })
}

fn read_algorithms(table: &Table<'_>) -> Option<Vec<Algorithm>> {
    table.parsed_list("algorithms", |text| {
        Algorithm::from_name(text).ok_or(ConfigFault::Word {
            allowed: ALGORITHMS,
        })
    })
}

fn read_scopes(table: &Table<'_>, preset: &Preset, protocol: Option<&Protocol>) -> Vec<String> {
    let is_openid = matches!(protocol, None | Some(Protocol::OpenId(_)));
    let Some(scopes) = table.parsed_list("scopes", text::token) else {
        // The scopes of the generic preset have a meaning in OpenID Connect alone.
        let has_usual = is_openid || preset.oauth.is_some();
        let usual = if has_usual { preset.scopes } else { &[] };
        return usual.iter().copied().map(ToOwned::to_owned).collect();
    };
    if is_openid && !scopes.iter().any(|scope| scope == "openid") {
        table.fault("scopes", ConfigFault::NoOpenid);
        return vec![];
    }
    scopes
}

/// `map`: the standard claims that stand somewhere else at this provider.
fn read_map(table: &Table<'_>) -> Vec<(&'static str, ClaimPath)> {
    let Some(map) = table.table("map", MAPPED) else {
        return vec![];
    };
    let path = |name: &&'static str| Some((*name, map.parsed(name, text::claim_path)?));
    MAPPED.iter().filter_map(path).collect()
}

impl Provider {
    /// Adds `claim` to the claims that a session keeps.
    pub(super) fn keep(&mut self, claim: &str) {
        if !self.claims.iter().any(|kept| kept == claim) {
            self.claims.push(claim.to_owned());
        }
    }
}
