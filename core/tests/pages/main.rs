//! Every page of the gateway: well formed, closed to values that are not ours, without script.
//!
//! The pages are also written to `target/pages`, for whoever wants to look at them.
#![cfg(not(target_arch = "wasm32"))]

mod well_formed;

use base64::{Engine, engine::general_purpose::STANDARD};
use lychgate_core::{
    access::decision::Missing,
    http::{
        header::HeaderName,
        response::{Response, Status},
        url::{Origin, Url},
    },
    page::{
        failure::Failure,
        forbidden::Forbidden,
        href::Href,
        sign_in_failed::{Reason, SignInFailed},
        sign_out::SignOut,
        sign_out_incomplete::SignOutIncomplete,
        signed_out::SignedOut,
    },
};
use sha2::{Digest, Sha256};
use std::{fs, path::Path};

const INCIDENT: &str = "k3v9-72mq-xd0a";
const RETRY: &str = "/auth/login?return_to=%2Fmembers%2Freport.html%3Fyear%3D2026%26tag%3Da%2520b";
const REASONS: [(Reason, Status); 7] = [
    (Reason::Refused, Status::FORBIDDEN),
    (Reason::Malformed, Status::BAD_REQUEST),
    (Reason::UnknownAttempt, Status::BAD_REQUEST),
    (Reason::UsedAttempt, Status::BAD_REQUEST),
    (Reason::Untrusted, Status::BAD_GATEWAY),
    (Reason::ProviderUnavailable, Status::BAD_GATEWAY),
    (Reason::Unavailable, Status::SERVICE_UNAVAILABLE),
];
const STATUSES: [Status; 9] = [
    Status::BAD_REQUEST,
    Status::UNAUTHORIZED,
    Status::FORBIDDEN,
    Status::NOT_FOUND,
    Status::METHOD_NOT_ALLOWED,
    Status::CONTENT_TOO_LARGE,
    Status::MISDIRECTED_REQUEST,
    Status::BAD_GATEWAY,
    Status::SERVICE_UNAVAILABLE,
];

/// Every page, with its name, built from the three kinds of value that a page can hold.
fn pages(who: Option<&str>, incident: &str, link: &str) -> Vec<(String, Response)> {
    let link = Href::local(link);
    let mut pages = Vec::new();
    let mut add = |name: String, response: Response| pages.push((name, response));
    for (reason, status) in REASONS {
        let page = SignInFailed {
            status,
            reason,
            incident,
            retry: link,
        };
        add(format!("sign_in_failed_{reason:?}"), page.response());
    }
    for status in STATUSES {
        let page = Failure {
            status,
            incident: Some(incident),
            retry: Some(link),
        };
        add(format!("failure_{}", status.code()), page.response());
    }
    for (name, missing) in [
        ("forbidden", &[][..]),
        ("forbidden_group", &[Missing::Group]),
        ("forbidden_both", &[Missing::Group, Missing::EmailDomain]),
    ] {
        let page = Forbidden {
            missing,
            who,
            sign_out: link,
            home: link,
        };
        add(name.to_owned(), page.response());
    }
    let signed_out = SignedOut {
        home: link,
        sign_in: link,
    };
    add("signed_out".to_owned(), signed_out.response());
    let sign_out = SignOut {
        action: link,
        who,
        home: link,
        redirects: &provider(),
    };
    add("sign_out".to_owned(), sign_out.response());
    let incomplete = SignOutIncomplete {
        incident,
        retry: link,
    };
    add("sign_out_incomplete".to_owned(), incomplete.response());
    pages
}

fn provider() -> Vec<Origin> {
    let url = Url::parse("http://localhost:8788/session/end");
    url.iter().map(|url| url.origin().clone()).collect()
}

fn ordinary_pages() -> Vec<(String, Response)> {
    pages(Some("member@example.com"), INCIDENT, RETRY)
}

fn policy(response: &Response) -> Option<&str> {
    response.header(&HeaderName::CONTENT_SECURITY_POLICY)
}

/// The text between the only `start` and the `end` that follows it.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    let (inner, rest) = rest.split_once(end)?;
    (!rest.contains(start)).then_some(inner)
}

#[test]
fn every_page_is_well_formed_and_accessible() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../pages");
    fs::create_dir_all(&folder).unwrap();
    for (name, response) in ordinary_pages() {
        let body = &response.body;
        fs::write(folder.join(format!("{name}.html")), body).unwrap();
        assert_eq!(well_formed::check(body), Ok(()), "{name}");
        let title = between(body, "<title>", "</title>").unwrap();
        assert_eq!(between(body, "<h1>", "</h1>"), Some(title), "{name}");
        assert!(!title.is_empty(), "{name}");
        assert!(body.contains("<html lang=\"en\">"), "{name}");
        assert!(body.contains("width=device-width"), "{name}");
        assert!(body.contains("content=\"noindex\""), "{name}");
        assert_eq!(body.matches("<main>").count(), 1, "{name}");
    }
}

#[test]
fn hostile_values_are_shown_as_text() {
    let hostile = "\"'><script>alert(1)</script><!--";
    for (name, response) in pages(Some(hostile), hostile, &format!("/{hostile}")) {
        assert_eq!(well_formed::check(&response.body), Ok(()), "{name}");
        for tag in ["<script", "<!--", "'>", "\"'"] {
            assert!(!response.body.contains(tag), "{name}: {tag}");
        }
    }
    let forbidden = pages(Some(hostile), hostile, "/");
    assert!(forbidden.iter().any(|(name, response)| {
        name == "forbidden"
            && response
                .body
                .contains("&quot;&#39;&gt;&lt;script&gt;alert(1)")
    }));
}

#[test]
fn the_policy_allows_the_one_style_and_nothing_else() {
    for (name, response) in ordinary_pages() {
        let style = between(&response.body, "<style>", "</style>").unwrap();
        let digest = STANDARD.encode(Sha256::digest(style));
        let form = if name == "sign_out" {
            "'self' http://localhost:8788"
        } else {
            "'none'"
        };
        assert_eq!(
            policy(&response).unwrap(),
            format!(
                "default-src 'none'; style-src 'sha256-{digest}'; form-action {form}; \
                 base-uri 'none'; frame-ancestors 'none'"
            ),
            "{name}"
        );
        assert!(!response.body.contains(" style="), "{name}");
        assert_eq!(
            response.body.contains("<form"),
            name == "sign_out",
            "{name}"
        );
    }
}

#[test]
fn every_page_is_kept_by_nobody_and_framed_by_nobody() {
    for (name, response) in ordinary_pages() {
        for (header, value) in [
            (HeaderName::CONTENT_TYPE, "text/html; charset=utf-8"),
            (HeaderName::CACHE_CONTROL, "private, no-store"),
            (HeaderName::REFERRER_POLICY, "no-referrer"),
            (HeaderName::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (HeaderName::X_FRAME_OPTIONS, "DENY"),
            (HeaderName::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
            (HeaderName::X_ROBOTS_TAG, "noindex"),
        ] {
            assert_eq!(
                response.header(&header),
                Some(value),
                "{name}: {}",
                header.as_str()
            );
        }
        let retry_after = (response.status == Status::SERVICE_UNAVAILABLE).then_some("5");
        assert_eq!(
            response.header(&HeaderName::RETRY_AFTER),
            retry_after,
            "{name}"
        );
    }
}

#[test]
fn what_is_missing_is_named_by_kind_only() {
    let page = |missing| {
        Forbidden {
            missing,
            who: None,
            sign_out: Href::HOME,
            home: Href::HOME,
        }
        .response()
        .body
    };
    let group = "needs a group that your account does not have";
    let domain = "a verified e-mail address of another domain";
    assert!(page(&[Missing::Group]).contains(group));
    assert!(!page(&[Missing::Group]).contains(domain));
    assert!(page(&[Missing::EmailDomain]).contains(domain));
    assert!(!page(&[Missing::EmailDomain]).contains(group));
}

#[test]
fn the_incident_and_the_way_on_stand_on_a_failure() {
    for (name, response) in ordinary_pages() {
        let failed = name.starts_with("failure") || name.starts_with("sign_in");
        if failed {
            assert!(response.body.contains(INCIDENT), "{name}");
            assert!(
                response.body.contains(&format!("href=\"{RETRY}\"")),
                "{name}"
            );
        }
    }
}

#[test]
fn a_sign_in_is_offered_where_one_is_needed() {
    let page = |status| {
        Failure {
            status,
            incident: None,
            retry: Some(Href::local("/auth/login")),
        }
        .response()
        .body
    };
    assert!(page(Status::UNAUTHORIZED).contains("href=\"/auth/login\">Sign in<"));
    assert!(page(Status::BAD_GATEWAY).contains("href=\"/auth/login\">Try again<"));
}

#[test]
fn a_page_is_small() {
    for (name, response) in ordinary_pages() {
        assert!(
            response.body.len() < 4096,
            "{name}: {}",
            response.body.len()
        );
    }
}
