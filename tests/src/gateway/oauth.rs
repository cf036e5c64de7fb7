//! Providers without OpenID Connect: signing in, and whose tokens are believed.

use crate::{
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::browser::Browser,
    scripted::provider::{
        ISSUER,
        oauth::{facebook, github},
        settings::{Edit, unchanged, with},
    },
};
use serde_json::{Value, json};

/// The standard deployment with that provider in place of the OpenID provider.
pub fn in_place(configuration: &mut Value, provider: Value) {
    let before = configuration["provider"][0].clone();
    let mut provider = provider;
    for key in ["id", "client_id", "client_secret", "claims"] {
        provider[key] = before[key].clone();
    }
    configuration["provider"][0] = provider;
}

fn at(provider: Value) -> InProcess {
    let mut setup = Setup::standard();
    in_place(&mut setup.configuration, provider);
    InProcess::with(&setup)
}

#[test]
fn a_github_account_is_its_number_its_verified_address_and_its_organisations() {
    let host = at(github(ISSUER));
    let mut browser = Browser::signed_in(&host, "staff");
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["issuer"], json!("https://github.com"));
    assert_eq!(info["subject"], json!("583232"));
    assert_eq!(info["claims"]["email"], json!("staff@example.com"));
    assert_eq!(info["claims"]["name"], json!("Person staff"));
    browser.go("/staff/").expect(200);
    browser.fetch("/example/x").expect(200);
    // The address that the profile shows is in that domain, and proves nothing.
    browser.fetch("/corp/x").expect(403);
    Browser::signed_in(&host, "member")
        .go("/staff/")
        .expect(403);
    // There is no way to sign out there; here there is.
    assert_eq!(
        browser.sign_out().expect(303).location(),
        "/auth/signed-out"
    );
    assert!(!browser.is_signed_in());
}

#[test]
fn who_states_the_facts_is_never_what_userinfo_says() {
    let mut setup = Setup::standard();
    in_place(&mut setup.configuration, github(ISSUER));
    setup.configuration["provider"][0]["claims"] = json!(["name", "iss", "sub"]);
    let routes = setup.configuration["route"].as_array_mut().unwrap();
    for (path, issuer) in [
        ("/of/github", "https://github.com"),
        ("/of/corp", "https://corp.example"),
    ] {
        let require = json!({"claims": [{"path": "iss", "equals": issuer}]});
        routes.push(
            json!({"path": path, "access": ["session"], "upstream": "api", "require": require}),
        );
    }
    let host = InProcess::with(&setup);
    host.world.provider().settings.edit_userinfo = Box::new(|user| {
        user["iss"] = json!("https://corp.example");
        user["sub"] = json!("root");
    });
    let mut browser = Browser::signed_in(&host, "staff");
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["issuer"], json!("https://github.com"));
    assert_eq!(info["claims"]["iss"], json!("https://github.com"));
    assert_eq!(info["claims"]["sub"], json!("583232"));
    browser.fetch("/of/github").expect(200);
    browser.fetch("/of/corp").expect(403);
}

#[test]
fn a_facebook_account_has_no_verified_address() {
    let host = at(facebook(ISSUER));
    let mut browser = Browser::signed_in(&host, "member");
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["issuer"], json!("https://www.facebook.com"));
    assert_eq!(info["subject"], json!("583231"));
    browser.fetch("/example/x").expect(403);
}

#[test]
fn a_token_of_another_client_or_user_signs_nobody_in() {
    let data = |name: &'static str, value: Value| -> Edit {
        Box::new(move |answer| answer["data"][name] = value.clone())
    };
    let cases: Vec<(Value, Edit, Edit, u16)> = vec![
        (github(ISSUER), unchanged(), unchanged(), 200),
        (
            github(ISSUER),
            with("app", json!({"client_id": "other"})),
            unchanged(),
            502,
        ),
        (
            github(ISSUER),
            with("user", json!({"id": 1})),
            unchanged(),
            502,
        ),
        (github(ISSUER), unchanged(), with("id", json!(1)), 502),
        (github(ISSUER), unchanged(), with("id", Value::Null), 502),
        (facebook(ISSUER), unchanged(), unchanged(), 200),
        (
            facebook(ISSUER),
            data("app_id", json!("other")),
            unchanged(),
            502,
        ),
        (
            facebook(ISSUER),
            data("is_valid", json!(false)),
            unchanged(),
            502,
        ),
        (
            facebook(ISSUER),
            data("user_id", json!("1")),
            unchanged(),
            502,
        ),
    ];
    for (place, (provider, token_check, userinfo, status)) in cases.into_iter().enumerate() {
        let host = at(provider);
        {
            let settings = &mut host.world.provider().settings;
            settings.edit_token_check = token_check;
            settings.edit_userinfo = userinfo;
        }
        let mut browser = Browser::new(&host);
        let callback = browser.callback("/members/", "member");
        let answer = browser.go(&callback);
        assert_eq!(answer.status, status, "{place}");
        assert!(!answer.text().contains("SECRET-"), "{}", answer.summary());
        assert_eq!(browser.session().is_some(), status == 200, "{place}");
    }
}

#[test]
fn a_code_counts_once_and_an_error_with_the_status_of_success_is_one() {
    let host = at(github(ISSUER));
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    let mut again = Browser::new(&host);
    again.jar = browser.jar.clone();
    browser.go(&callback).expect(200);
    again.go(&callback).expect(400);
    let mut setup = Setup::standard();
    in_place(&mut setup.configuration, github(ISSUER));
    for (name, value) in &mut setup.secrets {
        if name == "DEMO_CLIENT_SECRET" {
            *value = "SECRET-OTHER".to_owned();
        }
    }
    let host = InProcess::with(&setup);
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    let page = browser.go(&callback).expect(502).text();
    assert!(page.contains("not set up correctly"), "{page}");
    let log = host.world.events().join("\n");
    assert!(log.contains("client_secret"), "{log}");
    assert_eq!(host.api_requests(), 0);
}
