//! The doctor's findings about an issuer that Lychgate asks about its tokens.

use super::*;
use crate::doctor::{client::Client, finding::Verdict};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// An issuer behind a socket, which answers everything in one way.
struct Issuing {
    origin: String,
    /// The questions that it got.
    seen: Arc<Mutex<Vec<String>>>,
}

impl Issuing {
    fn answering(status: &str, content_type: &str, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let seen = Arc::new(Mutex::new(Vec::new()));
        let requests = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read(&mut stream);
                requests.lock().unwrap().push(request);
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { origin, seen }
    }
}

/// A request: its head, and as much of a body as the head announces.
fn read(stream: &mut TcpStream) -> String {
    let mut request = String::new();
    let mut byte = [0];
    let mut length = None;
    loop {
        if let Some((head, body)) = request.split_once("\r\n\r\n") {
            let announced = *length.get_or_insert_with(|| {
                let mut lines = head.lines().filter_map(|line| line.split_once(": "));
                let found = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
                found.map_or(0, |(_, length)| length.parse().unwrap())
            });
            if body.len() >= announced {
                return request;
            }
        }
        stream.read_exact(&mut byte).unwrap();
        request.push(char::from(byte[0]));
    }
}

/// The finding on an issuer whose endpoints are there, asked in that way.
fn finding(origin: &str, how: Value) -> (Verdict, String) {
    let mut table = json!({"issuer": "https://tokens.example.com"});
    table
        .as_object_mut()
        .unwrap()
        .extend(how.as_object().unwrap().clone());
    let config = json!({
        "version": 1,
        "public_url": "http://localhost:8787",
        "key": [{"id": 1, "secret": "KEY"}],
        "issuer": [table],
        "upstream": [{"id": "api", "url": "http://localhost:8788"}],
        "route": [{"path": "/**", "access": ["bearer"], "upstream": "api"}],
    });
    let config = Config::from_json(config.to_string().as_bytes()).unwrap();
    let subject = Subject {
        client: Client::new(),
        origin: Url::parse(origin).unwrap().origin().clone(),
        config: None,
        wrangler: None,
        site: None,
        others: vec![],
    };
    let issuer = config.issuers.first().unwrap();
    let findings = check(&subject, &config, issuer);
    let [finding] = findings.as_slice() else {
        panic!("{findings:?}");
    };
    (finding.verdict, finding.to_string())
}

fn introspection(origin: &str) -> (Verdict, String) {
    let how = json!({
        "check": "introspection", "clients": ["a"],
        "introspection_endpoint": format!("{origin}/introspect"),
        "client_id": "edge", "client_secret": {"secret": "T"},
    });
    finding(origin, how)
}

fn userinfo(origin: &str) -> (Verdict, String) {
    let how = json!({
        "check": "userinfo", "any_client": true, "userinfo_endpoint": format!("{origin}/me"),
    });
    finding(origin, how)
}

#[test]
fn an_endpoint_that_refuses_a_stranger_can_be_asked() {
    for status in ["401 Unauthorized", "400 Bad Request", "403 Forbidden"] {
        let body = r#"{"error":"invalid_client"}"#;
        let issuer = Issuing::answering(status, "application/json", body);
        for ask in [introspection, userinfo] {
            let (verdict, words) = ask(&issuer.origin);
            assert_eq!(verdict, Verdict::Pass, "{status} {words}");
            assert!(words.contains("can be asked"), "{words}");
        }
        let seen = issuer.seen.lock().unwrap();
        assert!(seen[0].starts_with("POST /introspect "), "{seen:?}");
        assert!(
            seen[0].ends_with("token=lychgate-doctor&token_type_hint=access_token"),
            "{seen:?}"
        );
        assert!(seen[1].starts_with("GET /me "), "{seen:?}");
        // It has no secret that it could show.
        let shows = |request: &String| request.to_ascii_lowercase().contains("authorization:");
        assert!(!seen.iter().any(shows), "{seen:?}");
    }
}

#[test]
fn an_endpoint_that_tells_anyone_is_a_warning() {
    for (content_type, body) in [
        ("application/json", r#"{"active":false}"#),
        (
            "application/token-introspection+jwt",
            "eyJhbGciOiJFUzI1NiIsInR5cCI6InRva2VuLWludHJvc3BlY3Rpb24rand0In0.e30.AA",
        ),
    ] {
        let issuer = Issuing::answering("200 OK", content_type, body);
        let (verdict, words) = introspection(&issuer.origin);
        assert_eq!(verdict, Verdict::Warn, "{words}");
        assert!(words.contains("tells anyone"), "{words}");
    }
}

#[test]
fn a_page_for_people_is_no_endpoint() {
    let page = Issuing::answering("200 OK", "text/html", "<!doctype html><p>Welcome");
    for ask in [introspection, userinfo] {
        let (verdict, words) = ask(&page.origin);
        assert_eq!(verdict, Verdict::Fail, "{words}");
        assert!(words.contains("says nothing about tokens"), "{words}");
        assert!(!words.contains("Welcome"), "{words}");
    }
    for status in ["404 Not Found", "302 Found", "500 Internal Server Error"] {
        let page = Issuing::answering(status, "text/html", "<!doctype html>");
        let (verdict, words) = introspection(&page.origin);
        assert_eq!(verdict, Verdict::Fail, "{words}");
        let code = status.split(' ').next().unwrap();
        assert!(words.contains(&format!("answers {code}")), "{words}");
    }
}

#[test]
fn nobody_there_is_something_to_mend() {
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let (verdict, words) = introspection(&gone);
    assert_eq!(verdict, Verdict::Fail, "{words}");
    assert!(words.contains("cannot be reached"), "{words}");
    assert!(words.contains("its word where it is asked"), "{words}");
}

/// An issuer whose metadata has to say where it is asked.
fn by_metadata(origin: &str) -> (Verdict, String) {
    let how = json!({
        "check": "introspection", "clients": ["a"], "metadata_url": format!("{origin}/metadata"),
        "client_id": "edge", "client_secret": {"secret": "T"},
    });
    finding(origin, how)
}

#[test]
fn the_endpoint_that_metadata_names_is_asked() {
    let asked = Issuing::answering("401 Unauthorized", "application/json", "{}");
    let endpoint = format!("{}/introspect", asked.origin);
    let document = |issuer: &str, name: &str| json!({"issuer": issuer, name: endpoint}).to_string();
    let own = "https://tokens.example.com";
    let good = document(own, "introspection_endpoint");
    let foreign = document("https://other.example.com", "introspection_endpoint");
    let silent = document(own, "token_endpoint");
    for (body, verdict, said) in [
        (&good, Verdict::Pass, "/introspect can be asked"),
        (
            &foreign,
            Verdict::Fail,
            "is no metadata of https://tokens.example.com",
        ),
        (&silent, Verdict::Fail, "names no introspection_endpoint"),
        (&"<html>".to_owned(), Verdict::Fail, "is no metadata of"),
    ] {
        let metadata = Issuing::answering("200 OK", "application/json", body);
        let (found, words) = by_metadata(&metadata.origin);
        assert_eq!(found, verdict, "{words}");
        assert!(words.contains(said), "{words}");
    }
    assert_eq!(asked.seen.lock().unwrap().len(), 1);
}
