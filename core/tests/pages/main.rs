//! Every page of the gateway: well formed, closed to values that are not ours, without a script that is not ours.
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
        authenticate_again::AuthenticateAgain,
        chooser::{Choice, Chooser},
        failure::Failure,
        forbidden::Forbidden,
        href::Href,
        language::Language,
        onward::Onward,
        sign_in_failed::{Reason, SignInFailed},
        sign_out::SignOut,
        sign_out_incomplete::SignOutIncomplete,
        signed_out::SignedOut,
        theme::Theme,
        voice::Voice,
    },
};
use sha2::{Digest, Sha256};
use std::{fs, path::Path};

const INCIDENT: &str = "k3v9-72mq-xd0a";
const WHO: Option<&str> = Some("member@example.com");
const RETRY: &str = "/auth/login?return_to=%2Fmembers%2Freport.html%3Fyear%3D2026%26tag%3Da%2520b";
const REASONS: [(Reason, Status); 8] = [
    (Reason::Refused, Status::FORBIDDEN),
    (Reason::Malformed, Status::BAD_REQUEST),
    (Reason::UnknownAttempt, Status::BAD_REQUEST),
    (Reason::UsedAttempt, Status::BAD_REQUEST),
    (Reason::Untrusted, Status::BAD_GATEWAY),
    (Reason::ProviderUnavailable, Status::BAD_GATEWAY),
    (Reason::Unavailable, Status::SERVICE_UNAVAILABLE),
    (Reason::Misconfigured, Status::SERVICE_UNAVAILABLE),
];
const STATUSES: [Status; 10] = [
    Status::BAD_REQUEST,
    Status::UNAUTHORIZED,
    Status::FORBIDDEN,
    Status::NOT_FOUND,
    Status::METHOD_NOT_ALLOWED,
    Status::CONTENT_TOO_LARGE,
    Status::MISDIRECTED_REQUEST,
    Status::BAD_GATEWAY,
    Status::SERVICE_UNAVAILABLE,
    Status::GATEWAY_TIMEOUT,
];

/// Every page, with its name, built from the kinds of value that a page can hold.
fn pages(
    voice: Voice<'_>,
    who: Option<&str>,
    incident: &str,
    link: &str,
) -> Vec<(String, Response)> {
    let link = Href::local(link);
    let mut pages = Vec::new();
    let mut add = |name: String, response: Response| {
        pages.push((format!("{name}_{}", voice.language.tag()), response));
    };
    for (reason, status) in REASONS {
        let page = SignInFailed {
            status,
            reason,
            incident,
            retry: link,
        };
        add(format!("sign_in_failed_{reason:?}"), page.response(voice));
    }
    for status in STATUSES {
        let page = Failure {
            status,
            incident: Some(incident),
            retry: Some(link),
        };
        add(format!("failure_{}", status.code()), page.response(voice));
    }
    for (name, missing) in [
        ("forbidden", &[][..]),
        ("forbidden_group", &[Missing::Group]),
        (
            "forbidden_all",
            &[
                Missing::Group,
                Missing::Role,
                Missing::EmailDomain,
                Missing::Claim,
                Missing::Authentication,
            ],
        ),
    ] {
        let page = Forbidden {
            missing,
            who,
            sign_out: link,
            home: link,
        };
        add(name.to_owned(), page.response(voice));
    }
    let names = ["Example", who.unwrap_or("b")];
    let choices = names.map(|name| Choice { name, href: link });
    let chooser = Chooser { choices: &choices };
    add("chooser".to_owned(), chooser.response(voice));
    let again = AuthenticateAgain {
        incident,
        sign_in: link,
    };
    add("authenticate_again".to_owned(), again.response(voice));
    let signed_out = SignedOut {
        home: link,
        sign_in: link,
    };
    add("signed_out".to_owned(), signed_out.response(voice));
    let sign_out = SignOut {
        action: link,
        who,
        home: link,
        redirects: &provider(),
    };
    add("sign_out".to_owned(), sign_out.response(voice));
    let incomplete = SignOutIncomplete {
        incident,
        retry: link,
    };
    add("sign_out_incomplete".to_owned(), incomplete.response(voice));
    if let Some(location) = request() {
        let page = Onward::ToProvider {
            location: &location,
            attempt: incident,
        };
        add("onward_provider".to_owned(), page.response(voice));
    }
    let back = Onward::Back {
        to: link,
        attempt: incident,
    };
    add("onward_back".to_owned(), back.response(voice));
    pages
}

/// An authorization request.
fn request() -> Option<Url> {
    let url = Url::parse("https://op.example.com/authorize").ok()?;
    Some(url.with_query("scope=openid%20email&state=it's"))
}

/// The same in every language.
fn in_every_language(
    theme: &Theme,
    who: Option<&str>,
    incident: &str,
    link: &str,
) -> Vec<(String, Response)> {
    let languages = Language::TAGS
        .iter()
        .filter_map(|tag| Language::of_tag(tag));
    languages
        .flat_map(|language| pages(Voice { language, theme }, who, incident, link))
        .collect()
}

fn english(theme: &Theme) -> Voice<'_> {
    let language = Language::default();
    Voice { language, theme }
}

fn provider() -> Vec<Origin> {
    let url = Url::parse("http://localhost:8788/session/end");
    url.iter().map(|url| url.origin().clone()).collect()
}

fn ordinary_pages() -> Vec<(String, Response)> {
    in_every_language(&Theme::default(), WHO, INCIDENT, RETRY)
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
        let (_, tag) = name.rsplit_once('_').unwrap();
        assert!(body.contains(&format!("<html lang=\"{tag}\">")), "{name}");
        assert!(body.contains("width=device-width"), "{name}");
        assert!(body.contains("content=\"noindex\""), "{name}");
        assert_eq!(body.matches("<main>").count(), 1, "{name}");
    }
}

#[test]
fn hostile_values_are_shown_as_text() {
    let hostile = "\"'><script>alert(1)</script><!--";
    let theme = Theme {
        name: Some(hostile.to_owned()),
    };
    let link = format!("/{hostile}");
    for (name, response) in in_every_language(&theme, Some(hostile), hostile, &link) {
        assert_eq!(well_formed::check(&response.body), Ok(()), "{name}");
        for tag in ["<script>alert", "<!--", "'>", "\"'"] {
            assert!(!response.body.contains(tag), "{name}: {tag}");
        }
        assert!(response.body.matches("<script").count() <= 1, "{name}");
    }
    let escaped = "&quot;&#39;&gt;&lt;script&gt;alert(1)";
    let all = in_every_language(&theme, Some(hostile), hostile, "/");
    let shown = |page: &str| {
        let page = all.iter().find(|(name, _)| name == page);
        page.is_some_and(|(_, response)| response.body.contains(escaped))
    };
    for page in ["forbidden_en", "sign_out_de", "chooser_en", "chooser_de"] {
        assert!(shown(page), "{page}");
    }
}

#[test]
fn the_policy_allows_the_one_style_and_the_page_s_script_and_nothing_else() {
    for (name, response) in ordinary_pages() {
        let style = between(&response.body, "<style>", "</style>").unwrap();
        let digest = STANDARD.encode(Sha256::digest(style));
        let form = if name.starts_with("sign_out_") && !name.contains("incomplete") {
            "'self' http://localhost:8788"
        } else {
            "'none'"
        };
        let script = script(&response.body).map_or_else(String::new, |(_, code)| {
            let digest = STANDARD.encode(Sha256::digest(code));
            format!("script-src 'sha256-{digest}'; ")
        });
        assert_eq!(
            policy(&response).unwrap(),
            format!(
                "default-src 'none'; {script}style-src 'sha256-{digest}'; form-action {form}; \
                 base-uri 'none'; frame-ancestors 'none'"
            ),
            "{name}"
        );
        assert!(!response.body.contains(" style="), "{name}");
        assert_eq!(
            response.body.contains("<form"),
            name.starts_with("sign_out_") && !name.contains("incomplete"),
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
            (HeaderName::X_ROBOTS_TAG, "noindex"),
            (HeaderName::VARY, "accept-language"),
        ] {
            assert_eq!(
                response.header(&header),
                Some(value),
                "{name}: {}",
                header.as_str()
            );
        }
        // A window that a site opened to sign someone in is not parted from it.
        let opener_policy = (!name.starts_with("onward")).then_some("same-origin");
        assert_eq!(
            response.header(&HeaderName::CROSS_ORIGIN_OPENER_POLICY),
            opener_policy,
            "{name}"
        );
        let retry_after = (response.status == Status::SERVICE_UNAVAILABLE).then_some("5");
        assert_eq!(
            response.header(&HeaderName::RETRY_AFTER),
            retry_after,
            "{name}"
        );
    }
}

/// The attributes of a page's script and its text.
fn script(body: &str) -> Option<(&str, &str)> {
    between(body, "<script", "</script>")?.split_once('>')
}

/// The scripts in the repository, with their pages.
const SCRIPTS: [(&str, &str); 3] = [
    (
        "onward_provider",
        include_str!("../../src/page/keep_fragment.js"),
    ),
    (
        "onward_back",
        include_str!("../../src/page/restore_fragment.js"),
    ),
    ("chooser", include_str!("../../src/page/link_fragment.js")),
];

#[test]
fn scripts_are_those_of_the_repository_whatever_the_page_says() {
    let hostile = "\"'></script><script>alert(1)</script>";
    let theme = Theme::default();
    for (who, incident, link) in [(WHO, INCIDENT, RETRY), (Some(hostile), hostile, hostile)] {
        for (name, response) in in_every_language(&theme, who, incident, link) {
            let known = SCRIPTS.iter().find(|(page, _)| name.starts_with(page));
            let code = script(&response.body).map(|(_, code)| code);
            assert_eq!(code, known.map(|(_, code)| *code), "{name}");
        }
    }
    for (name, code) in SCRIPTS {
        // Neither an end tag nor a comment can be read into what has no angle bracket.
        assert!(!code.contains(['<', '>']), "{name}");
        assert!(
            !code.contains("innerHTML") && !code.contains("eval"),
            "{name}"
        );
    }
}

#[test]
fn what_a_script_is_told_stands_in_attributes_and_leads_on_without_it() {
    for (name, told, to) in [
        (
            "onward_provider_en",
            " data-to=\"https://op.example.com/authorize?scope=openid%20email&amp;state=it&#39;s\" data-attempt=\"k3v9-72mq-xd0a\"",
            "https://op.example.com/authorize?scope=openid%20email&amp;state=it&#39;s",
        ),
        (
            "onward_back_de",
            " data-to=\"/a?b=c&amp;d=&#39;\" data-attempt=\"k3v9-72mq-xd0a\"",
            "/a?b=c&amp;d=&#39;",
        ),
        ("chooser_en", "", "/a?b=c&amp;d=&#39;"),
    ] {
        let pages = in_every_language(&Theme::default(), None, INCIDENT, "/a?b=c&d='");
        let (_, response) = pages.iter().find(|(page, _)| page == name).unwrap();
        let body = &response.body;
        assert_eq!(script(body).unwrap().0, told, "{name}");
        let link = format!("<a class=\"button\" href=\"{to}\">");
        assert!(body.contains(&link), "{name}");
        let refresh = between(body, "<noscript>", "</noscript>");
        let leads_on = format!("<meta http-equiv=\"refresh\" content=\"0;url={to}\">");
        let leads_on = (!name.starts_with("chooser")).then_some(leads_on.as_str());
        assert_eq!(refresh, leads_on, "{name}");
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
        .response(english(&Theme::default()))
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
        .response(english(&Theme::default()))
        .body
    };
    assert!(page(Status::UNAUTHORIZED).contains("href=\"/auth/login\">Sign in<"));
    assert!(page(Status::BAD_GATEWAY).contains("href=\"/auth/login\">Try again<"));
}

/// Words that every longer text of one language has and no text of the others.
const TELLTALES: [(&str, &[&str]); 2] = [
    ("en", &["the", "you", "your", "this", "is", "and", "not"]),
    (
        "de",
        &["der", "das", "sie", "ihr", "diese", "ist", "und", "nicht"],
    ),
];

#[test]
fn every_page_speaks_one_language_alone() {
    for (name, response) in ordinary_pages() {
        let (_, tag) = name.rsplit_once('_').unwrap();
        let body = response
            .body
            .split_once("</style>")
            .unwrap()
            .1
            .to_lowercase();
        let found: Vec<&str> = body.split(|sign: char| !sign.is_alphabetic()).collect();
        for (language, words) in TELLTALES {
            let count = words.iter().filter(|word| found.contains(word)).count();
            assert_eq!(
                count > 0,
                language == tag,
                "{name}: {count} words of {language}"
            );
        }
    }
    assert!(
        Language::TAGS
            .iter()
            .eq(TELLTALES.iter().map(|(tag, _)| tag))
    );
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
