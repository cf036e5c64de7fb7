//! Which setting an operator must look at, where a fault comes from how a deployment is set up.
//!
//! A fault that no setting mends names none: a provider that is down, a key set that is broken. Neither do faults
//! of requests, since anyone may send anything, but for a wrong host, since a wrong `public_url` shows just so, and
//! for users without any group or role.

use super::{
    BrowserFault, ConfigurationFault, Exchange, Fault, HandOverFault, IssuerFault, PlatformFault,
    ProviderFault, UpstreamFault,
};
use crate::{
    bearer::{AccessTokenFault, online::AnswerFault, signed_answer::SignedAnswerFault},
    http::outbound::SendError,
    jose::{Malformed, NotSigned},
    oauth::OAuthFault,
    oidc::{
        authorization_error::AuthorizationError,
        discovery::DiscoveryFault,
        document::DocumentFault,
        id_token::IdTokenFault,
        token::{TokenError, TokenFault},
        userinfo::UserinfoFault,
    },
};

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A key of the provider that the request was about.
    Provider(&'static str),
    /// A key of the issuer that the request was about.
    Issuer(&'static str),
    /// A key of the upstream that the request was on its way to.
    Upstream(&'static str),
    /// A key that stands once, or something with a name outside of the configuration.
    Named(&'static str),
}

/// Spin's list of hosts in `spin.toml`.
const HOSTS: Setting = Setting::Named("allowed_outbound_hosts");

impl Fault {
    /// The setting to look at, if any.
    pub const fn setting(&self) -> Option<Setting> {
        match self {
            Self::Browser(BrowserFault::WrongHost) => Some(Setting::Named("public_url")),
            Self::Browser(BrowserFault::NoGroups) => Some(Setting::Provider("groups_claim")),
            Self::Browser(BrowserFault::NoRoles) => Some(Setting::Provider("roles_claim")),
            Self::Browser(BrowserFault::StepUpLoop) => Some(Setting::Named("acr")),
            Self::Browser(BrowserFault::HandOver(fault)) => fault.setting(),
            Self::Provider(fault) => fault.setting(),
            // The issuer itself signed such a token.
            Self::Browser(BrowserFault::Token(AccessTokenFault::Type)) => {
                Some(Setting::Issuer("types"))
            }
            Self::Browser(BrowserFault::Token(AccessTokenFault::Audience)) => {
                Some(Setting::Issuer("audiences"))
            }
            Self::Browser(BrowserFault::Token(AccessTokenFault::Client)) => {
                Some(Setting::Issuer("clients"))
            }
            Self::Issuer(fault) => fault.setting(),
            Self::Upstream(UpstreamFault::NotAllowed) => Some(HOSTS),
            Self::Platform(PlatformFault::ProofsFull) => Some(Setting::Named("dpop_replay")),
            Self::Platform(PlatformFault::Directory) => Some(Setting::Named("directory_key")),
            Self::Platform(PlatformFault::Signer) => Some(Setting::Provider("private_key")),
            Self::Upstream(UpstreamFault::TimedOut) => Some(Setting::Upstream("timeout")),
            Self::Browser(
                BrowserFault::Malformed
                | BrowserFault::NoRoute
                | BrowserFault::MethodNotAllowed
                | BrowserFault::NotSignedIn
                | BrowserFault::BadCredential
                | BrowserFault::NoToken
                | BrowserFault::Token(_)
                | BrowserFault::UserDisabled
                | BrowserFault::InsufficientScope
                | BrowserFault::NotPermitted
                | BrowserFault::ClaimsMissing
                | BrowserFault::AuthenticationInsufficient
                | BrowserFault::NotSameOrigin
                | BrowserFault::CallbackMalformed
                | BrowserFault::AttemptUnknown
                | BrowserFault::AttemptExpired
                | BrowserFault::AttemptOfOtherProvider
                | BrowserFault::AttemptUsed
                | BrowserFault::BodyLate
                | BrowserFault::LengthRequired
                | BrowserFault::SignInLoop,
            )
            | Self::Platform(
                PlatformFault::Store
                | PlatformFault::Ledger
                | PlatformFault::Random
                | PlatformFault::Verifier
                | PlatformFault::Forward
                | PlatformFault::Internal,
            )
            | Self::Upstream(
                UpstreamFault::Unreachable
                | UpstreamFault::Inexpressible
                | UpstreamFault::NoWebSocket
                | UpstreamFault::Unreadable,
            ) => None,
        }
    }
}

impl IssuerFault {
    const fn setting(self) -> Option<Setting> {
        match self {
            Self::Send(_, SendError::NotAllowed) => Some(HOSTS),
            Self::Published(DiscoveryFault::IssuerMismatch) => Some(Setting::Issuer("issuer")),
            // The key of that name says it in place of the metadata.
            Self::Published(DiscoveryFault::Endpoint(name)) => Some(Setting::Issuer(name)),
            Self::Answer(AnswerFault::Refused(_)) => Some(Setting::Issuer("client_secret")),
            Self::Answer(AnswerFault::Signed(SignedAnswerFault::Unsigned)) => {
                Some(Setting::Issuer("introspection_signed"))
            }
            Self::Answer(AnswerFault::Signed(SignedAnswerFault::Signature(NotSigned::NoKey))) => {
                Some(Setting::Issuer("algorithms"))
            }
            Self::Answer(AnswerFault::Signed(SignedAnswerFault::Issuer)) => {
                Some(Setting::Issuer("issuer"))
            }
            Self::Answer(AnswerFault::Signed(SignedAnswerFault::Audience)) => {
                Some(Setting::Issuer("client_id"))
            }
            Self::Answer(AnswerFault::Signed(SignedAnswerFault::Time)) => {
                Some(Setting::Issuer("clock_skew"))
            }
            Self::Send(..)
            | Self::Published(_)
            | Self::NoKeys
            | Self::CoolingDown
            | Self::Answer(
                AnswerFault::Document(_) | AnswerFault::Active | AnswerFault::Signed(_),
            )
            | Self::Busy => None,
        }
    }
}

impl ConfigurationFault {
    /// The key, secret or binding to look at.
    pub fn setting(&self) -> Option<&str> {
        match self {
            Self::Invalid { first, .. } => Some(first.as_str()).filter(|first| !first.is_empty()),
            Self::MissingSecret { name }
            | Self::BadKey { name }
            | Self::BadPrivateKey { name }
            | Self::BadSharedSecret { name }
            | Self::ShortSecret { name }
            | Self::MissingService { name } => Some(name),
            Self::MissingBinding { name } => Some(name),
            Self::BadKeySet { .. } => Some("jwks"),
        }
    }
}

impl HandOverFault {
    const fn setting(&self) -> Option<Setting> {
        match self {
            Self::NotOffered => Some(Setting::Provider("hand_over")),
            Self::IdToken(IdTokenFault::Audience) => Some(Setting::Provider("hand_over_azp")),
            Self::MediaType
            | Self::Malformed
            | Self::NoChallenge
            | Self::ChallengeUsed
            | Self::TokenUsed
            | Self::Over
            | Self::IdToken(_)
            | Self::NotIdToken
            | Self::AccessToken(_)
            | Self::OfNobody => None,
        }
    }
}

impl ProviderFault {
    const fn setting(&self) -> Option<Setting> {
        match self {
            Self::Send(_, SendError::NotAllowed) => Some(HOSTS),
            Self::Send(Exchange::Discovery, _) | Self::ResponseIssuer => ISSUER,
            Self::Send(
                Exchange::Keys
                | Exchange::PushedAuthorization
                | Exchange::Token
                | Exchange::Userinfo
                | Exchange::TokenCheck
                | Exchange::Introspection
                | Exchange::TokenInfo,
                _,
            )
            | Self::NoKeys
            | Self::CoolingDown
            | Self::TokenInfo(_)
            | Self::Userinfo(
                UserinfoFault::Document(_)
                | UserinfoFault::AccessToken
                | UserinfoFault::SubjectMismatch,
            ) => None,
            // A setting of the client at the provider (OpenID Connect Registration, section 2).
            Self::Userinfo(UserinfoFault::Encrypted) => {
                Some(Setting::Named("userinfo_encrypted_response_alg"))
            }
            Self::Userinfo(UserinfoFault::Token(fault)) => of_id_token(fault),
            Self::Userinfo(UserinfoFault::Issuer) => ISSUER,
            Self::Userinfo(UserinfoFault::Audience) => CLIENT_ID,
            Self::Userinfo(UserinfoFault::Expired) => CLOCK,
            Self::Discovery(fault) => of_discovery(fault),
            Self::Refused(error) => of_authorization(*error),
            Self::PushedAuthorization(TokenFault::Refused(TokenError::InvalidRequest)) => {
                Some(Setting::Named("redirect_uris"))
            }
            Self::PushedAuthorization(fault) | Self::Token(fault) => of_token(fault),
            Self::IdToken(fault) => of_id_token(fault),
            Self::GroupsElsewhere => Some(Setting::Provider("groups_claim")),
            Self::OAuth(OAuthFault::TokenCheck(fault)) => of_token(fault),
            Self::OAuth(OAuthFault::OtherClient) => CLIENT_ID,
            Self::OAuth(OAuthFault::Subject) => Some(Setting::Provider("subject_claim")),
            Self::OAuth(
                OAuthFault::AccessToken
                | OAuthFault::TokenInactive
                | OAuthFault::OtherUser
                | OAuthFault::Resource(_),
            ) => None,
            Self::TooMuchIdentity => Some(Setting::Provider("claims")),
            Self::TokenOver => Some(Setting::Named("bounded_by_token")),
        }
    }
}

const ISSUER: Option<Setting> = Some(Setting::Provider("issuer"));
const CLIENT_ID: Option<Setting> = Some(Setting::Provider("client_id"));
const ALGORITHMS: Option<Setting> = Some(Setting::Provider("algorithms"));
/// Of this host or of the provider: one of them is wrong.
const CLOCK: Option<Setting> = Some(Setting::Named("clock"));

const fn of_discovery(fault: &DiscoveryFault) -> Option<Setting> {
    match fault {
        DiscoveryFault::Document(_)
        | DiscoveryFault::IssuerMismatch
        | DiscoveryFault::Endpoint(_) => ISSUER,
        DiscoveryFault::NoS256 | DiscoveryFault::Keys(_) => None,
    }
}

/// How the client is registered at the provider shows in its answer to the browser.
const fn of_authorization(error: AuthorizationError) -> Option<Setting> {
    match error {
        AuthorizationError::InvalidRequest
        | AuthorizationError::UnauthorizedClient
        | AuthorizationError::UnsupportedResponseType => CLIENT_ID,
        AuthorizationError::InvalidScope => Some(Setting::Provider("scopes")),
        AuthorizationError::AccessDenied
        | AuthorizationError::ServerError
        | AuthorizationError::TemporarilyUnavailable
        | AuthorizationError::InteractionRequired
        | AuthorizationError::LoginRequired
        | AuthorizationError::AccountSelectionRequired
        | AuthorizationError::ConsentRequired
        | AuthorizationError::Unknown => None,
    }
}

const fn of_token(fault: &TokenFault) -> Option<Setting> {
    match fault {
        TokenFault::Refused(TokenError::InvalidClient)
        | TokenFault::Document(DocumentFault::Status(401 | 403)) => {
            Some(Setting::Provider("client_secret"))
        }
        TokenFault::Refused(TokenError::UnauthorizedClient | TokenError::Other) => CLIENT_ID,
        TokenFault::Refused(TokenError::InvalidScope) => Some(Setting::Provider("scopes")),
        TokenFault::Refused(TokenError::InvalidGrant | TokenError::InvalidRequest)
        | TokenFault::Document(
            DocumentFault::Status(_) | DocumentFault::NotJson | DocumentFault::Json(_),
        )
        | TokenFault::Missing(_)
        | TokenFault::Repeated(_)
        | TokenFault::TokenType => None,
    }
}

const fn of_id_token(fault: &IdTokenFault) -> Option<Setting> {
    match fault {
        IdTokenFault::Malformed(Malformed::Algorithm)
        | IdTokenFault::NoKey
        | IdTokenFault::Check(_) => ALGORITHMS,
        // A setting of the client at the provider (OpenID Connect Registration, section 2).
        IdTokenFault::Malformed(Malformed::Encrypted) => {
            Some(Setting::Named("id_token_encrypted_response_alg"))
        }
        IdTokenFault::Issuer => ISSUER,
        IdTokenFault::Audience => CLIENT_ID,
        IdTokenFault::Time(_) | IdTokenFault::IssuedAt => CLOCK,
        IdTokenFault::AuthenticationTime => Some(Setting::Named("max_age")),
        IdTokenFault::Malformed(
            Malformed::TooLarge
            | Malformed::Encoding
            | Malformed::Header(_)
            | Malformed::Payload(_)
            | Malformed::HeaderMember
            | Malformed::Critical
            | Malformed::UnencodedPayload
            | Malformed::Issuer,
        )
        | IdTokenFault::Signature
        | IdTokenFault::Claims(_)
        | IdTokenFault::Kind
        | IdTokenFault::Nonce
        | IdTokenFault::Subject
        | IdTokenFault::AccessTokenHash
        | IdTokenFault::CodeHash => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_fault_names_the_setting_that_mends_it_or_none() {
        use Setting::{Named, Provider};
        let token = |error| ProviderFault::Token(TokenFault::Refused(error));
        for (fault, setting) in [
            (
                token(TokenError::InvalidClient),
                Some(Provider("client_secret")),
            ),
            (token(TokenError::InvalidGrant), None),
            (
                ProviderFault::IdToken(IdTokenFault::Audience),
                Some(Provider("client_id")),
            ),
            (ProviderFault::IdToken(IdTokenFault::Nonce), None),
            (
                ProviderFault::IdToken(IdTokenFault::IssuedAt),
                Some(Named("clock")),
            ),
            (
                ProviderFault::IdToken(IdTokenFault::AuthenticationTime),
                Some(Named("max_age")),
            ),
            (
                ProviderFault::Send(Exchange::Discovery, SendError::Unreachable),
                Some(Provider("issuer")),
            ),
            (
                ProviderFault::Send(Exchange::Token, SendError::Unreachable),
                None,
            ),
            (
                ProviderFault::Send(Exchange::Token, SendError::NotAllowed),
                Some(HOSTS),
            ),
            (
                ProviderFault::Refused(AuthorizationError::InvalidScope),
                Some(Provider("scopes")),
            ),
            (
                ProviderFault::Refused(AuthorizationError::AccessDenied),
                None,
            ),
        ] {
            assert_eq!(Fault::from(fault).setting(), setting, "{fault:?}");
        }
        let wrong_host = Fault::from(BrowserFault::WrongHost).setting();
        assert_eq!(wrong_host, Some(Named("public_url")));
        let loops = [BrowserFault::StepUpLoop, BrowserFault::SignInLoop].map(Fault::from);
        assert_eq!(
            loops.map(|fault| fault.setting()),
            [Some(Named("acr")), None]
        );
        assert_eq!(Fault::from(BrowserFault::NoRoute).setting(), None);
    }
}
