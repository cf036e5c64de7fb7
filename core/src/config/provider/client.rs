//! How we prove who we are at a provider's endpoints (OpenID Connect Core, section 9).

use super::super::{
    ClientAuthentication, SecretName, fault::ConfigFault, reader::Table, text::secret_at,
};

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
pub(super) fn read(table: &Table<'_>) -> Option<ClientAuthentication> {
    let (secret, key) = (table.has("client_secret"), table.has("private_key"));
    let method = match (table.has("token_endpoint_auth_method"), secret, key) {
        (true, _, _) => table.parsed("token_endpoint_auth_method", parse)?,
        (false, _, true) => Method::PrivateKey,
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

fn parse(text: &str) -> Result<Method, ConfigFault> {
    match text {
        "none" => Ok(Method::None),
        "client_secret_basic" => Ok(Method::Basic),
        "client_secret_post" => Ok(Method::Post),
        "private_key_jwt" => Ok(Method::PrivateKey),
        _ => Err(ConfigFault::Word { allowed: METHODS }),
    }
}
