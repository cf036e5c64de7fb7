//! `[[provider]]`: the OpenID providers that people sign in with.

mod client;

use super::{
    Provider, PushedAuthorizationRequests, ResponseMode, fault::ConfigFault, reader::Table, site,
    text,
};
use crate::{
    access::claim_path::ClaimPath,
    http::url::{Reach, Url},
    jose::Algorithm,
};
use alloc::{borrow::ToOwned, string::String, vec, vec::Vec};

pub(super) const KEYS: &[&str] = &[
    "id",
    "name",
    "kind",
    "issuer",
    "client_id",
    "client_secret",
    "private_key",
    "token_endpoint_auth_method",
    "pushed_authorization_requests",
    "response_mode",
    "scopes",
    "algorithms",
    "claims",
    "groups_claim",
    "roles_claim",
];

const MODES: &[&str] = &["query", "form_post"];
const PUSHED: &[&str] = &["where_offered", "never"];
const KINDS: &[&str] = &["oidc"];
const ALGORITHMS: &[&str] = &[
    "RS256", "RS384", "PS256", "PS384", "ES256", "ES384", "EdDSA",
];
const DEFAULT_SCOPES: [&str; 3] = ["openid", "email", "profile"];

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
    for key in ["id", "issuer", "client_id"] {
        table.require(key);
    }
    table.parsed("kind", |text| match text {
        "oidc" => Ok(()),
        _ => Err(ConfigFault::Word { allowed: KINDS }),
    });
    let id = table.parsed("id", text::identifier);
    let name = table.parsed("name", text::name);
    let issuer = table.parsed("issuer", |text| parse_issuer(text, reach));
    let client_id = table.parsed("client_id", text::printable);
    let client_authentication = client::read(table);
    let response_mode = table.parsed("response_mode", |text| match text {
        "query" => Ok(ResponseMode::Query),
        "form_post" => Ok(ResponseMode::FormPost),
        _ => Err(ConfigFault::Word { allowed: MODES }),
    });
    let pushed = table.parsed("pushed_authorization_requests", |text| match text {
        "where_offered" => Ok(PushedAuthorizationRequests::WhereOffered),
        "never" => Ok(PushedAuthorizationRequests::Never),
        _ => Err(ConfigFault::Word { allowed: PUSHED }),
    });
    let scopes = read_scopes(table);
    let algorithms = table.parsed_list("algorithms", |text| {
        let unknown = ConfigFault::Word {
            allowed: ALGORITHMS,
        };
        Algorithm::from_name(text).ok_or(unknown)
    });
    let claims = table.parsed_list("claims", text::claim_path);
    let groups_claim = claim_path(table, "groups_claim", "groups");
    let roles_claim = claim_path(table, "roles_claim", "roles");
    let (issuer, issuer_url) = issuer?;
    let id = id?;
    let mut provider = Provider {
        name: name.unwrap_or_else(|| id.clone()),
        id,
        issuer,
        issuer_url,
        client_id: client_id?,
        client_authentication: client_authentication?,
        response_mode: response_mode.unwrap_or(ResponseMode::Query),
        pushed_authorization_requests: pushed.unwrap_or(PushedAuthorizationRequests::WhereOffered),
        scopes,
        algorithms: algorithms.unwrap_or_else(|| DEFAULT_ALGORITHMS.to_vec()),
        claims: vec![],
        groups_claim: groups_claim?,
        roles_claim: roles_claim?,
    };
    for claim in claims.iter().flatten() {
        provider.keep(claim.top());
    }
    Some(provider)
}

/// An issuer identifier: a URL without query and fragment (OpenID Connect Core, section 1.2), kept
/// as written, because it is compared byte for byte.
fn parse_issuer(text: &str, reach: Reach) -> Result<(String, Url), ConfigFault> {
    let url = site::in_reach(text, reach)?;
    if url.target().contains('?') {
        return Err(ConfigFault::IssuerQuery);
    }
    Ok((text.to_owned(), url))
}

/// The path at `key`, or else the claim that most providers have it in.
fn claim_path(table: &Table<'_>, key: &str, usual: &str) -> Option<ClaimPath> {
    if table.has(key) {
        return table.parsed(key, text::claim_path);
    }
    ClaimPath::parse(usual).ok()
}

fn read_scopes(table: &Table<'_>) -> Vec<String> {
    let Some(scopes) = table.parsed_list("scopes", text::token) else {
        return DEFAULT_SCOPES.map(ToOwned::to_owned).to_vec();
    };
    if !scopes.iter().any(|scope| scope == "openid") {
        table.fault("scopes", ConfigFault::NoOpenid);
        return vec![];
    }
    scopes
}

impl Provider {
    /// Adds `claim` to the claims that a session keeps.
    pub(super) fn keep(&mut self, claim: &str) {
        if !self.claims.iter().any(|kept| kept == claim) {
            self.claims.push(claim.to_owned());
        }
    }
}
