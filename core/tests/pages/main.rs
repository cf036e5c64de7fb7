//! Every page of the gateway: well formed, closed to values that are not ours, without a script that is not ours.
//!
//! `node tests/browser/photograph.js` makes pictures of them.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../../examples/gallery/pages.rs"]
mod gallery;
mod well_formed;

use base64::{Engine, engine::general_purpose::STANDARD};
use gallery::{ORDINARY, Page, Values};
use lychgate_core::{
    access::decision::Missing,
    http::{
        header::HeaderName,
        path::RequestPath,
        response::{Response, Status},
    },
    page::{
        color::{Accent, Color},
        failure::Failure,
        forbidden::Forbidden,
        href::Href,
        language::Language,
        theme::Theme,
        voice::Voice,
    },
};
use sha2::{Digest, Sha256};
use std::{fs, path::Path};

/// Every page in every language, by its name and, after a dot, the language's tag.
fn pages(theme: &Theme, values: Values<'_>) -> Vec<(String, Response)> {
    let named = |page: Page| (format!("{}.{}", page.name, page.language), page.response);
    gallery::pages(theme, values)
        .into_iter()
        .map(named)
        .collect()
}

fn english(theme: &Theme) -> Voice<'_> {
    let language = Language::default();
    Voice { language, theme }
}

fn ordinary_pages() -> Vec<(String, Response)> {
    pages(&Theme::default(), ORDINARY)
}

/// Everything that a theme can have.
fn full_theme() -> Theme {
    Theme {
        name: Some("Example & Docs".to_owned()),
        logo: RequestPath::parse("/logo's.svg").ok(),
        accent: Color::parse("#ffcc00").map(Accent::new),
    }
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
    for (name, response) in ordinary_pages() {
        let body = &response.body;
        assert_eq!(well_formed::check(body), Ok(()), "{name}");
        let title = between(body, "<title>", "</title>").unwrap();
        assert_eq!(between(body, "<h1>", "</h1>"), Some(title), "{name}");
        assert!(!title.is_empty(), "{name}");
        let (_, tag) = name.rsplit_once('.').unwrap();
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
        ..full_theme()
    };
    let values = Values {
        who: Some(hostile),
        incident: hostile,
        link: &format!("/{hostile}"),
    };
    for (name, response) in pages(&theme, values) {
        assert_eq!(well_formed::check(&response.body), Ok(()), "{name}");
        for tag in ["<script>alert", "<!--", "'>", "\"'"] {
            assert!(!response.body.contains(tag), "{name}: {tag}");
        }
        assert!(response.body.matches("<script").count() <= 1, "{name}");
    }
    let escaped = "&quot;&#39;&gt;&lt;script&gt;alert(1)";
    let all = pages(&theme, values);
    let shown = |page: &str| {
        let page = all.iter().find(|(name, _)| name == page);
        page.is_some_and(|(_, response)| response.body.contains(escaped))
    };
    for page in ["forbidden.en", "sign_out.de", "chooser.en", "chooser.de"] {
        assert!(shown(page), "{page}");
    }
}

#[test]
fn the_policy_allows_the_one_style_and_the_page_s_script_and_nothing_else() {
    for (name, response) in ordinary_pages() {
        let style = between(&response.body, "<style>", "</style>").unwrap();
        let digest = STANDARD.encode(Sha256::digest(style));
        let form = if name.starts_with("sign_out.") {
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
            name.starts_with("sign_out."),
            "{name}"
        );
    }
}

#[test]
fn a_theme_shows_in_its_own_style_and_a_logo_of_this_site_alone() {
    let themed = pages(&full_theme(), ORDINARY);
    for ((name, plain), (_, themed)) in ordinary_pages().iter().zip(&themed) {
        assert_eq!(well_formed::check(&themed.body), Ok(()), "{name}");
        let style = |response| between(response, "<style>", "</style>").unwrap();
        let (own, more) = (style(&plain.body), style(&themed.body));
        let more = more.strip_prefix(own).unwrap();
        assert!(
            more.contains("--fill:#ffcc00;--on:#000000"),
            "{name}: {more}"
        );
        let logo =
            "<p class=\"site\"><img src=\"/logo&#39;s.svg\" alt=\"Example &amp; Docs\"></p><h1>";
        assert!(themed.body.contains(logo), "{name}");
        let title = between(&themed.body, "<title>", "</title>").unwrap();
        assert!(
            title.ends_with(" \u{b7} Example &amp; Docs"),
            "{name}: {title}"
        );
        let digest = |style| STANDARD.encode(Sha256::digest(style));
        let expected = policy(plain)
            .unwrap()
            .replacen(
                "default-src 'none'; ",
                "default-src 'none'; img-src 'self'; ",
                1,
            )
            .replace(&digest(own), &digest(&format!("{own}{more}")));
        assert_eq!(policy(themed), Some(expected.as_str()), "{name}");
    }
}

#[test]
fn a_logo_without_a_name_is_decoration_and_a_name_without_a_logo_is_text() {
    let page = |theme: &Theme| {
        let pages = pages(theme, ORDINARY);
        let (_, response) = pages.into_iter().next().unwrap();
        response
    };
    let full = full_theme();
    let logo = page(&Theme {
        name: None,
        ..full.clone()
    });
    assert!(logo.body.contains("<img src=\"/logo&#39;s.svg\" alt=\"\">"));
    assert!(policy(&logo).unwrap().contains("img-src 'self'"));
    let name = page(&Theme { logo: None, ..full });
    assert!(
        name.body
            .contains("<p class=\"site\">Example &amp; Docs</p>")
    );
    let none = page(&Theme::default());
    assert!(!none.body.contains("class=\"site\""));
    for page in [name, none] {
        assert!(!page.body.contains("<img"));
        assert!(!policy(&page).unwrap().contains("img-src"));
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
const SCRIPTS: [(&str, &str); 4] = [
    (
        "onward-provider",
        include_str!("../../src/page/keep_fragment.js"),
    ),
    (
        "onward-back",
        include_str!("../../src/page/restore_fragment.js"),
    ),
    (
        "onward-from_elsewhere",
        include_str!("../../src/page/carry_fragment.js"),
    ),
    ("chooser", include_str!("../../src/page/link_fragment.js")),
];

#[test]
fn scripts_are_those_of_the_repository_whatever_the_page_says() {
    let hostile = "\"'></script><script>alert(1)</script>";
    let theme = Theme::default();
    let values = Values {
        who: Some(hostile),
        incident: hostile,
        link: hostile,
    };
    for values in [ORDINARY, values] {
        for (name, response) in pages(&theme, values) {
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
            "onward-provider.en",
            " data-to=\"https://op.example.com/authorize?scope=openid%20email&amp;state=it&#39;s\" data-attempt=\"k3v9-72mq-xd0a\"",
            "https://op.example.com/authorize?scope=openid%20email&amp;state=it&#39;s",
        ),
        (
            "onward-from_elsewhere.en",
            " data-to=\"/a?b=c&amp;d=&#39;\"",
            "/a?b=c&amp;d=&#39;",
        ),
        (
            "onward-back.de",
            " data-to=\"/a?b=c&amp;d=&#39;\" data-attempt=\"k3v9-72mq-xd0a\"",
            "/a?b=c&amp;d=&#39;",
        ),
        ("chooser.en", "", "/a?b=c&amp;d=&#39;"),
    ] {
        let values = Values {
            link: "/a?b=c&d='",
            ..ORDINARY
        };
        let pages = pages(&Theme::default(), values);
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
            sign_in_again: None,
            incident: "5d0c3f9a1b27",
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
            assert!(response.body.contains(ORDINARY.incident), "{name}");
            assert!(
                response
                    .body
                    .contains(&format!("href=\"{}\"", ORDINARY.link)),
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
        let (_, tag) = name.rsplit_once('.').unwrap();
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

/// Files of `core/src/page` that make no page.
const NO_PAGES: [&str; 8] = [
    "color", "href", "json", "language", "problem", "redirect", "theme", "voice",
];

#[test]
fn every_file_with_a_page_has_one_in_the_gallery() {
    let modules = include_str!("../../src/page/mod.rs").lines();
    let modules = modules.filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let mut expected: Vec<&str> = modules.filter(|name| !NO_PAGES.contains(name)).collect();
    let all = ordinary_pages();
    let names = all
        .iter()
        .filter_map(|(name, _)| name.split(['-', '.']).next());
    let mut found: Vec<&str> = names.collect();
    for list in [&mut expected, &mut found] {
        list.sort_unstable();
        list.dedup();
    }
    assert_eq!(found, expected);
}

/// The texts between quotes in a file of words, put together as the compiler does.
fn literals(source: &str) -> Vec<String> {
    let code: Vec<&str> = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let texts = code.split('"').skip(1).step_by(2);
    texts
        .map(|text| {
            let mut parts = text.split("\\\n");
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |whole, part| whole + part.trim_start())
        })
        .collect()
}

/// Anyone who gives a page new words must show them here, too.
#[test]
fn every_text_of_every_language_stands_on_a_page_of_the_gallery() {
    // Of the checkout that runs, which may be a copy of the one that was compiled.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let folder = Path::new(&package).join("src/page/words");
    let all = ordinary_pages();
    let mut languages = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let texts = literals(&fs::read_to_string(&path).unwrap());
        let Some((tag, texts)) = texts.split_first().filter(|_| !path.ends_with("mod.rs")) else {
            continue;
        };
        assert!(texts.len() > 50, "{}", path.display());
        let spoken = |name: &str| name.ends_with(&format!(".{tag}"));
        let pages = all.iter().filter(|(name, _)| spoken(name));
        let shown: Vec<&str> = pages.map(|(_, page)| page.body.as_str()).collect();
        for text in texts.iter().filter(|text| !text.is_empty()) {
            let whole = [format!(">{text}<"), format!(">{text} <")];
            let is_shown = |page: &&str| whole.iter().any(|text| page.contains(text));
            assert!(shown.iter().any(is_shown), "{tag}: no page says {text:?}");
        }
        languages.push(tag.clone());
    }
    languages.sort_unstable();
    let mut tags = Language::TAGS.to_vec();
    tags.sort_unstable();
    assert_eq!(languages, tags);
}
