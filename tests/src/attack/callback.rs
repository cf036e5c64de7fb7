//! Attacks on the way to the provider and back.

use super::{
    Row, everywhere, not_yet_built,
    support::{accepted_sign_in, good_provider, parameter, provider},
};
use crate::{
    host::Host,
    http::{
        browser::{Browser, SESSION},
        request::Request,
    },
};
use lychgate_core::encoding::percent;

pub const ROWS: &[Row] = &[
    everywhere(1, "slash tricks in return_to lead home", slash_tricks),
    everywhere(2, "suffix hosts are strangers", suffix_hosts),
    everywhere(3, "userinfo and odd addresses lead home", odd_addresses),
    everywhere(4, "what is too long is refused, not cut", too_long),
    everywhere(
        5,
        "a path like the callback is not the callback",
        callback_lookalikes,
    ),
    everywhere(6, "a missing or foreign state calls nobody", foreign_state),
    everywhere(
        7,
        "a state is used once, whatever cookies return",
        replayed_state,
    ),
    everywhere(8, "another person's code signs nobody in", login_csrf),
    everywhere(9, "a repeated parameter is refused", repeated_parameters),
    not_yet_built(
        9,
        "a repeated logout_token",
        "there is no back-channel logout yet",
    ),
    everywhere(
        10,
        "the response must come from the provider",
        response_issuer,
    ),
    everywhere(
        11,
        "an unknown provider's callback is refused",
        unknown_provider,
    ),
    not_yet_built(
        15,
        "a refreshed ID token of someone else",
        "tokens are not refreshed yet",
    ),
    everywhere(16, "a provider's text is never shown", error_description),
    everywhere(17, "a link cannot ask for more", login_parameters),
    everywhere(
        18,
        "ten tabs at once",
        crate::gateway::ten_tabs_sign_in_at_once,
    ),
];

fn lands(host: &dyn Host, return_to: &str) -> String {
    let target = format!(
        "/auth/login?return_to={}",
        percent::encode_component(return_to)
    );
    Browser::new(host).sign_in(&target, "member")
}

fn slash_tricks(host: &dyn Host) {
    let tricks = [
        "//e",
        "/\\e",
        "/%09/e",
        "/./\\e",
        "/.//e",
        "///e",
        "\\\\e",
        "/\t/e",
        "/%2f/e",
        "/%5ce",
        "//e/%2e%2e",
        "https:/e",
        "https:e",
        "/\r\nLocation: //e",
        "/ /e",
        "/#//e",
        "/..//e",
    ];
    for trick in tricks {
        assert_eq!(lands(host, trick), "/", "{trick:?}");
    }
    let pieces = ["/", "\\", ".", "%2f", "\t", "e"];
    for (one, two) in pieces.iter().flat_map(|one| pieces.map(|two| (*one, two))) {
        let landed = lands(host, &format!("/{one}{two}/e"));
        let rest = landed.strip_prefix('/').unwrap();
        assert!(
            !rest.starts_with(['/', '\\']),
            "/{one}{two}/e led to {landed}"
        );
        assert!(!landed.contains("//"), "/{one}{two}/e led to {landed}");
    }
    assert_eq!(lands(host, "/members/?next=//e"), "/members/?next=//e");
}

fn suffix_hosts(host: &dyn Host) {
    let ours = host.authority();
    let suffixed = match ours.split_once(':') {
        Some((name, port)) => format!("{name}.evil.example:{port}"),
        None => format!("{ours}.evil.example"),
    };
    for stranger in [suffixed, format!("evil-{ours}")] {
        host.send(&Request::navigation("/").at_host(&stranger))
            .expect(421);
        assert_eq!(lands(host, &format!("https://{stranger}/")), "/");
    }
    assert_eq!(lands(host, "/members/"), "/members/");
}

fn odd_addresses(host: &dyn Host) {
    for address in [
        format!("https://{}@evil.example/", host.authority()),
        "http://0xd8.072.54990".to_owned(),
        "http://2130706433/".to_owned(),
        format!("{}/", host.origin()),
        "@evil.example".to_owned(),
        "javascript:alert(1)".to_owned(),
        "data:text/html,x".to_owned(),
    ] {
        assert_eq!(lands(host, &address), "/", "{address}");
    }
    assert_eq!(lands(host, "/@evil.example"), "/@evil.example");
}

fn too_long(host: &dyn Host) {
    let longest = format!("/members/?{}", "a".repeat(1024 - 10));
    assert_eq!(lands(host, &longest), longest);
    assert_eq!(lands(host, &format!("{longest}a")), "/");
    let path = |length: usize| format!("/{}", "a".repeat(length - 1));
    host.send(&Request::navigation(&path(4097))).expect(400);
    host.send(&Request::navigation(&path(4096))).expect(404);
}

fn callback_lookalikes(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let callback = browser.callback("/members/", "member");
    let query = callback.split_once('?').unwrap().1;
    let before = host.token_requests();
    for path in [
        "/auth/callbackX",
        "/auth/callback",
        "/auth/callback/demo/",
        "/auth/callback/demo/x",
        "/auth/callback/Demo",
        "/auth/callback/demo;x",
        "/callback/demo",
    ] {
        browser.go(&format!("{path}?{query}")).expect(404);
    }
    assert_eq!(host.token_requests(), before);
    browser.arrive(&callback);
    assert_eq!(host.token_requests(), before + 1);
}

fn foreign_state(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let callback = browser.callback("/members/", "member");
    let state = parameter(&callback, "state");
    let before = host.token_requests();
    let other = Browser::new(host).callback("/members/", "member");
    for bad in [
        String::new(),
        "x".to_owned(),
        state[..42].to_owned(),
        parameter(&other, "state"),
    ] {
        browser.go(&callback.replace(&state, &bad)).expect(400);
    }
    browser.go(&callback.replace("state=", "stat=")).expect(400);
    assert_eq!(host.token_requests(), before);
    browser.arrive(&callback);
}

fn replayed_state(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let callback = browser.callback("/members/", "member");
    let kept = browser.jar.clone();
    browser.arrive(&callback);
    let before = host.token_requests();
    browser.go(&callback).expect(400);
    let mut again = Browser::new(host);
    again.jar = kept;
    again.go(&callback).expect(400);
    assert_eq!(again.session(), None);
    assert_eq!(host.token_requests(), before);
    assert!(browser.is_signed_in(), "the first use lost its session");
}

fn login_csrf(host: &dyn Host) {
    let callback = Browser::new(host).callback("/members/", "staff");
    let before = host.token_requests();
    let mut victim = Browser::new(host);
    victim.go(&callback).expect(400);
    // With an attempt of its own under way it is no better.
    let own = victim.callback("/members/", "member");
    victim.go(&callback).expect(400);
    assert_eq!(victim.session(), None);
    assert_eq!(host.token_requests(), before);
    victim.arrive(&own);
    assert!(victim.is_signed_in());
}

fn repeated_parameters(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let callback = browser.callback("/members/", "member");
    let before = host.token_requests();
    for name in ["state", "code", "iss"] {
        let value = percent::encode_component(&parameter(&callback, name));
        browser
            .go(&format!("{callback}&{name}={value}"))
            .expect(400);
        browser.go(&format!("{callback}&{name}=other")).expect(400);
    }
    browser
        .go(&format!("{callback}&error=access_denied"))
        .expect(400);
    assert_eq!(host.token_requests(), before);
    browser.arrive(&format!("{callback}&session_state=x&session_state=y"));
}

fn response_issuer(host: &dyn Host) {
    let stated = format!("iss={}", host.issuer());
    let evil = |callback: &str| callback.replace(&stated, "iss=https://evil.example");
    let absent = |callback: &str| callback.replace(&format!("&{stated}"), "");
    let attempt = |change: &dyn Fn(&str) -> String| {
        let mut browser = Browser::new(host);
        let callback = browser.callback("/members/", "member");
        let before = host.token_requests();
        let response = browser.go(&change(&callback));
        (response.status, host.token_requests() - before)
    };
    assert_eq!(attempt(&evil), (502, 0));
    assert_eq!(attempt(&absent), (502, 0));
    assert_eq!(attempt(&str::to_owned), (200, 1));
    // Not promised, a wrong one is still wrong.
    provider(host, |settings| settings.response_issuer = None);
    host.forget();
    let added = |callback: &str| format!("{callback}&iss=https://evil.example");
    assert_eq!(attempt(&added), (502, 0));
    assert_eq!(attempt(&str::to_owned), (200, 1));
    good_provider(host);
    host.forget();
}

fn unknown_provider(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let callback = browser.callback("/members/", "member");
    let before = host.token_requests();
    browser
        .go(&callback.replace("/callback/demo", "/callback/other"))
        .expect(404);
    assert_eq!(host.token_requests(), before);
    browser.arrive(&callback);
}

fn error_description(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let location = browser.begin("/members/");
    let state = parameter(&location, "state");
    let text = "%3Cscript%3Ealert(1)%3C%2Fscript%3EBADTEXT";
    let issuer = host.issuer();
    let callback = format!(
        "/auth/callback/demo?error=access_denied&error_description={text}&error_uri={text}&state={state}&iss={issuer}"
    );
    let page = browser.go(&callback).expect(403);
    for part in ["<script", "BADTEXT", "alert"] {
        assert!(!page.summary().contains(part), "{}", page.summary());
    }
    assert!(page.header("content-security-policy").is_some());
    // An error code of a stranger's making is not shown either.
    let location = browser.begin("/members/");
    let state = parameter(&location, "state");
    let page = browser.go(&format!(
        "/auth/callback/demo?error={text}&state={state}&iss={issuer}"
    ));
    assert!(!page.text().contains("BADTEXT"), "{}", page.summary());
}

fn login_parameters(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let plain = browser.begin("/auth/login?return_to=/");
    let asked = Request::navigation(
        "/auth/login?return_to=/&scope=admin&claims=%7B%7D&client_id=x&redirect_uri=https://e/&state=x&prompt=none&login_hint=x",
    );
    let link = browser
        .send(asked.replacing("Sec-Fetch-Site", Some("cross-site")))
        .expect(200)
        .leads_to();
    for name in [
        "scope",
        "claims",
        "client_id",
        "redirect_uri",
        "prompt",
        "login_hint",
    ] {
        assert_eq!(parameter(&plain, name), parameter(&link, name), "{name}");
    }
    assert_ne!(parameter(&link, "state"), "x");
    let mut browser = accepted_sign_in(host, |_| {});
    assert!(browser.is_signed_in() && browser.jar.cookie(SESSION).is_some());
}
