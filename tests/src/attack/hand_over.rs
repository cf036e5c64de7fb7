//! Attacks on pages that hand a provider's token over: with tokens of others, old ones, and from elsewhere.

use super::{
    Row, everywhere, exposed,
    support::{good_provider, provider},
};
use crate::{
    gateway::hand_over::{
        access_token, challenge, hand_over, id_token_for, nonce, with_access_token, with_id_token,
        with_pages,
    },
    host::{Host, exposed::Exposed},
    http::{
        browser::{Browser, SESSION},
        request::Request,
    },
    scripted::provider::settings::{Answer, Edit, Endpoint, with, without},
};
use lychgate_core::{encoding::base64url, http::outbound::SendError, oidc::hand_over::partition};
use serde_json::{Value, json};

pub const ROWS: &[Row] = &[
    everywhere(
        103,
        "a handed-over token has our nonce, is new, and is taken once",
        nonce_age_and_use,
    ),
    everywhere(
        201,
        "the nonce of another browser's challenge, or of a used one, is refused",
        nonce_of_another,
    ),
    everywhere(
        202,
        "one ID token handed over twice, also at once, is one session",
        twice,
    ),
    exposed(
        202,
        "one token handed over in two regions is one session",
        twice_in_two_regions,
    ),
    exposed(
        52,
        "no token that a page hands over is stored",
        nothing_stored,
    ),
    everywhere(
        203,
        "an ID token of another client, or of another time, is refused",
        other_client,
    ),
    everywhere(
        203,
        "an access token of another client is refused by introspection",
        other_client_by_introspection,
    ),
    everywhere(
        203,
        "an access token of another client is refused in Google's form",
        other_client_by_token_info,
    ),
    everywhere(
        204,
        "a hand-over from anywhere else asks the provider nothing",
        from_elsewhere,
    ),
    everywhere(205, "a message that is not one is refused", messages),
    everywhere(
        206,
        "userinfo of someone else than the token's is refused",
        foreign_userinfo,
    ),
    everywhere(
        203,
        "a provider that cannot say what a token is signs nobody in",
        no_answer,
    ),
];

/// Hands an ID token over at a provider that was changed; the code of the refusal, `None` where a session began.
fn refused_id_token(host: &dyn Host, of: &str, edit: Edit) -> Option<String> {
    provider(host, |settings| settings.edit_claims = edit);
    let mut browser = Browser::new(host);
    let answer = with_id_token(&mut browser, of);
    good_provider(host);
    assert_eq!(answer.status == 200, browser.session().is_some());
    if answer.status == 200 {
        return None;
    }
    assert!(!answer.text().contains("SECRET"), "{}", answer.summary());
    Some(
        answer.expect(400).json()["error"]
            .as_str()
            .unwrap()
            .to_owned(),
    )
}

fn nonce_age_and_use(host: &dyn Host) {
    with_pages(host, |host| {
        let now = host.now().as_seconds();
        for of in ["page", "asked"] {
            for (edit, code) in [
                (without("nonce"), Some("nonce_mismatch")),
                (with("nonce", json!("other")), Some("nonce_mismatch")),
                (with("iat", json!(now - 500)), Some("token_stale")),
                (with("iat", json!(now - 200)), None),
            ] {
                let refused = refused_id_token(host, of, edit);
                assert_eq!(refused.as_deref(), code, "{of}");
            }
        }
        let mut browser = Browser::new(host);
        let token = access_token(host, "once");
        with_access_token(&mut browser, "page", &token).expect(200);
        let again = with_access_token(&mut browser, "page", &token).expect(400);
        assert_eq!(again.json()["error"], "token_used");
        // Another one of the same person.
        let other = access_token(host, "other");
        with_access_token(&mut browser, "page", &other).expect(200);
    });
}

fn nonce_of_another(host: &dyn Host) {
    with_pages(host, |host| {
        let (mut mallory, mut victim) = (Browser::new(host), Browser::new(host));
        let of_mallory = id_token_for(host, &nonce(&mut mallory));
        let own = id_token_for(host, &nonce(&mut victim));
        let message = |token: &str| json!({"provider": "page", "id_token": token}).to_string();
        let refused = victim.send(hand_over(&message(&of_mallory))).expect(400);
        assert_eq!(refused.json()["error"], "nonce_mismatch");
        // A refusal costs the page nothing: its own token still counts.
        let jar = victim.jar.clone();
        victim.send(hand_over(&message(&own))).expect(200);
        // The browser's cookies of before, restored.
        victim.jar = jar;
        let used = victim.send(hand_over(&message(&own))).expect(400);
        assert_eq!(used.json()["error"], "challenge_used");
        assert_eq!(victim.session(), None);
    });
}

/// As many as a page could send.
const AT_ONCE: usize = 20;

fn twice(host: &dyn Host) {
    with_pages(host, |host| {
        for of in ["page", "asked"] {
            let mut browser = Browser::new(host);
            let nonce = nonce(&mut browser);
            let token = id_token_for(host, &nonce);
            let message = json!({"provider": of, "id_token": token}).to_string();
            let request = browser.prepare(hand_over(&message));
            let answers = host.send_all(&vec![request; AT_ONCE]);
            let (begun, refused): (Vec<_>, Vec<_>) =
                answers.iter().partition(|answer| answer.status == 200);
            assert_eq!(begun.len(), 1, "{of}");
            let is_session = |field: &&str| field.starts_with(&format!("{SESSION}="));
            for answer in refused {
                assert_eq!(answer.status, 400);
                assert_eq!(answer.json()["error"], "challenge_used");
                assert_eq!(answer.all("set-cookie").filter(is_session).count(), 0);
            }
        }
        let token = access_token(host, "at-once");
        let message = json!({"provider": "page", "access_token": token}).to_string();
        // Each from a browser of its own: the token decides.
        let requests = [(); AT_ONCE].map(|()| {
            let mut browser = Browser::new(host);
            nonce(&mut browser);
            browser.prepare(hand_over(&message))
        });
        let answers = host.send_all(&requests);
        let begun = answers.iter().filter(|answer| answer.status == 200);
        assert_eq!(begun.count(), 1);
    });
}

fn twice_in_two_regions(host: &dyn Exposed) {
    with_pages(host, |_| {
        let far = host.elsewhere();
        let access = access_token(host, "regions");
        for of_token in ["id_token", "access_token"] {
            let mut browser = Browser::new(host);
            let nonce = nonce(&mut browser);
            let token = match of_token {
                "id_token" => id_token_for(host, &nonce),
                _ => access.clone(),
            };
            let message = json!({"provider": "page", of_token: token}).to_string();
            let request = browser.prepare(hand_over(&message));
            far.send(&request).expect(200);
            let again = host.send(&request).expect(400);
            assert_eq!(again.json()["error"], "challenge_used");
        }
        // The token alone, with a challenge that was not used.
        let again = with_access_token(&mut Browser::new(host), "page", &access).expect(400);
        assert_eq!(again.json()["error"], "token_used");
    });
}

fn nothing_stored(host: &dyn Exposed) {
    with_pages(host, |_| {
        let mut browser = Browser::new(host);
        let nonce = nonce(&mut browser);
        let id = id_token_for(host, &nonce);
        let message = json!({"provider": "page", "id_token": id}).to_string();
        browser.send(hand_over(&message)).expect(200);
        let access = access_token(host, "stored");
        with_access_token(&mut browser, "page", &access).expect(200);
        let dump = host.dump();
        let has = |text: &[u8]| dump.windows(text.len()).any(|part| part == text);
        // The mark of the access token is in it, and the token is not.
        let at = partition(host.issuer(), &access);
        assert!(has(&at.id) || has(at.name().as_bytes()));
        let signature = id.rsplit('.').next().unwrap();
        for text in [
            id.as_str(),
            signature,
            &access,
            &nonce,
            "member@example.com",
        ] {
            assert!(!has(text.as_bytes()), "{text}");
            assert!(!has(base64url::encode(text.as_bytes()).as_bytes()));
        }
    });
}

fn other_client(host: &dyn Host) {
    with_pages(host, |host| {
        let now = host.now().as_seconds();
        let members = |members: Value| -> Edit {
            Box::new(move |claims| {
                for (name, value) in members.as_object().unwrap() {
                    claims[name] = value.clone();
                }
            })
        };
        for (edit, code) in [
            (json!({"aud": "other"}), Some("token_of_other_client")),
            (
                json!({"aud": ["edge", "other"]}),
                Some("token_of_other_client"),
            ),
            (json!({"aud": ["edge", "other"], "azp": "edge"}), None),
            (json!({"azp": "other"}), Some("token_of_other_client")),
            (json!({"azp": "app"}), None),
            (
                json!({"aud": "app", "azp": "app"}),
                Some("token_of_other_client"),
            ),
            (json!({"iat": now + 400}), Some("token_stale")),
            (json!({"exp": now - 100}), Some("token_stale")),
            (
                json!({"iss": "https://evil.example"}),
                Some("token_refused"),
            ),
            (json!({"sub": ""}), Some("token_refused")),
            (json!({"events": {}}), Some("token_refused")),
        ] {
            let refused = refused_id_token(host, "page", members(edit.clone()));
            assert_eq!(refused.as_deref(), code, "{edit}");
        }
        // Only the apps that the provider's table names.
        let app = || members(json!({"azp": "app"}));
        let refused = refused_id_token(host, "asked", app());
        assert_eq!(refused.as_deref(), Some("token_of_other_client"));
        assert_eq!(refused_id_token(host, "page", app()), None);
    });
}

fn other_client_by_introspection(host: &dyn Host) {
    with_pages(host, |host| {
        for (answer, code) in [
            (json!({"client_id": "other"}), "token_of_other_client"),
            (
                json!({"iss": "https://evil.example"}),
                "token_of_other_client",
            ),
            (json!({"sub": "staff"}), "token_refused"),
            (json!({"active": false}), "token_refused"),
            (json!({"active": "true"}), "token_refused"),
            (json!({"active": 1}), "token_refused"),
            (json!({"token_type": "refresh_token"}), "token_refused"),
            (json!({"client_id": "app"}), ""),
        ] {
            let token = access_token(host, "client");
            let known = host.scripted_provider().unwrap();
            let mut known = known.lock().unwrap();
            let at = (Endpoint::Introspection, token.clone());
            let of_token = known.opaque.get_mut(&at).unwrap();
            for (name, value) in answer.as_object().unwrap() {
                of_token[name] = value.clone();
            }
            drop(known);
            let mut browser = Browser::new(host);
            let refused = with_access_token(&mut browser, "page", &token);
            if code.is_empty() {
                refused.expect(200);
                continue;
            }
            let refused = refused.expect(400).json();
            assert_eq!(refused["error"], code, "{answer}");
            assert_eq!(browser.session(), None);
        }
    });
}

fn other_client_by_token_info(host: &dyn Host) {
    with_pages(host, |host| {
        for (edit, status) in [
            (with("aud", json!("other")), 400),
            (with("azp", json!("other")), 400),
            (without("exp"), 400),
            (with("sub", json!("staff")), 400),
            (with("scope", json!("openid")), 200),
        ] {
            let token = access_token(host, "google");
            provider(host, |settings| settings.edit_token_check = edit);
            let mut browser = Browser::new(host);
            with_access_token(&mut browser, "asked", &token).expect(status);
            good_provider(host);
        }
    });
}

/// How many requests the provider saw, but for what it publishes: an instance that is new asks for that.
fn seen(host: &dyn Host) -> usize {
    let provider = host.scripted_provider().unwrap();
    let provider = provider.lock().unwrap();
    let is_published = |endpoint| matches!(endpoint, Endpoint::Discovery | Endpoint::Keys);
    let requests = provider.requests.iter();
    requests
        .filter(|request| !is_published(request.endpoint))
        .count()
}

fn from_elsewhere(host: &dyn Host) {
    with_pages(host, |host| {
        let mut browser = Browser::new(host);
        with_id_token(&mut browser, "asked").expect(200);
        let mut browser = Browser::new(host);
        let nonce = nonce(&mut browser);
        let token = id_token_for(host, &nonce);
        let message = json!({"provider": "asked", "id_token": token}).to_string();
        let good = || hand_over(&message);
        let before = seen(host);
        let from = |site: &str| good().replacing("Sec-Fetch-Site", Some(site));
        let silent = || {
            ["Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"]
                .into_iter()
                .fold(good(), |request, name| request.replacing(name, None))
        };
        let origin = host.origin().to_owned();
        for (request, status) in [
            (from("cross-site"), 403),
            (from("same-site"), 403),
            (from("none"), 403),
            (silent(), 403),
            (silent().with("Origin", "https://evil.example"), 403),
            (silent().with("Origin", "null"), 403),
            (good().with("Origin", "https://evil.example"), 403),
            (good().replacing("Content-Type", Some("text/plain")), 415),
            (
                good().replacing("Content-Type", Some("application/x-www-form-urlencoded")),
                415,
            ),
            (good().replacing("Content-Type", None), 415),
        ] {
            let refused = browser.send(request).expect(status);
            assert_eq!(refused.header("access-control-allow-origin"), None);
        }
        // A browser without the challenge, with everything else.
        let refused = host.send(&good());
        assert_eq!(refused.expect(400).json()["error"], "challenge_required");
        // Neither gets another site a challenge.
        for request in [
            challenge().replacing("Sec-Fetch-Site", Some("cross-site")),
            Request::new("POST", "/auth/session/challenge").with("Origin", "https://evil.example"),
        ] {
            let refused = host.send(&request).expect(403);
            assert_eq!(refused.header("set-cookie"), None);
        }
        host.send(&Request::script("GET", "/auth/session/challenge"))
            .expect(405);
        assert_eq!(seen(host), before);
        assert_eq!(browser.session(), None);
        // An old browser says its origin alone.
        browser.send(silent().with("Origin", &origin)).expect(200);
        assert_eq!(seen(host), before + 1);
    });
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn messages(host: &dyn Host) {
    with_pages(host, |host| {
        // What the provider publishes is known from here on.
        with_id_token(&mut Browser::new(host), "page").expect(200);
        let mut browser = Browser::new(host);
        let nonce = nonce(&mut browser);
        let (id, access) = (id_token_for(host, &nonce), access_token(host, "message"));
        let before = seen(host);
        let long = "a".repeat(17 * 1024);
        for (message, code) in [
            (
                json!({"provider": "nobody", "id_token": id}).to_string(),
                "hand_over_not_offered",
            ),
            (
                json!({"provider": "demo", "id_token": id}).to_string(),
                "hand_over_not_offered",
            ),
            (
                json!({"provider": "github", "id_token": id}).to_string(),
                "hand_over_not_offered",
            ),
            (
                json!({"provider": "id-only", "access_token": access}).to_string(),
                "hand_over_not_offered",
            ),
            (
                json!({"provider": "page", "id_token": id, "access_token": access}).to_string(),
                "invalid_request",
            ),
            (
                format!(r#"{{"provider":"page","id_token":"{id}","id_token":"{id}"}}"#),
                "invalid_request",
            ),
            (
                format!(r#"{{"provider":"nobody","provider":"page","id_token":"{id}"}}"#),
                "invalid_request",
            ),
            (
                json!({"provider": "page", "id_token": id, "nonce": nonce}).to_string(),
                "invalid_request",
            ),
            (json!({"provider": "page"}).to_string(), "invalid_request"),
            (
                json!([{"provider": "page", "id_token": id}]).to_string(),
                "invalid_request",
            ),
            (
                json!({"provider": "page", "id_token": long}).to_string(),
                "invalid_request",
            ),
            (String::new(), "invalid_request"),
            (
                json!({"provider": "page", "id_token": "a.b.c"}).to_string(),
                "token_refused",
            ),
            (
                json!({"provider": "asked", "id_token": "opaque"}).to_string(),
                "token_refused",
            ),
        ] {
            let refused = browser.send(hand_over(&message)).expect(400);
            assert_eq!(refused.json()["error"], code, "{message:.80}");
        }
        assert_eq!(seen(host), before);
        let message = json!({"provider": "page", "id_token": id}).to_string();
        browser.send(hand_over(&message)).expect(200);
    });
}

fn foreign_userinfo(host: &dyn Host) {
    with_pages(host, |host| {
        for of in ["page", "asked"] {
            let token = access_token(host, "userinfo");
            provider(host, |settings| {
                settings.edit_userinfo = with("sub", json!("staff"))
            });
            let mut browser = Browser::new(host);
            let refused = with_access_token(&mut browser, of, &token).expect(400);
            assert_eq!(refused.json()["error"], "token_refused");
            assert_eq!(browser.session(), None);
            good_provider(host);
            let token = access_token(host, "userinfo");
            with_access_token(&mut browser, of, &token).expect(200);
        }
    });
}

fn no_answer(host: &dyn Host) {
    with_pages(host, |host| {
        for answer in [
            Answer::html(200),
            Answer::html(500),
            Answer::fixed(200, "application/json", "[]"),
            Answer::fixed(200, "application/json", "{}"),
            Answer::fixed(401, "application/json", r#"{"error":"invalid_client"}"#),
            Answer::Error(SendError::Unreachable),
        ] {
            for (of, endpoint) in [
                ("page", Endpoint::Introspection),
                ("asked", Endpoint::TokenInfo),
            ] {
                provider(host, |settings| {
                    settings.set_answer(endpoint, answer.clone())
                });
                let token = access_token(host, "silent");
                let mut browser = Browser::new(host);
                let refused = with_access_token(&mut browser, of, &token);
                assert!(
                    [400, 502].contains(&refused.status),
                    "{}",
                    refused.summary()
                );
                assert!(!refused.text().contains("SECRET"), "{}", refused.summary());
                assert_eq!(browser.session(), None);
                good_provider(host);
            }
        }
        let token = access_token(host, "silent");
        with_access_token(&mut Browser::new(host), "page", &token).expect(200);
    });
}
