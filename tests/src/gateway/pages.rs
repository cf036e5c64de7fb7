//! The pages of the gateway itself: in whose language, and in whose name.

use super::Case;
use crate::{
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{browser::Browser, request::Request},
};
use lychgate_core::{fault::UpstreamFault, http::response::Status};
use serde_json::json;

pub(super) const CASES: &[Case] = &[(
    "a page speaks the language that the browser asks for",
    a_page_speaks_the_language_that_is_asked_for,
)];

/// Each page once, with its heading in both languages.
const PAGES: [(&str, u16, &str, &str); 4] = [
    (
        "/auth/signed-out",
        200,
        "You are signed out",
        "Sie sind abgemeldet",
    ),
    (
        "/auth/nowhere",
        404,
        "There is no such page",
        "Diese Seite gibt es nicht",
    ),
    (
        "/auth/session",
        401,
        "You need to sign in",
        "Sie müssen sich anmelden",
    ),
    (
        "/auth/callback/demo?code=x&state=y",
        400,
        "This sign-in cannot go on",
        "Diese Anmeldung kann nicht fortgesetzt werden",
    ),
];

/// Every page names this language in its `lang`, and speaks it in its heading.
fn must_speak(host: &dyn Host, asked: Option<&str>, tag: &str) {
    for (target, status, english, german) in PAGES {
        let request = Request::navigation(target).replacing("accept-language", asked);
        let page = host.send(&request).expect(status);
        let heading = if tag == "de" { german } else { english };
        for part in [
            format!("<html lang=\"{tag}\">"),
            format!("<h1>{heading}</h1>"),
        ] {
            assert!(
                page.text().contains(&part),
                "{asked:?} {part}: {}",
                page.summary()
            );
        }
        assert_eq!(page.header("vary"), Some("accept-language"));
    }
}

fn a_page_speaks_the_language_that_is_asked_for(host: &dyn Host) {
    for (asked, tag) in [
        (None, "en"),
        (Some("de"), "de"),
        (Some("fr, de-CH;q=0.5, en;q=0.4"), "de"),
        (Some("fr, de-CH;q=0.5, en;q=0.6"), "en"),
        (Some("fr"), "en"),
        (Some("<script>"), "en"),
    ] {
        must_speak(host, asked, tag);
    }
    // A script gets codes, which are the same everywhere.
    let script = Request::script("GET", "/auth/nowhere").with("accept-language", "de");
    let answer = host.send(&script).expect(404);
    assert_eq!(answer.json()["error"], "not_found");
    assert_eq!(answer.header("vary"), None);
}

fn with_page(page: serde_json::Value) -> InProcess {
    let mut setup = Setup::standard();
    setup.configuration["page"] = page;
    InProcess::with(&setup)
}

#[test]
fn the_configured_language_is_for_requests_that_accept_none_of_ours() {
    let host = with_page(json!({"language": "de"}));
    must_speak(&host, None, "de");
    must_speak(&host, Some("fr"), "de");
    must_speak(&host, Some("en"), "en");
}

#[test]
fn the_name_of_the_site_stands_on_every_page() {
    let host = with_page(json!({"name": "Docs & <more>"}));
    for (target, status, heading, _) in PAGES {
        let page = host.send(&Request::navigation(target)).expect(status);
        let named = [
            format!("<title>{heading} \u{b7} Docs &amp; &lt;more&gt;</title>"),
            "<p class=\"site\">Docs &amp; &lt;more&gt;</p>".to_owned(),
        ];
        for part in named {
            assert!(page.text().contains(&part), "{part}: {}", page.summary());
        }
    }
    let plain = InProcess::new();
    let page = plain.send(&Request::navigation("/auth/signed-out"));
    assert!(
        !page.text().contains("class=\"site\""),
        "{}",
        page.summary()
    );
}

#[test]
fn an_upstream_that_does_not_answer_is_told_in_the_same_voice() {
    let host = with_page(json!({"language": "de", "name": "Docs"}));
    let request = Request::navigation("/");
    let received = crate::http::request::Received::new(&request, host.authority());
    let fault = UpstreamFault::Unreachable;
    let page = host.gateway().upstream_failed(&host.edge, &received, fault);
    assert_eq!(page.status, Status::BAD_GATEWAY);
    for part in [
        "<h1>Ein Dienst hinter dieser Website antwortet nicht</h1>",
        "Docs",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
}

/// A person who asks for help has a number that leads to the reason.
#[test]
fn every_page_of_a_refusal_has_the_number_of_its_line_in_the_log() {
    let host = InProcess::new();
    let mut member = Browser::signed_in(&host, "member");
    for (target, status) in [
        ("/staff/", 403),
        ("/nowhere%2f", 400),
        ("/auth/nowhere", 404),
        ("/auth/callback/demo?code=x&state=y", 400),
    ] {
        host.world.forget_log();
        let page = member.go(target).expect(status).text();
        let log = host.world.log();
        let incident = log[0]["incident"].as_str().unwrap();
        let shown = format!("<code>{incident}</code>");
        assert!(page.contains(&shown), "{target}: {shown} in {page}");
    }
    // A page that is no refusal has none, and no line.
    host.world.forget_log();
    let page = member.go("/auth/logout").expect(200).text();
    assert!(!page.contains("class=\"incident\""), "{page}");
    assert_eq!(host.world.log(), [serde_json::Value::Null; 0]);
}

#[test]
fn a_choice_of_providers_says_where_one_signs_in() {
    let mut setup = Setup::standard();
    let providers = &mut setup.configuration["provider"];
    let mut second = providers[0].clone();
    second["id"] = json!("second");
    providers.as_array_mut().unwrap().push(second);
    let authority = {
        let host = InProcess::with(&setup);
        let page = Browser::new(&host).visit("/members/").expect(200).text();
        let site = format!("<p class=\"site\">{}</p>", host.authority());
        assert!(page.contains(&site), "{site} in {page}");
        host.authority().to_owned()
    };
    // A name says it better.
    setup.configuration["page"] = json!({"name": "Example"});
    let page = Browser::new(&InProcess::with(&setup)).visit("/members/");
    let page = page.expect(200).text();
    assert!(page.contains("<p class=\"site\">Example</p>"), "{page}");
    assert!(!page.contains(&authority), "{page}");
}
