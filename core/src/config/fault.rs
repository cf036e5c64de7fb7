//! The faults of a configuration, and how to fix them.
//!
//! No fault holds a value of the file that could be a secret in the wrong place.

use super::at::ConfigPath;
pub use super::reader::Kind;
use crate::{
    access::{
        claim_path::ClaimPathFault,
        pattern::{Pattern, PatternFault},
    },
    http::{method::Method, url::UrlFault},
    time::Seconds,
};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// A fault and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Where it is; the table, where a key is missing.
    pub at: ConfigPath,
    /// The fault itself.
    pub fault: ConfigFault,
}

/// The kinds of faults of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigFault {
    /// The whole is too large to be looked at.
    TooLarge {
        /// The most bytes.
        most: usize,
    },
    /// The whole is no JSON.
    Json {
        /// The line, from one.
        line: usize,
        /// The column, from one.
        column: usize,
    },
    /// A value of another kind.
    Kind {
        /// The kind that should stand there.
        expected: Kind,
        /// The kind that stands there.
        found: Kind,
    },
    /// A key that must be there is not.
    Missing {
        /// Which one.
        key: &'static str,
    },
    /// A key that nothing reads.
    UnknownKey {
        /// The keys that may stand there.
        known: &'static [&'static str],
    },
    /// An empty list or string.
    Empty,
    /// A list that is too long.
    TooMany {
        /// The most items.
        most: usize,
    },
    /// The same as an earlier one.
    Repeated,
    /// None of the words that may stand here.
    Word {
        /// Those that may.
        allowed: &'static [&'static str],
    },
    /// A number out of range.
    Number {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// A `version` that this release does not read.
    Version,
    /// No URL that we accept.
    Url(UrlFault),
    /// A URL with a path or query, where only an origin may stand.
    NotAnOrigin,
    /// An issuer with a query.
    IssuerQuery,
    /// Plain `http`, a loopback or a private address, while `public_url` is public.
    OutOfReach,
    /// A base path that is not one.
    BasePath,
    /// An identifier with anything but lower-case letters, digits and hyphens.
    Identifier,
    /// Text with a character that may not stand in it.
    Characters,
    /// No name of a secret.
    SecretName,
    /// Text where the name of a secret must stand; it may be the secret itself.
    SecretInFile,
    /// No span of time.
    Duration,
    /// A span out of range.
    DurationRange {
        /// The shortest.
        least: Seconds,
        /// The longest.
        most: Seconds,
    },
    /// `idle_timeout` is longer than `absolute_timeout`.
    IdleAboveAbsolute,
    /// `fresh_for` beside `freshness = "strict"`.
    FreshForWithStrict,
    /// No point in time.
    Timestamp,
    /// No path of this site in normal form.
    Logo,
    /// No colour.
    Color,
    /// The first key, which seals, has an end.
    SealingKeyEnds,
    /// A previous key has no end.
    PreviousKeyStays,
    /// A key of the ring, which ends before what the directory keeps.
    DirectoryKeyOfRing,
    /// A directory without a key to seal it with.
    DirectoryKeyNeeded,
    /// A route needs a session, and there is no provider.
    ProviderNeeded,
    /// A key of OAuth 2.0 alone at a provider with OpenID Connect.
    OAuthOnly,
    /// A key of OpenID Connect at a provider without it.
    OpenIdOnly,
    /// A key that says how tokens are checked that nobody hands over.
    HandOverOnly,
    /// The place of metadata beside what would stand there.
    MetadataTwice,
    /// The check of a provider's tokens asks for a client secret.
    TokenCheckSecret,
    /// A `tenant` that the preset has no use for, or beside an `issuer`.
    TenantUnused,
    /// A `team_id` at another provider than Apple.
    TeamUnused,
    /// No directory's id.
    Tenant,
    /// An issuer that cannot be one of the preset's provider.
    IssuerForm {
        /// The preset.
        preset: &'static str,
    },
    /// The address of metadata in place of an issuer.
    IssuerIsMetadata {
        /// A guess at the issuer.
        perhaps: String,
    },
    /// An issuer that its service does not have.
    IssuerOfNobody {
        /// The one that it has.
        perhaps: Option<&'static str>,
    },
    /// A secret or key that the client authentication does not use.
    CredentialUnused,
    /// `scopes` without `openid`.
    NoOpenid,
    /// No path of a claim.
    ClaimPath(ClaimPathFault),
    /// No header name.
    HeaderName,
    /// No beginning of a path.
    Prefix,
    /// `strip_prefix` where not every path of the route begins so.
    PrefixElsewhere,
    /// Static files under other paths than their own.
    AssetsRewritten,
    /// An upstream with none of `assets`, `url` and `service`, or with two.
    Target,
    /// No name of a service binding.
    ServiceName,
    /// The static files, named as a service.
    ServiceIsAssets,
    /// An upstream at `public_url` itself.
    UpstreamIsOurselves,
    /// Identity headers for static assets.
    AssetsIdentity,
    /// A `path_matching` for static assets.
    AssetsMatching,
    /// Identity headers without a shared secret.
    SharedSecretMissing,
    /// A shared secret without identity headers.
    SharedSecretUnused,
    /// Claims without identity headers.
    ClaimsUnused,
    /// No header that a claim can stand in.
    ClaimHeader,
    /// No upstream of that id.
    UnknownUpstream {
        /// The ids there are.
        known: Vec<String>,
    },
    /// No path pattern.
    Pattern(PatternFault),
    /// A route under our own endpoints.
    UnderBasePath {
        /// Where those stand.
        base_path: String,
    },
    /// `public` beside another kind of access.
    PublicAndMore,
    /// Requirements on a public route.
    PublicRequirement,
    /// No method name in upper case.
    Method,
    /// No plain mail domain.
    EmailDomain,
    /// A claim with none of the tests, or with several.
    ClaimTest,
    /// No value that a claim can be compared with.
    ClaimValue,
    /// Tables inside each other.
    TooDeep {
        /// The most.
        most: usize,
    },
    /// A route takes tokens, and there is no issuer.
    IssuerNeeded,
    /// Tenants without a place for them in the issuer.
    TenantsUnused,
    /// HS256 without a shared secret, or anything else with one.
    SharedSecret,
    /// Several sources of keys.
    KeySource,
    /// A key that says how an endpoint is asked about tokens, at an issuer that is not asked.
    AskedOnly,
    /// A key of opaque tokens at an issuer of JSON Web Tokens.
    OpaqueOnly,
    /// A key of JSON Web Tokens at an issuer that is asked about its tokens.
    JwtOnly,
    /// A key that says how signatures are verified, at an issuer that signs neither tokens nor answers.
    KeysUnused,
    /// Signed answers of an issuer whose keys nothing tells.
    AnswerKeys,
    /// A key of another endpoint than the one that is asked.
    OtherEndpoint,
    /// A key of the userinfo endpoint alone.
    UserinfoOnly,
    /// Nothing says whose tokens count.
    RecipientNeeded,
    /// Audiences or clients, which userinfo does not tell.
    UserinfoKnowsNoClient,
    /// Userinfo opens to every client's token, and the table does not say that all of them count.
    AnyClientNeeded,
    /// The same at an issuer that everybody has clients at.
    AnyClientOfPublic,
    /// Characters that no token begins with.
    TokenPrefix,
    /// A token can have two of the prefixes.
    PrefixesOverlap,
    /// Opaque tokens of several issuers on one route.
    OpaqueIssuers {
        /// The issuers.
        issuers: Vec<String>,
    },
    /// No key set, or one with a key that cannot be used.
    Jwks,
    /// The type of another kind of token.
    TokenType,
    /// The audience of the issuer's ID tokens.
    AudienceIsClient,
    /// A key that goes with sessions, on a route that takes none.
    SessionOnly,
    /// No provider of that id.
    UnknownProvider {
        /// The ids there are.
        known: Vec<String>,
    },
    /// Neither a provider nor an issuer of tokens has this issuer.
    UnknownIssuer {
        /// Those there are.
        known: Vec<String>,
    },
    /// No issuer has this audience.
    UnknownAudience {
        /// Those there are.
        known: Vec<String>,
    },
    /// None of the route's audiences is one of its upstream's.
    NoAudience,
    /// Tokens for several audiences reach several upstreams, and a route does not say which count there.
    AudiencesNeeded,
    /// A key that goes with tokens, on a route that takes none.
    BearerOnly,
    /// An origin in another spelling than that of browsers.
    CorsOrigin,
    /// An origin with a star.
    CorsWildcard,
    /// The same pattern as an earlier route, with a method of both.
    SameMethod {
        /// The earlier route.
        first: ConfigPath,
        /// The method; `None` where one of the two takes all.
        method: Option<Method>,
    },
    /// A pattern that crosses that of an earlier route.
    Crossing {
        /// The earlier route.
        first: ConfigPath,
        /// The paths that both match.
        both: Pattern,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.steps().is_empty() {
            return self.fault.fmt(f);
        }
        write!(f, "{}: {}", self.at, self.fault)
    }
}

impl ConfigError {
    /// A hint how to fix it, where that is not plain from the fault.
    pub fn hint(&self) -> Option<String> {
        super::hint::hint(self)
    }
}
