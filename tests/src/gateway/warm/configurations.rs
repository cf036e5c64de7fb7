//! Configurations of all kinds, each of which passes every check.

use crate::{
    access_token::AUDIENCE,
    host::in_process::API,
    opaque_token,
    scripted::{provider::ISSUER, random::Random},
};
use lychgate_core::config::Config;
use serde_json::{Value, json};

/// Paths of routes, narrow and wide, below each other, and where Lychgate's own answers are.
const PATHS: [&str; 20] = [
    "/**",
    "/*",
    "/tok/**",
    "/tok/a",
    "/tok/a/**",
    "/m/**",
    "/m/*",
    "/m/x",
    "/m/x.html",
    "/m/x/**",
    "/m/x/index.html",
    "/api/**",
    "/api/*/z",
    "/.well-known/**",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/**",
    "/.well-known/oauth-protected-resource/tok/**",
    "/auth2/**",
    "/%61uth/**",
    "/index.html",
];

/// Paths below which Lychgate's own endpoints may stand.
const BASES: [&str; 4] = ["/auth", "/x/y", "/tok-0", "/m2"];

/// More routes than it takes to find those that can stand beside each other.
const MOST_TRIES: usize = 1_000;

/// A configuration like `standard` in what its sign-ins and tokens need.
pub fn make(random: &mut Random, standard: &Value) -> Value {
    let mut made = standard.clone();
    made["base_path"] = json!(random.pick(&BASES));
    made["session"] = session(random);
    let issuers = made["issuer"].as_array_mut().unwrap();
    // The first is the provider itself, and one issuer there must be.
    let mut place = 0;
    issuers.retain(|_| {
        place += 1;
        place == 1 || random.below(5) > 0
    });
    if random.below(5) > 0 {
        issuers.extend(opaque_token::issuers(ISSUER).map(|mut issuer| {
            issuer["audiences"] = json!([AUDIENCE]);
            issuer
        }));
    }
    made["upstream"] = upstreams(random);
    made["route"] = json!([]);
    let wanted = 3 + random.below(10);
    let mut refused = Vec::new();
    for _ in 0..MOST_TRIES {
        let mut with = made.clone();
        with["route"].as_array_mut().unwrap().push(route(random));
        // A route that cannot stand beside the others is left out.
        match Config::from_json(with.to_string().as_bytes()) {
            Ok(_) => made = with,
            Err(errors) => refused = errors,
        }
        if made["route"].as_array().unwrap().len() == wanted {
            return made;
        }
    }
    panic!("nothing passes the checks: {refused:?}")
}

fn session(random: &mut Random) -> Value {
    let mut session = json!({
        "idle_timeout": random.pick(&["1m", "40m", "40m", "40m"]),
        "absolute_timeout": "10h",
        "same_site": random.pick(&["lax", "strict"]),
    });
    if random.below(6) == 0 {
        session["freshness"] = json!("strict");
    } else {
        session["fresh_for"] = json!(random.pick(&["1s", "10s", "60s", "60s"]));
    }
    session
}

fn upstreams(random: &mut Random) -> Value {
    let strip = random.pick(&[json!(["X-Team"]), json!(["X-Team", "X-Other"])]);
    json!([
        {"id": "site", "assets": true},
        {"id": "api", "url": API, "identity": "headers", "shared_secret": {"secret": "API_SECRET"},
         "strip": strip, "timeout": random.pick(&["5s", "30s"]),
         "claims": {"lychgate-login": "preferred_username"}},
        {"id": "plain", "url": API},
        {"id": "bound", "service": "BOUND", "identity": "headers", "shared_secret": {"secret": "API_SECRET"}},
    ])
}

fn route(random: &mut Random) -> Value {
    let path = random.pick(&PATHS);
    let access = random.pick(&[
        json!(["public"]),
        json!(["public"]),
        json!(["session"]),
        json!(["session"]),
        json!(["bearer"]),
        json!(["bearer"]),
        json!(["bearer"]),
        json!(["bearer"]),
        json!(["session", "bearer"]),
    ]);
    let upstream = random.pick(&["site", "site", "api", "plain", "bound"]);
    let mut route = json!({"path": path, "access": access, "upstream": upstream});
    let methods = random.pick(&[
        Value::Null,
        Value::Null,
        Value::Null,
        Value::Null,
        json!(["GET"]),
        json!(["GET", "POST"]),
        json!(["POST"]),
        json!(["OPTIONS", "HEAD"]),
    ]);
    if !methods.is_null() {
        route["methods"] = methods;
    }
    let first = path.trim_start_matches('/').split('/').next();
    if random.below(4) == 0 {
        route["strip_prefix"] = json!(format!("/{}", first.unwrap_or_default()));
    }
    if random.below(4) == 0 {
        route["add_prefix"] = json!("/v1");
    }
    if random.below(4) == 0 {
        route["cors"] = json!({
            "origins": ["https://front.example.com"],
            "credentials": random.below(2) == 0,
        });
    }
    if random.below(9) == 0 {
        route["dpop"] = json!("required");
    }
    if random.below(3) == 0 {
        route["require"] = require(random);
    }
    route
}

fn require(random: &mut Random) -> Value {
    random.pick(&[
        json!({"any_group": ["staff", "robots"]}),
        json!({"any_group": ["members", "robots"]}),
        json!({"all_groups": ["members", "staff"]}),
        json!({"email_domains": ["example.com"]}),
        json!({"scopes": ["read"]}),
        json!({"clients": ["billing"]}),
        json!({"max_age": "1m"}),
        json!({"acr": ["gold"]}),
        json!({"claims": [{"path": "department", "equals": "press"}]}),
        json!({"any": [{"any_role": ["editor"]}, {"scopes": ["read"]}]}),
    ])
}
