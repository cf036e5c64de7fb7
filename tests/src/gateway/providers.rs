//! Several providers, and the ways in which they differ.

use crate::{
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{browser::Browser, request::Request},
};
use serde_json::json;

/// The standard deployment with a second provider, which is the first one under another name.
fn two_providers() -> InProcess {
    let mut setup = Setup::standard();
    let providers = setup.configuration["provider"].as_array_mut().unwrap();
    let mut second = providers[0].clone();
    second["id"] = json!("second");
    second["name"] = json!("The <second>");
    providers.push(second);
    InProcess::with(&setup)
}

#[test]
fn a_person_chooses_among_several_providers() {
    let host = two_providers();
    let mut browser = Browser::new(&host);
    let sent = browser.go("/members/?a=b").expect(303);
    let chooser = "/auth/login?return_to=%2Fmembers%2F%3Fa%3Db";
    assert_eq!(sent.location(), chooser);
    let page = browser.go(chooser).expect(200).text();
    for id in ["demo", "second"] {
        assert!(page.contains(&format!("&amp;provider={id}\"")), "{page}");
    }
    assert!(page.contains("The &lt;second&gt;") && !page.contains("<second>"));
    assert_eq!(host.token_requests(), 0);
    for id in ["second", "demo"] {
        let mut browser = Browser::new(&host);
        let chosen = format!("{chooser}&provider={id}");
        let callback = browser.callback(&chosen, "member");
        assert!(callback.starts_with(&format!("/auth/callback/{id}?")));
        assert_eq!(
            browser.go(&callback).expect(303).location(),
            "/members/?a=b"
        );
        let info = browser.fetch("/auth/session").expect(200).json();
        assert_eq!(info["provider"], json!(id));
        // Signing out goes on to the provider of the session.
        let away = browser.sign_out().expect(303);
        assert!(away.location().starts_with("https://op.example.com/end?"));
    }
}

#[test]
fn only_a_configured_provider_can_be_chosen() {
    let host = two_providers();
    let login = "/auth/login?return_to=/members/";
    for (query, status) in [
        ("&provider=second", 303),
        ("&provider=third", 404),
        ("&provider=", 404),
        ("&provider=second&provider=demo", 400),
    ] {
        let target = format!("{login}{query}");
        Browser::new(&host).go(&target).expect(status);
    }
    // Whatever is no navigation gets no page to choose from.
    let script = Request::script("GET", "/members/");
    Browser::new(&host).send(script).expect(401);
}
