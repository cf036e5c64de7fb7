//! The one rule for key sets that others publish: which request fetches what and when, and what is stored.

use crate::{
    access_token::{AccessToken, bearer},
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{browser::Browser, request::Request, response::Response},
    scripted::{
        Place, World,
        provider::{
            settings::{Answer, Endpoint, Signer, with},
            tokens,
        },
        schedule::Call,
    },
};
use lychgate_core::{http::outbound::SendError, time::Seconds};
use serde_json::{Value, json};
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

const TARGET: &str = "/calls/a";

fn key_requests(host: &InProcess) -> usize {
    host.world.provider().count(Endpoint::Keys)
}

fn publish(host: &InProcess, keys: Vec<Value>) {
    host.world.provider().settings.edit_keys = with("keys", json!(keys));
}

fn take_down(host: &InProcess) {
    for endpoint in [Endpoint::Discovery, Endpoint::Keys] {
        let down = Answer::Error(SendError::TimedOut);
        host.world.provider().settings.set_answer(endpoint, down);
    }
}

fn made_up(host: &InProcess, number: usize) -> AccessToken {
    AccessToken::published(host)
        .header("kid", json!(format!("made-up-{number}")))
        .signed_by(Signer::Ed25519(9))
}

fn newer(host: &InProcess) -> AccessToken {
    AccessToken::of(host, host.issuer(), Signer::Ed25519(2))
}

/// A token of another key than the one that it names.
fn under_old_name(host: &InProcess) -> AccessToken {
    newer(host).header("kid", json!("ed-1"))
}

fn renamed(signer: Signer, kid: &str) -> Value {
    let mut jwk = tokens::jwk(signer);
    jwk["kid"] = json!(kid);
    jwk
}

/// How a client's request ends before it is answered.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Its future is dropped.
    Dropped,
    /// Its future is neither polled nor dropped any more.
    Frozen,
}

type Running<'h> = Pin<Box<dyn Future<Output = Response> + 'h>>;

fn begin(host: &InProcess, request: Request) -> Running<'_> {
    Box::pin(async move { host.serve_whole(&request).await })
}

/// A round of polls stands for 25 milliseconds, the shortest time that a waiting request pauses for.
const ROUNDS_IN_TWO_SECONDS: usize = 80;

/// How many rounds a call with the new key takes beside 50 requests a second that are cut after `life` rounds.
fn rounds_until_served(is_cold: bool, life: usize, cut: Cut) -> usize {
    const HEAD_START: usize = 40;
    let host = InProcess::new();
    if !is_cold {
        AccessToken::published(&host)
            .call(&host, TARGET)
            .expect(200);
    }
    host.world.provider().settings.signer = Signer::Ed25519(2);
    host.world.schedule.borrow_mut().before = LATENCY;
    let mut context = Context::from_waker(Waker::noop());
    let mut attackers: Vec<(usize, Running<'_>)> = Vec::new();
    let mut frozen: Vec<Running<'_>> = Vec::new();
    let mut honest = None;
    for round in 0..2_000 {
        // Five in four rounds.
        for extra in 0..1 + usize::from(round % 4 == 0) {
            let token = made_up(&host, 2 * round + extra).text();
            attackers.push((round, begin(&host, bearer(&token, "GET", TARGET))));
        }
        if round == HEAD_START {
            let token = newer(&host).text();
            honest = Some(begin(&host, bearer(&token, "GET", TARGET)));
        }
        for (since, mut attacker) in std::mem::take(&mut attackers) {
            match attacker.as_mut().poll(&mut context) {
                Poll::Ready(_) => {}
                Poll::Pending if round - since < life => attackers.push((since, attacker)),
                Poll::Pending => match cut {
                    Cut::Dropped => drop(attacker),
                    Cut::Frozen => frozen.push(attacker),
                },
            }
        }
        if let Some(honest) = &mut honest
            && let Poll::Ready(response) = honest.as_mut().poll(&mut context)
        {
            assert_eq!(response.status, 200, "{life} {cut:?}, cold: {is_cold}");
            return round - HEAD_START;
        }
    }
    panic!("never served beside requests of {life} rounds, {cut:?}");
}

/// Polls that each call of the platform takes.
const LATENCY: u32 = 4;

#[test]
fn requests_that_are_cut_keep_a_new_key_from_nobody() {
    // The store, metadata, keys, the copy, and the signatures before and after.
    let calls = 6 * usize::try_from(LATENCY).unwrap() + 6;
    for cut in [Cut::Dropped, Cut::Frozen] {
        for is_cold in [false, true] {
            for life in [0, 1, 2, 3, 5, 7, 9, 11, 13, 16, 19, 21, 24, 28, 32] {
                let rounds = rounds_until_served(is_cold, life, cut);
                assert!(
                    rounds <= ROUNDS_IN_TWO_SECONDS + calls,
                    "{rounds} rounds beside requests of {life}, {cut:?}, cold: {is_cold}"
                );
            }
        }
    }
}

#[test]
fn a_request_that_is_cut_while_it_fetches_counts_for_nothing() {
    for polls in 1..30 {
        let host = InProcess::new();
        AccessToken::published(&host)
            .call(&host, TARGET)
            .expect(200);
        host.world.provider().settings.signer = Signer::Ed25519(2);
        host.world.schedule.borrow_mut().before = LATENCY;
        let token = made_up(&host, 0).text();
        let mut cut = begin(&host, bearer(&token, "GET", TARGET));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..polls {
            if cut.as_mut().poll(&mut context).is_ready() {
                break;
            }
        }
        host.world.schedule.borrow_mut().before = 0;
        // The one that was cut is neither polled nor dropped while the others are served.
        newer(&host).call(&host, TARGET).expect(200);
        AccessToken::published(&host)
            .claim("jti", json!("2"))
            .call(&host, TARGET)
            .expect(401);
        assert!(key_requests(&host) <= 3, "{polls}");
    }
}

#[test]
fn a_turn_to_verify_that_was_cut_is_taken_over() {
    let host = InProcess::new();
    let token = AccessToken::inline(&host).text();
    let request = || bearer(&token, "GET", TARGET);
    host.world.schedule.borrow_mut().before = 5;
    let mut cut = begin(&host, request());
    let mut context = Context::from_waker(Waker::noop());
    assert!(cut.as_mut().poll(&mut context).is_pending());
    host.world.schedule.borrow_mut().before = 0;
    let took = |host: &InProcess| {
        let begun = host.world.elapsed();
        host.send(&request()).expect(200);
        host.world.elapsed() - begun
    };
    assert!(took(&host) <= 60);
    host.forget();
    assert_eq!(took(&host), 0);
}

#[test]
fn made_up_keys_for_an_hour_write_to_the_store_twice_at_most() {
    let world = World::new();
    let setup = Setup::standard();
    let hour = |host: &InProcess, expected: u16| {
        host.world.forget_calls();
        let before = key_requests(host);
        for number in 0..=720 {
            let refused = made_up(host, number).call(host, TARGET);
            assert_eq!(refused.status, expected, "{}", refused.summary());
            host.world.pass(Seconds::new(5));
        }
        (
            host.world.count(Call::StoreSave),
            key_requests(host) - before,
        )
    };
    // Isolates one after the other, with and without a copy that another one stored.
    for place in 0..3 {
        let host = InProcess::in_world(&setup, &world, Place(place));
        let (saved, fetched) = hour(&host, 401);
        assert!(saved <= 2, "{saved}");
        assert!((119..=123).contains(&fetched), "{fetched}");
        assert!(host.world.count(Call::StoreLoad) <= 3);
    }
    // Nothing is stored for a failure.
    let host = InProcess::in_world(&setup, &world, Place(9));
    world.pass(Seconds::new(30));
    take_down(&host);
    assert_eq!(hour(&host, 503).0, 0);
}

#[test]
fn many_requests_at_once_load_and_fetch_a_set_once() {
    let host = InProcess::new();
    let requests = |host: &InProcess| -> Vec<Request> {
        let token = |number: usize| {
            let token = AccessToken::published(host).claim("jti", json!(number.to_string()));
            bearer(&token.text(), "GET", TARGET)
        };
        (0..160).map(token).collect()
    };
    for answer in host.send_all(&requests(&host)) {
        answer.expect(200);
    }
    assert_eq!(host.world.count(Call::StoreLoad), 1);
    assert_eq!(host.world.count(Call::StoreSave), 1);
    assert_eq!(key_requests(&host), 1);
    // Where the store has a copy, nobody is asked.
    let elsewhere = host.elsewhere();
    host.world.forget_calls();
    for answer in elsewhere.send_all(&requests(&elsewhere)) {
        answer.expect(200);
    }
    assert_eq!(host.world.calls(), [Call::StoreLoad]);
    // Many who want a newer set share a fetch, and what comes of it: nothing that is new, or nothing at all.
    let made_up = |host: &InProcess| -> Vec<Request> {
        let token = |number| bearer(&made_up(host, number).text(), "GET", TARGET);
        (0..160).map(token).collect()
    };
    for (is_down, status) in [(false, 401), (true, 503)] {
        host.world.pass(Seconds::new(30));
        if is_down {
            take_down(&host);
        }
        let before = host.world.count(Call::Send);
        for answer in elsewhere.send_all(&made_up(&elsewhere)) {
            answer.expect(status);
        }
        let asked = host.world.count(Call::Send) - before;
        assert!(asked <= 2, "{asked}");
    }
}

#[test]
fn a_request_that_may_not_wait_any_more_says_nothing_of_the_issuer() {
    for is_theirs in [false, true] {
        let host = InProcess::new();
        if is_theirs {
            take_down(&host);
        } else {
            host.world.has_time.set(false);
        }
        let token = AccessToken::published(&host);
        token.call(&host, TARGET).expect(503);
        Browser::new(&host).visit("/members/").expect(502);
        host.world.has_time.set(true);
        for endpoint in [Endpoint::Discovery, Endpoint::Keys] {
            let mut provider = host.world.provider();
            provider.settings.set_answer(endpoint, Answer::Document);
        }
        let answer = token.call(&host, TARGET);
        let expected = if is_theirs { 503 } else { 200 };
        assert_eq!(answer.status, expected, "{}", answer.summary());
    }
}

#[test]
fn a_request_that_may_not_wait_any_more_says_nothing_of_the_provider() {
    for (is_theirs, asked) in [(false, 1), (true, 0)] {
        let host = InProcess::new();
        let visit = || Browser::new(&host).visit("/members/").status;
        assert_eq!(visit(), 200);
        host.world.pass(Seconds::new(2 * 60 * 60));
        if is_theirs {
            take_down(&host);
        } else {
            host.world.has_time.set(false);
        }
        // Metadata that served an hour ago still does, for a request that has the time to use it.
        assert_eq!(visit(), if is_theirs { 200 } else { 502 });
        host.world.has_time.set(true);
        let before = host.world.provider().count(Endpoint::Discovery);
        assert_eq!(visit(), 200);
        let count = host.world.provider().count(Endpoint::Discovery) - before;
        assert_eq!(count, asked, "theirs: {is_theirs}");
    }
}

#[test]
fn a_request_that_may_not_wait_any_more_leaves_a_fetch_to_who_makes_it() {
    for has_time in [false, true] {
        let host = InProcess::new();
        host.world.schedule.borrow_mut().before = LATENCY;
        let token = |id: &str| AccessToken::published(&host).claim("jti", json!(id)).text();
        let mut context = Context::from_waker(Waker::noop());
        let mut fetching = begin(&host, bearer(&token("1"), "GET", TARGET));
        assert!(fetching.as_mut().poll(&mut context).is_pending());
        host.world.has_time.set(has_time);
        let mut waiting = begin(&host, bearer(&token("2"), "GET", TARGET));
        let first = waiting.as_mut().poll(&mut context);
        assert_eq!(first.is_pending(), has_time);
        host.world.has_time.set(true);
        let mut serve = |mut request: Running<'_>| loop {
            if let Poll::Ready(response) = request.as_mut().poll(&mut context) {
                return response;
            }
        };
        serve(fetching).expect(200);
        match first {
            Poll::Ready(response) => assert_eq!(response.status, 503),
            Poll::Pending => assert_eq!(serve(waiting).status, 200),
        }
        assert_eq!(key_requests(&host), 1);
    }
}

#[test]
fn many_sign_ins_at_once_share_the_metadata_and_its_failure() {
    let host = InProcess::new();
    let requests: Vec<Request> = (0..40)
        .map(|_| Request::navigation("/auth/login?return_to=%2F"))
        .collect();
    let asked = || host.world.provider().count(Endpoint::Discovery);
    let down = Answer::Error(SendError::TimedOut);
    let set = |answer| {
        let mut provider = host.world.provider();
        provider.settings.set_answer(Endpoint::Discovery, answer);
    };
    set(down);
    for answer in host.send_all(&requests) {
        answer.expect(502);
    }
    assert_eq!(asked(), 1);
    // The next visit asks again at once, since nothing is remembered.
    set(Answer::Document);
    for answer in host.send_all(&requests) {
        answer.expect(200);
    }
    assert_eq!(asked(), 2);
}

#[test]
fn sign_in_and_api_see_two_rotations_at_the_same_time() {
    let host = InProcess::new();
    AccessToken::published(&host)
        .call(&host, TARGET)
        .expect(200);
    Browser::signed_in(&host, "member");
    // Both need one and the same set.
    assert_eq!(key_requests(&host), 1);
    let signs_in = || {
        let mut browser = Browser::new(&host);
        let callback = browser.callback("/members/", "member");
        browser.go(&callback).status == 200
    };
    let rotate = |seed| host.world.provider().settings.signer = Signer::Ed25519(seed);
    rotate(2);
    assert!(signs_in());
    newer(&host).call(&host, TARGET).expect(200);
    assert_eq!(key_requests(&host), 2);
    rotate(3);
    let third = || AccessToken::of(&host, host.issuer(), Signer::Ed25519(3));
    for _ in 0..3 {
        assert!(!signs_in());
        third().call(&host, TARGET).expect(401);
    }
    host.world.pass(Seconds::new(29));
    assert!(!signs_in());
    host.world.pass(Seconds::new(1));
    third().call(&host, TARGET).expect(200);
    assert!(signs_in());
    assert_eq!(key_requests(&host), 3);
}

#[test]
fn a_key_that_is_replaced_under_its_own_name_is_seen_at_once() {
    let host = InProcess::new();
    let old = AccessToken::published(&host);
    old.call(&host, TARGET).expect(200);
    publish(&host, vec![renamed(Signer::Ed25519(2), "ed-1")]);
    under_old_name(&host).call(&host, TARGET).expect(200);
    old.call(&host, TARGET).expect(401);
    assert_eq!(key_requests(&host), 2);
    // Once per cool-down, whatever is forged.
    for number in 0..50 {
        let forged = old.clone().claim("jti", json!(number.to_string()));
        forged.call(&host, TARGET).expect(401);
    }
    assert_eq!(key_requests(&host), 2);
    host.world.pass(Seconds::new(30));
    old.claim("jti", json!("x")).call(&host, TARGET).expect(401);
    assert_eq!(key_requests(&host), 3);
    // So it is for people.
    let host = InProcess::new();
    Browser::signed_in(&host, "member");
    publish(&host, vec![renamed(Signer::Ed25519(2), "ed-1")]);
    {
        let mut provider = host.world.provider();
        provider.settings.signer = Signer::Ed25519(2);
        provider.settings.edit_header = with("kid", json!("ed-1"));
    }
    Browser::signed_in(&host, "member");
    assert_eq!(key_requests(&host), 2);
}

#[test]
fn an_outage_makes_no_forged_token_better_and_no_good_one_worse() {
    let host = InProcess::new();
    let good = AccessToken::published(&host);
    good.call(&host, TARGET).expect(200);
    take_down(&host);
    let asked = |host: &InProcess| host.world.count(Call::Send);
    let before = asked(&host);
    under_old_name(&host).call(&host, TARGET).expect(401);
    assert_eq!(asked(&host), before + 1);
    under_old_name(&host)
        .claim("jti", json!("2"))
        .call(&host, TARGET)
        .expect(401);
    assert_eq!(asked(&host), before + 1);
    // Of an unknown key nobody can say whose it is.
    newer(&host).call(&host, TARGET).expect(503);
    good.claim("jti", json!("3"))
        .call(&host, TARGET)
        .expect(200);
}

#[test]
fn a_mistake_in_what_is_published_is_logged_once_and_tells_no_secret() {
    let host = InProcess::new();
    let private = tokens::private_jwk(Signer::P256(2));
    let secret = private["d"].as_str().unwrap().to_owned();
    publish(
        &host,
        vec![
            tokens::jwk(Signer::Ed25519(1)),
            private,
            Value::Null,
            renamed(Signer::Ed25519(2), "ed-1"),
        ],
    );
    host.world.provider().settings.edit_metadata = with("userinfo_endpoint", json!("/SECRET-x"));
    for _ in 0..3 {
        AccessToken::published(&host)
            .call(&host, TARGET)
            .expect(200);
        Browser::signed_in(&host, "member");
    }
    let log = host.world.log();
    let flawed: Vec<&Value> = log
        .iter()
        .filter(|line| line["event"] == "provider_flawed")
        .collect();
    let reasons: Vec<&str> = flawed
        .iter()
        .map(|line| line["reason"].as_str().unwrap())
        .collect();
    assert_eq!(
        reasons,
        [
            "key set: keys[1] publishes a private or symmetric key; keys[2] is left out: NotAnObject; \
             keys[3] has the kid of an earlier key",
            "metadata: not usable, taken as absent: userinfo_endpoint",
        ]
    );
    assert_eq!(flawed[0]["level"], "warning");
    assert_eq!(flawed[0]["provider"], host.issuer());
    assert_eq!(flawed[1]["provider"], "demo");
    let printed = host.world.events().join("\n");
    assert!(!printed.contains(&secret) && !printed.contains("SECRET-x"));
}
