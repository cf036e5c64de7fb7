//! One token that pages hand over twice, at one place or two, in every order and with every fault.

use super::{
    Choices,
    scenarios::{
        Answers, Calls, Plan, SHORT_WAYS, WAYS, Where, calm, disturb, heads, one_session, request,
        run_all,
    },
};
use crate::{
    gateway::hand_over::{
        access_token, hand_over, id_token_for, nonce, with_hand_over, with_id_token,
    },
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{browser::Browser, request::Request},
    scripted::{provider::ISSUER, schedule::Behaviour},
};
use serde_json::json;
use std::env;

/// Two requests that hand the same token over.
type Twice = fn(&InProcess) -> [Request; 2];

fn twice(choices: &mut Choices, plan: Plan, setup: &Setup, requests: Twice) -> Calls {
    let host = InProcess::with(setup);
    let far = host.elsewhere();
    let second = match plan.at {
        Where::Here => &host,
        Where::Elsewhere => &far,
    };
    // Both know what the provider publishes.
    for host in [&host, &far] {
        with_id_token(&mut Browser::new(host), "page").expect(200);
    }
    let before = heads(&host);
    let [one, other] = requests(&host);
    disturb(&host, plan);
    let responses = choices.interleave(vec![request(&host, &one), request(second, &other)]);
    let calls = calm(&host);
    one_session(&host, before, responses, plan);
    calls
}

/// A deployment whose pages hand tokens over.
fn pages() -> Setup {
    let mut setup = Setup::standard();
    let standard = InProcess::with(&setup).deployment();
    setup.configuration = with_hand_over(&standard, ISSUER).configuration;
    setup
}

/// Of one browser, whose challenge the token was made for.
fn id_token(host: &InProcess) -> [Request; 2] {
    let mut browser = Browser::new(host);
    let token = id_token_for(host, &nonce(&mut browser));
    let message = json!({"provider": "page", "id_token": token}).to_string();
    let request = browser.prepare(hand_over(&message));
    [request.clone(), request]
}

/// Of two browsers, each with a challenge of its own.
fn token_of_two(host: &InProcess) -> [Request; 2] {
    let token = access_token(host, "two");
    let message = json!({"provider": "asked", "access_token": token}).to_string();
    [(); 2].map(|()| {
        let mut browser = Browser::new(host);
        nonce(&mut browser);
        browser.prepare(hand_over(&message))
    })
}

#[test]
fn one_id_token_begins_one_session() {
    let setup = pages();
    run_all(
        "two hand-overs of an ID token",
        (Answers::Later, &WAYS),
        100,
        |choices, plan| twice(choices, plan, &setup, id_token),
    );
}

#[test]
fn one_access_token_begins_one_session() {
    let setup = pages();
    // With two questions to the provider in each there are thousands of orders without a fault.
    let ways: &[Behaviour] = match env::var_os("LYCHGATE_LONG") {
        Some(_) => &SHORT_WAYS,
        None => &[],
    };
    run_all(
        "two hand-overs of an access token",
        (Answers::AtOnce, ways),
        100,
        |choices, plan| twice(choices, plan, &setup, token_of_two),
    );
}
