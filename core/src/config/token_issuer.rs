//! Issuers of access tokens, and how Lychgate knows that a token is good.

use super::{ClientAuthentication, SecretName};
use crate::{access::list_claim::ListClaim, http::url::Url, jose::Algorithm, time::Seconds};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// An issuer of access tokens; of one with several tenants, one of them.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// `iss` of its tokens, byte for byte.
    pub issuer: String,
    /// The tenant that stands in `issuer`, where it has several.
    pub tenant: Option<String>,
    /// How `issuer` is written, where it has several tenants: with `{tenantid}`.
    pub template: Option<String>,
    /// Of `aud` one must be among these; empty where it does not matter, for issuers that are asked.
    pub audiences: Vec<String>,
    /// The client that a token was issued to must be among these; empty where it does not matter.
    pub clients: Vec<String>,
    /// Who vouches for its tokens.
    pub check: IssuerCheck,
    /// How its tokens begin, where no route need say whose they are.
    pub token_prefix: Option<String>,
    /// Signature algorithms; empty where the issuer shares a secret with us, and signs with HS256.
    pub algorithms: Vec<Algorithm>,
    /// Accepted `typ`, in lower case and without `application/`; `jwt` also accepts its absence.
    pub token_types: Vec<String>,
    /// How far its clock may differ from ours.
    pub clock_skew: Seconds,
    /// Where its keys come from.
    pub keys: KeySource,
    /// Where groups are listed; default `groups`.
    pub groups_claim: ListClaim,
    /// Where roles are listed; default `roles`.
    pub roles_claim: ListClaim,
}

/// How Lychgate knows that an access token is good.
#[derive(Clone, Debug)]
pub enum IssuerCheck {
    /// By its signature alone.
    Signature,
    /// By its signature, and then by the issuer's answer, which tells whether it was revoked.
    SignatureAndAnswer(OnlineCheck),
    /// By the issuer's answer alone.
    Answer(OnlineCheck),
}

/// The endpoint that Lychgate asks about a token.
#[derive(Clone, Debug)]
pub struct OnlineCheck {
    /// How it is asked.
    pub method: CheckMethod,
    /// Where.
    pub endpoint: AskedEndpoint,
    /// How long an answer counts.
    pub cache_for: Seconds,
}

/// Where an endpoint is.
#[derive(Clone, Debug)]
pub enum AskedEndpoint {
    /// At this URL.
    At(Url),
    /// Where the issuer's metadata at this URL says (OpenID Connect Discovery, section 4; RFC 8414).
    Discovery(Url),
}

/// How an endpoint is asked about a token.
#[derive(Clone, Debug)]
pub enum CheckMethod {
    /// Token introspection (RFC 7662).
    Introspection {
        /// The proof of who asks.
        credential: EndpointCredential,
        /// Our client that its answers are signed for (RFC 9701); `None` where they are not signed.
        signed_for: Option<String>,
    },
    /// The userinfo endpoint, which answers a token that is good (OpenID Connect Core, section 5.3).
    Userinfo,
    /// Google's `tokeninfo`.
    GoogleTokenInfo,
    /// Facebook's `debug_token`, as an application.
    FacebookTokenInfo(EndpointCredential),
}

/// How Lychgate proves who it is at an endpoint of an issuer.
#[derive(Clone, Debug)]
pub enum EndpointCredential {
    /// As a client.
    Client {
        /// `client_id`
        id: String,
        /// As at a provider's token endpoint.
        authentication: ClientAuthentication,
    },
    /// By an access token of ours (RFC 7662, section 2.1).
    Bearer(SecretName),
}

/// Where an issuer's keys come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// From where its metadata at this URL says (OpenID Connect Discovery; RFC 8414).
    Discovery(Url),
    /// From this URL.
    Url(Url),
    /// A JSON Web Key Set in the configuration, every key of which can be used.
    Inline(String),
    /// A secret for HS256, by name.
    SharedSecret(SecretName),
    /// From nowhere: it is asked about its tokens, and does not sign its answers.
    None,
}

impl EndpointCredential {
    /// The name of the secret or key that it needs.
    pub const fn secret(&self) -> Option<&SecretName> {
        match self {
            Self::Client { authentication, .. } => authentication.secret(),
            Self::Bearer(name) => Some(name),
        }
    }
}

impl IssuerCheck {
    /// Whether anything that the issuer signs is verified.
    pub fn needs_keys(&self) -> bool {
        match self {
            Self::Signature | Self::SignatureAndAnswer(_) => true,
            Self::Answer(check) => check.signed_for().is_some(),
        }
    }
}

/// For people.
impl fmt::Display for AskedEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(url) => url.fmt(f),
            Self::Discovery(url) => write!(f, "the introspection_endpoint of {url}"),
        }
    }
}

impl CheckMethod {
    /// As `check` and `revocation` call it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Introspection { .. } => "introspection",
            Self::Userinfo => "userinfo",
            Self::GoogleTokenInfo | Self::FacebookTokenInfo(_) => "tokeninfo",
        }
    }
}

impl OnlineCheck {
    /// The proof of who asks, where the endpoint wants one.
    pub const fn credential(&self) -> Option<&EndpointCredential> {
        match &self.method {
            CheckMethod::Introspection { credential, .. }
            | CheckMethod::FacebookTokenInfo(credential) => Some(credential),
            CheckMethod::Userinfo | CheckMethod::GoogleTokenInfo => None,
        }
    }

    /// Our client that its answers are signed for, where they are signed.
    pub fn signed_for(&self) -> Option<&str> {
        match &self.method {
            CheckMethod::Introspection { signed_for, .. } => signed_for.as_deref(),
            CheckMethod::Userinfo
            | CheckMethod::GoogleTokenInfo
            | CheckMethod::FacebookTokenInfo(_) => None,
        }
    }
}

impl Issuer {
    /// Whether its answers alone tell what a token is.
    pub const fn is_asked_alone(&self) -> bool {
        matches!(self.check, IssuerCheck::Answer(_))
    }

    /// The endpoint that is asked about its tokens, if any.
    pub const fn asked(&self) -> Option<&OnlineCheck> {
        match &self.check {
            IssuerCheck::Signature => None,
            IssuerCheck::SignatureAndAnswer(check) | IssuerCheck::Answer(check) => Some(check),
        }
    }
}
