//! Hints how to fix a fault.

use super::{
    at::Step,
    fault::{ConfigError, ConfigFault},
    reader::Kind,
    similar,
};
use crate::access::pattern::PatternFault;
use alloc::{borrow::ToOwned, format, string::String};

pub(super) fn hint(error: &ConfigError) -> Option<String> {
    with_data(error)
        .or_else(|| brackets(error).map(ToOwned::to_owned))
        .or_else(|| plain(&error.fault).map(ToOwned::to_owned))
}

/// Hints that name what was perhaps meant.
fn with_data(error: &ConfigError) -> Option<String> {
    let fault = &error.fault;
    if let ConfigFault::UnknownKey { known } = fault {
        let Some(Step::Key(key)) = error.at.steps().last() else {
            return None;
        };
        if let Some(now) = renamed(error.at.steps()) {
            return Some(now.to_owned());
        }
        let meant = similar::closest(key, known.iter().copied())?;
        return Some(format!("did you mean {meant}?"));
    }
    if let ConfigFault::UnknownUpstream { known } = fault {
        return Some(format!("there are: {}", known.join(", "))).filter(|_| !known.is_empty());
    }
    if let ConfigFault::IssuerIsMetadata { perhaps } = fault {
        return Some(format!(
            "write what stands in that document as \"issuer\", perhaps \"{perhaps}\"; where the document is elsewhere, metadata_url names it"
        ));
    }
    if let ConfigFault::IssuerOfNobody { perhaps } = fault {
        return Some(match perhaps {
            Some(issuer) => format!("did you mean \"{issuer}\"?"),
            None => "GitHub does not speak OpenID Connect: write preset = \"github\"".to_owned(),
        });
    }
    if let ConfigFault::UnknownAudience { known }
    | ConfigFault::UnknownProvider { known }
    | ConfigFault::UnknownIssuer { known } = fault
    {
        return Some(format!("there are: {}", known.join(", "))).filter(|_| !known.is_empty());
    }
    if let ConfigFault::Crossing { both, .. } = fault {
        return Some(format!("add a route for {both}, which then decides"));
    }
    let ConfigFault::Missing { key } = fault else {
        return None;
    };
    if let [Step::Key(table)] = error.at.steps()
        && table == "metrics"
        && *key == "access"
    {
        return Some("access is \"secret\" or \"session\"".to_owned());
    }
    missing(key).map(ToOwned::to_owned)
}

/// The name today of a key that had another one in an earlier version.
fn renamed(steps: &[Step]) -> Option<&'static str> {
    match steps {
        [Step::Key(table), Step::Item(_), Step::Key(key)]
            if table == "upstream" && key == "proof" =>
        {
            Some(
                "it is called shared_secret now, and the header that the upstream compares lychgate-secret",
            )
        }
        _ => None,
    }
}

/// A table or string where a list must stand is short of brackets.
fn brackets(error: &ConfigError) -> Option<&'static str> {
    let ConfigFault::Kind { expected, found } = error.fault else {
        return None;
    };
    match (expected, found, error.at.steps()) {
        (Kind::List, Kind::Table, [Step::Key(_)]) => Some("write it with two brackets: [[...]]"),
        (Kind::List, Kind::Text, _) => Some("put it in brackets: [\"...\"]"),
        (_, _, _) => None,
    }
}

fn missing(key: &str) -> Option<&'static str> {
    Some(match key {
        "version" => "the file begins with version = 1",
        "public_url" => "where browsers reach the deployment, such as \"https://app.example.com\"",
        "key" => {
            "make one with `lychgate keys generate` and add [[key]] id = 1, secret = \"LYCHGATE_KEY_1\""
        }
        "route" => "without a route every path is 404; public ones are routes too",
        "access" => {
            "access is [\"public\"], [\"session\"], [\"bearer\"] or [\"session\", \"bearer\"], and always written"
        }
        "audiences" => "what the issuer writes into aud of tokens for this API",
        "tenants" => "the ids of the tenants whose users may call, instead of {tenantid}",
        "tenant" => "the Directory (tenant) ID on the app's page in the Entra admin centre",
        "team_id" => "the ten characters at the top right of the Apple developer account",
        "token_check" | "token_check_endpoint" => {
            "how the provider says whom a token was issued to: \"introspection\" (RFC 7662), \"github\" or \"facebook\", and where"
        }
        "introspection_endpoint" | "userinfo_endpoint" => "the issuer's metadata names it",
        "bearer_token" => "an access token of ours, which the endpoint takes",
        "client_secret" | "private_key" => {
            "the client authentication needs it; for a public client set token_endpoint_auth_method = \"none\""
        }
        "upstream" => {
            "[[upstream]] says where allowed requests go, and each route names one by its id"
        }
        _ => return None,
    })
}

const fn issuer_form(preset: &str) -> &'static str {
    match preset.as_bytes() {
        b"auth0" => "the tenant's domain with a slash at the end: \"https://TENANT.eu.auth0.com/\"",
        b"entra" => {
            "\"https://login.microsoftonline.com/ID/v2.0\" with the Directory (tenant) ID; common, organizations and domain names have no issuer of their own"
        }
        b"okta" => "the organisation's own domain, without -admin: \"https://example.okta.com\"",
        _ => "the realm's address: \"https://sso.example.com/realms/NAME\"",
    }
}

/// Hints that need nothing of the fault's data.
#[expect(clippy::too_many_lines, reason = "a hint for each fault")]
const fn plain(fault: &ConfigFault) -> Option<&'static str> {
    Some(match fault {
        ConfigFault::Empty => "write something, or leave the key out where it is not required",
        ConfigFault::NotAnOrigin => "end it after the host and port",
        ConfigFault::OutOfReach => {
            "use https and a public host; for trying out, set public_url to http://localhost:8787"
        }
        ConfigFault::BasePath => {
            "one or more segments of lower-case letters, digits and hyphens, without a slash at the end"
        }
        ConfigFault::SecretName => {
            "upper-case letters, digits and underscores; the value is set at the platform"
        }
        ConfigFault::SecretInFile => {
            "write { secret = \"NAME\" } and set the value at the platform; if this was a real secret, replace it"
        }
        ConfigFault::Duration => "a whole number and s, m, h or d",
        ConfigFault::Timestamp => "UTC in whole seconds, with the Z",
        ConfigFault::Logo => {
            "no other site, query, dot segment or double slash, and %XX only where a character needs it"
        }
        ConfigFault::Color => "# and six hexadecimal digits: red, green, blue",
        ConfigFault::IdleAboveAbsolute => "a session ends at absolute_timeout in any case",
        ConfigFault::FreshForWithStrict => "remove one of the two",
        ConfigFault::SealingKeyEnds => {
            "to change keys, put a new one before it and give this one not_after"
        }
        ConfigFault::PreviousKeyStays => {
            "add not_after = \"...\", at least absolute_timeout from now"
        }
        ConfigFault::AskedOnly => {
            "check = \"introspection\" for opaque tokens; revocation = \"introspection\" for JSON Web Tokens that may be revoked"
        }
        ConfigFault::KeysUnused => {
            "remove it; introspection_signed = true asks the issuer to sign its answers"
        }
        ConfigFault::AnswerKeys => {
            "add jwks_uri or jwks; metadata names them where issuer is a URL. A shared_secret signs no answers"
        }
        ConfigFault::RecipientNeeded => {
            "audiences: what aud of the answer must have; clients: the client_ids whose tokens count"
        }
        ConfigFault::UserinfoKnowsNoClient => {
            "check = \"introspection\" tells both, where the issuer offers it"
        }
        ConfigFault::AnyClientNeeded => {
            "where all clients of the issuer are yours, write any_client = true; else ask by check = \"introspection\""
        }
        ConfigFault::AnyClientOfPublic => {
            "ask by check = \"tokeninfo\" or \"introspection\", with clients"
        }
        ConfigFault::TokenPrefix => "letters, digits and any of - . _ ~ + /",
        ConfigFault::PrefixesOverlap => "no token_prefix may begin like another one",
        ConfigFault::OpaqueIssuers { .. } => {
            "give the issuers a token_prefix, or name the one in the route: require = { issuers = [\"...\"] }"
        }
        ConfigFault::IssuerNeeded => "add an [[issuer]] with issuer and audiences",
        ConfigFault::AudienceIsClient => {
            "give the API an audience of its own at the issuer, and name that one"
        }
        ConfigFault::Jwks => {
            "jwks = { keys = [{ kty = \"EC\", crv = \"P-256\", x = \"...\", y = \"...\" }] }"
        }
        ConfigFault::ProviderNeeded => "add a [[provider]] with id, issuer and client_id",
        ConfigFault::OAuthOnly => "OpenID Connect finds its endpoints by the issuer; remove it",
        ConfigFault::DirectoryKeyOfRing => "make another with `lychgate keys generate`",
        ConfigFault::DirectoryKeyNeeded => {
            "make one with `lychgate keys generate` and add [[directory_key]] id = 1, secret = \"DIRECTORY_KEY_1\""
        }
        ConfigFault::HandOverOnly => {
            "remove it, or let hand_over name the tokens: \"id_token\" or \"access_token\""
        }
        ConfigFault::OpenIdOnly => "remove it, or write kind = \"oidc\"",
        ConfigFault::MetadataTwice => "remove it, or the endpoints: the document names them",
        ConfigFault::TokenCheckSecret => {
            "add client_secret = { secret = \"NAME\" }, sent as client_secret_basic or client_secret_post"
        }
        ConfigFault::TenantUnused => "remove one of the two",
        ConfigFault::TeamUnused => "remove it",
        ConfigFault::Tenant => {
            "the Directory (tenant) ID on the app's page; common, organizations and domain names have no issuer of their own"
        }
        ConfigFault::IssuerForm { preset } => issuer_form(preset),
        ConfigFault::CredentialUnused => {
            "client_secret goes with client_secret_basic and client_secret_post, private_key with private_key_jwt"
        }
        ConfigFault::NoOpenid => "add \"openid\" to scopes",
        ConfigFault::ClaimPath(_) => {
            "write the claim's name, or a JSON Pointer such as \"/realm_access/roles\"; in a pointer ~1 is a slash and ~0 a tilde"
        }
        ConfigFault::Prefix => {
            "whole segments, without a slash at the end, a star, or any other spelling than the path's normal form"
        }
        ConfigFault::PrefixElsewhere => {
            "begin path with it, such as path = \"/api/**\" for \"/api\""
        }
        ConfigFault::AssetsRewritten => {
            "remove strip_prefix and add_prefix, and move the files: a rule protects the paths that files have"
        }
        ConfigFault::ServiceName => {
            "upper-case letters, digits and underscores, as binding in [[services]] of wrangler.toml"
        }
        ConfigFault::ServiceIsAssets => "write assets = true",
        ConfigFault::AssetsIdentity => {
            "remove identity, shared_secret, claims, strip, pass and timeout"
        }
        ConfigFault::AssetsMatching => "remove path_matching",
        ConfigFault::SharedSecretMissing => {
            "anyone who reaches the upstream around Lychgate could forge them: add shared_secret = { secret = \"NAME\" } and compare lychgate-secret there"
        }
        ConfigFault::SharedSecretUnused => "add identity = \"headers\", or remove shared_secret",
        ConfigFault::ClaimsUnused => {
            "add identity = \"headers\" and a shared_secret, or remove claims"
        }
        ConfigFault::ClaimHeader => {
            "it begins with lychgate-, and is not one that is set anyway: user, issuer, email, groups, secret"
        }
        ConfigFault::PublicAndMore => "a path is open to everyone or it is not",
        ConfigFault::PublicRequirement => "set access = [\"session\"], or remove require",
        ConfigFault::TenantsUnused => {
            "write {tenantid} where the tenant stands in the issuer, or remove tenants"
        }
        ConfigFault::SharedSecret => {
            "remove algorithms beside shared_secret; issuers that publish keys sign with RS256, ES256 and the like"
        }
        ConfigFault::KeySource => {
            "without any of them the issuer's metadata says where its keys are"
        }
        ConfigFault::TokenType => {
            "access tokens say \"at+jwt\", or \"JWT\" where their issuer has no type for them"
        }
        ConfigFault::SessionOnly => {
            "a token names no provider; write issuers = [\"https://...\"] for who issued it"
        }
        ConfigFault::NoAudience => {
            "the audiences of a route and its upstream hold together; remove one of the two"
        }
        ConfigFault::AudiencesNeeded => {
            "add audiences = [\"...\"] to the route or to its upstream; a token for one service must not open another"
        }
        ConfigFault::BearerOnly => "set access = [\"bearer\"], or remove it",
        ConfigFault::CorsOrigin => {
            "in lower case, without the port that goes with the scheme, and without a slash at the end"
        }
        ConfigFault::CorsWildcard => "such as \"https://app.example.com\"",
        ConfigFault::Method => "such as \"GET\"; leave methods out for all of them",
        ConfigFault::EmailDomain => {
            "an ASCII host name without @; international names are not supported"
        }
        ConfigFault::ClaimTest => {
            "one claim is compared in one way; write another { path = ... } beside it, all of them hold"
        }
        ConfigFault::ClaimValue => "no list: one_of takes several values, any several claims",
        ConfigFault::TooDeep { .. } => "what stands in one table holds together without all",
        ConfigFault::SameMethod { .. } => {
            "merge the two routes, or share the methods out between them"
        }
        ConfigFault::UnderBasePath { .. } => "choose another path, or set base_path",
        ConfigFault::Pattern(PatternFault::StarInSegment { .. }) => {
            "use * for a whole segment and ** for the rest; write %2A for a star itself"
        }
        ConfigFault::Pattern(PatternFault::RestBeforeEnd) => "use * for one segment",
        ConfigFault::Pattern(_)
        | ConfigFault::TooLarge { .. }
        | ConfigFault::Json { .. }
        | ConfigFault::Kind { .. }
        | ConfigFault::Missing { .. }
        | ConfigFault::UnknownKey { .. }
        | ConfigFault::TooMany { .. }
        | ConfigFault::Repeated
        | ConfigFault::Word { .. }
        | ConfigFault::Number { .. }
        | ConfigFault::Version
        | ConfigFault::Url(_)
        | ConfigFault::IssuerQuery
        | ConfigFault::Identifier
        | ConfigFault::Characters
        | ConfigFault::DurationRange { .. }
        | ConfigFault::HeaderName
        | ConfigFault::Target
        | ConfigFault::UpstreamIsOurselves
        | ConfigFault::UnknownUpstream { .. }
        | ConfigFault::IssuerIsMetadata { .. }
        | ConfigFault::IssuerOfNobody { .. }
        | ConfigFault::UnknownProvider { .. }
        | ConfigFault::UnknownIssuer { .. }
        | ConfigFault::UnknownAudience { .. }
        | ConfigFault::OpaqueOnly
        | ConfigFault::JwtOnly
        | ConfigFault::OtherEndpoint
        | ConfigFault::UserinfoOnly
        | ConfigFault::Crossing { .. } => return None,
    })
}
