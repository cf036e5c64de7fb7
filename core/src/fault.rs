//! The faults of a request, the party to blame for each, and the few things the public is told.
//!
//! A [`Fault`] holds the private reason, for the log. [`Fault::answer`] is the one place that maps
//! it to a status and a public code; nothing a provider or a browser sent is ever in either.

mod answer;
mod configuration;
mod hand_over;
pub mod setting;

pub use answer::{Answer, PublicCode};
pub use configuration::ConfigurationFault;
pub use hand_over::{HandOverCode, HandOverFault};

use crate::{
    bearer::{AccessTokenFault, online::AnswerFault},
    http::outbound::SendError,
    oauth::OAuthFault,
    oidc::{
        authorization_error::AuthorizationError, discovery::DiscoveryFault, id_token::IdTokenFault,
        token::TokenFault, userinfo::UserinfoFault,
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
    /// A token that a page handed over does not sign anyone in.
    HandOver(HandOverFault),
    /// The user is shut out of this deployment.
    UserDisabled,
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
    /// Its answer about an ID token says nothing of the token.
    TokenInfo(AnswerFault),
    /// Routes ask for groups, and it says that it has more of them than it lists (OpenID Connect Core,
    /// section 5.6.2; Entra's overage).
    GroupsElsewhere,
    /// Its answer about its user or token was refused.
    OAuth(OAuthFault),
    /// Its facts about the user are larger than a session may be.
    TooMuchIdentity,
    /// The token is over that the session would end with.
    TokenOver,
    /// None of the keys that it publishes can be used.
    NoKeys,
    /// Asking it failed a moment ago.
    CoolingDown,
}

/// Faults of an issuer of access tokens, whose keys or word cannot be had.
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
    /// Its answer about a token says nothing of the token.
    Answer(AnswerFault),
    /// As many questions about tokens are under way as may be at the same time.
    Busy,
}

impl IssuerFault {
    /// Whether the request could not wait, which tells nothing of the issuer.
    pub const fn is_out_of_time(&self) -> bool {
        matches!(self, Self::Send(_, SendError::OutOfTime))
    }
}

impl UpstreamFault {
    /// The fault of an answer with this status; none for those that end an exchange (RFC 9110, section 15), nor for the
    /// one that makes a connection a WebSocket.
    pub const fn of_status(status: u16) -> Option<Self> {
        match status {
            101 | 200..=599 => None,
            _ => Some(Self::Inexpressible),
        }
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
    /// The check of the client that a token was issued to.
    TokenCheck,
    /// The introspection endpoint of an issuer.
    Introspection,
    /// The endpoint of an issuer that tells what a token is, in a form of its own.
    TokenInfo,
}

/// Faults of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformFault {
    /// The store did not answer.
    Store,
    /// The ledger did not answer, or not in time.
    Ledger,
    /// A user record cannot be read: its key is not among the directory keys, or a later version wrote it.
    Directory,
    /// No random bytes.
    Random,
    /// Signatures could not be verified.
    Verifier,
    /// There is no room to remember that a DPoP proof was used.
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
            Self::Introspection => "introspection",
            Self::TokenInfo => "tokeninfo",
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

impl From<HandOverFault> for Fault {
    fn from(fault: HandOverFault) -> Self {
        BrowserFault::HandOver(fault).into()
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
