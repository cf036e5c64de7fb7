//! Which source counts where: audiences, the names of sources, and where their metadata is.

use super::super::{
    AskedEndpoint, KeySource, MetadataSource, Protocol,
    fault::ConfigFault,
    tests::{faults, full, one, read, with},
};
use crate::access::condition::Condition;
use alloc::{borrow::ToOwned, format, string::ToString, vec};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn routes_say_which_audiences_count_where_tokens_for_several_reach_several_upstreams() {
    let mut value = full();
    value["issuer"][0]["audiences"] = json!(["https://api.example.com", "https://pay.example.com"]);
    // All of them lead to one upstream.
    assert_eq!(faults(&value), []);
    let routes = value["route"].as_array_mut().unwrap();
    routes.push(json!({"path": "/pay/**", "access": ["bearer"], "upstream": "site"}));
    let needed = |place: &str| (place.to_owned(), ConfigFault::AudiencesNeeded);
    assert_eq!(faults(&value), [needed("route[4]"), needed("route[5]")]);
    value["route"][5]["audiences"] = json!(["https://pay.example.com"]);
    assert_eq!(faults(&value), [needed("route[4]")]);
    value["upstream"][1]["audiences"] = json!(["https://api.example.com", "api"]);
    let config = read(&value).unwrap();
    let audiences = |place: usize| config.routes.routes().nth(place).unwrap().audiences.clone();
    let api = ["https://api.example.com", "api"].map(str::to_owned);
    assert_eq!(audiences(4), Some(api.to_vec()));
    assert_eq!(audiences(3), None);
    // Those of a route and of its upstream hold together.
    value["route"][4]["audiences"] = json!(["api", "https://pay.example.com"]);
    let config = read(&value).unwrap();
    let both = config.routes.routes().nth(4).unwrap().audiences.clone();
    assert_eq!(both, Some(vec!["api".to_owned()]));
    value["route"][4]["audiences"] = json!(["https://pay.example.com"]);
    let none = one("route[4].audiences", ConfigFault::NoAudience);
    assert_eq!(faults(&value), none);
    // With one audience at each issuer there is nothing to mix up by chance.
    value["route"][4]["audiences"] = json!(["api"]);
    value["issuer"][0]["audiences"] = json!(["https://pay.example.com"]);
    value["upstream"][1]
        .as_object_mut()
        .unwrap()
        .remove("audiences");
    value["route"][4]
        .as_object_mut()
        .unwrap()
        .remove("audiences");
    assert_eq!(faults(&value), []);
}

#[test]
fn rules_name_providers_and_issuers_and_all_tenants_by_one_name() {
    let mut value = with(
        "/route/4/require/issuers",
        json!([
            "https://login.example/{tenantid}/v2.0",
            "https://op.example.com"
        ]),
    );
    let issuers = |value: &Value| {
        let config = read(value).unwrap();
        let route = config.routes.routes().nth(4).unwrap();
        let mut found = vec![];
        route.requirements.visit(&mut |condition| {
            if let Condition::Issuer(issuers) = condition {
                found.clone_from(issuers);
            }
        });
        found
    };
    let [a, b] = ["a", "b"].map(|tenant| format!("https://login.example/{tenant}/v2.0"));
    assert_eq!(issuers(&value), [a.as_str(), &b, "https://op.example.com"]);
    value["route"][4]["require"]["issuers"] = json!([b]);
    assert_eq!(issuers(&value), [b.as_str()]);
    value["route"][4]["require"] = json!({"providers": ["example"]});
    assert_eq!(faults(&value), []);
    value["route"][4]["access"] = json!(["bearer"]);
    let session_only = one("route[4].require.providers", ConfigFault::SessionOnly);
    assert_eq!(faults(&value), session_only);
}

#[test]
fn metadata_is_found_by_the_issuer_or_where_it_is_said_to_be() {
    let source = |value: &Value| match read(value).unwrap().providers[0].protocol.clone() {
        Protocol::OpenId(source) => source,
        Protocol::OAuth(_) => panic!("{value}"),
    };
    let document = |value: &Value| match source(value) {
        MetadataSource::Document(url) => url.to_string(),
        MetadataSource::Written(_) => panic!("{value}"),
    };
    let usual = "https://op.example.com/.well-known/openid-configuration";
    assert_eq!(document(&full()), usual);
    let elsewhere = "https://login.example.com/m?p=B2C_1";
    let mut value = with("/provider/0/metadata_url", json!(elsewhere));
    value["provider"][0]["issuer"] = json!("https://op.example.com?p=a");
    assert_eq!(document(&value), elsewhere);
    let provider = value["provider"][0].as_object_mut().unwrap();
    provider.insert(
        "token_endpoint".to_owned(),
        json!("https://op.example.com/t"),
    );
    let twice = (
        "provider[0].metadata_url".to_owned(),
        ConfigFault::MetadataTwice,
    );
    let missing = |key| ("provider[0]".to_owned(), ConfigFault::Missing { key });
    let needed = [
        twice,
        missing("authorization_endpoint"),
        missing("jwks_uri"),
    ];
    assert_eq!(faults(&value), needed);
    let provider = value["provider"][0].as_object_mut().unwrap();
    provider.remove("metadata_url");
    for key in ["authorization_endpoint", "jwks_uri"] {
        provider.insert(key.to_owned(), json!("https://op.example.com/x"));
    }
    assert!(matches!(source(&value), MetadataSource::Written(_)));
    value["provider"][0]["jwks_uri"] = json!("https://10.0.0.1/jwks");
    let out_of_reach = one("provider[0].jwks_uri", ConfigFault::OutOfReach);
    assert_eq!(faults(&value), out_of_reach);
    let of_issuer = with(
        "/issuer/1",
        json!({"issuer": "https://login.example/{tenantid}/v2.0", "tenants": ["a"],
               "audiences": ["api://1"], "metadata_url": "https://login.example/{tenantid}/m"}),
    );
    let config = read(&of_issuer).unwrap();
    let KeySource::Discovery(url) = &config.issuers[1].keys else {
        panic!("{:?}", config.issuers[1].keys);
    };
    assert_eq!(url.to_string(), "https://login.example/a/m");
}

#[test]
fn answers_are_signed_for_the_client_that_asks() {
    let signed = |more: Value| {
        let mut table = json!({
            "issuer": "https://t.example.com", "check": "introspection", "clients": ["a"],
            "introspection_endpoint": "https://t.example.com/i", "introspection_signed": true,
            "client_id": "edge", "token_prefix": "op_",
        });
        let more = more.as_object().unwrap().clone();
        table.as_object_mut().unwrap().extend(more);
        let config = read(&with("/issuer/-", table)).unwrap();
        let issuer = config.issuers.last().unwrap().clone();
        let signed_for = issuer.asked().unwrap().signed_for().map(str::to_owned);
        (signed_for, issuer.keys)
    };
    let secret = json!({"client_secret": {"secret": "T"}});
    let (client, keys) = signed(secret.clone());
    assert_eq!(client.as_deref(), Some("edge"));
    let KeySource::Discovery(url) = keys else {
        panic!("{keys:?}");
    };
    let usual = "https://t.example.com/.well-known/openid-configuration";
    assert_eq!(url.to_string(), usual);
    // An access token of ours names no client, so the table does.
    let (client, keys) = signed(json!({
        "bearer_token": {"secret": "T"}, "jwks_uri": "https://t.example.com/keys",
        "issuer": "opaque",
    }));
    assert_eq!(client.as_deref(), Some("edge"));
    assert!(matches!(keys, KeySource::Url(_)));
    let mut unsigned = secret;
    unsigned["introspection_signed"] = json!(false);
    let (client, keys) = signed(unsigned);
    assert!(client.is_none() && matches!(keys, KeySource::None));
}

#[test]
fn metadata_names_the_endpoint_that_is_asked_where_nothing_else_does() {
    let asked = |more: Value| {
        let mut table = json!({
            "issuer": "https://t.example.com", "check": "introspection", "clients": ["a"],
            "client_id": "edge", "client_secret": {"secret": "T"}, "token_prefix": "op_",
        });
        let more = more.as_object().unwrap().clone();
        table.as_object_mut().unwrap().extend(more);
        let config = read(&with("/issuer/-", table)).unwrap();
        let check = config.issuers.last().unwrap().asked().unwrap();
        match &check.endpoint {
            AskedEndpoint::At(url) => ("at", url.to_string()),
            AskedEndpoint::Discovery(url) => ("metadata", url.to_string()),
        }
    };
    let there = "https://ask.example.com/i".to_owned();
    let usual = "https://t.example.com/.well-known/openid-configuration".to_owned();
    assert_eq!(asked(json!({})), ("metadata", usual));
    let elsewhere = json!({"issuer": "opaque", "metadata_url": there});
    assert_eq!(asked(elsewhere), ("metadata", there.clone()));
    let written = json!({"introspection_endpoint": there});
    assert_eq!(asked(written), ("at", there));
}
