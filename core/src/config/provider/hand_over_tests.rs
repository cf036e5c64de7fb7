//! Which tokens pages may hand over, and how they are checked.

use super::super::super::{
    HandOver, IdTokenCheck, TokenCheck,
    fault::ConfigFault,
    tests::{faults, full, read},
};
use alloc::{format, string::ToString};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const TOKEN_INFO: &str = "https://oauth2.googleapis.com/tokeninfo";

/// The settings of a provider with this preset, or none, and these keys.
fn with(preset: Option<&str>, more: &Value) -> Value {
    let mut value = full();
    let provider = &mut value["provider"][0];
    if let Some(preset) = preset {
        *provider = json!({
            "id": "example", "client_id": "edge", "preset": preset,
            "client_secret": {"secret": "EXAMPLE_SECRET"},
        });
    }
    for (name, setting) in more.as_object().unwrap() {
        provider[name] = setting.clone();
    }
    value
}

fn hand_over(preset: Option<&str>, more: &Value) -> HandOver {
    let mut config =
        read(&with(preset, more)).unwrap_or_else(|errors| panic!("{more}: {errors:?}"));
    config.providers.remove(0).hand_over
}

#[test]
fn nothing_is_handed_over_unless_it_is_written() {
    let none = hand_over(None, &json!({}));
    assert!(none.id_token.is_none() && none.access_token.is_none());
    assert_eq!(none.asked().count(), 0);
    assert!(!read(&full()).unwrap().takes_hand_overs());
    let id_token = with(None, &json!({"hand_over": ["id_token"]}));
    assert!(read(&id_token).unwrap().takes_hand_overs());
}

#[test]
fn an_id_token_is_checked_by_its_signature_or_where_google_tells_it() {
    let signed = hand_over(
        None,
        &json!({"hand_over": ["id_token"], "hand_over_azp": ["app"]}),
    );
    assert!(matches!(signed.id_token, Some(IdTokenCheck::Signature)));
    assert_eq!(signed.authorized_parties, ["app"]);
    let asked = json!({"hand_over": ["id_token"], "id_token_check": "tokeninfo"});
    let google = hand_over(Some("google"), &asked);
    let Some(IdTokenCheck::TokenInfo(endpoint)) = &google.id_token else {
        panic!("{google:?}");
    };
    assert_eq!(endpoint.to_string(), TOKEN_INFO);
    assert_eq!(google.asked().count(), 1);
    let missing = ConfigFault::Missing {
        key: "tokeninfo_endpoint",
    };
    let other = with(Some("gitlab"), &asked);
    assert_eq!(faults(&other), [("provider[0]".to_string(), missing)]);
}

#[test]
fn an_access_token_is_checked_where_the_provider_says_whose_it_is() {
    let access_token = json!({"hand_over": ["access_token"]});
    for (preset, endpoint) in [
        ("google", TOKEN_INFO),
        ("github", "https://api.github.com/"),
        ("facebook", "https://graph.facebook.com/v21.0/debug_token"),
    ] {
        let check = hand_over(Some(preset), &access_token).access_token;
        assert_eq!(check.unwrap().endpoint().to_string(), endpoint);
    }
    let introspection = json!({
        "hand_over": ["access_token"], "token_check": "introspection",
        "token_check_endpoint": "https://op.example.com/introspect",
    });
    let check = hand_over(None, &introspection).access_token;
    assert!(matches!(check, Some(TokenCheck::Introspection(_))));
}

#[test]
fn a_check_that_is_not_made_or_cannot_be_is_a_mistake() {
    let only = ConfigFault::HandOverOnly;
    let introspection = "https://op.example.com/introspect";
    for (preset, settings, place, fault) in [
        (
            Some("github"),
            json!({"hand_over": ["id_token"]}),
            "hand_over[0]",
            ConfigFault::OpenIdOnly,
        ),
        (
            Some("google"),
            json!({"hand_over": ["access_token"], "hand_over_azp": ["app"], "id_token_check": "signature"}),
            "id_token_check",
            only.clone(),
        ),
        (
            Some("google"),
            json!({"hand_over": ["id_token"], "tokeninfo_endpoint": TOKEN_INFO}),
            "tokeninfo_endpoint",
            only.clone(),
        ),
        (
            Some("google"),
            json!({"hand_over": ["access_token"], "token_check": "tokeninfo", "token_check_endpoint": introspection}),
            "token_check_endpoint",
            only,
        ),
        (
            None,
            json!({"hand_over": ["id_token"], "token_check": "introspection"}),
            "token_check",
            ConfigFault::OAuthOnly,
        ),
        (
            None,
            json!({"hand_over": ["access_token"], "token_check": "introspection",
                   "token_check_endpoint": "http://op.example.com/introspect"}),
            "token_check_endpoint",
            ConfigFault::OutOfReach,
        ),
    ] {
        let faults = faults(&with(preset, &settings));
        let place = format!("provider[0].{place}");
        assert!(faults.contains(&(place, fault)), "{settings}: {faults:?}");
    }
    let public = json!({
        "hand_over": ["access_token"], "token_check": "introspection",
        "token_check_endpoint": introspection, "token_endpoint_auth_method": "none",
    });
    let mut public = with(None, &public);
    public["provider"][0]
        .as_object_mut()
        .unwrap()
        .remove("client_secret");
    let place = "provider[0].client_secret".to_string();
    assert_eq!(faults(&public), [(place, ConfigFault::TokenCheckSecret)]);
}
