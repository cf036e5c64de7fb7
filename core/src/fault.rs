//! What can go wrong, who is to blame, and the few things the public is told.
//!
//! A [`Fault`] holds the private reason, for the log. [`Fault::answer`] is the one place that maps
//! it to a status and a public code; nothing a provider or a browser sent is ever in either.

pub mod setting;

use crate::{
    http::{outbound::SendError, response::Status},
    oauth::OAuthFault,
    oidc::{
        authorization_error::AuthorizationError, discovery::DiscoveryFault, id_token::IdTokenFault,
        token::TokenFault, userinfo::UserinfoFault,
    },
};
use alloc::string::String;
use core::fmt;

/// Why a request was refused or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request itself.
    Browser(BrowserFault),
    /// The OpenID provider.
    Provider(ProviderFault),
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
    /// A session is needed and none was sent, or one that ended.
    NotSignedIn,
    /// The credential in `Authorization` is not accepted here.
    BadCredential,
    /// The session lacks what the route requires.
    NotPermitted,
    /// The route requires another authentication than that of the session, or a newer one.
    AuthenticationInsufficient,
    /// The session lacks what the route requires, and the provider named no group at all.
    NoGroups,
    /// The same with roles.
    NoRoles,
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
    /// A proof of who we are could not be signed: the key is none, or the host failed.
    Signer,
    /// Something of ours that cannot be sealed or written, or that the configuration check should
    /// have kept from coming this far.
    Internal,
}

/// Faults of an upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamFault {
    /// No connection, or it broke before the headers came.
    Unreachable,
    /// The head of its answer did not come in time.
    TimedOut,
    /// It was asked for a WebSocket, and the host can open none.
    NoWebSocket,
    /// The host's own rules forbid requests to it: Spin's `allowed_outbound_hosts`.
    NotAllowed,
    /// The folder of static files cannot be read.
    Unreadable,
}

/// Faults of the configuration that were found at the edge. They are no fault of any request: the
/// gateway is closed to all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigurationFault {
    /// The bundled configuration breaks rules; `lychgate check` lists them.
    Invalid {
        /// The place of the first, such as `route[2].access`; empty for the whole. What is wrong there is
        /// said by `lychgate check`, which keeps the words out of the edge.
        first: String,
        /// How many there are.
        count: usize,
    },
    /// A secret that the configuration names is not set.
    MissingSecret {
        /// Its name.
        name: String,
    },
    /// A sealing key is not 32 bytes in base64url.
    BadKey {
        /// The secret's name.
        name: String,
    },
    /// A private key towards a provider is none that we sign with.
    BadPrivateKey {
        /// The secret's name.
        name: String,
    },
    /// A shared secret towards an upstream is not visible ASCII.
    BadProof {
        /// The secret's name.
        name: String,
    },
    /// A service binding that an upstream names is not there.
    MissingService {
        /// The name of the binding.
        name: String,
    },
    /// The platform lacks something that its own settings must grant: a binding of a Worker, a store or a
    /// mounted folder of a Spin component.
    MissingBinding {
        /// Its name, as in the platform's settings.
        name: &'static str,
    },
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
    /// `access_denied`
    AccessDenied,
    /// `insufficient_user_authentication` (RFC 9470, section 3)
    InsufficientUserAuthentication,
    /// `cross_site_request`
    CrossSiteRequest,
    /// `login_unknown`: this browser has no such sign-in under way.
    LoginUnknown,
    /// `login_used`: the sign-in was completed before.
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
            Self::Platform(_) => Answer::UNAVAILABLE,
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
    const fn answer(self) -> Answer {
        let (status, code) = match self {
            Self::Unreachable => (Status::BAD_GATEWAY, PublicCode::UpstreamUnavailable),
            Self::TimedOut => (Status::GATEWAY_TIMEOUT, PublicCode::UpstreamTimeout),
            Self::NoWebSocket => (Status::NOT_IMPLEMENTED, PublicCode::WebSocketUnsupported),
            // Nobody outside is to blame: the deployment forbids what its configuration asks for.
            Self::NotAllowed => return ConfigurationFault::ANSWER,
            Self::Unreadable => return Answer::UNAVAILABLE,
        };
        Answer { status, code }
    }
}

impl ConfigurationFault {
    /// The public answer of a closed gateway.
    pub const ANSWER: Answer = Answer {
        status: Status::SERVICE_UNAVAILABLE,
        code: PublicCode::Misconfigured,
    };
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
            Self::NotSignedIn => (Status::UNAUTHORIZED, PublicCode::LoginRequired),
            Self::BadCredential => (Status::UNAUTHORIZED, PublicCode::InvalidToken),
            Self::AuthenticationInsufficient => (
                Status::UNAUTHORIZED,
                PublicCode::InsufficientUserAuthentication,
            ),
            Self::NotPermitted | Self::NoGroups | Self::NoRoles => {
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
            Self::Send(_, SendError::NotAllowed) => return ConfigurationFault::ANSWER,
            Self::Send(..) => (Status::BAD_GATEWAY, PublicCode::ProviderUnavailable),
            Self::Discovery(_)
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
            Self::Platform(fault) => write!(f, "platform: {fault:?}"),
            Self::Upstream(fault) => write!(f, "upstream: {fault:?}"),
        }
    }
}

impl fmt::Display for ConfigurationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { first, count } => {
                write!(
                    f,
                    "{count} errors in the configuration, the first at `{first}`: run `lychgate check`"
                )
            }
            Self::MissingSecret { name } => write!(f, "the secret {name} is not set"),
            Self::BadKey { name } => {
                write!(
                    f,
                    "the secret {name} is not 32 bytes in base64url; `lychgate keys generate` makes one"
                )
            }
            Self::BadPrivateKey { name } => {
                write!(
                    f,
                    "the secret {name} is no private JSON Web Key for ES256 or EdDSA; `lychgate keys generate --jwk` makes one"
                )
            }
            Self::BadProof { name } => {
                write!(f, "the secret {name} cannot stand in a header field")
            }
            Self::MissingService { name } => {
                write!(f, "the deployment lacks the service binding {name}")
            }
            Self::MissingBinding { name } => write!(f, "the deployment lacks {name}"),
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
    Platform(PlatformFault),
}
