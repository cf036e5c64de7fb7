//! The authorization request (OpenID Connect Core, section 3.1.2.1; RFC 7636, section 4.3).

use super::attempt::Attempt;
use crate::{access::step_up::StepUp, config::Provider, encoding::parameters, http::url::Url};
use alloc::{string::String, string::ToString};

/// The URL that the browser is sent to.
pub fn location(
    authorization_endpoint: &Url,
    provider: &Provider,
    redirect_uri: &str,
    attempt: &Attempt,
    step_up: &StepUp,
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
    push_step_up(&mut query, step_up);
    authorization_endpoint.with_query(&query)
}

/// Appends what is asked of the authentication itself, in the parameters' own names.
pub fn push_step_up(query: &mut String, step_up: &StepUp) {
    if !step_up.acr_values.is_empty() {
        parameters::push(query, "acr_values", &step_up.acr_values.join(" "));
    }
    if let Some(max_age) = step_up.max_age {
        parameters::push(query, "max_age", &max_age.as_seconds().to_string());
    }
}
