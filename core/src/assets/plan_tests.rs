//! Whole requests against folders that are lists of names.

use super::*;
use crate::assets::response::Body;
use alloc::{borrow::ToOwned, format, string::ToString, vec::Vec};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const OBSERVED: &str = include_str!("testdata/observed.txt");

/// The response as a line of the table: the status, and the file or the `Location`.
fn answer(files: &[&str], method: &str, target: &str) -> (String, FileResponse) {
    let mut step = plan(Method::parse(method), target, |_| None);
    loop {
        match step {
            Step::Look(look) => {
                let is_there = files.contains(&look.name().as_str());
                let presence = if is_there {
                    Presence::File
                } else {
                    Presence::Absent
                };
                step = look.answer(presence);
            }
            Step::File(file) => {
                let found = Found {
                    length: 7,
                    tag: None,
                    modified: None,
                };
                let response = file.respond(&found);
                let line = format!("{} {}", response.status.code(), file.name().as_str());
                return (line, response);
            }
            Step::Respond(response) => {
                let location = header(&response, &HeaderName::LOCATION).unwrap_or_default();
                let line = format!("{} {location}", response.status.code());
                return (line.trim_end().to_owned(), response);
            }
        }
    }
}

fn header(response: &FileResponse, name: &HeaderName) -> Option<String> {
    let mut headers = response.headers.iter();
    let found = headers.find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str().to_owned())
}

#[test]
fn every_answer_is_the_one_that_was_observed() {
    let files: Vec<&str> = OBSERVED
        .lines()
        .filter_map(|line| line.strip_prefix("+ "))
        .collect();
    let requests = OBSERVED
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('+') && !line.starts_with('#'));
    let mut seen = 0;
    for line in requests {
        let mut words = line.splitn(3, ' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let expected = words.next().unwrap();
        let (line, response) = answer(&files, method, target);
        if method == "HEAD" && !expected.starts_with("307") {
            assert!(
                line.starts_with(&format!("{expected} ")),
                "{method} {target}: {line}"
            );
            assert_eq!(response.body, Body::Empty);
        } else {
            assert_eq!(line, expected, "{method} {target}");
        }
        seen += 1;
    }
    assert!(seen > 200 && files.len() > 50);
}

#[test]
fn without_a_page_for_it_nothing_found_is_empty_for_every_method() {
    for method in ["GET", "HEAD", "POST"] {
        let (line, response) = answer(&["sub/404.html"], method, "/no@pe");
        assert_eq!(line, "404", "{method}");
        assert_eq!(response.body, Body::Empty);
    }
    assert_eq!(
        answer(&["sub/404.html"], "GET", "/sub/no@pe").0,
        "307 /sub/no%40pe"
    );
    assert_eq!(answer(&["sub/404.html"], "POST", "/sub/nope").0, "405");
}

#[test]
fn headers_are_those_of_the_asset_server() {
    let text = |response: &FileResponse| {
        let headers = response.headers.iter();
        headers
            .map(|(name, value)| format!("{}: {}", name.as_str(), value.as_str()))
            .collect::<Vec<_>>()
    };
    let cache = "cache-control: public, max-age=0, must-revalidate";
    let html = "content-type: text/html; charset=utf-8";
    let files = ["index.html", "404.html", "d"];
    let ranges = "accept-ranges: bytes";
    let (_, response) = answer(&files, "GET", "/");
    assert_eq!(text(&response), [html, cache, "content-length: 7", ranges]);
    let (_, response) = answer(&files, "HEAD", "/");
    assert_eq!(text(&response), [html, cache, ranges]);
    let (_, response) = answer(&files, "GET", "/nope");
    assert_eq!(text(&response), [html, cache, "content-length: 7"]);
    let (_, response) = answer(&files, "GET", "/d");
    assert_eq!(text(&response), [cache, "content-length: 7", ranges]);
    let (_, response) = answer(&files, "POST", "/");
    assert_eq!(text(&response), ["content-length: 0", "allow: GET, HEAD"]);
    let (_, response) = answer(&files, "GET", "/index.html?q");
    assert_eq!(text(&response), ["content-length: 0", "location: /?q"]);
}

#[test]
fn a_redirect_keeps_the_query_and_stays_on_the_site() {
    let files = ["index.html", "a.html", "...html", "..html"];
    for (target, expected) in [
        ("/a.html?b=c", "307 /a?b=c"),
        ("/a.html?", "307 /a"),
        ("/a.html?\u{e9}\r\n #'", "307 /a?%C3%A9%0D%0A%20%23%27"),
        ("/a.html?//evil.example", "307 /a?//evil.example"),
        ("/index.html?\\\\evil.example", "307 /?\\\\evil.example"),
        ("//evil.example/..", "400"),
        ("/\\evil.example/index.html", "400"),
        // Without their endings these would be dot segments.
        ("/...html", "200 ...html"),
        ("/..html", "200 ..html"),
    ] {
        assert_eq!(answer(&files, "GET", target).0, expected, "{target}");
    }
}

#[test]
fn the_work_for_one_request_is_bounded() {
    let deep = "/a".repeat(2000) + "/index.html";
    for target in ["/", "/x", "/x/index", "/x/index.html", "/x.html", &deep] {
        let mut looks = 0;
        let mut step = plan(Method::Get, target, |_| None);
        while let Step::Look(look) = step {
            looks += 1;
            step = look.answer(Presence::Absent);
        }
        assert!(looks <= 40, "{target}: {looks}");
    }
    let here = format!("{}404.html", "a/".repeat(32));
    assert_eq!(answer(&[&here], "GET", &deep).0, format!("404 {here}"));
    let below = here.replace("404", "a/404");
    assert_eq!(answer(&[&below], "GET", &deep).0, "404".to_string());
}
