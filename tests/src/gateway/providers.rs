//! Several providers, and the ways in which they differ.

use crate::{
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{
        browser::{ATTEMPT, Browser, LOOP_GUARD, PREDECESSOR, SESSION},
        request::Request,
        response::Response,
    },
    scripted::provider::{
        ISSUER,
        settings::{Answer, Authentication, Endpoint, Signer, unchanged, with},
        tokens,
    },
};
use serde_json::{Value, json};

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
        assert_eq!(browser.arrive(&callback), "/members/?a=b");
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
        ("&provider=second", 200),
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

/// The standard deployment with changes to its provider.
fn with_provider(change: impl FnOnce(&mut Value)) -> Setup {
    let mut setup = Setup::standard();
    change(&mut setup.configuration["provider"][0]);
    setup
}

/// An issuer that does not lead to its metadata, as those of user flows and custom policies do not.
const ELSEWHERE: &str = "https://login.example.com/tenant/v2.0/?p=B2C_1_sign_in";

/// The standard deployment whose provider calls itself [`ELSEWHERE`].
fn at_elsewhere(change: impl FnOnce(&mut Value)) -> InProcess {
    let host = InProcess::with(&with_provider(|provider| {
        provider["issuer"] = json!(ELSEWHERE);
        change(provider);
    }));
    {
        let settings = &mut host.world.provider().settings;
        settings.response_issuer = None;
        settings.edit_claims = with("iss", json!(ELSEWHERE));
        settings.edit_metadata = Box::new(|metadata| {
            metadata["issuer"] = json!(ELSEWHERE);
            metadata["authorization_response_iss_parameter_supported"] = json!(false);
        });
    }
    host
}

#[test]
fn metadata_may_be_elsewhere_and_the_issuer_is_compared_all_the_same() {
    let document = json!(format!("{ISSUER}/.well-known/openid-configuration"));
    let host = || at_elsewhere(|provider| provider["metadata_url"] = document.clone());
    let good = host();
    let mut browser = Browser::signed_in(&good, "member");
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["issuer"], json!(ELSEWHERE));
    // The document of someone else, and a token of someone else.
    let other = host();
    other.world.provider().settings.edit_metadata = unchanged();
    Browser::new(&other).visit("/members/").expect(502);
    let other = host();
    other.world.provider().settings.edit_claims = unchanged();
    let mut browser = Browser::new(&other);
    let callback = browser.callback("/members/", "member");
    browser.go(&callback).expect(502);
    assert_eq!(browser.session(), None);
}

#[test]
fn endpoints_that_are_written_take_the_place_of_metadata() {
    let host = at_elsewhere(|provider| {
        for (name, path) in [
            ("authorization_endpoint", "/authorize"),
            ("token_endpoint", "/token"),
            ("jwks_uri", "/jwks"),
            ("userinfo_endpoint", "/userinfo"),
        ] {
            provider[name] = json!(format!("{ISSUER}{path}"));
        }
    });
    host.world.provider().settings.claims_in_id_token = false;
    let mut browser = Browser::signed_in(&host, "staff");
    browser.go("/staff/").expect(200);
    assert_eq!(host.world.provider().count(Endpoint::Discovery), 0);
    host.world.provider().settings.edit_claims = unchanged();
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    browser.go(&callback).expect(502);
}

/// A client with a private key, by the key's signer.
fn with_private_key(signer: Signer) -> Setup {
    let mut setup = with_provider(|provider| {
        provider.as_object_mut().unwrap().remove("client_secret");
        provider["private_key"] = json!({"secret": "PRIVATE_KEY"});
    });
    let key = tokens::private_jwk(signer).to_string();
    setup.secrets.push(("PRIVATE_KEY".to_owned(), key));
    setup
}

#[test]
fn each_client_authentication_is_the_one_that_is_configured() {
    let post = with_provider(|provider| {
        provider["token_endpoint_auth_method"] = json!("client_secret_post");
    });
    let (edwards, curve) = (Signer::Ed25519(7), Signer::P256(7));
    for (setup, expected) in [
        (Setup::standard(), Authentication::Basic),
        (post, Authentication::Post),
        (
            with_private_key(edwards),
            Authentication::PrivateKey(edwards),
        ),
        (with_private_key(curve), Authentication::PrivateKey(curve)),
    ] {
        for takes_pushed_requests in [false, true] {
            let host = InProcess::with(&setup);
            {
                let settings = &mut host.world.provider().settings;
                settings.authentication = expected;
                settings.takes_pushed_requests = takes_pushed_requests;
            }
            assert!(Browser::signed_in(&host, "member").is_signed_in());
            let pushed = host.world.provider().count(Endpoint::PushedAuthorization);
            assert_eq!(pushed, usize::from(takes_pushed_requests));
        }
        // The same client at a provider that agreed on another way.
        let host = InProcess::with(&setup);
        host.world.provider().settings.authentication = match expected {
            Authentication::PrivateKey(_) | Authentication::Apple(_) => {
                Authentication::PrivateKey(Signer::Ed25519(8))
            }
            Authentication::Basic | Authentication::Post | Authentication::None => {
                Authentication::None
            }
        };
        let mut browser = Browser::new(&host);
        let callback = browser.callback("/members/", "member");
        let refused = browser.go(&callback).expect(502);
        assert!(!refused.text().contains("SECRET-"));
        assert_eq!(browser.session(), None);
    }
}

#[test]
fn a_private_key_that_is_none_closes_the_gateway() {
    let mut setup = with_private_key(Signer::P256(7));
    for bad in ["", "{}", "SECRET", r#"{"kty":"RSA"}"#] {
        let place = setup.secrets.len() - 1;
        setup.secrets[place].1 = bad.to_owned();
        let host = InProcess::with(&setup);
        Browser::new(&host).go("/").expect(503);
        let log = host.world.events().join("\n");
        assert!(log.contains("PRIVATE_KEY"), "{log}");
    }
}

#[test]
fn a_pushed_request_keeps_everything_from_the_browser() {
    let host = InProcess::new();
    host.world.provider().settings.takes_pushed_requests = true;
    let location = Browser::new(&host).begin("/members/");
    let (_, query) = location.split_once('?').unwrap();
    assert_eq!(
        query,
        "client_id=edge&request_uri=urn%3Aexample%3Apushed%3A1"
    );
    // With `never`, Lychgate sends the browser with all of it.
    let never = with_provider(|provider| {
        provider["pushed_authorization_requests"] = json!("never");
    });
    let host = InProcess::with(&never);
    host.world.provider().settings.edit_metadata = with(
        "pushed_authorization_request_endpoint",
        json!("https://op.example.com/par"),
    );
    let location = Browser::new(&host).begin("/members/");
    assert!(location.contains("&code_challenge="));
    assert!(Browser::signed_in(&host, "member").is_signed_in());
}

#[test]
fn a_pushed_request_that_is_refused_begins_nothing() {
    for (answer, status) in [
        (
            Answer::fixed(400, "application/json", r#"{"error":"invalid_request"}"#),
            502,
        ),
        (Answer::fixed(201, "application/json", "{}"), 502),
        (
            Answer::fixed(201, "application/json", r#"{"request_uri":"urn:a"}"#),
            200,
        ),
        (Answer::html(500), 502),
    ] {
        let host = InProcess::new();
        {
            let settings = &mut host.world.provider().settings;
            settings.takes_pushed_requests = true;
            settings.set_answer(Endpoint::PushedAuthorization, answer);
        }
        let mut browser = Browser::new(&host);
        browser.visit("/members/").expect(status);
        let attempts = browser.jar.starting_with(ATTEMPT).len();
        assert_eq!(attempts, usize::from(status == 200));
    }
}

/// The form that the provider's page posts, from another site.
fn posted(browser: &Browser<'_>, callback: &str) -> Request {
    let (path, form) = callback.split_once('?').unwrap();
    let request = Request::form(path)
        .replacing("Sec-Fetch-Site", Some("cross-site"))
        .with("Origin", "https://op.example.com")
        .with_body(form.as_bytes());
    browser.prepare(request)
}

fn form_post() -> InProcess {
    InProcess::with(&with_provider(|provider| {
        provider["response_mode"] = json!("form_post");
    }))
}

#[test]
fn an_answer_may_come_as_a_form() {
    let host = form_post();
    let mut browser = Browser::new(&host);
    let location = browser.begin("/members/?a=b");
    assert!(location.contains("&response_mode=form_post"));
    // The browser must send it with a form of another site.
    let attempt = browser.jar.starting_with(ATTEMPT)[0].clone();
    assert_eq!(attempt.same_site, "None");
    let callback = host.at_provider(&location, "member");
    let answer = host.send(&posted(&browser, &callback)).expect(200);
    assert_eq!(answer.leads_to(), "/members/?a=b");
    browser.keep(&answer);
    assert!(browser.is_signed_in());
    assert_eq!(browser.jar.starting_with(ATTEMPT).len(), 0);
    // The next form must bring this one along, too.
    assert_eq!(browser.jar.cookie(LOOP_GUARD).unwrap().same_site, "None");
    // Once is once.
    let again = host.send(&posted(&browser, &callback)).expect(400);
    assert!(!again.text().contains("data-to"));
}

#[test]
fn a_form_ends_the_session_that_it_brings_no_cookie_of() {
    let host = form_post();
    let arrive = |browser: &mut Browser<'_>| {
        let callback = browser.callback("/auth/login?return_to=/", "member");
        let kept_back = browser.jar.cookie(SESSION).cloned();
        browser.jar.remove(SESSION);
        let answer = host.send(&posted(browser, &callback)).expect(200);
        browser.keep(&answer);
        kept_back
    };
    let mut browser = Browser::new(&host);
    assert!(arrive(&mut browser).is_none());
    assert_eq!(browser.jar.cookie(PREDECESSOR).unwrap().same_site, "None");
    let replaced = arrive(&mut browser).unwrap();
    assert!(browser.is_signed_in());
    let mut thief = Browser::new(&host);
    thief.jar.put(SESSION, &replaced.value);
    assert!(!thief.is_signed_in());
}

#[test]
fn an_answer_comes_only_in_the_configured_way() {
    type Change = fn(Request) -> Request;
    let cases: [(Change, u16); 5] = [
        (|request| request, 200),
        (
            |request| request.replacing("Content-Type", Some("text/plain")),
            400,
        ),
        (|request| request.replacing("Content-Type", None), 400),
        (
            |mut request| {
                let more = "&x=".to_owned() + &"y".repeat(16 * 1024);
                request.body.extend_from_slice(more.as_bytes());
                request
            },
            400,
        ),
        (
            |mut request| {
                request.body.extend_from_slice(b"&code=other");
                request
            },
            400,
        ),
    ];
    for (change, status) in cases {
        let host = form_post();
        let mut browser = Browser::new(&host);
        let callback = browser.callback("/members/", "member");
        let request = change(posted(&browser, &callback));
        host.send(&request).expect(status);
        assert_eq!(host.token_requests(), usize::from(status == 200));
    }
    let allow = |response: Response| response.expect(405).header("allow").map(str::to_owned);
    let host = form_post();
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    assert_eq!(allow(browser.go(&callback)).as_deref(), Some("POST"));
    let host = InProcess::new();
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    assert_eq!(
        allow(host.send(&posted(&browser, &callback))).as_deref(),
        Some("GET")
    );
    browser.arrive(&callback);
}

#[test]
fn an_encrypted_id_token_is_refused_by_name() {
    let host = InProcess::new();
    let encrypted = "eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d";
    host.world.provider().settings.edit_response = with("id_token", json!(encrypted));
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    browser.go(&callback).expect(502);
    let log = host.world.events().join("\n");
    assert!(log.contains("Encrypted"), "{log}");
}

#[test]
fn groups_that_the_provider_keeps_back_are_said_to_be() {
    let host = InProcess::new();
    let names = json!({"groups": "src1"});
    {
        let settings = &mut host.world.provider().settings;
        settings.edit_claims = Box::new(move |claims| {
            claims["_claim_names"] = names.clone();
            claims.as_object_mut().unwrap().remove("groups");
        });
        settings.edit_userinfo = crate::scripted::provider::settings::without("groups");
    }
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    let page = browser.go(&callback).expect(502).text();
    assert!(page.contains("too many groups"), "{page}");
    let log = host.world.events().join("\n");
    assert!(
        log.contains("GroupsElsewhere") && log.contains("groups_claim"),
        "{log}"
    );
    // With the groups beside it, the claim says nothing new.
    let host = InProcess::new();
    host.world.provider().settings.edit_claims = with("_claim_names", json!({"groups": "src1"}));
    assert!(Browser::signed_in(&host, "member").is_signed_in());
}

#[test]
fn apples_client_secret_is_signed_for_each_request() {
    let mut setup = with_private_key(Signer::P256(7));
    let provider = &mut setup.configuration["provider"][0];
    provider["preset"] = json!("apple");
    provider["team_id"] = json!("TEAM");
    provider["scopes"] = json!(["openid", "email", "name"]);
    let host = InProcess::with(&setup);
    host.world.provider().settings.authentication = Authentication::Apple(Signer::P256(7));
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    host.send(&posted(&browser, &callback)).expect(200);
    host.world.provider().settings.authentication = Authentication::Apple(Signer::P256(8));
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    host.send(&posted(&browser, &callback)).expect(502);
}
