//! Preconditions and ranges of whole requests for one file of ten bytes.

use crate::{
    assets::{
        entity_tag::EntityTag,
        plan::{Presence, Step, plan},
        response::{Body, FileResponse, Found},
    },
    http::{header::HeaderName, method::Method, response::Status},
    time::UnixTime,
};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
const MODIFIED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";
const STRONG: &str = "\"07070707070707070707070707070707\"";
const WEAK: &str = "W/\"a-2ebc98a1-0\"";

fn strong() -> Found {
    Found {
        length: 10,
        tag: Some(EntityTag::of_contents(&[7; 32])),
        modified: Some(UnixTime::from_seconds(784_111_777)),
    }
}

fn weak() -> Found {
    let modified = UnixTime::from_seconds(784_111_777);
    Found {
        tag: Some(EntityTag::of_metadata(10, modified, 0)),
        ..strong()
    }
}

fn respond(found: &Found, method: &str, path: &str, headers: &[(&str, &str)]) -> FileResponse {
    let header = |name: &HeaderName| {
        let found = headers.iter().find(|(key, _)| *key == name.as_str());
        found.map(|(_, value)| (*value).to_owned())
    };
    let mut step = plan(Method::parse(method), path, header);
    loop {
        match step {
            Step::Look(look) => {
                let is_there = ["x.txt", "404.html"].contains(&look.name().as_str());
                let presence = if is_there {
                    Presence::File
                } else {
                    Presence::Absent
                };
                step = look.answer(presence);
            }
            Step::File(file) => return file.respond(found),
            Step::Respond(response) => return response,
        }
    }
}

fn get(found: &Found, headers: &[(&str, &str)]) -> (Status, Body) {
    let response = respond(found, "GET", "/x.txt", headers);
    (response.status, response.body)
}

fn status(found: &Found, headers: &[(&str, &str)]) -> Status {
    let head = respond(found, "HEAD", "/x.txt", headers);
    assert_eq!(head.body, Body::Empty);
    let (status, body) = get(found, headers);
    assert_eq!(head.status, status, "{headers:?}");
    assert_eq!(body == Body::Whole, status == Status::OK, "{headers:?}");
    status
}

fn lines(response: &FileResponse) -> Vec<String> {
    let headers = response.headers.iter();
    headers
        .map(|(name, value)| format!("{}: {}", name.as_str(), value.as_str()))
        .collect()
}

#[test]
fn what_the_client_has_is_not_sent_again() {
    for (found, tag) in [(strong(), STRONG), (weak(), WEAK)] {
        let other = format!("\"x\", {tag}");
        for (field, expected) in [
            (tag, Status::NOT_MODIFIED),
            (tag.trim_start_matches("W/"), Status::NOT_MODIFIED),
            (
                &format!("W/{}", tag.trim_start_matches("W/")),
                Status::NOT_MODIFIED,
            ),
            (&other, Status::NOT_MODIFIED),
            ("*", Status::NOT_MODIFIED),
            ("\"x\"", Status::OK),
            ("", Status::OK),
        ] {
            assert_eq!(
                status(&found, &[("if-none-match", field)]),
                expected,
                "{field}"
            );
        }
    }
    for (date, expected) in [
        (AFTER, Status::NOT_MODIFIED),
        (MODIFIED, Status::NOT_MODIFIED),
        (BEFORE, Status::OK),
        ("yesterday", Status::OK),
    ] {
        assert_eq!(
            status(&strong(), &[("if-modified-since", date)]),
            expected,
            "{date}"
        );
    }
}

#[test]
fn a_date_counts_only_where_no_tag_is_given() {
    for (none_match, expected) in [("\"x\"", Status::OK), (STRONG, Status::NOT_MODIFIED)] {
        for date in [BEFORE, AFTER] {
            let headers = [("if-none-match", none_match), ("if-modified-since", date)];
            assert_eq!(status(&strong(), &headers), expected);
        }
    }
    for (if_match, expected) in [("\"x\"", Status::PRECONDITION_FAILED), (STRONG, Status::OK)] {
        for date in [BEFORE, AFTER] {
            let headers = [("if-match", if_match), ("if-unmodified-since", date)];
            assert_eq!(status(&strong(), &headers), expected);
        }
    }
}

#[test]
fn another_state_than_the_client_means_is_412() {
    let lists = format!("\"x\", {STRONG}");
    let as_weak = format!("W/{STRONG}");
    for (field, expected) in [
        (STRONG, Status::OK),
        (&lists, Status::OK),
        ("*", Status::OK),
        ("\"x\"", Status::PRECONDITION_FAILED),
        (&as_weak, Status::PRECONDITION_FAILED),
        ("broken", Status::PRECONDITION_FAILED),
    ] {
        assert_eq!(
            status(&strong(), &[("if-match", field)]),
            expected,
            "{field}"
        );
    }
    // A weak tag is never the same as anything, in this comparison.
    let weak_tag = [("if-match", WEAK)];
    assert_eq!(status(&weak(), &weak_tag), Status::PRECONDITION_FAILED);
    for (date, expected) in [
        (AFTER, Status::OK),
        (MODIFIED, Status::OK),
        (BEFORE, Status::PRECONDITION_FAILED),
        ("yesterday", Status::OK),
    ] {
        assert_eq!(
            status(&strong(), &[("if-unmodified-since", date)]),
            expected,
            "{date}"
        );
    }
}

#[test]
fn preconditions_hold_in_their_order() {
    let failed = [("if-match", "\"x\""), ("if-none-match", STRONG)];
    assert_eq!(status(&strong(), &failed), Status::PRECONDITION_FAILED);
    let known = [("if-match", STRONG), ("if-none-match", STRONG)];
    assert_eq!(status(&strong(), &known), Status::NOT_MODIFIED);
    let dates = [("if-unmodified-since", BEFORE), ("if-none-match", STRONG)];
    assert_eq!(status(&strong(), &dates), Status::PRECONDITION_FAILED);
    let range = [("if-none-match", STRONG), ("range", "bytes=0-1")];
    assert_eq!(status(&strong(), &range), Status::NOT_MODIFIED);
}

#[test]
fn without_a_tag_or_a_time_nothing_is_known() {
    let unknown = Found {
        tag: None,
        modified: None,
        ..strong()
    };
    for name in ["if-modified-since", "if-unmodified-since"] {
        assert_eq!(status(&unknown, &[(name, AFTER)]), Status::OK);
        assert_eq!(status(&unknown, &[(name, BEFORE)]), Status::OK);
    }
    assert_eq!(status(&unknown, &[("if-none-match", STRONG)]), Status::OK);
    let asked = [("if-match", STRONG)];
    assert_eq!(status(&unknown, &asked), Status::PRECONDITION_FAILED);
    assert_eq!(status(&unknown, &[("if-match", "*")]), Status::OK);
}

#[test]
fn a_part_is_sent_where_it_is_a_part_of_the_same_file() {
    let range = ("range", "bytes=2-4");
    let (partial, whole) = (Status::PARTIAL_CONTENT, Status::OK);
    let as_weak = format!("W/{STRONG}");
    for (found, if_range, expected) in [
        (strong(), STRONG, partial),
        (strong(), "\"x\"", whole),
        (strong(), &as_weak, whole),
        (strong(), MODIFIED, whole),
        (strong(), "", whole),
        (strong(), "*", whole),
        (weak(), WEAK, whole),
        (weak(), WEAK.trim_start_matches("W/"), whole),
    ] {
        let (status, body) = get(&found, &[range, ("if-range", if_range)]);
        assert_eq!(status, expected, "{if_range}");
        assert_eq!(body == Body::Whole, status == whole, "{if_range}");
    }
    let (status, body) = get(&weak(), &[range]);
    assert_eq!(status, partial);
    let Body::Range(part) = body else {
        panic!("no part: {body:?}");
    };
    assert_eq!((part.first(), part.length()), (2, 3));
}

#[test]
fn only_get_has_ranges() {
    let head = respond(&strong(), "HEAD", "/x.txt", &[("range", "bytes=2-4")]);
    assert_eq!((head.status, head.body), (Status::OK, Body::Empty));
    let post = respond(&strong(), "POST", "/x.txt", &[("range", "bytes=2-4")]);
    assert_eq!(post.status, Status::METHOD_NOT_ALLOWED);
}

#[test]
fn each_status_has_its_headers() {
    let about = [
        "content-type: text/plain; charset=utf-8",
        "cache-control: public, max-age=0, must-revalidate",
        &format!("etag: {STRONG}"),
        &format!("last-modified: {MODIFIED}"),
    ];
    let of = |headers: &[(&str, &str)]| respond(&strong(), "GET", "/x.txt", headers);
    let with = |more: &[&'static str]| [&about[..], more].concat();
    let whole = of(&[]);
    assert_eq!(
        lines(&whole),
        with(&["content-length: 10", "accept-ranges: bytes"])
    );
    let part = of(&[("range", "bytes=-4")]);
    assert_eq!(
        lines(&part),
        with(&["content-range: bytes 6-9/10", "content-length: 4"])
    );
    let known = of(&[("if-none-match", "*")]);
    assert_eq!(
        (lines(&known), known.body),
        (
            with(&[]).iter().map(|&line| line.to_owned()).collect(),
            Body::Empty
        )
    );
    let behind = of(&[("range", "bytes=10-")]);
    assert_eq!(behind.status, Status::RANGE_NOT_SATISFIABLE);
    assert_eq!(
        lines(&behind),
        ["content-length: 0", "content-range: bytes */10"]
    );
    assert_eq!(behind.body, Body::Empty);
    let failed = of(&[("if-match", "\"x\"")]);
    assert_eq!(
        (lines(&failed), failed.body),
        (["content-length: 0".to_owned()].to_vec(), Body::Empty)
    );
}

#[test]
fn what_was_asked_for_with_credentials_is_for_no_cache() {
    let response = respond(&strong(), "GET", "/x.txt", &[("authorization", "Basic x")]);
    assert!(
        !lines(&response)
            .iter()
            .any(|line| line.starts_with("cache-control"))
    );
    let ranged = [("range", "bytes=0-0")];
    let response = respond(&strong(), "GET", "/x.txt", &ranged);
    assert!(
        lines(&response)
            .iter()
            .any(|line| line.starts_with("cache-control"))
    );
}

#[test]
fn the_page_of_a_404_has_neither_conditions_nor_parts() {
    for headers in [
        ("if-none-match", "*"),
        ("if-match", "\"x\""),
        ("if-modified-since", AFTER),
        ("range", "bytes=0-1"),
    ] {
        let response = respond(&strong(), "GET", "/nope", &[headers]);
        assert_eq!(
            (response.status, response.body),
            (Status::NOT_FOUND, Body::Whole)
        );
    }
}
