//! The faults of a configuration in words.

use super::fault::ConfigFault;
use crate::{access::claim_path::ClaimPathFault, http::url::UrlFault};
use core::fmt;

impl fmt::Display for ConfigFault {
    #[expect(clippy::too_many_lines, reason = "a sentence for each fault")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { most } => write!(f, "larger than {most} bytes"),
            Self::Json { line, column } => write!(f, "no JSON from line {line}, column {column} on"),
            Self::Kind { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Missing { key } => write!(f, "{key} is missing"),
            Self::UnknownKey { .. } => f.write_str("unknown key"),
            Self::Empty => f.write_str("empty"),
            Self::TooMany { most } => write!(f, "more than {most} items"),
            Self::Repeated => f.write_str("the same as an earlier one"),
            Self::Word { allowed } => write!(f, "expected {}", Words(allowed)),
            Self::Number { least, most } => write!(f, "expected a number from {least} to {most}"),
            Self::Version => f.write_str("this release reads version 1 only"),
            Self::Url(fault) => write!(f, "not a URL we accept: {}", url_fault(*fault)),
            Self::NotAnOrigin => f.write_str("a URL with a path or query where an origin must stand"),
            Self::IssuerQuery => f.write_str("an issuer has no query"),
            Self::OutOfReach => f.write_str(
                "plain http, loopback and private addresses are accepted only while public_url is a loopback address",
            ),
            Self::BasePath => f.write_str("expected a path such as \"/auth\""),
            Self::Identifier => {
                f.write_str("expected 1 to 32 lower-case letters, digits and hyphens")
            }
            Self::Characters => f.write_str("too long, or a character that may not stand here"),
            Self::SecretName => f.write_str("expected the name of a secret, such as \"MY_SECRET\""),
            Self::SecretInFile => f.write_str("a secret is given by name, never in this file"),
            Self::Duration => f.write_str("expected a span of time such as \"30m\""),
            Self::DurationRange { least, most } => write!(f, "expected {least} to {most}"),
            Self::IdleAboveAbsolute => f.write_str("idle_timeout is longer than absolute_timeout"),
            Self::FreshForWithStrict => {
                f.write_str("fresh_for has no meaning with freshness = \"strict\"")
            }
            Self::Timestamp => f.write_str("expected a time such as \"2026-12-01T00:00:00Z\""),
            Self::Logo => f.write_str("expected a path of this site such as \"/logo.svg\""),
            Self::Color => f.write_str("expected a colour such as \"#1f6a4a\""),
            Self::SealingKeyEnds => f.write_str("the first key seals and has no end"),
            Self::PreviousKeyStays => f.write_str("a previous key without not_after"),
            Self::ProviderNeeded => f.write_str("a route needs a session, and there is no provider"),
            Self::OAuthOnly => f.write_str("only a provider of kind = \"oauth2\" has this"),
            Self::DirectoryKeyOfRing => f.write_str("a sealing key of sessions, which is retired before user records are"),
            Self::DirectoryKeyNeeded => f.write_str("without a [[directory_key]] nothing is kept of users"),
            Self::HandOverOnly => f.write_str("hand_over takes no token that this is about"),
            Self::OpenIdOnly => f.write_str("only a provider of kind = \"oidc\" has this"),
            Self::MetadataTwice => f.write_str("a metadata_url beside endpoints that are written"),
            Self::TokenCheckSecret => f.write_str("the token check asks for a client secret"),
            Self::TenantUnused => f.write_str("a tenant goes with preset = \"entra\" and no issuer"),
            Self::TeamUnused => f.write_str("a team_id goes with preset = \"apple\""),
            Self::Tenant => f.write_str("expected the directory's id, 36 lower-case characters"),
            Self::IssuerForm { preset } => write!(f, "not the form of an issuer of {preset}"),
            Self::IssuerIsMetadata { .. } => f.write_str("the address of metadata is no issuer"),
            Self::IssuerOfNobody { .. } => f.write_str("this service has no such issuer"),
            Self::CredentialUnused => {
                f.write_str("the client authentication does not use this")
            }
            Self::NoOpenid => f.write_str("the scope openid is missing"),
            Self::ClaimPath(fault) => write!(f, "not the path of a claim: {}", claim_path_fault(*fault)),
            Self::HeaderName => f.write_str("not a header name"),
            Self::Prefix => f.write_str("expected the beginning of a path, such as \"/v1\""),
            Self::PrefixElsewhere => f.write_str("not every path of the route begins so"),
            Self::AssetsRewritten => f.write_str("static files are served at their own paths"),
            Self::Target => f.write_str("expected exactly one of assets = true, url and service"),
            Self::ServiceName => f.write_str("expected the name of a service binding, such as \"API\""),
            Self::ServiceIsAssets => f.write_str("the binding ASSETS is that of the static files"),
            Self::UpstreamIsOurselves => f.write_str("the upstream is public_url itself"),
            Self::AssetsIdentity => f.write_str("static assets get the request as it came"),
            Self::AssetsMatching => {
                f.write_str("the rules of all spellings of a static file always hold together")
            }
            Self::SharedSecretMissing => f.write_str("identity headers need a shared_secret"),
            Self::SharedSecretUnused => f.write_str("a shared_secret without identity = \"headers\""),
            Self::ClaimsUnused => f.write_str("claims without identity = \"headers\""),
            Self::ClaimHeader => f.write_str("expected a header such as \"lychgate-name\""),
            Self::UnknownUpstream { .. } => f.write_str("there is no upstream of this id"),
            Self::Pattern(fault) => fault.fmt(f),
            Self::UnderBasePath { base_path } => {
                write!(f, "the paths under {base_path} are Lychgate's own")
            }
            Self::PublicAndMore => f.write_str("\"public\" stands alone"),
            Self::IssuerNeeded => f.write_str("a route takes tokens, and there is no issuer"),
            Self::TenantsUnused => f.write_str("tenants go with an issuer that has {tenantid} in it"),
            Self::SharedSecret => {
                f.write_str("\"HS256\" and a shared_secret go together, and with no other algorithm")
            }
            Self::KeySource => {
                f.write_str("expected at most one of metadata_url, jwks_uri, jwks and shared_secret")
            }
            Self::AskedOnly => f.write_str(
                "only an issuer that is asked about its tokens has this: check or revocation says how",
            ),
            Self::OpaqueOnly => f.write_str("only an issuer with another check than \"jwt\" has this"),
            Self::JwtOnly => f.write_str("only an issuer with check = \"jwt\" has this"),
            Self::KeysUnused => f.write_str("this issuer signs neither its tokens nor its answers"),
            Self::AnswerKeys => {
                f.write_str("signed answers need keys that the issuer publishes, and nothing says where")
            }
            Self::OtherEndpoint => f.write_str("another endpoint is asked about the tokens"),
            Self::UserinfoOnly => f.write_str("only an issuer with check = \"userinfo\" has this"),
            Self::RecipientNeeded => f.write_str("neither audiences nor clients say whose tokens count"),
            Self::UserinfoKnowsNoClient => {
                f.write_str("userinfo tells neither the audience nor the client of a token")
            }
            Self::AnyClientNeeded => {
                f.write_str("userinfo opens to the tokens of every client of this issuer")
            }
            Self::AnyClientOfPublic => {
                f.write_str("anybody has a client at this issuer, and its token would open the route")
            }
            Self::TokenPrefix => f.write_str("expected 2 to 64 characters that a token may begin with"),
            Self::PrefixesOverlap => f.write_str("a token can have the token_prefix of two issuers"),
            Self::OpaqueIssuers { issuers } => write!(
                f,
                "a token without a form may be of several issuers: {}",
                issuers.join(", ")
            ),
            Self::Jwks => f.write_str("expected a table with keys, all of them public and usable"),
            Self::TokenType => f.write_str("tokens of this type are no access tokens"),
            Self::AudienceIsClient => {
                f.write_str("the client_id of a provider with this issuer: its ID tokens would pass")
            }
            Self::SessionOnly => f.write_str("only a route that takes \"session\" has this"),
            Self::UnknownProvider { .. } => f.write_str("there is no provider of this id"),
            Self::UnknownIssuer { .. } => {
                f.write_str("neither a provider nor an issuer of tokens has this issuer")
            }
            Self::UnknownAudience { .. } => f.write_str("no issuer has this audience"),
            Self::NoAudience => f.write_str("none of them is an audience of the upstream"),
            Self::AudiencesNeeded => f.write_str(
                "tokens for several audiences of one issuer reach several upstreams, and the route does not say which count here",
            ),
            Self::BearerOnly => f.write_str("only a route that takes \"bearer\" has this"),
            Self::CorsOrigin => f.write_str("not as browsers write this origin"),
            Self::CorsWildcard => f.write_str("origins are written one by one, without a star"),
            Self::PublicRequirement => f.write_str("a public route asks nothing of anyone"),
            Self::Method => f.write_str("expected a method in upper case"),
            Self::EmailDomain => f.write_str("expected a domain such as \"example.com\""),
            Self::ClaimTest => f.write_str("expected exactly one of equals, one_of and contains"),
            Self::ClaimValue => f.write_str("expected a string, a whole number, true or false"),
            Self::TooDeep { most } => write!(f, "more than {most} of any and all inside each other"),
            Self::SameMethod { first, method } => match method {
                Some(method) => write!(f, "the same path as {first}, and {} in both", method.as_str()),
                None => write!(f, "the same path as {first}, and all methods in one of them"),
            },
            Self::Crossing { first, both } => {
                write!(f, "the path crosses that of {first}: both match {both}, and neither is more specific")
            }
        }
    }
}

/// `"a", "b" or "c"`
pub(super) struct Words<'a>(pub(super) &'a [&'a str]);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.len().saturating_sub(1);
        for (place, word) in self.0.iter().enumerate() {
            let joint = match place {
                0 => "",
                _ if place == last => " or ",
                _ => ", ",
            };
            write!(f, "{joint}\"{word}\"")?;
        }
        Ok(())
    }
}

const fn claim_path_fault(fault: ClaimPathFault) -> &'static str {
    match fault {
        ClaimPathFault::TooLong => "over 255 bytes",
        ClaimPathFault::TooDeep => "over 16 steps",
        ClaimPathFault::Character => "a control character",
        ClaimPathFault::EmptyStep => "empty, or a slash with nothing behind it",
        ClaimPathFault::Escape => "a ~ that is neither ~0 nor ~1",
    }
}

const fn url_fault(fault: UrlFault) -> &'static str {
    match fault {
        UrlFault::TooLong => "too long",
        UrlFault::Scheme => "it begins with neither https:// nor http://",
        UrlFault::Character => "userinfo, a fragment, or a character that may not stand in it",
        UrlFault::Host => "no host, or an odd spelling of one",
        UrlFault::Port => "the port is no number from 1 to 65535",
    }
}
