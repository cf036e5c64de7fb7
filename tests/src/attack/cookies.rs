//! Attacks with cookies.

use super::{Row, everywhere, not_yet_built};
use crate::{
    host::Host,
    http::{
        browser::{ATTEMPT, Browser, PREDECESSOR, SESSION, TOMBSTONE},
        request::Request,
    },
};

pub const ROWS: &[Row] = &[
    everywhere(19, "a changed or cut cookie is nobody's", changed_cookies),
    everywhere(20, "two cookies of our name are none", two_cookies),
    everywhere(21, "garbage and floods of cookies are harmless", garbage),
    everywhere(22, "the same text sealed twice differs", sealed_twice),
    everywhere(23, "a cookie of another kind is no session", other_kinds),
    everywhere(
        24,
        "a sealed value counts under its own name only",
        other_names,
    ),
    everywhere(25, "a session that was there before is not taken", fixation),
    everywhere(25, "stepping up makes a session of its own", stepping_up),
    not_yet_built(25, "a new id at linking", "accounts are not linked yet"),
    everywhere(26, "signing out really clears the cookie", clearing),
    everywhere(
        112,
        "a new sign-in ends the session that it replaces",
        replaced,
    ),
    everywhere(
        112,
        "so it does where the session cookie stayed behind",
        replaced_unseen,
    ),
    everywhere(
        112,
        "signing out ends a session whose cookie is gone",
        signed_out_unseen,
    ),
    everywhere(
        27,
        "a stolen cookie is worth nothing after signing out",
        stolen_cookie,
    ),
];

fn refused(host: &dyn Host, value: &str) {
    let cookie = format!("{SESSION}={value}");
    let request = Request::script("GET", "/members/").with("Cookie", &cookie);
    let response = host.send(&request).expect(401);
    let cleared = |field: &str| field.starts_with(&format!("{SESSION}=;"));
    assert!(
        response.all("set-cookie").any(cleared),
        "{}",
        response.summary()
    );
    let page = host
        .send(&Request::navigation("/members/").with("Cookie", &cookie))
        .expect(303);
    assert!(page.all("set-cookie").any(cleared), "{}", page.summary());
}

fn changed_cookies(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let good = browser.session().unwrap();
    for at in (0..good.len()).step_by(7) {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'Q' } else { b'A' };
        refused(host, &String::from_utf8(bytes).unwrap());
        refused(host, &good[..at]);
    }
    for bad in [
        format!("{good}A"),
        format!("{good}="),
        format!("\"{good}\""),
        format!(" {good}x"),
    ] {
        refused(host, &bad);
    }
    assert!(browser.is_signed_in());
}

fn two_cookies(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let good = browser.session().unwrap();
    for other in [good.as_str(), "", "x"] {
        for cookies in [
            format!("{SESSION}={good}; {SESSION}={other}"),
            format!("{SESSION}={other}; a=b; {SESSION}={good}"),
        ] {
            let request = Request::script("GET", "/members/").with("Cookie", &cookies);
            host.send(&request).expect(401);
        }
    }
    let harmless = format!("{SESSION}x=1; {SESSION}={good}; x{SESSION}=1");
    let request = Request::script("GET", "/members/").with("Cookie", &harmless);
    host.send(&request).expect(200);
    assert!(browser.is_signed_in());
}

fn garbage(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let good = browser.session().unwrap();
    let flood = "a=1; ".repeat(64 * 1024 / 5);
    for cookies in [
        ";;=;",
        "=",
        ";",
        "a",
        "= =;==;",
        "\u{e9}=\u{e9}",
        flood.as_str(),
    ] {
        let request = Request::script("GET", "/members/").with("Cookie", cookies);
        host.send(&request).expect(401);
    }
    // A runtime may refuse a NUL by itself.
    let nul = host.send(&Request::script("GET", "/members/").with("Cookie", ";;=;\0"));
    assert!(matches!(nul.status, 400 | 401), "{}", nul.summary());
    let some = format!(";;=; {SESSION}={good};;a;=b");
    host.send(&Request::script("GET", "/members/").with("Cookie", &some))
        .expect(200);
    assert!(browser.is_signed_in());
}

fn sealed_twice(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let session = browser.session().unwrap();
    let tombstone = |browser: &mut Browser<'_>| {
        browser.jar.put(SESSION, &session);
        browser.sign_out().expect(303);
        browser.jar.cookie(TOMBSTONE).unwrap().value.clone()
    };
    // Both name the same session.
    let first = tombstone(&mut browser);
    let second = tombstone(&mut browser);
    assert_eq!(first.len(), second.len());
    assert_ne!(first, second);
}

fn other_kinds(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let session = browser.session().unwrap();
    browser.begin("/auth/login?return_to=/");
    let attempt = browser.jar.starting_with(ATTEMPT)[0].value.clone();
    refused(host, &attempt);
    browser.sign_out().expect(303);
    refused(host, &browser.jar.cookie(TOMBSTONE).unwrap().value);
    // And a session is no attempt.
    let mut other = Browser::new(host);
    let callback = other.callback("/members/", "member");
    let name = other.jar.starting_with(ATTEMPT)[0].name.clone();
    let kept = other.jar.clone();
    other.jar.put(&name, &session);
    other.go(&callback).expect(400);
    other.jar = kept;
    other.arrive(&callback);
}

fn other_names(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let one = browser.callback("/members/?one", "member");
    let (name, value) = {
        let cookie = browser.jar.starting_with(ATTEMPT)[0];
        (cookie.name.clone(), cookie.value.clone())
    };
    let mut other = Browser::new(host);
    let two = other.callback("/members/?two", "member");
    let other_name = other.jar.starting_with(ATTEMPT)[0].name.clone();
    // The value is good and so is its length; only the name it was sealed for is another.
    other.jar.put(&other_name, &value);
    other.go(&two).expect(400);
    other.jar.put(&name, &value);
    assert_eq!(other.arrive(&one), "/members/?one");
}

fn fixation(host: &dyn Host) {
    let attacker = Browser::signed_in(host, "staff");
    let planted = attacker.session().unwrap();
    let mut victim = Browser::new(host);
    victim.jar.put(SESSION, &planted);
    victim.sign_in("/auth/login?return_to=/", "member");
    assert_ne!(victim.session().unwrap(), planted);
    let subject = |cookie: &str| {
        let mut browser = Browser::new(host);
        browser.jar.put(SESSION, cookie);
        browser.fetch("/auth/session").expect(200).json()["subject"].clone()
    };
    assert_eq!(subject(&victim.session().unwrap()), "member");
    // It ended, like any session that a sign-in replaces, and the attacker with it.
    assert!(!lives(host, &planted));
}

fn stepping_up(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let before = browser.session().unwrap();
    browser.fetch("/gold/x").expect(401);
    browser.sign_in("/gold/x", "member");
    browser.fetch("/gold/x").expect(200);
    assert_ne!(browser.session().unwrap(), before);
    // An attacker who knew the session from before has nothing.
    assert!(!lives(host, &before));
    assert!(browser.is_signed_in());
}

fn clearing(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let response = browser.sign_out().expect(303);
    let field = response
        .all("set-cookie")
        .find(|field| field.starts_with(&format!("{SESSION}=")))
        .unwrap();
    for attribute in ["Max-Age=0", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(field.contains(attribute), "{field}");
    }
    assert!(!field.contains("Domain"), "{field}");
    assert_eq!(browser.session(), None);
}

fn stolen_cookie(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let mut thief = Browser::new(host);
    thief.jar.put(SESSION, &browser.session().unwrap());
    assert!(thief.is_signed_in());
    browser.sign_out().expect(303);
    assert!(!thief.is_signed_in());
    thief
        .send(Request::script("GET", "/auth/session"))
        .expect(401);
}

/// Whether a copy of the cookie, in nothing else's company, opens the members' page at an edge that asks the ledger.
fn lives(host: &dyn Host, cookie: &str) -> bool {
    if !host.is_one_instance() {
        host.forget();
    }
    let mut thief = Browser::new(host);
    thief.jar.put(SESSION, cookie);
    thief.is_signed_in()
}

fn replaced(host: &dyn Host) {
    let mut elsewhere = Browser::signed_in(host, "member");
    // The same person anew, another one, and a newer authentication.
    for (target, login) in [
        ("/auth/login?return_to=/", "member"),
        ("/auth/login?return_to=/", "staff"),
        ("/auth/login?return_to=/&max_age=60", "member"),
    ] {
        let mut browser = Browser::signed_in(host, "member");
        let stolen = browser.session().unwrap();
        assert!(lives(host, &stolen));
        browser.sign_in(target, login);
        assert!(!lives(host, &stolen), "{target} as {login}");
        assert!(browser.is_signed_in());
        // Signing out leaves nothing behind.
        let last = browser.session().unwrap();
        browser.sign_out().expect(303);
        assert!(!lives(host, &last) && !lives(host, &stolen));
    }
    assert!(elsewhere.is_signed_in(), "another browser's session ended");
}

/// `SameSite=Strict`, a form of the provider's, and time keep the session cookie from the callback.
fn replaced_unseen(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let stolen = browser.session().unwrap();
    // A second tab began before the first one arrived.
    let second = browser.callback("/auth/login?return_to=/?second", "member");
    let first = browser.callback("/auth/login?return_to=/?first", "staff");
    browser.jar.remove(SESSION);
    browser.arrive(&first);
    assert!(!lives(host, &stolen));
    let stolen = browser.session().unwrap();
    assert!(lives(host, &stolen));
    browser.jar.remove(SESSION);
    browser.arrive(&second);
    assert!(!lives(host, &stolen));
    assert!(browser.is_signed_in());
    // Nothing but that cookie names it, and nobody can make one.
    let named = browser.jar.cookie(PREDECESSOR).unwrap().value.clone();
    let living = browser.session().unwrap();
    for other in ["x", &named[1..], &living] {
        let mut stranger = Browser::new(host);
        stranger.jar.put(PREDECESSOR, other);
        stranger.sign_in("/members/", "member");
        assert!(browser.is_signed_in(), "{other}");
    }
    let mut opener = Browser::new(host);
    opener.jar.put(SESSION, &named);
    assert!(!opener.is_signed_in(), "it opens something");
}

fn signed_out_unseen(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let stolen = browser.session().unwrap();
    browser.jar.remove(SESSION);
    browser.sign_out().expect(303);
    assert!(!lives(host, &stolen));
    assert!(browser.jar.cookie(PREDECESSOR).is_none());
    Browser::signed_in(host, "member").sign_out().expect(303);
}
