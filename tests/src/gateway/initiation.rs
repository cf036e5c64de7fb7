//! Sign-ins that begin elsewhere (OpenID Connect Core, section 4), and where they may lead.

use super::Case;
use crate::{
    attack::support::parameter,
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{browser::Browser, request::Request},
};
use lychgate_core::encoding::percent::encode_component;
use serde_json::json;

pub const CASES: &[Case] = &[
    ("another site begins a sign-in", begun_elsewhere),
    (
        "another site begins a sign-in with a form",
        begun_with_a_form,
    ),
    ("only our own site is returned to", returned_to),
    (
        "a query comes back with its backslash",
        backslash_in_a_query,
    ),
];

fn query(host: &dyn Host, target: &str) -> String {
    format!(
        "iss={}&login_hint=jo%40example.com&target_link_uri={}",
        encode_component(host.issuer()),
        encode_component(target)
    )
}

fn from_elsewhere(request: Request) -> Request {
    request.replacing("Sec-Fetch-Site", Some("cross-site"))
}

fn begun_elsewhere(host: &dyn Host) {
    let target = format!("{}/members/?a=b", host.origin());
    let link = format!("/auth/login?{}", query(host, &target));
    let mut browser = Browser::new(host);
    let page = browser.send(from_elsewhere(Request::navigation(&link)));
    let location = page.expect(200).leads_to();
    assert_eq!(parameter(&location, "login_hint"), "jo@example.com");
    let callback = host.at_provider(&location, "member");
    assert_eq!(browser.arrive(&callback), "/members/?a=b");
    assert!(browser.is_signed_in());
    // Nobody else's provider, and no hint without one.
    let other = link.replace("iss=", "iss=x");
    browser.go(&other).expect(400);
    browser.go(&format!("{link}&iss=x")).expect(400);
    let hint = browser.begin("/auth/login?login_hint=x&target_link_uri=/members/");
    assert_eq!(parameter(&hint, "login_hint"), "");
    let long = link.replace("jo%40example.com", &"a".repeat(1025));
    assert_eq!(parameter(&browser.begin(&long), "login_hint"), "");
    // A request that is no navigation begins nothing.
    browser
        .send(from_elsewhere(Request::script("GET", &link)))
        .expect(401);
}

fn begun_with_a_form(host: &dyn Host) {
    let form = |body: &str| {
        from_elsewhere(Request::form("/auth/login"))
            .with("Origin", "https://portal.example")
            .with_body(body.as_bytes())
    };
    let asked = query(host, "/members/?a=b");
    let sent = host.send(&form(&asked)).expect(303);
    assert_eq!(sent.all("set-cookie").count(), 0);
    let location = sent.location().to_owned();
    assert!(
        location.starts_with("/auth/login?return_to=%2Fmembers%2F"),
        "{location}"
    );
    let mut browser = Browser::new(host);
    let at_provider = browser.begin(&location);
    assert_eq!(parameter(&at_provider, "login_hint"), "jo@example.com");
    let callback = host.at_provider(&at_provider, "member");
    assert_eq!(browser.arrive(&callback), "/members/?a=b");
    host.send(&form("iss=https://evil.example")).expect(400);
    let text = form(&asked).replacing("Content-Type", Some("text/plain"));
    host.send(&text).expect(400);
    let script = form(&asked).replacing("Sec-Fetch-Mode", Some("cors"));
    host.send(&script).expect(401);
}

fn returned_to(host: &dyn Host) {
    let origin = host.origin();
    let begin = |name: &str, target: &str| {
        let issuer = encode_component(host.issuer());
        let target = encode_component(target);
        Browser::new(host).sign_in(
            &format!("/auth/login?iss={issuer}&{name}={target}"),
            "member",
        )
    };
    for name in ["target_link_uri", "return_to"] {
        assert_eq!(
            begin(name, &format!("{origin}/members/?a=b")),
            "/members/?a=b"
        );
        assert_eq!(begin(name, "/members/"), "/members/");
        for foreign in [
            "https://evil.example/members/".to_owned(),
            format!("{origin}.evil.example/members/"),
            format!("{origin}@evil.example/members/"),
            format!("{origin}//evil.example/"),
            format!("{origin}\\evil.example/"),
            // Our own endpoints are no page.
            "/auth/login?return_to=/auth/login".to_owned(),
            "/auth/callback/demo?code=a&state=b".to_owned(),
            "/%61uth/logout".to_owned(),
            "/members/../auth".to_owned(),
            format!("{origin}/auth/logout"),
        ] {
            assert_eq!(begin(name, &foreign), "/", "{name} {foreign}");
        }
    }
}

fn backslash_in_a_query(host: &dyn Host) {
    let mut browser = Browser::new(host);
    for (target, kept) in [
        (
            "/members/?user=CORP\\alice",
            ["/members/?user=CORP\\alice", "/members/?user=CORP%5Calice"],
        ),
        (
            "/members/?user=CORP%5Calice",
            ["/members/?user=CORP%5Calice"; 2],
        ),
    ] {
        let landed = browser.sign_in(
            &format!("/auth/login?return_to={}", encode_component(target)),
            "member",
        );
        assert!(kept.contains(&landed.as_str()), "{target} became {landed}");
        let landed = Browser::new(host).sign_in(target, "member");
        assert!(kept.contains(&landed.as_str()), "{target} became {landed}");
    }
}

#[test]
fn among_several_providers_the_issuer_chooses() {
    let mut setup = Setup::standard();
    let providers = setup.configuration["provider"].as_array_mut().unwrap();
    let mut same = providers[0].clone();
    same["id"] = json!("same");
    let mut other = providers[0].clone();
    other["id"] = json!("other");
    other["issuer"] = json!("https://other.example.com");
    providers.push(other);
    let host = InProcess::with(&setup);
    let link = format!("/auth/login?{}", query(&host, "/members/"));
    // One of two is left, so nobody is asked.
    let callback = Browser::new(&host).callback(&link, "member");
    assert!(callback.starts_with("/auth/callback/demo?"), "{callback}");
    Browser::new(&host)
        .go(&format!("{link}&provider=other"))
        .expect(400);
    Browser::new(&host)
        .go(&format!("{link}&provider=demo"))
        .expect(200);
    // Of two clients at one provider the person chooses, and the hint stays.
    let mut both = setup.clone();
    both.configuration["provider"]
        .as_array_mut()
        .unwrap()
        .push(same);
    let host = InProcess::with(&both);
    let page = Browser::new(&host).go(&link).expect(200).text();
    assert!(page.contains("provider=same&amp;iss="), "{page}");
    assert!(page.contains("login_hint=jo%40example.com"), "{page}");
    assert!(!page.contains("provider=other"), "{page}");
}
