//! The configuration after every check: what the rest of the core works with.
//!
//! [`Config`] can only be built from a configuration that passed all rules, so nothing below it
//! checks again. Secrets stand here by name alone.

pub mod at;
mod audiences;
mod authorization_server;
mod cors;
mod directory;
mod duration;
pub mod fault;
mod fault_text;
mod hand_over;
mod hint;
mod issuer;
mod issuer_check;
mod issuer_form;
mod key;
mod list_claim;
mod metadata;
mod metrics;
mod opaque;
mod page;
mod provider;
mod read;
mod reader;
mod requirements;
mod route;
mod session;
mod similar;
mod site;
mod sources;
mod text;
pub mod timestamp;
mod token_issuer;
mod upstream;

#[cfg(test)]
#[cfg(not(target_family = "wasm"))]
mod requirement_properties;
#[cfg(test)]
mod tests;

pub use crate::access::issuer_index::IssuerIndex;
pub use authorization_server::{AuthorizationServer, TokenCheck};
pub use hand_over::{HandOver, IdTokenCheck};
pub use metadata::{MetadataSource, OpenIdEndpoints};
pub use requirements::LONGEST_AGE;
pub use token_issuer::{
    AskedEndpoint, CheckMethod, EndpointCredential, Issuer, IssuerCheck, KeySource, OnlineCheck,
};

use crate::{
    access::{
        claim_path::ClaimPath, list_claim::ListClaim, requirements::Requirements,
        routes::RouteTable, upstream_index::UpstreamIndex,
    },
    cookie::set_cookie::SameSite,
    http::{
        header::HeaderName,
        url::{Origin, Reach},
    },
    page::{language::Language, theme::Theme},
    time::{Seconds, UnixTime},
};
use alloc::{boxed::Box, string::String, vec::Vec};

/// A deployment's configuration.
#[derive(Debug)]
pub struct Config {
    /// Where browsers reach the deployment; scheme, host and port, no path.
    pub public_url: Origin,
    /// The path below which our own endpoints stand, such as `/auth`; no trailing slash.
    pub base_path: String,
    /// Sealing keys, the first of which seals; never empty.
    pub keys: Vec<RingKey>,
    /// What is kept of users; nothing where it is left out.
    pub directory: Option<Directory>,
    /// Providers by their order in the file; none where no route needs a session.
    pub providers: Vec<Provider>,
    /// Issuers of access tokens, addressed by [`IssuerIndex`]; none where no route takes tokens.
    pub issuers: Vec<Issuer>,
    /// Session rules.
    pub session: SessionRules,
    /// How our own pages speak and look.
    pub page: PageSettings,
    /// The rule for reading the counters; nobody may where it is left out.
    pub metrics: Option<MetricsAccess>,
    /// Upstreams, addressed by [`UpstreamIndex`].
    pub upstreams: Vec<Upstream>,
    /// Routes, compiled.
    pub routes: RouteTable,
}

/// The name of a secret: the binding, variable or environment entry that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretName(pub String);

/// The rule for reading the counters.
#[derive(Clone, Debug)]
pub enum MetricsAccess {
    /// A client that sends this secret as a bearer token.
    Secret(SecretName),
    /// People with a session that meets these requirements.
    Session(Requirements),
}

/// The records of users, which outlive sessions.
#[derive(Clone, Debug)]
pub struct Directory {
    /// The keys that seal them, the first of which seals; never empty.
    pub keys: Vec<RingKey>,
    /// The secret by which an operator has them sealed anew; nobody may where it is left out.
    pub operator: Option<SecretName>,
}

/// A key of the sealing ring.
#[derive(Clone, Debug)]
pub struct RingKey {
    /// 1 to 255; stands in every sealed value.
    pub id: u8,
    /// 32 random bytes in base64url, by name.
    pub secret: SecretName,
    /// When values sealed with it are no longer accepted; `None` for the sealing key alone.
    pub not_after: Option<UnixTime>,
}

/// An OpenID provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Stands in URLs (`/auth/callback/{id}`): lower-case letters, digits and hyphens.
    pub id: String,
    /// The name shown to users who choose among several; default the id.
    pub name: String,
    /// Whether it speaks OpenID Connect.
    pub protocol: Protocol,
    /// The issuer identifier exactly as the provider writes it (OpenID Connect Discovery, 3).
    pub issuer: String,
    /// Our client identifier.
    pub client_id: String,
    /// How we authenticate at the token endpoint.
    pub client_authentication: ClientAuthentication,
    /// How its answers come back.
    pub response_mode: ResponseMode,
    /// Whether requests are handed in first.
    pub pushed_authorization_requests: PushedAuthorizationRequests,
    /// Scopes asked for; contains `openid`.
    pub scopes: Vec<String>,
    /// Signature algorithms accepted for ID tokens; never empty.
    pub algorithms: Vec<crate::jose::Algorithm>,
    /// Top-level claims that a session keeps beside the standard ones; fetched from userinfo where
    /// the ID token lacks one. The claims that routes ask for are among them.
    pub claims: Vec<String>,
    /// Standard claims that stand somewhere else in what this provider says, and where.
    pub map: Vec<(&'static str, ClaimPath)>,
    /// Where groups are listed; default `groups`.
    pub groups_claim: ListClaim,
    /// Where roles are listed; default `roles`.
    pub roles_claim: ListClaim,
    /// The tokens that pages of the site may hand over for a session.
    pub hand_over: HandOver,
}

/// Client authentication (OpenID Connect Core, section 9).
#[derive(Clone, Debug)]
pub enum ClientAuthentication {
    /// `none`: a public client; PKCE alone protects the code.
    None,
    /// `client_secret_basic`
    ClientSecretBasic(SecretName),
    /// `client_secret_post`
    ClientSecretPost(SecretName),
    /// `private_key_jwt`: a private JSON Web Key.
    PrivateKeyJwt(SecretName),
    /// A client secret in Apple's sense: a token that we sign, sent as `client_secret_post`.
    AppleClientSecret {
        /// The team that the key belongs to, which is the token's `iss`.
        team_id: String,
        /// A private JSON Web Key.
        private_key: SecretName,
    },
}

/// How a provider says who someone is.
#[derive(Clone, Debug)]
pub enum Protocol {
    /// OpenID Connect, with ID tokens.
    OpenId(MetadataSource),
    /// OAuth 2.0 alone: a resource of the provider's says who the user is, to any client with an access token.
    OAuth(Box<AuthorizationServer>),
}

/// How the provider's answer comes back through the browser (OAuth 2.0 Form Post Response Mode).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of a `GET`.
    Query,
    /// As the form of a `POST` from the provider's own page.
    FormPost,
}

/// Whether authorization requests are handed in at the provider first (RFC 9126).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushedAuthorizationRequests {
    /// Wherever the provider's metadata names an endpoint for it.
    WhereOffered,
    /// Never; for providers that offer what they then refuse.
    Never,
}

/// How long a session lives and how fresh its rights are.
#[derive(Clone, Copy, Debug)]
pub struct SessionRules {
    /// A session unused for this long ends.
    pub idle_timeout: Seconds,
    /// A session ends this long after it began, used or not.
    pub absolute_timeout: Seconds,
    /// How old an answer of the ledger may be.
    pub freshness: Freshness,
    /// The session cookie's `SameSite`.
    pub same_site: SameSite,
    /// Whether a session ends no later than the token that began it.
    pub bounded_by_token: bool,
}

/// How old an answer of the ledger may be when a session is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// At most this old; 1 to 60 seconds, default 10.
    Fast(Seconds),
    /// Asked on every request.
    Strict,
}

/// How our own pages speak and look.
#[derive(Clone, Debug, Default)]
pub struct PageSettings {
    /// The language for a browser that asks for none that we speak.
    pub language: Language,
    /// The look.
    pub theme: Theme,
}

/// Where allowed requests go.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// The name in the configuration.
    pub id: String,
    /// Where its requests go.
    pub target: UpstreamTarget,
    /// The facts about the user that it is told.
    pub identity: Identity,
    /// Further request headers to strip, beside ours.
    pub strip: Vec<HeaderName>,
    /// Request headers of a gateway in front of ours that are not stripped, though they would be.
    pub pass: Vec<HeaderName>,
    /// How long it may take until the head of its answer.
    pub timeout: Seconds,
    /// Whether it may read paths more loosely than they are matched.
    pub path_matching: PathMatching,
}

/// Whether an upstream may take several paths for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PathMatching {
    /// It may: the rules of all routes that it could take a path for hold together.
    #[default]
    Loose,
    /// It takes every path for itself alone.
    Exact,
}

/// Where the requests of an upstream go.
#[derive(Clone, Debug)]
pub enum UpstreamTarget {
    /// The platform's static assets.
    Assets,
    /// An origin; requests keep their path and query.
    Url(Origin),
    /// Another Worker, by the name of the service binding that leads to it.
    Service(BindingName),
}

/// The name of a binding, as in the settings of the Worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindingName(pub String);

/// The facts about the user that an upstream is told.
#[derive(Clone, Debug)]
pub enum Identity {
    /// Nothing.
    None,
    /// `lychgate-` headers, and the shared secret that proves they are ours.
    Headers {
        /// Sent as `lychgate-secret`; required, since anyone who reaches the upstream around us could
        /// forge the other headers.
        shared_secret: Option<SecretName>,
        /// Claims beside those that are always told.
        claims: Vec<ClaimHeader>,
    },
}

/// A claim that an upstream is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimHeader {
    /// Under our prefix, and none of the headers that are set anyway.
    pub name: HeaderName,
    /// Where the claim stands.
    pub path: ClaimPath,
}

impl ClientAuthentication {
    /// The name of the secret or key that it needs.
    pub const fn secret(&self) -> Option<&SecretName> {
        match self {
            Self::None => None,
            Self::ClientSecretBasic(name)
            | Self::ClientSecretPost(name)
            | Self::PrivateKeyJwt(name)
            | Self::AppleClientSecret {
                private_key: name, ..
            } => Some(name),
        }
    }
}

impl Config {
    /// Which addresses this deployment may talk to.
    pub fn reach(&self) -> Reach {
        if self.public_url.is_loopback() {
            Reach::Loopback
        } else {
            Reach::Public
        }
    }

    /// The upstream at `index`.
    pub fn upstream(&self, index: UpstreamIndex) -> Option<&Upstream> {
        self.upstreams.get(index.0)
    }

    /// The names of all secrets that must be set at the platform, each once.
    pub fn secret_names(&self) -> Vec<&SecretName> {
        let directory = self.directory.iter();
        let operator = directory.clone().flat_map(|directory| &directory.operator);
        let directory_keys = directory.flat_map(|directory| &directory.keys);
        let keys = self.keys.iter().chain(directory_keys);
        let keys = keys.map(|key| &key.secret).chain(operator);
        let clients = self
            .providers
            .iter()
            .filter_map(|provider| provider.client_authentication.secret());
        let shared_secrets =
            self.upstreams
                .iter()
                .filter_map(|upstream| match &upstream.identity {
                    Identity::None => None,
                    Identity::Headers { shared_secret, .. } => shared_secret.as_ref(),
                });
        let shared = self.issuers.iter().filter_map(|issuer| match &issuer.keys {
            KeySource::SharedSecret(name) => Some(name),
            KeySource::Discovery(_)
            | KeySource::Url(_)
            | KeySource::Inline(_)
            | KeySource::None => None,
        });
        let asked = self.issuers.iter().filter_map(Issuer::asked);
        let asked = asked.filter_map(|check| check.credential()?.secret());
        let metrics = match &self.metrics {
            Some(MetricsAccess::Secret(name)) => Some(name),
            Some(MetricsAccess::Session(_)) | None => None,
        };
        let mut names: Vec<&SecretName> = Vec::new();
        for name in keys
            .chain(clients)
            .chain(shared_secrets)
            .chain(shared)
            .chain(asked)
            .chain(metrics)
        {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The issuer at `index`.
    pub fn issuer(&self, index: IssuerIndex) -> Option<&Issuer> {
        self.issuers.get(index.0)
    }

    /// The issuer that writes itself so into its tokens, and its place.
    pub fn issuer_named(&self, name: &str) -> Option<(IssuerIndex, &Issuer)> {
        let mut issuers = self.issuers.iter().enumerate();
        let (place, issuer) = issuers.find(|(_, issuer)| issuer.issuer == name)?;
        Some((IssuerIndex(place), issuer))
    }

    /// The issuer whose tokens begin as this one does, and its place.
    pub fn issuer_by_prefix(&self, token: &str) -> Option<(IssuerIndex, &Issuer)> {
        let mut issuers = self.issuers.iter().enumerate();
        let (place, issuer) = issuers.find(|(_, issuer)| {
            let prefix = issuer.token_prefix.as_deref();
            prefix.is_some_and(|prefix| token.starts_with(prefix))
        })?;
        Some((IssuerIndex(place), issuer))
    }

    /// Whether pages of the site may hand a token of any provider over.
    pub fn takes_hand_overs(&self) -> bool {
        let mut offers = self.providers.iter().map(|provider| &provider.hand_over);
        offers.any(|offer| offer.id_token.is_some() || offer.access_token.is_some())
    }

    /// The provider called `id`.
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == id)
    }
}
