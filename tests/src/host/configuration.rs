//! The configuration that every host runs: the demo's paths, and one for each rule.

use crate::{
    access_token::{AUDIENCE, INLINE, INLINE_KEY, SHARED, SHARED_SECRET, TENANTS},
    scripted::provider::tokens,
};
use lychgate_core::encoding::base64url;
use serde_json::{Value, json};

/// Where the parts of a deployment are.
#[derive(Clone, Debug)]
pub struct Places {
    pub public_url: String,
    pub issuer: String,
    pub api: String,
    pub client_id: String,
}

/// The shared secret of gateway and API.
pub const API_SECRET: &str = "SECRET-OF-THE-API";

/// The configuration, before a test changes it.
pub fn configuration(places: &Places) -> Value {
    json!({
        "version": 1,
        "public_url": places.public_url,
        "key": [{"id": 1, "secret": "LYCHGATE_KEY_1"}],
        "provider": [{
            "id": "demo",
            "issuer": places.issuer,
            "client_id": places.client_id,
            "client_secret": {"secret": "DEMO_CLIENT_SECRET"},
            "scopes": ["openid", "email", "profile", "groups"],
            "algorithms": ["EdDSA", "ES256", "RS256"],
            "claims": ["name"],
            "roles_claim": "/realm_access/roles",
        }],
        "issuer": [
            {"issuer": places.issuer, "audiences": [AUDIENCE], "algorithms": ["EdDSA", "ES256", "RS256"]},
            {"issuer": INLINE, "audiences": [AUDIENCE, "urn:second"], "types": ["at+jwt", "JWT"],
             "jwks": {"keys": [tokens::jwk(INLINE_KEY)]}},
            {"issuer": SHARED, "audiences": [AUDIENCE],
             "shared_secret": {"secret": "SHARED_SECRET"}},
            {"issuer": TENANTS, "tenants": ["t-1", "t-2"], "audiences": [AUDIENCE],
             "jwks": {"keys": [tokens::jwk(INLINE_KEY)]}},
        ],
        "session": {
            "idle_timeout": "40m",
            "absolute_timeout": "10h",
            "fresh_for": "10s",
        },
        "upstream": [
            {"id": "site", "assets": true},
            {"id": "api", "url": places.api, "identity": "headers",
             "shared_secret": {"secret": "API_SECRET"}, "strip": ["X-Team"],
             "claims": {
                 "lychgate-login": "preferred_username",
                 "lychgate-roles": "/realm_access/roles",
                 "lychgate-nothing": "/realm_access/nothing",
             }},
            {"id": "plain", "url": places.api, "identity": "none"},
            {"id": "exact", "url": places.api, "path_matching": "exact"},
        ],
        "route": [
            {"path": "/**", "access": ["public"], "upstream": "site"},
            {"path": "/members/**", "access": ["session"], "upstream": "site"},
            {"path": "/staff/**", "access": ["session"], "upstream": "site",
             "require": {"any_group": ["staff"]}},
            {"path": "/api/**", "methods": ["GET", "POST"], "access": ["session"],
             "upstream": "api"},
            {"path": "/corp/**", "access": ["session"], "upstream": "api",
             "require": {"email_domains": ["corp.com"]}},
            {"path": "/example/**", "access": ["session"], "upstream": "api",
             "require": {"email_domains": ["example.com"]}},
            {"path": "/editors/**", "access": ["session"], "upstream": "api",
             "require": {"any_role": ["editor"]}},
            {"path": "/press/**", "access": ["session"], "upstream": "api",
             "require": {"claims": [{"path": "department", "one_of": ["press", "radio"]}]}},
            {"path": "/either/**", "access": ["session"], "upstream": "api",
             "require": {"any": [
                 {"all_groups": ["members", "night"]},
                 {"any_role": ["editor"],
                  "claims": [{"path": "/realm_access/roles", "contains": "reader"}]},
             ]}},
            {"path": "/notes/**", "methods": ["GET"], "access": ["session"], "upstream": "api"},
            {"path": "/notes/**", "methods": ["POST"], "access": ["session"], "upstream": "api",
             "require": {"any_role": ["editor"]}},
            {"path": "/fresh/**", "access": ["session"], "upstream": "api",
             "require": {"max_age": "15m"}},
            {"path": "/gold/**", "access": ["session"], "upstream": "api",
             "require": {"acr": ["gold", "platinum"]}},
            {"path": "/vault/**", "access": ["session"], "upstream": "api",
             "require": {"any_group": ["staff"], "acr": ["gold"], "max_age": "5m"}},
            {"path": "/open/**", "access": ["public"], "upstream": "api"},
            {"path": "/plain/**", "access": ["session"], "upstream": "plain"},
            {"path": "/moved/here/**", "access": ["session"], "upstream": "api",
             "strip_prefix": "/moved/here", "add_prefix": "/api"},
            {"path": "/calls/**", "access": ["bearer"], "upstream": "api"},
            {"path": "/items/**", "methods": ["GET"], "access": ["bearer"], "upstream": "api",
             "require": {"scopes": ["read"]}},
            {"path": "/items/**", "methods": ["POST"], "access": ["bearer"], "upstream": "api",
             "require": {"scopes": ["read", "items:write"]}},
            {"path": "/bills/**", "access": ["bearer"], "upstream": "api",
             "require": {"clients": ["billing"], "any_group": ["robots"]}},
            {"path": "/both/**", "access": ["session", "bearer"], "upstream": "api"},
            {"path": "/step/**", "access": ["bearer"], "upstream": "api",
             "require": {"acr": ["gold"], "max_age": "5m"}},
            {"path": "/bound/**", "access": ["bearer"], "upstream": "api", "dpop": "required"},
            {"path": "/once/**", "access": ["bearer"], "upstream": "api", "dpop": "required",
             "dpop_replay": "ledger"},
            {"path": "/front/**", "access": ["bearer"], "upstream": "api",
             "cors": {"origins": ["https://front.example.com"], "exposed_headers": ["X-Total"]}},
            {"path": "/front/cookies/**", "access": ["session"], "upstream": "api",
             "cors": {"origins": ["https://front.example.com"], "credentials": true}},
            {"path": "/bare/**", "access": ["session"], "upstream": "plain",
             "strip_prefix": "/bare"},
            {"path": "/open/closed/**", "access": ["session"], "upstream": "api"},
            {"path": "/open/reports", "methods": ["GET"], "access": ["session"], "upstream": "api"},
            {"path": "/exact/**", "access": ["public"], "upstream": "exact"},
            {"path": "/exact/closed/**", "access": ["session"], "upstream": "exact"},
        ],
    })
}

/// A sealing key made of one byte, as its secret holds it.
pub fn key(byte: u8) -> String {
    base64url::encode(&[byte; 32])
}

/// The secrets that the configuration names.
pub fn secrets(client_secret: &str) -> Vec<(String, String)> {
    [
        ("LYCHGATE_KEY_1", key(1)),
        ("DEMO_CLIENT_SECRET", client_secret.to_owned()),
        ("API_SECRET", API_SECRET.to_owned()),
        ("SHARED_SECRET", SHARED_SECRET.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}
