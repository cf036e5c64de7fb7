//! Error codes of the authorization response (RFC 6749, section 4.1.2.1; OpenID Connect Core,
//! section 3.1.2.6).

/// The error that a provider sent the browser back with instead of a code. Unknown codes keep no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationError {
    /// `access_denied`
    AccessDenied,
    /// `invalid_request`
    InvalidRequest,
    /// `unauthorized_client`
    UnauthorizedClient,
    /// `unsupported_response_type`
    UnsupportedResponseType,
    /// `invalid_scope`
    InvalidScope,
    /// `server_error`
    ServerError,
    /// `temporarily_unavailable`
    TemporarilyUnavailable,
    /// `interaction_required`
    InteractionRequired,
    /// `login_required`
    LoginRequired,
    /// `account_selection_required`
    AccountSelectionRequired,
    /// `consent_required`
    ConsentRequired,
    /// Any other code.
    Unknown,
}

impl AuthorizationError {
    /// The error that `code` names.
    pub fn parse(code: &str) -> Self {
        match code {
            "access_denied" => Self::AccessDenied,
            "invalid_request" => Self::InvalidRequest,
            "unauthorized_client" => Self::UnauthorizedClient,
            "unsupported_response_type" => Self::UnsupportedResponseType,
            "invalid_scope" => Self::InvalidScope,
            "server_error" => Self::ServerError,
            "temporarily_unavailable" => Self::TemporarilyUnavailable,
            "interaction_required" => Self::InteractionRequired,
            "login_required" => Self::LoginRequired,
            "account_selection_required" => Self::AccountSelectionRequired,
            "consent_required" => Self::ConsentRequired,
            _ => Self::Unknown,
        }
    }

    /// Whether trying again later may help.
    pub const fn is_temporary(self) -> bool {
        match self {
            Self::ServerError | Self::TemporarilyUnavailable => true,
            Self::AccessDenied
            | Self::InvalidRequest
            | Self::UnauthorizedClient
            | Self::UnsupportedResponseType
            | Self::InvalidScope
            | Self::InteractionRequired
            | Self::LoginRequired
            | Self::AccountSelectionRequired
            | Self::ConsentRequired
            | Self::Unknown => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_unknown_code_keeps_no_text() {
        assert_eq!(
            AuthorizationError::parse("<script>"),
            AuthorizationError::Unknown
        );
        assert_eq!(
            AuthorizationError::parse("access_denied"),
            AuthorizationError::AccessDenied
        );
    }
}
