//! The challenge to a refused client in `WWW-Authenticate` (RFC 6750, section 3; RFC 9449, section 7.1; RFC 9470,
//! section 3; RFC 9728, section 5.1).
//!
//! The log alone says why a token is refused: an honest client needs a new one, and a forger should not learn how far
//! they came.

use super::presented::Scheme;
use crate::{access::step_up::StepUp, jose::Algorithm};
use alloc::string::{String, ToString};

/// The error codes of the specifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeError {
    /// `invalid_request`
    InvalidRequest,
    /// `invalid_token`
    InvalidToken,
    /// `insufficient_scope`
    InsufficientScope,
    /// `insufficient_user_authentication`
    InsufficientUserAuthentication,
    /// `invalid_dpop_proof`
    InvalidDpopProof,
}

/// A challenge. Every text in it is of the configuration.
#[derive(Debug)]
pub struct Challenge<'a> {
    /// How a token must come.
    pub scheme: Scheme,
    /// The error; `None` where no token came at all.
    pub error: Option<ChallengeError>,
    /// The scopes that a token for this needs.
    pub scopes: &'a [&'a str],
    /// How its user must have authenticated.
    pub step_up: Option<&'a StepUp>,
    /// The URL of the resource's metadata, which names the servers to ask for tokens.
    pub resource_metadata: &'a str,
}

impl ChallengeError {
    const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
            Self::InvalidDpopProof => "invalid_dpop_proof",
        }
    }
}

impl Challenge<'_> {
    /// The value of the field.
    pub fn to_text(&self) -> String {
        let mut text = Parameters(String::from(match self.scheme {
            Scheme::Bearer => "Bearer",
            Scheme::Dpop => "DPoP",
        }));
        if let Some(error) = self.error {
            text.add("error", error.as_str());
        }
        if !self.scopes.is_empty() {
            text.add("scope", &self.scopes.join(" "));
        }
        if let Some(step_up) = self.step_up {
            if !step_up.acr_values.is_empty() {
                text.add("acr_values", &step_up.acr_values.join(" "));
            }
            if let Some(max_age) = step_up.max_age {
                text.add("max_age", &max_age.as_seconds().to_string());
            }
        }
        if self.scheme == Scheme::Dpop {
            text.add("algs", &Algorithm::ALL.map(Algorithm::name).join(" "));
        }
        text.add("resource_metadata", self.resource_metadata);
        text.0
    }
}

/// A scheme and its parameters; a value with a quote or backslash, which none has, would be left out.
struct Parameters(String);

impl Parameters {
    fn add(&mut self, name: &str, value: &str) {
        if value.contains(['"', '\\']) {
            return;
        }
        let separator = if self.0.contains(' ') { ", " } else { " " };
        for part in [separator, name, "=\"", value, "\""] {
            self.0.push_str(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Seconds;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const PLAIN: Challenge<'_> = Challenge {
        scheme: Scheme::Bearer,
        error: None,
        scopes: &[],
        step_up: None,
        resource_metadata: "https://a.example/.well-known/oauth-protected-resource/api",
    };

    #[test]
    fn without_a_token_nothing_is_said_to_be_wrong() {
        assert_eq!(
            PLAIN.to_text(),
            "Bearer resource_metadata=\"https://a.example/.well-known/oauth-protected-resource/api\""
        );
    }

    #[test]
    fn what_a_token_lacks_is_named_in_the_words_of_the_specifications() {
        let scopes = Challenge {
            error: Some(ChallengeError::InsufficientScope),
            scopes: &["read", "items:write"],
            resource_metadata: "u",
            ..PLAIN
        };
        assert_eq!(
            scopes.to_text(),
            "Bearer error=\"insufficient_scope\", scope=\"read items:write\", resource_metadata=\"u\""
        );
        let step_up = StepUp {
            acr_values: alloc::vec!["gold".into()],
            max_age: Some(Seconds::new(300)),
        };
        let again = Challenge {
            error: Some(ChallengeError::InsufficientUserAuthentication),
            step_up: Some(&step_up),
            resource_metadata: "u",
            ..PLAIN
        };
        assert_eq!(
            again.to_text(),
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"gold\", max_age=\"300\", resource_metadata=\"u\""
        );
    }

    #[test]
    fn a_proof_is_asked_for_with_the_algorithms_it_may_have() {
        let dpop = Challenge {
            scheme: Scheme::Dpop,
            error: Some(ChallengeError::InvalidDpopProof),
            resource_metadata: "u",
            ..PLAIN
        };
        let text = dpop.to_text();
        assert!(
            text.starts_with("DPoP error=\"invalid_dpop_proof\", algs=\""),
            "{text}"
        );
        assert!(text.contains("ES256") && !text.contains("HS256") && !text.contains("none"));
    }
}
