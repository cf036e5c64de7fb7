//! What a hand-over costs a page, the ledger and the provider where it does not end in a session; and how often a token
//! counts.

use super::{
    directory::with_keys,
    hand_over::{
        access_token, hand_over, id_token_for, nonce, with_access_token, with_hand_over,
        with_id_token,
    },
};
use crate::{
    attack::support::{good_provider, provider},
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{browser::Browser, request::Request},
    scripted::{
        provider::{
            CLIENT_ID, ISSUER, Person,
            oauth::github,
            settings::{Answer, Endpoint, with},
        },
        schedule::{Behaviour, Call},
    },
};
use lychgate_core::{encoding::base64url, time::Seconds};
use serde_json::json;

fn pages() -> InProcess {
    let host = InProcess::with(&Setup::standard());
    host.deploy(&with_hand_over(&host.deployment(), host.issuer()));
    host
}

fn pages_with_directory() -> InProcess {
    let host = InProcess::with(&Setup::standard());
    let deployment = with_keys(&host.deployment(), &[1]);
    host.deploy(&with_hand_over(&deployment, host.issuer()));
    host
}

fn writes(host: &InProcess) -> usize {
    host.world.count(Call::LedgerWrite)
}

#[test]
fn a_provider_that_gives_no_answer_costs_a_page_nothing() {
    let host = pages();
    for (of, endpoint) in [
        ("page", Endpoint::Userinfo),
        ("page", Endpoint::Introspection),
        ("asked", Endpoint::TokenInfo),
    ] {
        let token = access_token(&host, "outage");
        let mut browser = Browser::new(&host);
        nonce(&mut browser);
        let message = json!({"provider": of, "access_token": token}).to_string();
        provider(&host, |settings| {
            settings.set_answer(endpoint, Answer::html(503));
        });
        browser.send(hand_over(&message)).expect(502);
        good_provider(&host);
        // The same challenge, and the same token.
        browser.send(hand_over(&message)).expect(200);
    }
}

#[test]
fn made_up_tokens_write_nothing() {
    let host = pages();
    host.world.forget_calls();
    for number in 0..50 {
        let mut browser = Browser::new(&host);
        let token = format!("made-up-{number}");
        with_access_token(&mut browser, "page", &token).expect(400);
        with_access_token(&mut browser, "github", &token).expect(400);
        let mut browser = Browser::new(&host);
        let nonce = nonce(&mut browser);
        let forged = id_token_for(&host, &nonce) + "A";
        let message = json!({"provider": "asked", "id_token": forged}).to_string();
        browser.send(hand_over(&message)).expect(400);
    }
    assert_eq!(writes(&host), 0);
    // A token that is none opens no resource: only the check was asked.
    let requests = host.world.provider().requests.clone();
    let userinfo = requests
        .iter()
        .filter(|it| it.endpoint == Endpoint::Userinfo);
    assert_eq!(userinfo.count(), 0);
}

#[test]
fn questions_about_tokens_of_pages_are_bounded() {
    let host = pages();
    with_id_token(&mut Browser::new(&host), "page").expect(200);
    let requests: Vec<Request> = (0..100)
        .map(|number| {
            let mut browser = Browser::new(&host);
            nonce(&mut browser);
            let token = format!("made-up-{number}");
            let message = json!({"provider": "page", "access_token": token}).to_string();
            browser.prepare(hand_over(&message))
        })
        .collect();
    host.world.schedule.borrow_mut().before = 1;
    let answers = host.send_all(&requests);
    host.world.schedule.borrow_mut().before = 0;
    let count = |status| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((count(400), count(503)), (64, 36));
    let busy = answers.iter().find(|answer| answer.status == 503).unwrap();
    assert!(busy.header("retry-after").is_some());
}

#[test]
fn an_access_token_counts_once_for_as_long_as_it_may_live() {
    let host = pages();
    for of in ["github", "facebook"] {
        let token = format!("SECRET-ACCESS-TOKEN-member~{of}");
        with_access_token(&mut Browser::new(&host), of, &token).expect(200);
        for days in [1, 59, 300] {
            host.world.pass(Seconds::minutes(days * 24 * 60));
            let again = with_access_token(&mut Browser::new(&host), of, &token).expect(400);
            assert_eq!(again.json()["error"], "token_used", "{of} {days}");
        }
    }
    // One with an end is forgotten after it, and is refused for being over.
    let token = access_token(&host, "ends");
    let exp = host.now().as_seconds() + 3 * 24 * 60 * 60;
    let key = (Endpoint::Introspection, token.clone());
    host.world.provider().opaque.get_mut(&key).unwrap()["exp"] = json!(exp);
    with_access_token(&mut Browser::new(&host), "page", &token).expect(200);
    for (days, code) in [(2, "token_used"), (2, "token_refused")] {
        host.world.pass(Seconds::minutes(days * 24 * 60));
        let again = with_access_token(&mut Browser::new(&host), "page", &token).expect(400);
        assert_eq!(again.json()["error"], code);
    }
}

#[test]
fn another_spelling_of_a_signature_is_the_same_token() {
    let host = pages();
    let part = |text: &str| base64url::encode(text.as_bytes());
    let claims = json!({"iss": host.issuer(), "sub": "member"}).to_string();
    let input = format!(
        "{}.{}",
        part(r#"{"alg":"ES256","typ":"at+jwt"}"#),
        part(&claims)
    );
    for (signature, status) in [("c2lnbmF0dXJlLXM", 200), ("c2lnbmF0dXJlLW4", 400)] {
        let token = format!("{input}.{signature}");
        let mut op = host.world.provider();
        op.given.insert(token.clone(), Person::member());
        op.opaque.insert(
            (Endpoint::Introspection, token.clone()),
            json!({"active": true, "client_id": CLIENT_ID, "sub": "member"}),
        );
        drop(op);
        with_access_token(&mut Browser::new(&host), "page", &token).expect(status);
    }
}

#[test]
fn a_session_that_began_reaches_its_browser() {
    let host = pages_with_directory();
    with_id_token(&mut Browser::new(&host), "page").expect(200);
    let mut lost = 0;
    for failing in 0..4 {
        let mut browser = Browser::new(&host);
        let nonce = nonce(&mut browser);
        let token = id_token_for(&host, &nonce);
        let message = json!({"provider": "page", "id_token": token}).to_string();
        let mut schedule = host.world.schedule.borrow_mut();
        schedule.nth(Call::LedgerRead, failing, Behaviour::Failed);
        drop(schedule);
        let answer = browser.send(hand_over(&message));
        host.world.schedule.borrow_mut().clear();
        assert_eq!(answer.status == 200, browser.session().is_some());
        match answer.status {
            200 if answer.json()["user"].is_null() => lost += 1,
            200 | 503 => {}
            other => panic!("{other}"),
        }
    }
    // The last read alone: the answer lacks what it would have told.
    assert_eq!(lost, 1);
}

#[test]
fn the_apps_of_a_hand_over_sign_nobody_in_by_a_redirect() {
    for (client, status) in [("app", 502), (CLIENT_ID, 200)] {
        let mut setup = Setup::standard();
        let mut provider_of = github(ISSUER);
        provider_of["hand_over"] = json!(["access_token"]);
        provider_of["hand_over_azp"] = json!(["app"]);
        super::oauth::in_place(&mut setup.configuration, provider_of);
        let host = InProcess::with(&setup);
        provider(&host, |settings| {
            settings.edit_token_check = with("app", json!({"client_id": client}));
        });
        let mut browser = Browser::new(&host);
        let callback = browser.callback("/members/", "member");
        browser.go(&callback).expect(status);
    }
}

#[test]
fn an_id_token_may_be_five_minutes_old_and_clocks_differ_by_one() {
    for (age, status) in [(360, 200), (361, 400)] {
        let host = pages();
        let iat = host.now().as_seconds() - age;
        provider(&host, |settings| {
            settings.edit_claims = with("iat", json!(iat))
        });
        with_id_token(&mut Browser::new(&host), "page").expect(status);
    }
}
