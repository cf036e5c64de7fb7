//! `[[issuer]]`: whose access tokens count, and what they must say.

use super::{
    Issuer, IssuerCheck, KeySource, Provider,
    duration::span_at,
    fault::ConfigFault,
    issuer_check::{self, Word},
    issuer_form,
    list_claim::{self, GROUPS, ROLES},
    metadata,
    reader::Table,
    site, text,
};
use crate::{
    http::url::{Reach, Url},
    jose::{Algorithm, KeySet},
    time::Seconds,
};
use alloc::{borrow::ToOwned, string::String, string::ToString, vec, vec::Vec};

pub(super) const KEYS: &[&str] = &[
    "issuer",
    "tenants",
    "audiences",
    "algorithms",
    "types",
    "clock_skew",
    "metadata_url",
    "jwks_uri",
    "jwks",
    "shared_secret",
    "check",
    "introspection_endpoint",
    "introspection_endpoint_auth_method",
    "introspection_signed",
    "userinfo_endpoint",
    "tokeninfo_endpoint",
    "tokeninfo_form",
    "client_id",
    "client_secret",
    "private_key",
    "bearer_token",
    "cache_for",
    "revocation",
    "fresh_for",
    "clients",
    "any_client",
    "token_prefix",
    "groups_claim",
    "groups_member",
    "roles_claim",
    "roles_member",
];

/// The placeholder of a tenant in an issuer or an address, as Entra writes it.
const TENANT: &str = "{tenantid}";

/// The most issuers and tenants, each of which has keys of its own in memory.
const MOST: usize = 64;

const LONGEST_SKEW: Seconds = Seconds::minutes(5);
const SHORTEST_SKEW: Seconds = Seconds::new(1);
const DEFAULT_SKEW: Seconds = Seconds::new(60);

/// The `typ` that RFC 9068, section 2.1, requires of access tokens.
const DEFAULT_TYPE: &str = "at+jwt";

/// One algorithm for each type of key that issuers have, so that a key without `alg` has one meaning.
const DEFAULT_ALGORITHMS: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];

/// The issuers, each tenant of one by itself.
pub(super) fn read(root: &Table<'_>, reach: Reach, providers: &[Provider]) -> Vec<Issuer> {
    let mut issuers: Vec<Issuer> = Vec::new();
    for (_, table) in root.tables("issuer", KEYS) {
        for issuer in read_one(&table, reach) {
            if issuers
                .iter()
                .any(|earlier| earlier.issuer == issuer.issuer)
            {
                table.fault("issuer", ConfigFault::Repeated);
            }
            check_clients(&table, &issuer, providers);
            issuers.push(issuer);
        }
    }
    if issuers.len() > MOST {
        root.fault("issuer", ConfigFault::TooMany { most: MOST });
    }
    let prefixes = issuers.iter().filter_map(|it| it.token_prefix.as_deref());
    if !issuer_check::are_apart(prefixes) {
        root.fault("issuer", ConfigFault::PrefixesOverlap);
    }
    issuers
}

fn read_one(table: &Table<'_>, reach: Reach) -> Vec<Issuer> {
    table.require("issuer");
    let word = issuer_check::word(table);
    if word == Some(Word::Jwt) {
        table.require("audiences");
    }
    let check = word.and_then(|word| issuer_check::read(table, word, reach));
    let token_prefix = issuer_check::prefix(table);
    let clients = table.parsed_list("clients", text::printable);
    let is_template = |text: &str| text.matches(TENANT).count() == 1;
    let issuer = table.parsed("issuer", |text| match is_template(text) {
        true => Ok(text.to_owned()),
        // Tokens are compared with it byte for byte, and not every issuer is a URL.
        false => text::printable(text),
    });
    let tenants = table.parsed_list("tenants", text::token);
    let audiences = read_audiences(table, check.as_ref());
    let shares_secret = table.has("shared_secret");
    let algorithms = check_algorithms(table, read_algorithms(table), shares_secret);
    let types = table.parsed_list("types", token_type);
    let clock_skew = span_at(table, "clock_skew", SHORTEST_SKEW, LONGEST_SKEW);
    let groups_claim = list_claim::read(table, GROUPS, "groups");
    let roles_claim = list_claim::read(table, ROLES, "roles");
    let (Some(issuer), Some(algorithms), Some(check)) = (issuer, algorithms, check) else {
        return vec![];
    };
    let Some(tenants) = read_tenants(table, is_template(&issuer), tenants) else {
        return vec![];
    };
    check_form(table, &issuer, tenants.iter().flatten().next());
    let mut issuers = Vec::new();
    for (place, tenant) in tenants.into_iter().enumerate() {
        // A fault of the source is one for every tenant, and reported once.
        let keys = match (place, issuers.is_empty()) {
            _ if !check.needs_keys() => Some(KeySource::None),
            (0, _) | (_, false) => read_keys(table, tenant.as_deref(), reach),
            (_, true) => None,
        };
        let (Some(keys), Some(audiences), Some(groups_claim), Some(roles_claim)) =
            (keys, &audiences, &groups_claim, &roles_claim)
        else {
            continue;
        };
        issuers.push(Issuer {
            issuer: of_tenant(&issuer, tenant.as_deref()),
            template: tenant.is_some().then(|| issuer.clone()),
            tenant,
            audiences: audiences.clone(),
            clients: clients.clone().unwrap_or_default(),
            check: check.clone(),
            token_prefix: token_prefix.clone(),
            algorithms: algorithms.clone(),
            token_types: types
                .clone()
                .unwrap_or_else(|| vec![DEFAULT_TYPE.to_owned()]),
            clock_skew: clock_skew.unwrap_or(DEFAULT_SKEW),
            keys,
            groups_claim: groups_claim.clone(),
            roles_claim: roles_claim.clone(),
        });
    }
    issuers
}

/// The audiences. An issuer that is asked about its tokens may know none; the check of its table saw to that.
fn read_audiences(table: &Table<'_>, check: Option<&IssuerCheck>) -> Option<Vec<String>> {
    match check {
        Some(IssuerCheck::Answer(_)) if !table.has("audiences") => Some(vec![]),
        Some(_) | None => table.parsed_list("audiences", text::printable),
    }
}

fn check_form(table: &Table<'_>, issuer: &str, tenant: Option<&String>) {
    let concrete = of_tenant(issuer, tenant.map(String::as_str));
    if let Ok(url) = Url::parse(&concrete)
        && let Err(fault) = issuer_form::check(&concrete, &url)
    {
        table.fault("issuer", fault);
    }
}

/// The algorithms; `None` among them stands for HS256.
fn read_algorithms(table: &Table<'_>) -> Option<Vec<Option<Algorithm>>> {
    table.parsed_list("algorithms", |text| match Algorithm::from_name(text) {
        Some(algorithm) => Ok(Some(algorithm)),
        None if text == "HS256" => Ok(None),
        None => Err(ConfigFault::Word {
            allowed: ALGORITHMS,
        }),
    })
}

/// The tenants that the template stands for; `None` stands for an issuer that is no template.
fn read_tenants(
    table: &Table<'_>,
    is_template: bool,
    tenants: Option<Vec<String>>,
) -> Option<Vec<Option<String>>> {
    match (is_template, tenants) {
        (true, Some(tenants)) => Some(tenants.into_iter().map(Some).collect()),
        (true, None) => {
            table.require("tenants");
            None
        }
        (false, Some(_)) => {
            table.fault("tenants", ConfigFault::TenantsUnused);
            None
        }
        (false, None) => Some(vec![None]),
    }
}

const ALGORITHMS: &[&str] = &[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    "Ed25519", "HS256",
];

/// HS256 stands alone and goes with a shared secret: where a public key could be taken for the secret, anyone could
/// sign (RFC 8725, section 2.1).
fn check_algorithms(
    table: &Table<'_>,
    written: Option<Vec<Option<Algorithm>>>,
    shares_secret: bool,
) -> Option<Vec<Algorithm>> {
    let Some(written) = written else {
        return match (table.has("algorithms"), shares_secret) {
            (true, _) => None,
            (false, true) => Some(vec![]),
            (false, false) => Some(DEFAULT_ALGORITHMS.to_vec()),
        };
    };
    let public: Vec<Algorithm> = written.iter().copied().flatten().collect();
    let is_symmetric = public.len() < written.len();
    if is_symmetric != shares_secret || (shares_secret && !public.is_empty()) {
        table.fault("algorithms", ConfigFault::SharedSecret);
        return None;
    }
    Some(public)
}

fn read_keys(table: &Table<'_>, tenant: Option<&str>, reach: Reach) -> Option<KeySource> {
    let of_tenant = |text: &str| of_tenant(text, tenant);
    match [metadata::KEY, "jwks_uri", "jwks", "shared_secret"].map(|key| table.has(key)) {
        [false, false, false, false] => {
            let usual = |text: &str| metadata::usual(&site::in_reach(&of_tenant(text), reach)?);
            table.parsed("issuer", usual).map(KeySource::Discovery)
        }
        [true, false, false, false] => {
            metadata::written(table, reach, of_tenant).map(KeySource::Discovery)
        }
        [false, true, false, false] => table
            .parsed("jwks_uri", |text| -> Result<Url, ConfigFault> {
                site::in_reach(&of_tenant(text), reach)
            })
            .map(KeySource::Url),
        [false, false, true, false] => {
            let (_, value) = table.value("jwks")?;
            let document = value.to_string();
            match KeySet::parse(document.as_bytes()) {
                Ok(keys)
                    if !keys.is_empty()
                        && keys.skipped().is_empty()
                        && keys.flaws().next().is_none() =>
                {
                    Some(KeySource::Inline(document))
                }
                Ok(_) | Err(_) => {
                    table.fault("jwks", ConfigFault::Jwks);
                    None
                }
            }
        }
        [false, false, false, true] => {
            text::secret_at(table, "shared_secret").map(KeySource::SharedSecret)
        }
        [_, _, _, _] => {
            let at = table.at().clone();
            table.faults().add(at, ConfigFault::KeySource);
            None
        }
    }
}

fn of_tenant(text: &str, tenant: Option<&str>) -> String {
    match tenant {
        Some(tenant) => text.replace(TENANT, tenant),
        None => text.to_owned(),
    }
}

/// A token type as it is compared: in lower case and without `application/` (RFC 7515, section 4.1.9). Those of tokens
/// that are no access tokens are refused.
fn token_type(text: &str) -> Result<String, ConfigFault> {
    let lower = text::token(text)?.to_ascii_lowercase();
    let short = lower.strip_prefix("application/").unwrap_or(&lower);
    match short {
        "logout+jwt" | "dpop+jwt" | "secevent+jwt" | "id+jwt" | "token-introspection+jwt" => {
            Err(ConfigFault::TokenType)
        }
        _ => Ok(short.to_owned()),
    }
}

/// An audience that is our own client at a provider with that issuer is the audience of its ID tokens: they would
/// pass for access tokens.
fn check_clients(table: &Table<'_>, issuer: &Issuer, providers: &[Provider]) {
    let is_client = |audience: &String| {
        let mut same = providers.iter().filter(|it| it.issuer == issuer.issuer);
        same.any(|provider| provider.client_id == *audience)
    };
    if issuer.audiences.iter().any(is_client) {
        table.fault("audiences", ConfigFault::AudienceIsClient);
    }
}
