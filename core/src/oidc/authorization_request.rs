//! The authorization request (OpenID Connect Core, section 3.1.2.1; RFC 7636, section 4.3).

use super::attempt::Attempt;
use crate::{config::Provider, encoding::parameters, http::url::Url};
use alloc::string::String;

/// The URL that the browser is sent to.
pub fn location(
    authorization_endpoint: &Url,
    provider: &Provider,
    redirect_uri: &str,
    attempt: &Attempt,
) -> Url {
    let mut query = String::new();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", &provider.client_id),
        ("redirect_uri", redirect_uri),
        ("scope", &provider.scopes.join(" ")),
        ("state", &attempt.state()),
        ("nonce", &attempt.nonce()),
        ("code_challenge", &attempt.code_challenge()),
        ("code_challenge_method", "S256"),
    ] {
        parameters::push(&mut query, name, value);
    }
    authorization_endpoint.with_query(&query)
}
