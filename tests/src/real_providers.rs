//! Signing in at real providers in every way that they know, on Workers and on Spin.

use crate::{
    host::{
        Host,
        mock_provider::MockProvider,
        workerd::{Setup, Workerd},
    },
    http::{
        browser::{ATTEMPT, Browser},
        request::Request,
    },
    scripted::provider::{settings::Signer, tokens},
};
use serde_json::{Value, json};

/// A client of the demo's provider, and what Lychgate's `[[provider]]` of the same name says.
struct Way {
    id: &'static str,
    client: Value,
    provider: Value,
}

const CURVE: Signer = Signer::P256(7);
const EDWARDS: Signer = Signer::Ed25519(7);

fn ways() -> Vec<Way> {
    let secret = || json!({"secret": "DEMO_CLIENT_SECRET"});
    let keys = |signer| json!({"keys": [tokens::jwk(signer)]});
    let by_key = |id, signer: Signer, secret: &str| {
        let algorithm = tokens::algorithm(signer);
        Way {
            id,
            client: json!({
                "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_signing_alg": algorithm,
                "jwks": keys(signer),
                "id_token_signed_response_alg": algorithm,
            }),
            provider: json!({"private_key": {"secret": secret}, "algorithms": [algorithm]}),
        }
    };
    vec![
        Way {
            id: "post",
            client: json!({
                "client_secret": "SECRET-CLIENT-SECRET",
                "token_endpoint_auth_method": "client_secret_post",
                "id_token_signed_response_alg": "PS256",
            }),
            provider: json!({
                "client_secret": secret(), "token_endpoint_auth_method": "client_secret_post",
                "algorithms": ["PS256"],
            }),
        },
        by_key("curve", CURVE, "CURVE_KEY"),
        by_key("edwards", EDWARDS, "EDWARDS_KEY"),
        Way {
            id: "form",
            client: json!({
                "client_secret": "SECRET-CLIENT-SECRET", "require_pushed_authorization_requests": true,
            }),
            provider: json!({"client_secret": secret(), "response_mode": "form_post"}),
        },
        Way {
            id: "direct",
            client: json!({"client_secret": "SECRET-CLIENT-SECRET"}),
            provider: json!({"client_secret": secret(), "pushed_authorization_requests": "never"}),
        },
        // Mistakes that people make.
        Way {
            id: "wrong-secret",
            client: json!({"client_secret": "SECRET-OTHER"}),
            provider: json!({"client_secret": secret(), "pushed_authorization_requests": "never"}),
        },
        Way {
            id: "unregistered",
            client: json!({
                "client_secret": "SECRET-CLIENT-SECRET",
                "redirect_uris": ["$ORIGIN/auth/callback/other"],
            }),
            provider: json!({"client_secret": secret()}),
        },
    ]
}

fn setup() -> Setup {
    let mut setup = Setup::standard();
    let mut clients = Vec::new();
    let providers = &mut setup.configuration.as_mut().unwrap()["provider"];
    let standard = providers[0].clone();
    for way in ways() {
        let mut client = json!({
            "client_id": format!("client-{}", way.id),
            "redirect_uris": [format!("$ORIGIN/auth/callback/{}", way.id)],
            "post_logout_redirect_uris": ["$ORIGIN/auth/signed-out"],
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
        });
        extend(&mut client, &way.client);
        clients.push(client);
        let mut provider = json!({
            "id": way.id, "issuer": standard["issuer"], "scopes": standard["scopes"],
            "client_id": format!("client-{}", way.id),
        });
        extend(&mut provider, &way.provider);
        providers.as_array_mut().unwrap().push(provider);
    }
    setup.clients = Value::Array(clients);
    for (name, signer) in [("CURVE_KEY", CURVE), ("EDWARDS_KEY", EDWARDS)] {
        let key = tokens::private_jwk(signer).to_string();
        setup.secrets.push((name.to_owned(), key));
    }
    setup
}

fn extend(object: &mut Value, more: &Value) {
    let more = more.as_object().unwrap().clone();
    object.as_object_mut().unwrap().extend(more);
}

fn login(id: &str) -> String {
    format!("/auth/login?return_to=%2Fmembers%2F&provider={id}")
}

fn signs_in(host: &Workerd, id: &str) {
    let mut browser = Browser::new(host);
    let callback = browser.callback(&login(id), "member");
    let request = if id == "form" {
        assert_eq!(browser.jar.starting_with(ATTEMPT)[0].same_site, "None");
        let (path, form) = callback.split_once('?').unwrap();
        Request::form(path)
            .replacing("Sec-Fetch-Site", Some("cross-site"))
            .with("Origin", host.issuer())
            .with_body(form.as_bytes())
    } else {
        Request::navigation(&callback)
    };
    let arrived = browser.send(request).expect(200);
    assert_eq!(arrived.leads_to(), "/members/", "{id}");
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["provider"], json!(id));
    assert_eq!(info["subject"], json!("member"), "{id}");
    let away = browser.sign_out().expect(303);
    assert!(away.location().starts_with(host.issuer()), "{id}");
}

/// A person sees that it is not theirs to mend, the operator which setting is.
fn fails(host: &Workerd, id: &str, page: &str, setting: &str) {
    assert!(page.contains("not set up correctly"), "{id}: {page}");
    assert!(!page.contains("SECRET-"), "{id}");
    let log = host.wait_for_log(setting);
    assert!(log.contains(setting), "{id}: {log}");
}

fn every_way(setup: &Setup) {
    let host = Workerd::start(setup);
    for id in ["demo", "post", "curve", "edwards", "form", "direct"] {
        signs_in(&host, id);
    }
    let mut browser = Browser::new(&host);
    let callback = browser.callback(&login("wrong-secret"), "member");
    let page = browser.go(&callback).expect(502).text();
    fails(
        &host,
        "wrong-secret",
        &page,
        "provider[wrong-secret].client_secret",
    );
    let page = Browser::new(&host)
        .visit(&login("unregistered"))
        .expect(502)
        .text();
    fails(&host, "unregistered", &page, "redirect_uris");
}

#[test]
fn a_real_provider_is_signed_in_at_in_every_way_from_a_worker() {
    every_way(&setup());
}

#[test]
fn a_real_provider_is_signed_in_at_in_every_way_from_spin() {
    every_way(&setup().on_spin(128));
}

fn second_provider(on: fn(Setup) -> Setup) {
    let provider = MockProvider::start();
    let mut setup = Setup::standard();
    setup.issuer = Some(provider.issuer());
    let configured = &mut setup.configuration.as_mut().unwrap()["provider"][0];
    configured["scopes"] = json!(["openid", "email", "profile"]);
    let host = Workerd::start(&on(setup));
    let mut browser = Browser::new(&host);
    let location = browser.begin("/members/?a=b");
    let callback = provider.sign_in(&location, "member");
    let callback = callback.strip_prefix(host.origin()).unwrap();
    assert_eq!(browser.arrive(callback), "/members/?a=b");
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["subject"], json!("member"));
    assert_eq!(info["claims"]["email"], json!("member@example.com"));
    browser.fetch("/example/x").expect(200);
    browser.fetch("/staff/").expect(403);
}

#[test]
fn a_provider_whose_tokens_name_no_key_is_signed_in_at_from_a_worker() {
    second_provider(|setup| setup);
}

#[test]
fn a_provider_whose_tokens_name_no_key_is_signed_in_at_from_spin() {
    second_provider(|setup| setup.on_spin(128));
}

/// GitHub's and Facebook's documentation on real hosts; what is refused of them is tested in process.
fn without_openid(on: fn(Setup) -> Setup) {
    use crate::{gateway::oauth::in_place, scripted::provider::oauth};
    for (provider, issuer) in [
        (oauth::github("$ISSUER"), "https://github.com"),
        (oauth::facebook("$ISSUER"), "https://www.facebook.com"),
    ] {
        let mut setup = Setup::scripted();
        setup.is_counted = false;
        in_place(setup.configuration.as_mut().unwrap(), provider);
        let host = Workerd::start(&on(setup));
        let mut browser = Browser::signed_in(&host, "staff");
        let info = browser.fetch("/auth/session").expect(200).json();
        assert_eq!(info["issuer"], json!(issuer));
        assert_eq!(info["subject"], json!("583232"));
        assert_eq!(
            browser.sign_out().expect(303).location(),
            "/auth/signed-out"
        );
    }
}

#[test]
fn a_provider_without_openid_is_signed_in_at_from_a_worker() {
    without_openid(|setup| setup);
}

#[test]
fn a_provider_without_openid_is_signed_in_at_from_spin() {
    without_openid(|setup| setup.on_spin(128));
}
