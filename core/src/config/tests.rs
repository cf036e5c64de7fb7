//! Configurations that are accepted, and one test for each fault that is found.

use super::{fault::ConfigFault, *};
use crate::access::{
    decision::{Decision, Missing},
    principal::Principal,
};
use crate::http::{method::Method, path::RequestPath};
use crate::page::color::{Accent, Color};
use alloc::{borrow::ToOwned, format, string::ToString, vec};
use serde_json::{Map, Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

/// A configuration with everything in it.
pub(super) fn full() -> Value {
    json!({
        "version": 1,
        "public_url": "https://app.example.com",
        "base_path": "/auth",
        "key": [
            {"id": 2, "secret": "LYCHGATE_KEY_2"},
            {"id": 1, "secret": "LYCHGATE_KEY_1", "not_after": "2026-12-01T00:00:00Z"},
        ],
        "provider": [{
            "id": "example",
            "kind": "oidc",
            "issuer": "https://op.example.com",
            "client_id": "edge",
            "client_secret": {"secret": "EXAMPLE_CLIENT_SECRET"},
            "scopes": ["openid", "email"],
            "algorithms": ["ES256", "PS384"],
            "claims": ["locale"],
            "groups_claim": "/access/groups",
            "roles_claim": "https://example.com/roles",
        }],
        "issuer": [
            {"issuer": "https://op.example.com", "audiences": ["https://api.example.com"],
             "algorithms": ["ES512", "RS256"], "types": ["at+jwt", "JWT"], "clock_skew": "30s"},
            {"issuer": "https://login.example/{tenantid}/v2.0", "tenants": ["a", "b"],
             "audiences": ["api://1"], "jwks_uri": "https://login.example/{tenantid}/keys"},
            {"issuer": "internal", "audiences": ["api"], "shared_secret": {"secret": "SHARED"}},
            {"issuer": "fixed", "audiences": ["api"], "jwks": {"keys": [{"kty": "OKP",
             "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}},
            {"issuer": "https://tokens.example.com", "check": "introspection",
             "introspection_endpoint": "https://tokens.example.com/introspect",
             "client_id": "edge", "client_secret": {"secret": "TOKENS_SECRET"},
             "clients": ["billing"], "cache_for": "20s", "token_prefix": "tk_"},
        ],
        "session": {
            "idle_timeout": "20m",
            "absolute_timeout": "8h",
            "freshness": "fast",
            "fresh_for": "5s",
            "same_site": "strict",
        },
        "page": {"language": "de", "name": "Example Docs", "logo": "/logo%20a.svg", "color": "#Ffcc00"},
        "metrics": {"access": "secret", "secret": {"secret": "METRICS_TOKEN"}},
        "upstream": [
            {"id": "site", "assets": true},
            {
                "id": "api",
                "url": "https://api.example.com",
                "identity": "headers",
                "shared_secret": {"secret": "API_SECRET"},
                "claims": {"lychgate-name": "name", "Lychgate-Country": "/address/country"},
                "strip": ["X-Internal"],
                "pass": ["Cf-Access-Jwt-Assertion"],
                "timeout": "5s",
                "path_matching": "exact",
            },
        ],
        "route": [
            {"path": "/**", "access": ["public"], "upstream": "site"},
            {"path": "/staff/**", "access": ["session"], "upstream": "site",
             "require": {"any_group": ["staff"]}},
            {"path": "/corp/**", "access": ["session"], "upstream": "site",
             "require": {"email_domains": ["corp.com"]}},
            {"path": "/api/**", "methods": ["GET", "POST"], "access": ["session"],
             "upstream": "api", "strip_prefix": "/api", "add_prefix": "/v1"},
            {"path": "/calls/**", "access": ["session", "bearer"], "upstream": "api",
             "require": {"scopes": ["read"], "clients": ["billing"]},
             "cors": {"origins": ["https://front.example.com"], "max_age": "1h"},
             "dpop": "required", "dpop_replay": "ledger"},
        ],
    })
}

pub(super) fn read(value: &Value) -> Result<Config, Vec<fault::ConfigError>> {
    Config::from_json(value.to_string().as_bytes())
}

/// `full` with the value at a JSON pointer replaced, or with `null` removed.
pub(super) fn with(pointer: &str, value: Value) -> Value {
    let mut changed = full();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = changed.pointer_mut(parent).unwrap();
    match parent {
        Value::Object(members) if value.is_null() => {
            members.remove(key).unwrap();
        }
        Value::Object(members) => {
            members.insert(key.to_owned(), value);
        }
        Value::Array(items) if key == "-" => items.push(value),
        Value::Array(items) if value.is_null() => {
            items.remove(key.parse().unwrap());
        }
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => panic!("{pointer}"),
    }
    changed
}

/// The faults found, as `place: fault` without the data.
pub(super) fn faults(value: &Value) -> Vec<(String, ConfigFault)> {
    let errors = read(value).err().unwrap_or_default();
    errors
        .into_iter()
        .map(|error| (error.at.to_string(), error.fault))
        .collect()
}

pub(super) fn one(place: &str, fault: ConfigFault) -> Vec<(String, ConfigFault)> {
    vec![(place.to_owned(), fault)]
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn everything_written_is_read() {
    let config = read(&full()).unwrap();
    assert_eq!(config.public_url.to_string(), "https://app.example.com");
    assert_eq!(config.base_path, "/auth");
    assert_eq!(config.reach(), Reach::Public);
    assert_eq!(
        config.keys.iter().map(|key| key.id).collect::<Vec<_>>(),
        [2, 1]
    );
    let end = UnixTime::from_seconds(1_796_083_200);
    assert_eq!(config.keys[1].not_after, Some(end));
    let provider = config.provider("example").unwrap();
    assert_eq!(provider.issuer, "https://op.example.com");
    assert_eq!(provider.scopes, ["openid", "email"]);
    assert_eq!(
        provider.claims,
        [
            "locale",
            "access",
            "email",
            "email_verified",
            "address",
            "name"
        ]
    );
    assert_eq!(provider.groups_claim.path.to_string(), "/access/groups");
    assert_eq!(provider.roles_claim.path.top(), "https://example.com/roles");
    assert_eq!(provider.algorithms.len(), 2);
    assert_eq!(config.session.idle_timeout, Seconds::minutes(20));
    assert_eq!(config.session.absolute_timeout, Seconds::minutes(480));
    assert_eq!(config.session.freshness, Freshness::Fast(Seconds::new(5)));
    assert_eq!(config.page.language.tag(), "de");
    let theme = &config.page.theme;
    assert_eq!(theme.name.as_deref(), Some("Example Docs"));
    let logo = theme.logo.as_ref();
    assert_eq!(logo.map(RequestPath::as_str), Some("/logo%20a.svg"));
    let yellow = Color::parse("#ffcc00").map(Accent::new);
    assert_eq!(theme.accent, yellow);
    assert!(matches!(config.metrics, Some(MetricsAccess::Secret(_))));
    let api = config.upstream(UpstreamIndex(1)).unwrap();
    assert_eq!(api.strip, [HeaderName::parse("x-internal").unwrap()]);
    let passed = HeaderName::parse("cf-access-jwt-assertion").unwrap();
    assert_eq!(api.pass, [passed]);
    assert_eq!(api.timeout, Seconds::new(5));
    let Identity::Headers {
        shared_secret,
        claims,
    } = &api.identity
    else {
        panic!("{api:?}");
    };
    assert_eq!(shared_secret.as_ref().unwrap().0, "API_SECRET");
    let claims = claims
        .iter()
        .map(|claim| (claim.name.as_str(), claim.path.to_string()));
    let claims: Vec<_> = claims.collect();
    let expected = [
        ("lychgate-country", "/address/country"),
        ("lychgate-name", "name"),
    ];
    assert_eq!(claims, expected.map(|(name, path)| (name, path.to_owned())));
    let names: Vec<_> = config
        .secret_names()
        .iter()
        .map(|name| name.0.clone())
        .collect();
    let expected = [
        "LYCHGATE_KEY_2",
        "LYCHGATE_KEY_1",
        "EXAMPLE_CLIENT_SECRET",
        "API_SECRET",
        "SHARED",
        "TOKENS_SECRET",
        "METRICS_TOKEN",
    ];
    assert_eq!(names, expected);
    let issuers: Vec<_> = config.issuers.iter().map(|it| it.issuer.as_str()).collect();
    let expected = [
        "https://op.example.com",
        "https://login.example/a/v2.0",
        "https://login.example/b/v2.0",
        "internal",
        "fixed",
        "https://tokens.example.com",
    ];
    assert_eq!(issuers, expected);
    assert_eq!(config.issuers[0].token_types, ["at+jwt", "jwt"]);
    assert_eq!(config.issuers[1].token_types, ["at+jwt"]);
    let KeySource::Url(url) = &config.issuers[2].keys else {
        panic!("{:?}", config.issuers[2].keys);
    };
    assert_eq!(url.to_string(), "https://login.example/b/keys");
    assert!(matches!(config.issuers[0].keys, KeySource::Discovery(_)));
    assert!(matches!(config.issuers[3].keys, KeySource::SharedSecret(_)));
    assert!(matches!(config.issuers[4].keys, KeySource::Inline(_)));
}

#[test]
fn routes_decide_as_written() {
    let config = read(&full()).unwrap();
    let find = |path: &str| {
        let path = RequestPath::parse(path).unwrap();
        config.routes.find(&path, &Method::Get)
    };
    assert!(!find("/").unwrap().is_protected());
    // The upstream serves files, so every spelling of `/staff` is protected.
    assert_eq!(
        find("/staff.html").unwrap().decide(None, NOW),
        Decision::SignIn
    );
    let claims = Map::new();
    let member = Principal {
        groups: &["members".to_owned()],
        email: Some("a@corp.com"),
        email_verified: true,
        ..Principal::bare(&claims)
    };
    let missing = vec![Missing::Group];
    let staff = find("/staff/").unwrap().decide(Some(&member), NOW);
    assert_eq!(staff, Decision::Forbidden { missing });
    let Decision::Allow(allowed) = find("/api/x").unwrap().decide(Some(&member), NOW) else {
        panic!("a member may use the API");
    };
    assert_eq!(allowed.upstream(), UpstreamIndex(1));
    let path = RequestPath::parse("/api/x").unwrap();
    let rewritten = allowed.rewrite().unwrap().forward(&path);
    assert_eq!(rewritten.unwrap().as_str(), "/v1/x");
    assert!(!allowed.is_public());
}

#[test]
fn conditions_are_counted_at_any_depth() {
    let asking = |count: usize| {
        let groups: Vec<Value> = (0..count)
            .map(|n| json!({"any_group": [n.to_string()]}))
            .collect();
        let (left, right) = groups.split_at(count / 2);
        faults(&with(
            "/route/1/require",
            json!({"all": left, "any": right}),
        ))
    };
    assert_eq!(asking(64), []);
    let most = 64;
    assert_eq!(
        asking(65),
        one("route[1].require", ConfigFault::TooMany { most })
    );
    let deepest = json!({"any": [{"all": [{"any": [{"all": [{"acr": ["a"]}]}]}]}]});
    assert_eq!(faults(&with("/route/1/require", deepest)), []);
}

#[test]
fn what_is_left_out_has_its_default() {
    let config = read(&json!({
        "version": 1,
        "public_url": "http://localhost:8787",
        "key": [{"id": 1, "secret": "K"}],
        "provider": [{"id": "demo", "issuer": "http://localhost:8788", "client_id": "x"}],
        "upstream": [{"id": "api", "url": "http://127.0.0.1:8789"}],
        "route": [{"path": "/**", "access": ["session"], "upstream": "api"}],
    }))
    .unwrap();
    assert_eq!(config.base_path, "/auth");
    assert_eq!(config.reach(), Reach::Loopback);
    assert_eq!(config.session.idle_timeout, Seconds::minutes(30));
    assert_eq!(config.session.absolute_timeout, Seconds::minutes(600));
    assert_eq!(config.session.freshness, Freshness::Fast(Seconds::new(10)));
    assert_eq!(config.session.same_site, SameSite::Lax);
    assert_eq!(config.page.language.tag(), "en");
    let theme = &config.page.theme;
    assert!(theme.name.is_none() && theme.logo.is_none() && theme.accent.is_none());
    assert!(config.metrics.is_none());
    let provider = &config.providers[0];
    assert_eq!(provider.scopes, ["openid", "email", "profile"]);
    assert_eq!(provider.algorithms.len(), 3);
    assert_eq!(provider.groups_claim.path.to_string(), "groups");
    assert_eq!(provider.roles_claim.path.to_string(), "roles");
    assert!(provider.claims.is_empty());
    assert!(matches!(
        provider.client_authentication,
        ClientAuthentication::None
    ));
    assert!(matches!(config.upstreams[0].identity, Identity::None));
    assert_eq!(config.upstreams[0].timeout, Seconds::new(30));
    assert_eq!(config.upstreams[0].path_matching, PathMatching::Loose);
}

#[test]
fn a_service_is_an_upstream_by_its_binding() {
    let config = read(&with(
        "/upstream/1",
        json!({"id": "api", "service": "API_2", "identity": "headers", "shared_secret": {"secret": "P"}}),
    ))
    .unwrap();
    let UpstreamTarget::Service(name) = &config.upstreams[1].target else {
        panic!("{:?}", config.upstreams[1]);
    };
    assert_eq!(name.0, "API_2");
}

#[test]
fn a_public_site_needs_no_provider_and_a_session_does() {
    let mut value = with("/provider", Value::Null);
    assert_eq!(
        faults(&value),
        one("route[1].access", ConfigFault::ProviderNeeded)
    );
    value["route"].as_array_mut().unwrap().truncate(1);
    assert!(read(&value).unwrap().providers.is_empty());
}

#[test]
fn providers_have_ids_of_their_own() {
    let mut value = full();
    let providers = value["provider"].as_array_mut().unwrap();
    let mut second = providers[0].clone();
    second["id"] = json!("second");
    second["name"] = json!("Second \u{fc}");
    providers.push(second);
    let config = read(&value).unwrap();
    let named: Vec<_> = config.providers.iter().map(|one| &one.name).collect();
    assert_eq!(named, [&config.providers[0].id, "Second \u{fc}"]);
    value["provider"][1]["id"] = value["provider"][0]["id"].clone();
    assert_eq!(faults(&value), one("provider[1].id", ConfigFault::Repeated));
}

#[test]
fn the_client_authentication_follows_from_what_is_given() {
    type Wanted = fn(&ClientAuthentication) -> bool;
    let secret = || json!({"secret": "S"});
    let cases: [(Value, Wanted); 6] = [
        (json!({}), |method| {
            matches!(method, ClientAuthentication::None)
        }),
        (json!({"client_secret": secret()}), |method| {
            matches!(method, ClientAuthentication::ClientSecretBasic(_))
        }),
        (
            json!({"client_secret": secret(), "token_endpoint_auth_method": "client_secret_post"}),
            |method| matches!(method, ClientAuthentication::ClientSecretPost(_)),
        ),
        (json!({"private_key": secret()}), |method| {
            matches!(method, ClientAuthentication::PrivateKeyJwt(_))
        }),
        (
            json!({"private_key": secret(), "token_endpoint_auth_method": "private_key_jwt"}),
            |method| matches!(method, ClientAuthentication::PrivateKeyJwt(_)),
        ),
        (json!({"token_endpoint_auth_method": "none"}), |method| {
            matches!(method, ClientAuthentication::None)
        }),
    ];
    for (members, wanted) in cases {
        let mut value = full();
        let provider = value["provider"][0].as_object_mut().unwrap();
        provider.remove("client_secret");
        provider.extend(members.as_object().unwrap().clone());
        let config = read(&value).unwrap();
        let method = &config.providers[0].client_authentication;
        assert!(wanted(method), "{members} {method:?}");
        let secrets = config.secret_names();
        let is_listed = secrets.iter().any(|name| name.0 == "S");
        assert_eq!(is_listed, method.secret().is_some());
    }
}

/// A configuration whose provider is just this and what every provider needs.
fn with_preset(preset: &str, more: &Value) -> Value {
    let mut value = full();
    let provider = &mut value["provider"][0];
    *provider = json!({"id": "example", "client_id": "edge", "preset": preset});
    let more = more.as_object().unwrap().clone();
    provider.as_object_mut().unwrap().extend(more);
    value
}

#[test]
fn a_preset_fills_in_what_is_known() {
    let tenant = "11111111-2222-3333-4444-555555555555";
    let secret = json!({"client_secret": {"secret": "S"}});
    let key = json!({"team_id": "TEAM", "private_key": {"secret": "S"}});
    for (preset, more, issuer) in [
        ("google", json!({}), "https://accounts.google.com"),
        (
            "entra",
            json!({"tenant": tenant}),
            "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
        ),
        (
            "okta",
            json!({"issuer": "https://example.okta.com"}),
            "https://example.okta.com",
        ),
        (
            "auth0",
            json!({"issuer": "https://example.eu.auth0.com/"}),
            "https://example.eu.auth0.com/",
        ),
        (
            "keycloak",
            json!({"issuer": "https://sso.example.com/realms/example"}),
            "https://sso.example.com/realms/example",
        ),
        ("apple", key, "https://appleid.apple.com"),
        ("gitlab", json!({}), "https://gitlab.com"),
        (
            "gitlab",
            json!({"issuer": "https://git.example.com"}),
            "https://git.example.com",
        ),
        ("github", secret.clone(), "https://github.com"),
        ("facebook", secret, "https://www.facebook.com"),
    ] {
        let config = read(&with_preset(preset, &more))
            .unwrap_or_else(|errors| panic!("{preset} {errors:?}"));
        let provider = &config.providers[0];
        assert_eq!(provider.issuer, issuer);
        assert_ne!(provider.name, "example", "{preset}");
        let is_oauth = matches!(provider.protocol, Protocol::OAuth(_));
        assert_eq!(is_oauth, matches!(preset, "github" | "facebook"));
        assert_eq!(provider.scopes.contains(&"openid".to_owned()), !is_oauth);
        let is_form = provider.response_mode == ResponseMode::FormPost;
        assert_eq!(is_form, preset == "apple");
        let is_post = matches!(
            provider.client_authentication,
            ClientAuthentication::ClientSecretPost(_)
        );
        assert_eq!(is_post, is_oauth);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_preset_asks_for_what_it_cannot_know() {
    let missing = |key| ConfigFault::Missing { key };
    let form = |preset| ConfigFault::IssuerForm { preset };
    for (preset, more, place, fault) in [
        ("entra", json!({}), "provider[0]", missing("tenant")),
        (
            "entra",
            json!({"tenant": "common"}),
            "provider[0].tenant",
            ConfigFault::Tenant,
        ),
        (
            "google",
            json!({"tenant": "x"}),
            "provider[0].tenant",
            ConfigFault::TenantUnused,
        ),
        ("okta", json!({}), "provider[0]", missing("issuer")),
        (
            "auth0",
            json!({"issuer": "https://example.eu.auth0.com"}),
            "provider[0].issuer",
            form("auth0"),
        ),
        (
            "keycloak",
            json!({"issuer": "https://sso.example.com"}),
            "provider[0].issuer",
            form("keycloak"),
        ),
        (
            "apple",
            json!({"team_id": "TEAM"}),
            "provider[0]",
            missing("private_key"),
        ),
        (
            "apple",
            json!({"private_key": {"secret": "S"}}),
            "provider[0]",
            missing("team_id"),
        ),
        (
            "google",
            json!({"team_id": "TEAM"}),
            "provider[0].team_id",
            ConfigFault::TeamUnused,
        ),
        (
            "github",
            json!({}),
            "provider[0].client_secret",
            ConfigFault::TokenCheckSecret,
        ),
        (
            "google",
            json!({"token_check": "github"}),
            "provider[0].token_check",
            ConfigFault::OAuthOnly,
        ),
    ] {
        assert_eq!(
            faults(&with_preset(preset, &more)),
            one(place, fault),
            "{preset} {more}"
        );
    }
    let unknown = faults(&with_preset("gogle", &json!({})));
    assert!(
        matches!(unknown[0].1, ConfigFault::Word { .. }),
        "{unknown:?}"
    );
}

#[test]
fn a_provider_without_openid_needs_its_endpoints() {
    let good = json!({
        "kind": "oauth2",
        "issuer": "https://id.example.com",
        "authorization_endpoint": "https://id.example.com/authorize",
        "token_endpoint": "https://id.example.com/token",
        "userinfo_endpoint": "https://id.example.com/me",
        "token_check": "introspection",
        "token_check_endpoint": "https://id.example.com/introspect",
        "map": {"email": "/contact/mail"},
    });
    let generic = |more: &Value| {
        let mut value = with_preset("google", more);
        value["provider"][0]
            .as_object_mut()
            .unwrap()
            .remove("preset");
        value
    };
    let config = read(&generic(&good)).unwrap();
    let provider = &config.providers[0];
    let Protocol::OAuth(server) = &provider.protocol else {
        panic!("{provider:?}");
    };
    assert_eq!(server.asked().count(), 3);
    assert_eq!(server.subject_claim.to_string(), "sub");
    assert!(provider.claims.contains(&"contact".to_owned()));
    for key in [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "token_check",
        "token_check_endpoint",
    ] {
        let mut less = good.clone();
        less.as_object_mut().unwrap().remove(key);
        let missing = ConfigFault::Missing { key };
        assert_eq!(
            faults(&generic(&less)),
            one("provider[0]", missing),
            "{key}"
        );
    }
    let mut near = good.clone();
    near["token_endpoint"] = json!("http://id.example.com/token");
    let place = "provider[0].token_endpoint";
    assert_eq!(faults(&generic(&near)), one(place, ConfigFault::OutOfReach));
}

#[test]
fn a_client_authentication_needs_what_it_sends() {
    for (method, key) in [
        ("client_secret_basic", "client_secret"),
        ("client_secret_post", "client_secret"),
        ("private_key_jwt", "private_key"),
    ] {
        let mut value = full();
        let provider = &mut value["provider"][0];
        provider.as_object_mut().unwrap().remove("client_secret");
        provider["token_endpoint_auth_method"] = json!(method);
        let missing = ConfigFault::Missing { key };
        assert_eq!(faults(&value), one("provider[0]", missing), "{method}");
    }
}

/// Each line changes one value of a configuration that passes.
#[test]
fn every_fault_has_its_place() {
    let lines = include_str!("testdata/faults.txt").lines();
    let mut cases = 0_u32;
    for line in lines.filter(|line| !line.starts_with('#')) {
        let mut parts = line.splitn(3, " ; ");
        let (pointer, value) = (parts.next().unwrap(), parts.next().unwrap());
        let changed = with(pointer, serde_json::from_str(value).unwrap());
        let errors = read(&changed).err().unwrap_or_default();
        let reported: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(reported, [parts.next().unwrap()], "{line}");
        cases = cases.saturating_add(1);
    }
    assert!(cases > 60);
    assert_eq!(faults(&full()), []);
}

#[test]
fn what_must_be_there_is_asked_for() {
    for (pointer, place, key) in [
        ("/version", "", "version"),
        ("/public_url", "", "public_url"),
        ("/key", "", "key"),
        ("/route", "", "route"),
        ("/key/0/id", "key[0]", "id"),
        ("/key/0/secret", "key[0]", "secret"),
        ("/provider/0/id", "provider[0]", "id"),
        ("/provider/0/issuer", "provider[0]", "issuer"),
        ("/provider/0/client_id", "provider[0]", "client_id"),
        (
            "/provider/0/client_secret/secret",
            "provider[0].client_secret",
            "secret",
        ),
        ("/upstream/0/id", "upstream[0]", "id"),
        ("/route/0/path", "route[0]", "path"),
        ("/route/0/access", "route[0]", "access"),
        ("/route/0/upstream", "route[0]", "upstream"),
    ] {
        let missing = (place.to_owned(), ConfigFault::Missing { key });
        let found = faults(&with(pointer, Value::Null));
        assert!(found.contains(&missing), "{pointer} {found:?}");
    }
}

#[test]
fn an_unknown_key_is_refused_at_every_level_and_its_neighbour_named() {
    for (pointer, place, similar) in [
        ("/routes", "routes", Some("route")),
        ("/key/0/ids", "key[0].ids", Some("id")),
        (
            "/provider/0/client-id",
            "provider[0].client-id",
            Some("client_id"),
        ),
        (
            "/provider/0/client_secret/secrets",
            "provider[0].client_secret.secrets",
            Some("secret"),
        ),
        (
            "/session/idle-timeout",
            "session.idle-timeout",
            Some("idle_timeout"),
        ),
        ("/page/lang", "page.lang", None),
        ("/page/languages", "page.languages", Some("language")),
        ("/upstream/0/asset", "upstream[0].asset", Some("assets")),
        ("/route/0/method", "route[0].method", Some("methods")),
        (
            "/route/1/require/all_group",
            "route[1].require.all_group",
            Some("all_groups"),
        ),
        ("/insecure", "insecure", None),
    ] {
        let json = with(pointer, json!(["x"])).to_string();
        let errors = Config::from_json(json.as_bytes()).unwrap_err();
        let [error] = errors.as_slice() else {
            panic!("{pointer}: {errors:?}");
        };
        assert_eq!(error.at.to_string(), place);
        assert!(
            matches!(error.fault, ConfigFault::UnknownKey { .. }),
            "{pointer}"
        );
        let hint = similar.map(|similar| format!("did you mean {similar}?"));
        assert_eq!(error.hint(), hint, "{pointer}");
    }
}

#[test]
fn a_route_names_an_upstream_that_is_there() {
    let found = faults(&with("/route/0/upstream", json!("sites")));
    let known = vec!["site".to_owned(), "api".to_owned()];
    assert_eq!(
        found,
        one("route[0].upstream", ConfigFault::UnknownUpstream { known })
    );
}

#[test]
fn our_own_paths_cannot_be_routes() {
    for path in ["/auth", "/auth/**", "/auth/login", "/%61uth/*"] {
        let base_path = "/auth".to_owned();
        let found = faults(&with("/route/3/path", json!(path)));
        assert_eq!(
            found,
            one("route[3].path", ConfigFault::UnderBasePath { base_path }),
            "{path}"
        );
    }
    assert_eq!(faults(&with("/route/2/path", json!("/author"))), []);
}

#[test]
fn routes_that_cannot_be_ordered_name_each_other() {
    let found = faults(&with("/route/2/path", json!("/staff/**")));
    let first = at::ConfigPath::root().key("route").item(1);
    let fault = ConfigFault::SameMethod {
        first,
        method: None,
    };
    assert_eq!(found, one("route[2].path", fault));
    let found = faults(&with("/route/2/path", json!("/*/open")));
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found
            .iter()
            .all(|(_, fault)| matches!(fault, ConfigFault::Crossing { .. }))
    );
}

#[test]
fn all_faults_are_reported_at_once() {
    let mut value = full();
    value["public_url"] = json!("ftp://x");
    value["key"][0]["id"] = json!(999);
    value["provider"][0]["issuer"] = json!(7);
    value["route"][0]["access"] = json!(["everyone"]);
    value["route"][3]["path"] = json!("api");
    let places: Vec<_> = faults(&value).into_iter().map(|(place, _)| place).collect();
    let expected = [
        "public_url",
        "key[0].id",
        "provider[0].issuer",
        "route[0].access[0]",
        "route[3].path",
    ];
    assert_eq!(places, expected);
}

#[test]
fn no_message_shows_what_may_be_a_secret() {
    for pointer in [
        "/provider/0/client_secret",
        "/upstream/1/shared_secret",
        "/key/0/secret",
    ] {
        let errors = read(&with(pointer, json!("SECRET-in-test"))).unwrap_err();
        let hint = errors[0].hint().unwrap();
        let shown = alloc::format!("{} {hint} {errors:?}", errors[0]);
        assert!(!shown.contains("SECRET-in-test"), "{shown}");
    }
}

#[test]
fn what_is_no_configuration_at_all_is_refused() {
    let fault = |bytes: &[u8]| Config::from_json(bytes).unwrap_err().remove(0).fault;
    assert!(matches!(fault(b""), ConfigFault::Json { .. }));
    assert!(matches!(fault(b"{"), ConfigFault::Json { .. }));
    assert!(matches!(fault(b"\xff"), ConfigFault::Json { .. }));
    assert!(matches!(fault(b"[]"), ConfigFault::Kind { .. }));
    assert!(matches!(
        fault("[".repeat(100_000).as_bytes()),
        ConfigFault::Json { .. }
    ));
    let large = alloc::format!("{}{}", full(), " ".repeat(1024 * 1024));
    assert!(matches!(
        fault(large.as_bytes()),
        ConfigFault::TooLarge { .. }
    ));
    let padded = alloc::format!("{}{}", full(), " ".repeat(1024));
    assert!(Config::from_json(padded.as_bytes()).is_ok());
}

/// Any value in any place is refused or read, and never more than that.
#[test]
fn no_value_in_any_place_panics() {
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("/**"),
        json!([]),
        json!([[]]),
        json!({}),
        json!({"secret": 1}),
        json!([null]),
        json!("\u{0}"),
    ];
    let mut pointers = vec!["".to_owned()];
    collect(&full(), "", &mut pointers);
    for pointer in pointers {
        for value in &odd {
            let mut changed = full();
            *changed.pointer_mut(&pointer).unwrap() = value.clone();
            if let Err(errors) = read(&changed) {
                assert!(!errors.is_empty());
            }
        }
    }
}

fn collect(value: &Value, at: &str, pointers: &mut Vec<String>) {
    let mut below = |key: String, value: &Value| {
        let at = alloc::format!("{at}/{key}");
        collect(value, &at, pointers);
        pointers.push(at);
    };
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(key, value)| below(key.clone(), value)),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(place, value)| below(place.to_string(), value));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
