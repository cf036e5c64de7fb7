//! The authorization request (OpenID Connect Core, section 3.1.2.1; RFC 7636, section 4.3; OAuth 2.0
//! Multiple Response Types and Form Post Response Mode).

use super::attempt::Attempt;
use crate::{
    access::step_up::StepUp,
    config::{Protocol, Provider, ResponseMode},
    encoding::parameters,
    http::url::Url,
};
use alloc::{string::String, string::ToString};

/// Everything that the provider is asked for but `client_id`, which stands where each way of asking has it.
pub struct AuthorizationRequest(String);

impl AuthorizationRequest {
    /// The request of an attempt to sign in to its provider.
    pub fn new(
        provider: &Provider,
        redirect_uri: &str,
        attempt: &Attempt,
        step_up: &StepUp,
        login_hint: Option<&str>,
    ) -> Self {
        let mut form = String::new();
        for (name, value) in [
            ("response_type", "code"),
            ("redirect_uri", redirect_uri),
            ("scope", &provider.scopes.join(" ")),
            ("state", &attempt.state()),
            ("code_challenge", &attempt.code_challenge()),
            ("code_challenge_method", "S256"),
        ] {
            parameters::push(&mut form, name, value);
        }
        match provider.protocol {
            Protocol::OpenId(_) => parameters::push(&mut form, "nonce", &attempt.nonce()),
            Protocol::OAuth(_) => {}
        }
        push_step_up(&mut form, step_up);
        if let Some(login_hint) = login_hint {
            parameters::push(&mut form, "login_hint", login_hint);
        }
        match provider.response_mode {
            // The default mode for a code.
            ResponseMode::Query => {}
            ResponseMode::FormPost => parameters::push(&mut form, "response_mode", "form_post"),
        }
        Self(form)
    }

    /// The parameters as a form.
    pub fn form(&self) -> &str {
        &self.0
    }

    /// The URL that the browser is sent to.
    pub fn location(&self, authorization_endpoint: &Url, client_id: &str) -> Url {
        let mut query = String::new();
        parameters::push(&mut query, "client_id", client_id);
        query.push('&');
        query.push_str(&self.0);
        authorization_endpoint.with_query(&query)
    }
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
