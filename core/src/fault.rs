//! What can go wrong, who is to blame, and the few things the public is told.
//!
//! A [`Fault`] holds the private reason, for the log. [`Fault::answer`] is the one place that maps
//! it to a status and a public code; nothing a provider or a browser sent is ever in either.

mod configuration;
pub mod setting;

pub use configuration::ConfigurationFault;

use crate::{
    bearer::AccessTokenFault,
    http::{outbound::SendError, response::Status},
    oauth::OAuthFault,
    oidc::{
        authorization_error::AuthorizationError,
        discovery::DiscoveryFault,
        id_token::IdTokenFault,
        token::{TokenError, TokenFault},
        userinfo::UserinfoFault,
    },
};
use core::fmt;

/// Why a request was refused or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request itself.
    Browser(BrowserFault),
    /// The OpenID provider.
    Provider(ProviderFault),
    /// An issuer of access tokens.
    Issuer(IssuerFault),
    /// The edge platform.
    Platform(PlatformFault),
    /// The upstream that an allowed request was forwarded to.
    Upstream(UpstreamFault),
}

/// Faults of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrowserFault {
    /// The path or a header cannot be read in one way only.
    Malformed,
    /// The host is not the one of `public_url`.
    WrongHost,
    /// No route has the path.
    NoRoute,
    /// The path's routes do not have the method.
    MethodNotAllowed,
    /// Its body, of unknown length, had not begun when its time was up.
    BodyLate,
    /// It has a body of unknown length, and the host can send none on with this method.
    LengthRequired,
    /// A session is needed and none was sent, or one that ended.
    NotSignedIn,
    /// The credential in `Authorization` is not accepted here.
    BadCredential,
    /// An access token is needed and none was sent.
    NoToken,
    /// The access token is refused.
    Token(AccessTokenFault),
    /// The access token lacks a scope.
    InsufficientScope,
    /// The session lacks what the route requires.
    NotPermitted,
    /// The route requires another authentication than that of the session, or a newer one.
    AuthenticationInsufficient,
    /// The session lacks what the route requires, and the provider named no group at all.
    NoGroups,
    /// The same with roles.
    NoRoles,
    /// The session lacks what the route requires, and the provider was asked for it in vain when the session began.
    ClaimsMissing,
    /// A state-changing request without proof that a page of ours sent it.
    NotSameOrigin,
    /// A parameter of the callback is missing, repeated or unreadable.
    CallbackMalformed,
    /// The callback's `state` belongs to no attempt of this browser.
    AttemptUnknown,
    /// The attempt is older than ten minutes.
    AttemptExpired,
    /// The attempt was begun with another provider.
    AttemptOfOtherProvider,
    /// The attempt was used before.
    AttemptUsed,
    /// The person was signed in several times in a row for one page, and it asks again.
    SignInLoop,
    /// The same with a living session, whose authentication is never the one that is asked for.
    StepUpLoop,
}

/// Faults of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderFault {
    /// It could not be reached.
    Send(Exchange, SendError),
    /// Its discovery document or key set is unusable.
    Discovery(DiscoveryFault),
    /// It sent the browser back with an error.
    Refused(AuthorizationError),
    /// The `iss` of its response is absent or not its own (RFC 9207).
    ResponseIssuer,
    /// It did not take a pushed authorization request.
    PushedAuthorization(TokenFault),
    /// Its token endpoint did not give usable tokens.
    Token(TokenFault),
    /// Its ID token was refused.
    IdToken(IdTokenFault),
    /// Its userinfo was refused.
    Userinfo(UserinfoFault),
    /// Routes ask for groups, and it says that it has more of them than it lists (OpenID Connect Core,
    /// section 5.6.2; Entra's overage).
    GroupsElsewhere,
    /// What it says about its user or token was refused.
    OAuth(OAuthFault),
    /// What it says about the user is larger than a session may be.
    TooMuchIdentity,
    /// None of the keys that it publishes can be used.
    NoKeys,
    /// Asking it failed a moment ago.
    CoolingDown,
}

/// Faults of an issuer of access tokens, whose keys cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerFault {
    /// It could not be reached.
    Send(Exchange, SendError),
    /// Its metadata or key set is unusable.
    Published(DiscoveryFault),
    /// None of the keys that it publishes can be used.
    NoKeys,
    /// Asking it failed a moment ago.
    CoolingDown,
}

impl IssuerFault {
    /// Whether the request could not wait, which tells nothing of the issuer.
    pub const fn is_out_of_time(&self) -> bool {
        matches!(self, Self::Send(_, SendError::OutOfTime))
    }
}

/// Which exchange with a provider failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exchange {
    /// The discovery document.
    Discovery,
    /// The key set.
    Keys,
    /// The endpoint for pushed authorization requests.
    PushedAuthorization,
    /// The token endpoint.
    Token,
    /// The userinfo endpoint.
    Userinfo,
    /// Whom a token was issued to.
    TokenCheck,
}

/// Faults of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformFault {
    /// The store did not answer.
    Store,
    /// The ledger did not answer, or not in time.
    Ledger,
    /// No random bytes.
    Random,
    /// Signatures could not be verified.
    Verifier,
    /// There is no room to remember that a proof of possession was used.
    ProofsFull,
    /// A proof of who we are could not be signed: the key is none, or the host failed.
    Signer,
    /// The request to an upstream could not be made; nothing was sent.
    Forward,
    /// Something of ours that cannot be sealed or written, or that the configuration check should
    /// have kept from coming this far.
    Internal,
}

/// Faults of an upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamFault {
    /// No connection, or it broke before the headers came.
    Unreachable,
    /// Its answer is none that can be passed on: its status is none of HTTP (RFC 9110, section 15), or the host cannot
    /// express it.
    Inexpressible,
    /// The head of its answer did not come in time.
    TimedOut,
    /// It was asked for a WebSocket, and the host can open none.
    NoWebSocket,
    /// The host's own rules forbid requests to it: Spin's `allowed_outbound_hosts`.
    NotAllowed,
    /// The folder of static files cannot be read.
    Unreadable,
}

/// What the public is told.
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
            Self::Issuer(IssuerFault::Send(_, SendError::NotAllowed)) => ConfigurationFault::ANSWER,
            // Nobody can say whether the token is good, so nobody says that it is not.
            Self::Issuer(_) | Self::Platform(_) => Answer::UNAVAILABLE,
        }
    }
}

impl Fault {
    /// Whether the request could not wait, which tells nothing of the provider or issuer.
    pub const fn is_out_of_time(&self) -> bool {
        match self {
            Self::Provider(ProviderFault::Send(_, error)) => matches!(error, SendError::OutOfTime),
            Self::Issuer(fault) => fault.is_out_of_time(),
            Self::Browser(_) | Self::Provider(_) | Self::Platform(_) | Self::Upstream(_) => false,
        }
    }
}

impl Answer {
    const UNAVAILABLE: Self = Self {
        status: Status::SERVICE_UNAVAILABLE,
        code: PublicCode::TemporarilyUnavailable,
    };
}

impl UpstreamFault {
    /// What is wrong with an answer of this status; nothing with those that end an exchange (RFC 9110, section 15), nor
    /// with the one that makes a connection a WebSocket.
    pub const fn of_status(status: u16) -> Option<Self> {
        match status {
            101 | 200..=599 => None,
            _ => Some(Self::Inexpressible),
        }
    }

    const fn answer(self) -> Answer {
        let (status, code) = match self {
            Self::Unreachable | Self::Inexpressible => {
                (Status::BAD_GATEWAY, PublicCode::UpstreamUnavailable)
            }
            Self::TimedOut => (Status::GATEWAY_TIMEOUT, PublicCode::UpstreamTimeout),
            Self::NoWebSocket => (Status::NOT_IMPLEMENTED, PublicCode::WebSocketUnsupported),
            // Nobody outside is to blame: the deployment forbids what its configuration asks for.
            Self::NotAllowed => return ConfigurationFault::ANSWER,
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
            Self::NotPermitted | Self::NoGroups | Self::NoRoles | Self::ClaimsMissing => {
                (Status::FORBIDDEN, PublicCode::AccessDenied)
            }
            Self::NotSameOrigin => (Status::FORBIDDEN, PublicCode::CrossSiteRequest),
            Self::AttemptUnknown | Self::AttemptExpired | Self::AttemptOfOtherProvider => {
                (Status::BAD_REQUEST, PublicCode::LoginUnknown)
            }
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
            // The code was used, is too old, or was made up by whoever sent the browser here.
            Self::Token(TokenFault::Refused(TokenError::InvalidGrant)) => {
                (Status::BAD_REQUEST, PublicCode::LoginUsed)
            }
            Self::Send(_, SendError::NotAllowed) => return ConfigurationFault::ANSWER,
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
            | Self::GroupsElsewhere
            | Self::OAuth(_)
            | Self::TooMuchIdentity => (Status::BAD_GATEWAY, PublicCode::ProviderError),
        };
        Answer { status, code }
    }
}

impl Exchange {
    /// The exchange's name among the counters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Keys => "keys",
            Self::PushedAuthorization => "pushed_authorization",
            Self::Token => "token",
            Self::Userinfo => "userinfo",
            Self::TokenCheck => "token_check",
        }
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

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The variants carry no text from outside, so their debug form is the log's reason.
        match self {
            Self::Browser(fault) => write!(f, "browser: {fault:?}"),
            Self::Provider(fault) => write!(f, "provider: {fault:?}"),
            Self::Issuer(fault) => write!(f, "issuer: {fault:?}"),
            Self::Platform(fault) => write!(f, "platform: {fault:?}"),
            Self::Upstream(fault) => write!(f, "upstream: {fault:?}"),
        }
    }
}

macro_rules! into_fault {
    ($($variant:ident($fault:ty)),* $(,)?) => {
        $(impl From<$fault> for Fault {
            fn from(fault: $fault) -> Self {
                Self::$variant(fault)
            }
        })*
    };
}

into_fault! {
    Browser(BrowserFault),
    Provider(ProviderFault),
    Issuer(IssuerFault),
    Platform(PlatformFault),
    Upstream(UpstreamFault),
}
