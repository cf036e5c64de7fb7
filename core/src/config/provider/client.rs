//! How we prove who we are at a provider's endpoints (OpenID Connect Core, section 9).

use super::super::{
    ClientAuthentication, SecretName,
    fault::ConfigFault,
    reader::Table,
    text::{self, secret_at},
};
use super::preset::Preset;

const METHODS: &[&str] = &[
    "none",
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    None,
    Basic,
    Post,
    PrivateKey,
}

/// The method that is named, or else the one that what is given suggests.
pub(super) fn read(table: &Table<'_>, preset: &Preset) -> Option<ClientAuthentication> {
    if preset.word == "apple" {
        return apple(table);
    }
    if table.has("team_id") {
        table.fault("team_id", ConfigFault::TeamUnused);
        return None;
    }
    let (secret, key) = (table.has("client_secret"), table.has("private_key"));
    let method = match (table.has("token_endpoint_auth_method"), secret, key) {
        (true, _, _) => table.parsed("token_endpoint_auth_method", parse)?,
        (false, _, true) => Method::PrivateKey,
        // Providers without OpenID Connect mostly know no other way.
        (false, true, false) if preset.oauth.is_some() => Method::Post,
        (false, true, false) => Method::Basic,
        (false, false, false) => Method::None,
    };
    // A secret that is set at the platform and never sent is a mistake about what protects the code.
    let needs_secret = matches!(method, Method::Basic | Method::Post);
    let secret = given(table, "client_secret", needs_secret)?;
    let key = given(table, "private_key", method == Method::PrivateKey)?;
    Some(match method {
        Method::None => ClientAuthentication::None,
        Method::Basic => ClientAuthentication::ClientSecretBasic(secret?),
        Method::Post => ClientAuthentication::ClientSecretPost(secret?),
        Method::PrivateKey => ClientAuthentication::PrivateKeyJwt(key?),
    })
}

/// The secret at `key` where it is needed; a fault where it is missing, or there though nothing uses it.
/// The outer `None` says that there was a fault.
fn given(table: &Table<'_>, key: &'static str, is_needed: bool) -> Option<Option<SecretName>> {
    match (is_needed, table.has(key)) {
        (true, true) => secret_at(table, key).map(Some),
        (true, false) => {
            table.require(key);
            None
        }
        (false, true) => {
            table.fault(key, ConfigFault::CredentialUnused);
            None
        }
        (false, false) => Some(None),
    }
}

/// Apple's client secret is a token that we sign with a key of the team's; a secret made elsewhere, which
/// lives for half a year at most, is taken as well.
fn apple(table: &Table<'_>) -> Option<ClientAuthentication> {
    if table.has("client_secret") {
        let unused = given(table, "private_key", false)?;
        let secret = given(table, "client_secret", true)?;
        return secret
            .filter(|_| unused.is_none())
            .map(ClientAuthentication::ClientSecretPost);
    }
    table.require("team_id");
    let team_id = table.parsed("team_id", text::token);
    let key = given(table, "private_key", true)?;
    Some(ClientAuthentication::AppleClientSecret {
        team_id: team_id?,
        private_key: key?,
    })
}

fn parse(text: &str) -> Result<Method, ConfigFault> {
    match text {
        "none" => Ok(Method::None),
        "client_secret_basic" => Ok(Method::Basic),
        "client_secret_post" => Ok(Method::Post),
        "private_key_jwt" => Ok(Method::PrivateKey),
        _ => Err(ConfigFault::Word { allowed: METHODS }),
    }
}
