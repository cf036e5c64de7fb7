//! The authorization response (OpenID Connect Core, section 3.1.2.5; RFC 9207).

use super::{authorization_error::AuthorizationError, discovery::ResponseIssuer};
use crate::{
    encoding::parameters::{Parameters, ParametersFault},
    secret::Secret,
};
use alloc::{borrow::ToOwned, string::String};

/// A callback's parameters, each of which stood once.
pub struct AuthorizationResponse {
    /// `state`, by which the attempt is found.
    pub state: String,
    issuer: Option<String>,
    outcome: Result<Secret<String>, AuthorizationError>,
}

/// Why a callback cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackFault {
    /// A parameter is repeated or not text.
    Parameters(ParametersFault),
    /// No `state`.
    NoState,
    /// Neither `code` nor `error`, or both.
    NoOutcome,
    /// `code` is none that a provider can have issued.
    Code,
}

/// The longest code that is handed on, in bytes. Those of providers that put a token into it have two or three
/// thousand.
const LONGEST_CODE: usize = 8 * 1024;

/// The response does not come from the provider it was asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongIssuer;

impl AuthorizationResponse {
    /// Reads the query of a callback.
    ///
    /// Anyone can write such a query, so a code that cannot be one is sent to nobody.
    ///
    /// `error_description` and `error_uri` are not even looked at: they are a stranger's text.
    ///
    /// # Errors
    /// Any [`CallbackFault`].
    pub fn parse(query: &str) -> Result<Self, CallbackFault> {
        let parameters = Parameters::parse(query).map_err(CallbackFault::Parameters)?;
        let once = |name| parameters.once(name).map_err(CallbackFault::Parameters);
        let state = once("state")?.filter(|state| !state.is_empty());
        let outcome = match (once("code")?, once("error")?) {
            (Some(code), None) if !code.is_empty() => Ok(code_of(code)?),
            (None, Some(error)) => Err(AuthorizationError::parse(error)),
            _ => return Err(CallbackFault::NoOutcome),
        };
        Ok(Self {
            state: state.ok_or(CallbackFault::NoState)?.to_owned(),
            issuer: once("iss")?.map(ToOwned::to_owned),
            outcome,
        })
    }

    /// The code or the provider's error, once the response is known to come from `issuer`.
    ///
    /// # Errors
    /// [`WrongIssuer`] where `iss` is another, or absent though promised (RFC 9207, section 2.4):
    /// otherwise a code could be carried from one provider to another (mix-up).
    pub fn from_issuer(
        self,
        issuer: &str,
        promise: ResponseIssuer,
    ) -> Result<Result<Secret<String>, AuthorizationError>, WrongIssuer> {
        match (self.issuer.as_deref(), promise) {
            (Some(stated), _) if stated == issuer => Ok(self.outcome),
            (None, ResponseIssuer::NotPromised) => Ok(self.outcome),
            (Some(_), _) | (None, ResponseIssuer::Promised) => Err(WrongIssuer),
        }
    }
}

/// A code: visible ASCII and spaces (RFC 6749, appendix A.11).
fn code_of(text: &str) -> Result<Secret<String>, CallbackFault> {
    let is_sound = text.len() <= LONGEST_CODE && text.bytes().all(|b| (b' '..=b'~').contains(&b));
    match is_sound {
        true => Ok(Secret::new(text.to_owned())),
        false => Err(CallbackFault::Code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ISSUER: &str = "https://op.example.com";

    fn response(query: &str) -> AuthorizationResponse {
        AuthorizationResponse::parse(query).unwrap()
    }

    #[test]
    fn a_code_is_read() {
        let response = response("code=c&state=s&iss=https%3A%2F%2Fop.example.com");
        let code = response
            .from_issuer(ISSUER, ResponseIssuer::Promised)
            .unwrap()
            .unwrap();
        assert_eq!(code.expose(), "c");
    }

    #[test]
    fn repeated_missing_and_contradictory_parameters_are_refused() {
        for (query, fault) in [
            (
                "code=c&state=s&state=s",
                CallbackFault::Parameters(ParametersFault::Repeated),
            ),
            (
                "code=c&code=d&state=s",
                CallbackFault::Parameters(ParametersFault::Repeated),
            ),
            (
                "code=c&state=s&iss=a&iss=a",
                CallbackFault::Parameters(ParametersFault::Repeated),
            ),
            ("code=c", CallbackFault::NoState),
            ("code=c&state=", CallbackFault::NoState),
            ("state=s", CallbackFault::NoOutcome),
            ("code=&state=s", CallbackFault::NoOutcome),
            (
                "code=c&error=access_denied&state=s",
                CallbackFault::NoOutcome,
            ),
        ] {
            assert_eq!(
                AuthorizationResponse::parse(query).err(),
                Some(fault),
                "{query}"
            );
        }
    }

    #[test]
    fn a_code_is_visible_ascii_of_a_bounded_length() {
        let fault =
            |code: &str| AuthorizationResponse::parse(&format!("code={code}&state=s")).err();
        for code in ["a%20b", "!%22~", &"a".repeat(8 * 1024)] {
            assert_eq!(fault(code), None, "{code}");
        }
        for code in ["a%00", "a%0Ab", "a%7F", "%C3%A9", &"a".repeat(8 * 1024 + 1)] {
            assert_eq!(fault(code), Some(CallbackFault::Code), "{code}");
        }
    }

    #[test]
    fn a_wrong_issuer_is_refused_whether_promised_or_not() {
        for promise in [ResponseIssuer::Promised, ResponseIssuer::NotPromised] {
            let wrong = response("code=c&state=s&iss=https://evil.example");
            assert_eq!(wrong.from_issuer(ISSUER, promise).err(), Some(WrongIssuer));
        }
        let absent = || response("code=c&state=s");
        assert!(
            absent()
                .from_issuer(ISSUER, ResponseIssuer::Promised)
                .is_err()
        );
        assert!(
            absent()
                .from_issuer(ISSUER, ResponseIssuer::NotPromised)
                .is_ok()
        );
    }

    #[test]
    fn an_error_keeps_no_text_of_the_provider() {
        let response = response("error=access_denied&error_description=%3Cscript%3E&state=s");
        let outcome = response
            .from_issuer(ISSUER, ResponseIssuer::NotPromised)
            .unwrap();
        assert_eq!(outcome.err(), Some(AuthorizationError::AccessDenied));
    }
}
