//! Requests of different people that wait in one instance at the same time see nothing of each other, and a
//! component that only the gateway reaches learns from it alone who is asking.

use crate::{
    host::{
        Host,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request},
};
use serde_json::json;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

/// As many as one instance serves at once.
const PEOPLE: usize = 16;
const LOOP_GUARD: usize = 6;

#[test]
fn sixteen_people_at_once_see_themselves_alone() {
    let host = Workerd::start(&Setup::standard().on_spin(128));
    let logins: Vec<String> = (0..PEOPLE)
        .map(|number| if number % 2 == 0 { "member" } else { "staff" }.to_owned())
        .collect();
    let browsers: Vec<Browser<'_>> = logins
        .iter()
        .map(|login| Browser::signed_in(&host, login))
        .collect();
    for round in 0..LOOP_GUARD {
        if round % 2 == 0 {
            // Cold, each of them waits for the ledger and the store.
            host.forget();
        }
        let requests: Vec<Request> = browsers
            .iter()
            .enumerate()
            .map(|(number, browser)| {
                let target = format!("/api/echo-headers?person={number}");
                browser.prepare(Request::script("GET", &target))
            })
            .collect();
        let answers = host.send_all(&requests);
        for (number, (answer, login)) in answers.into_iter().zip(&logins).enumerate() {
            let seen = answer.expect(200).json();
            assert_eq!(seen["headers"]["lychgate-user"], json!(login), "{number}");
            let asked = format!("/api/echo-headers?person={number}");
            assert_eq!(seen["url"], json!(asked));
            let others = seen["headers"]["cookie"].as_str().unwrap_or_default();
            assert!(!others.contains("lychgate"), "{others}");
        }
    }
}

#[test]
fn a_private_component_is_reached_through_the_gateway_alone() {
    let mut setup = Setup::standard();
    let configuration = setup.configuration.as_mut().unwrap();
    configuration["upstream"][1]["url"] = json!("http://hello.spin.internal");
    let host = Workerd::start(&setup.on_spin(128));
    host.send(&Request::script("GET", "/api/who")).expect(401);
    let mut browser = Browser::signed_in(&host, "member");
    let request = browser.prepare(
        Request::script("GET", "/api/who?a=b")
            .with("lychgate-user", "forged")
            .with("Lychgate_Groups", "forged")
            .with("spin-client-addr", "forged"),
    );
    let seen = host.send(&request).expect(200).json();
    assert_eq!(seen["target"], json!("/api/who?a=b"));
    let headers = &seen["headers"];
    assert_eq!(headers["lychgate-user"], json!("member"), "{headers}");
    assert_eq!(headers["lychgate-secret"], json!("SECRET-OF-THE-API"));
    assert!(!headers.to_string().contains("forged"), "{headers}");
    // From outside its name leads nowhere: the host takes it away, and then there is none.
    let mut outside = TcpStream::connect(("127.0.0.1", host.port())).unwrap();
    outside
        .write_all(
            b"GET /api/who HTTP/1.1\r\nHost: hello.spin.internal\r\nConnection: close\r\n\r\n",
        )
        .unwrap();
    let mut answer = String::new();
    outside.read_to_string(&mut answer).unwrap();
    assert!(!answer.contains(" 200 "), "{answer}");
    assert!(!answer.contains("lychgate-secret"), "{answer}");
    assert!(browser.is_signed_in());
}
