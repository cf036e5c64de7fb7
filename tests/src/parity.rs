//! The same requests to the gateway in this process, on Workers and on Spin: the same answers.
//!
//! Every session asks for every target in every manner. Differences that a platform forces stand at
//! [`FIELDS_OF_OURS`] and in ARCHITECTURE.md; anything else that differs fails.

use crate::{
    host::{
        Host,
        in_process::InProcess,
        workerd::{Setup, Workerd},
    },
    http::{
        browser::{Browser, SESSION},
        request::Request,
        response::Response,
    },
};

const TARGETS: &[&str] = &[
    "/",
    "/index.html",
    "/index",
    "/style.css",
    "/nothing",
    "/nothing/at/all",
    "/?path=/members/",
    "/members/",
    "/members",
    "/members/index.html",
    "/members/report",
    "/members/report/",
    "/members/report.html?a=b",
    "/members/handbook.pdf",
    "/members/none.css",
    "/members/./",
    "/%6dembers/",
    "/open/../members/",
    "/open/%2e%2e/members/",
    "/open/..\\members/",
    "//members/",
    "/open//x",
    "/members%2f",
    "/open/%5cmembers",
    "/open/%00",
    "/open/%zz",
    "/open/..;x/",
    "/members;x",
    "/members/;x",
    "/members%23/open",
    "/staff",
    "/staff/",
    "/staff.html",
    "/staff/index.html",
    "/STAFF/",
    "/api/whoami",
    "/api/./b",
    "/api/c%7e",
    "/open/x?y=z",
    "/plain/x",
    "/corp/x",
    "/auth/session",
    "/auth/login?return_to=/members/",
    "/auth/callback/demo",
    "/auth/callback/demo?state=x&code=y",
    "/auth/callback/other",
    "/auth/logout",
    "/auth/signed-out",
    "/auth/health",
    "/auth/nothing",
    "/_headers",
    "/.well-known/x",
];

/// Header fields that hosts must treat alike.
const FIELDS: &[&str] = &[
    "cache-control",
    "clear-site-data",
    "content-type",
    "location",
    "retry-after",
    "vary",
    "www-authenticate",
];

/// The same in answers of the gateway's own. With files the hosts are forced to differ: the site's `_headers`
/// sets these fields on Cloudflare, which reads it alone, and `Allow` is set on Spin alone.
const FIELDS_OF_OURS: &[&str] = &[
    "allow",
    "content-security-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
    "x-robots-tag",
];

/// How something is asked for.
fn manners(target: &str) -> Vec<(&'static str, Request)> {
    vec![
        ("a page", Request::navigation(target)),
        ("a script", Request::script("GET", target)),
        ("HEAD", Request::script("HEAD", target)),
        ("a form", Request::form(target)),
        ("DELETE", Request::script("DELETE", target)),
        (
            "a form of another site",
            Request::form(target).replacing("sec-fetch-site", Some("cross-site")),
        ),
        (
            "two origins",
            Request::script("POST", target)
                .with("origin", "https://a.example")
                .with("origin", "https://b.example"),
        ),
        (
            "a bearer",
            Request::script("GET", target).with("authorization", "Bearer x"),
        ),
        (
            "strange cookies",
            Request::script("GET", target).with("cookie", "a; =b; c==d; \"e\""),
        ),
    ]
}

/// One host with its sessions.
struct Place<'h> {
    host: &'h dyn Host,
    sessions: Vec<(&'static str, Option<String>)>,
}

impl<'h> Place<'h> {
    fn new(host: &'h dyn Host) -> Self {
        let cookie = |login| {
            let session = Browser::signed_in(host, login).session().unwrap();
            Some(format!("{SESSION}={session}"))
        };
        let forged = Some(format!("{SESSION}={}", "A".repeat(180)));
        Self {
            host,
            sessions: vec![
                ("nobody", None),
                ("a member", cookie("member")),
                ("staff", cookie("staff")),
                ("a forger", forged),
            ],
        }
    }

    fn answer(&self, who: usize, request: &Request) -> Response {
        let request = match &self.sessions[who].1 {
            // In one field: two are joined by a comma on Workers, and then hold no session.
            Some(cookie) => {
                let others = request.joined("cookie").map(|others| format!("{others}; "));
                let cookies = format!("{}{cookie}", others.unwrap_or_default());
                request.clone().replacing("cookie", Some(&cookies))
            }
            None => request.clone(),
        };
        self.host.send(&request)
    }

    /// The parts of an answer that must be the same everywhere.
    fn judged(&self, answer: &Response) -> Vec<String> {
        let mut lines = vec![answer.status.to_string()];
        let is_ours = answer.header("referrer-policy") == Some("no-referrer");
        let of_ours = if is_ours { FIELDS_OF_OURS } else { &[] };
        for name in FIELDS.iter().chain(of_ours) {
            for value in answer.all(name) {
                // Every host has a place of its own.
                let value = value.replace(self.host.origin(), "$ORIGIN");
                let value = value.replace(self.host.issuer(), "$ISSUER");
                lines.push(format!("{name}: {value}"));
            }
        }
        for field in answer.all("set-cookie") {
            let (pair, attributes) = field.split_once(';').unwrap_or((field, ""));
            let name = pair.split('=').next().unwrap();
            let name = name.get(..23).unwrap_or(name);
            lines.push(format!("set-cookie: {name};{attributes}"));
        }
        lines
    }
}

#[test]
fn workers_and_spin_answer_alike() {
    let (workerd, spun) = (
        Workerd::start(&Setup::standard()),
        Workerd::start(&Setup::standard().on_spin(128)),
    );
    let (workers, spin) = (Place::new(&workerd), Place::new(&spun));
    let mut compared = 0_usize;
    let mut unlike = Vec::new();
    for target in TARGETS {
        for (manner, request) in manners(target) {
            // The answer to signing out ends the session that the next requests need.
            if *target == "/auth/logout" && request.method == "POST" {
                continue;
            }
            for who in 0..workers.sessions.len() {
                let (one, other) = (workers.answer(who, &request), spin.answer(who, &request));
                compared += 1;
                let (judged, others) = (workers.judged(&one), spin.judged(&other));
                if judged != others {
                    let name = workers.sessions[who].0;
                    unlike.push(format!(
                        "{target} {manner} {name}\n  workers {judged:?}\n  spin    {others:?}"
                    ));
                }
            }
        }
    }
    assert!(compared > 1_500, "{compared}");
    assert!(
        unlike.is_empty(),
        "{} of {compared}:\n{}",
        unlike.len(),
        unlike.join("\n")
    );
}

#[test]
fn in_this_process_the_decisions_are_those_of_spin() {
    let spun = Workerd::start(&Setup::standard().on_spin(128));
    let in_process = InProcess::new();
    let (process, spin) = (Place::new(&in_process), Place::new(&spun));
    let mut unlike = Vec::new();
    for target in TARGETS {
        for (manner, request) in manners(target) {
            if *target == "/auth/logout" && request.method == "POST" {
                continue;
            }
            for who in 0..process.sessions.len() {
                let (one, other) = (process.answer(who, &request), spin.answer(who, &request));
                let is_file = |answer: &Response| {
                    matches!(answer.status, 200 | 307 | 404 | 405)
                        && answer.header("referrer-policy").is_none()
                };
                // Which file it is, is not the gateway's to decide; that it passes, is.
                let is_alike = (is_file(&one) && is_file(&other)) || one.status == other.status;
                if !is_alike {
                    let name = process.sessions[who].0;
                    let statuses = (one.status, other.status);
                    unlike.push(format!("{target} {manner} {name} {statuses:?}"));
                }
            }
        }
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}
