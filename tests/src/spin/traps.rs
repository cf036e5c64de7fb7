//! The fate of a request that traps, of those under way beside it in the same instance, and of the next one.
//!
//! The component of the contract suite can be made to trap; with a configuration it is the gateway besides.

use crate::{
    host::{
        Host, contract,
        workerd::{Setup, Workerd},
    },
    http::{
        browser::{Browser, SESSION},
        request::Request,
        response::Response,
    },
};
use serde_json::json;
use std::thread;

/// How many requests wait for an upstream when the instance goes; it takes sixteen.
const WAITING: usize = 12;

fn trap() -> Request {
    let id = "A".repeat(43);
    let question = json!({
        "partition": {"kind": "user", "id": id},
        "names": ["uAAAAAAAAAAAAAAAAAAAAAA"],
        "now": 1,
    });
    contract::request("/trap", &question)
}

/// The host's own answer, with nothing of ours in it.
fn is_lost(answer: &Response) -> bool {
    for text in ["contract suite", "SECRET-", "lychgate"] {
        assert!(!answer.summary().contains(text), "{}", answer.summary());
    }
    answer.status == 500 && answer.body.is_empty()
}

#[test]
fn a_trap_is_a_500_and_requests_beside_it_get_nothing_of_each_other() {
    let setup = Setup {
        worker: Setup::contract().worker,
        ..Setup::standard()
    };
    let host = Workerd::start(&setup.on_spin(128));
    let people = ["member", "staff"].map(|login| Browser::signed_in(&host, login));
    let requests: Vec<Request> = (0..WAITING)
        .map(|number| {
            let target = format!("/api/wait?number={number}");
            people[number % 2].prepare(Request::script("GET", &target))
        })
        .collect();
    let before = host.api_requests();
    let answers = thread::scope(|scope| {
        let mut waiting = Vec::new();
        for (number, request) in (1..).zip(&requests) {
            waiting.push(scope.spawn(|| host.send(request)));
            // One after the other, so that all of them come to the instance that has room.
            while host.api_requests() < before + number {
                thread::yield_now();
            }
        }
        assert!(is_lost(&host.send(&trap())));
        // The next requests work, and protect what they protected.
        host.send(&Request::script("GET", "/members/")).expect(401);
        host.send(&Request::script("GET", "/api/go-on")).expect(401);
        let go_on = people[0].prepare(Request::script("GET", "/api/go-on"));
        host.send(&go_on).expect(200);
        let waited = waiting.into_iter().map(|thread| thread.join().unwrap());
        waited.collect::<Vec<Response>>()
    });
    let mut lost = 0;
    for (number, answer) in answers.into_iter().enumerate() {
        if answer.status == 500 {
            assert!(is_lost(&answer));
            lost += 1;
            continue;
        }
        // In another instance than the one that trapped, everything went on.
        let seen = answer.expect(200).json();
        assert_eq!(seen["url"], json!(format!("/api/wait?number={number}")));
        assert_eq!(
            seen["headers"]["lychgate-user"],
            json!(["member", "staff"][number % 2])
        );
    }
    assert!(lost > 0, "nobody waited in the instance that trapped");
    crate::gateway::hidden::panics(&host);
    for mut person in people {
        assert!(person.is_signed_in());
        let mut forged = person.session().unwrap();
        forged.pop();
        person.jar.put(SESSION, &forged);
        assert!(!person.is_signed_in());
    }
}
