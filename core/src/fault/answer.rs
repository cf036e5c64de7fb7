//! The public answer to a fault: a status and a code.

use super::{BrowserFault, Fault, HandOverCode, IssuerFault, ProviderFault, UpstreamFault};
use crate::{
    bearer::AccessTokenFault,
    http::{outbound::SendError, response::Status},
    oidc::token::{TokenError, TokenFault},
};

/// A public answer to a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: Status,
    /// The code, for pages and JSON.
    pub code: PublicCode,
}

/// The public codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicCode {
    /// `invalid_request`
    InvalidRequest,
    /// `wrong_host`
    WrongHost,
    /// `not_found`
    NotFound,
    /// `method_not_allowed`
    MethodNotAllowed,
    /// `login_required`
    LoginRequired,
    /// `invalid_token`
    InvalidToken,
    /// `token_required`: an access token is needed.
    TokenRequired,
    /// `invalid_dpop_proof` (RFC 9449, section 12.2)
    InvalidDpopProof,
    /// `insufficient_scope`
    InsufficientScope,
    /// `access_denied`
    AccessDenied,
    /// `insufficient_user_authentication` (RFC 9470, section 3)
    InsufficientUserAuthentication,
    /// `cross_site_request`
    CrossSiteRequest,
    /// `login_unknown`: this browser has no such sign-in under way.
    LoginUnknown,
    /// `login_used`: the sign-in was completed before, or the provider does not take its code.
    LoginUsed,
    /// One for the developer of a page that hands a token over.
    HandOver(HandOverCode),
    /// `login_loop`: signing in does not help.
    LoginLoop,
    /// `login_refused`: the provider did not sign the user in.
    LoginRefused,
    /// `provider_unavailable`: the provider cannot be reached.
    ProviderUnavailable,
    /// `provider_error`: the provider's answer was not acceptable.
    ProviderError,
    /// `upstream_unavailable`: what stands behind the gateway cannot be reached.
    UpstreamUnavailable,
    /// `upstream_timeout`: what stands behind the gateway did not answer in time.
    UpstreamTimeout,
    /// `websocket_unsupported`: the gateway's host opens no WebSockets.
    WebSocketUnsupported,
    /// `temporarily_unavailable`
    TemporarilyUnavailable,
    /// `misconfigured`
    Misconfigured,
}

impl Fault {
    /// The public answer to this fault.
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Browser(fault) => fault.answer(),
            Self::Provider(fault) => fault.answer(),
            Self::Upstream(fault) => fault.answer(),
            Self::Issuer(IssuerFault::Send(_, SendError::NotAllowed)) => Answer::MISCONFIGURED,
            // Nobody can say whether the token is good, so nobody says that it is not.
            Self::Issuer(_) | Self::Platform(_) => Answer::UNAVAILABLE,
        }
    }
}

impl Answer {
    /// A gateway that is closed by its configuration, which the operator has to mend.
    pub const MISCONFIGURED: Self = Self {
        status: Status::SERVICE_UNAVAILABLE,
        code: PublicCode::Misconfigured,
    };

    const UNAVAILABLE: Self = Self {
        status: Status::SERVICE_UNAVAILABLE,
        code: PublicCode::TemporarilyUnavailable,
    };
}

impl UpstreamFault {
    const fn answer(self) -> Answer {
        let (status, code) = match self {
            Self::Unreachable | Self::Inexpressible => {
                (Status::BAD_GATEWAY, PublicCode::UpstreamUnavailable)
            }
            Self::TimedOut => (Status::GATEWAY_TIMEOUT, PublicCode::UpstreamTimeout),
            Self::NoWebSocket => (Status::NOT_IMPLEMENTED, PublicCode::WebSocketUnsupported),
            // Nobody outside is to blame: the deployment forbids what its configuration asks for.
            Self::NotAllowed => return Answer::MISCONFIGURED,
            Self::Unreadable => return Answer::UNAVAILABLE,
        };
        Answer { status, code }
    }
}

impl BrowserFault {
    const fn answer(self) -> Answer {
        let (status, code) = match self {
            Self::Malformed | Self::CallbackMalformed => {
                (Status::BAD_REQUEST, PublicCode::InvalidRequest)
            }
            Self::WrongHost => (Status::MISDIRECTED_REQUEST, PublicCode::WrongHost),
            Self::NoRoute => (Status::NOT_FOUND, PublicCode::NotFound),
            Self::MethodNotAllowed => (Status::METHOD_NOT_ALLOWED, PublicCode::MethodNotAllowed),
            Self::BodyLate => (Status::REQUEST_TIMEOUT, PublicCode::InvalidRequest),
            Self::LengthRequired => (Status::LENGTH_REQUIRED, PublicCode::InvalidRequest),
            Self::NotSignedIn => (Status::UNAUTHORIZED, PublicCode::LoginRequired),
            Self::Token(fault) if fault.is_about_request() => {
                (Status::BAD_REQUEST, PublicCode::InvalidRequest)
            }
            Self::Token(AccessTokenFault::Dpop(_)) => {
                (Status::UNAUTHORIZED, PublicCode::InvalidDpopProof)
            }
            Self::BadCredential | Self::Token(_) => {
                (Status::UNAUTHORIZED, PublicCode::InvalidToken)
            }
            Self::NoToken => (Status::UNAUTHORIZED, PublicCode::TokenRequired),
            Self::InsufficientScope => (Status::FORBIDDEN, PublicCode::InsufficientScope),
            Self::AuthenticationInsufficient => (
                Status::UNAUTHORIZED,
                PublicCode::InsufficientUserAuthentication,
            ),
            Self::UserDisabled
            | Self::NotPermitted
            | Self::NoGroups
            | Self::NoRoles
            | Self::ClaimsMissing => (Status::FORBIDDEN, PublicCode::AccessDenied),
            Self::NotSameOrigin => (Status::FORBIDDEN, PublicCode::CrossSiteRequest),
            Self::AttemptUnknown | Self::AttemptExpired | Self::AttemptOfOtherProvider => {
                (Status::BAD_REQUEST, PublicCode::LoginUnknown)
            }
            Self::HandOver(fault) => return fault.answer(),
            Self::AttemptUsed => (Status::BAD_REQUEST, PublicCode::LoginUsed),
            Self::SignInLoop | Self::StepUpLoop => (Status::BAD_REQUEST, PublicCode::LoginLoop),
        };
        Answer { status, code }
    }
}

impl ProviderFault {
    const fn answer(&self) -> Answer {
        let (status, code) = match self {
            Self::Refused(error) if error.is_temporary() => {
                (Status::BAD_GATEWAY, PublicCode::ProviderUnavailable)
            }
            // The person, or the provider on the person's behalf, said no: nothing is broken.
            Self::Refused(_) => (Status::FORBIDDEN, PublicCode::LoginRefused),
            // The code was used or is too old, or someone made it up and sent the browser here.
            Self::Token(TokenFault::Refused(TokenError::InvalidGrant)) => {
                (Status::BAD_REQUEST, PublicCode::LoginUsed)
            }
            Self::Send(_, SendError::NotAllowed) => return Answer::MISCONFIGURED,
            Self::Send(..) | Self::CoolingDown => {
                (Status::BAD_GATEWAY, PublicCode::ProviderUnavailable)
            }
            Self::NoKeys
            | Self::Discovery(_)
            | Self::ResponseIssuer
            | Self::PushedAuthorization(_)
            | Self::Token(_)
            | Self::IdToken(_)
            | Self::Userinfo(_)
            | Self::TokenInfo(_)
            | Self::GroupsElsewhere
            | Self::OAuth(_)
            | Self::TooMuchIdentity
            | Self::TokenOver => (Status::BAD_GATEWAY, PublicCode::ProviderError),
        };
        Answer { status, code }
    }
}

impl PublicCode {
    /// The code as it stands in JSON answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::WrongHost => "wrong_host",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::LoginRequired => "login_required",
            Self::InvalidToken => "invalid_token",
            Self::TokenRequired => "token_required",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::InsufficientScope => "insufficient_scope",
            Self::AccessDenied => "access_denied",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
            Self::CrossSiteRequest => "cross_site_request",
            Self::LoginUnknown => "login_unknown",
            Self::LoginUsed => "login_used",
            Self::HandOver(code) => code.as_str(),
            Self::LoginLoop => "login_loop",
            Self::LoginRefused => "login_refused",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::ProviderError => "provider_error",
            Self::UpstreamUnavailable => "upstream_unavailable",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::WebSocketUnsupported => "websocket_unsupported",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::Misconfigured => "misconfigured",
        }
    }
}
