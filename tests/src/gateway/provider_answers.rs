//! Answers that each provider gives in its own way: labels and statuses, odd values, userinfo that fails or is signed.

use super::Case;
use crate::{
    attack::support::{accepted_sign_in, good_provider, provider, refused_sign_in},
    host::{Host, in_process::InProcess},
    http::browser::Browser,
    scripted::provider::{
        settings::{Answer, Edit, Endpoint, Signer, with, without},
        tokens,
    },
};
use lychgate_core::{encoding::base64url, http::outbound::SendError};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

pub const CASES: &[Case] = &[
    ("a token answer counts by what it says", token_answers),
    (
        "a claim that nothing depends on keeps nobody out",
        odd_claims,
    ),
    (
        "a claim that something depends on stays strict",
        odd_claims_that_decide,
    ),
    ("a hash in an ID token is that of its companion", hashes),
    ("signed userinfo is verified and used", signed_userinfo),
    (
        "userinfo that fails keeps nobody out and opens nothing",
        failing_userinfo,
    ),
    (
        "a code that the provider refuses is no failure of its",
        refused_code,
    ),
    ("a code that cannot be one is sent nowhere", impossible_code),
];

fn token_answers(host: &dyn Host) {
    for edit in [
        without("token_type"),
        with("token_type", json!("bearer")),
        with("scope", json!(["a"])),
    ] {
        let mut browser = accepted_sign_in(host, |settings| settings.edit_response = edit);
        assert!(browser.is_signed_in());
    }
    let mut browser = accepted_sign_in(host, |settings| settings.token_status = 201);
    assert!(browser.is_signed_in());
    refused_sign_in(host, 502, |settings| settings.token_status = 302);
    for edit in [with("token_type", json!("DPoP")), without("access_token")] {
        refused_sign_in(host, 502, |settings| settings.edit_response = edit);
    }
}

/// Signs the ID token anew with another text in the place of `HALF`, which no value of JSON in Rust can hold.
fn half_of_a_pair() -> Edit {
    Box::new(|response| {
        let token = response["id_token"].as_str().unwrap();
        let (input, _) = token.rsplit_once('.').unwrap();
        let (header, payload) = input.split_once('.').unwrap();
        let payload = String::from_utf8(base64url::decode(payload).unwrap()).unwrap();
        let payload = payload.replace("HALF", "\\ud800");
        let input = format!("{header}.{}", base64url::encode(payload.as_bytes()));
        response["id_token"] = json!(tokens::sign_text(Signer::Ed25519(1), &input));
    })
}

fn odd_claims(host: &dyn Host) {
    for edit in [
        with("jti", json!(7)),
        with("name", json!({"given": "a"})),
        with("sid", json!(["a"])),
    ] {
        let mut browser = accepted_sign_in(host, |settings| settings.edit_claims = edit);
        assert!(browser.is_signed_in());
    }
    let mut browser = accepted_sign_in(host, |settings| {
        settings.edit_claims = Box::new(|claims| {
            claims["name"] = json!("Jo HALF");
            claims["groups"] = json!(["HALF", "staff"]);
        });
        settings.edit_response = half_of_a_pair();
    });
    browser.fetch("/staff/").expect(200);
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["groups"], json!(["staff"]));
    assert_eq!(info["claims"]["name"], Value::Null);
    assert_eq!(info["claims"]["email"], "member@example.com");
}

fn odd_claims_that_decide(host: &dyn Host) {
    for name in ["iss", "sub", "aud", "azp", "nonce"] {
        refused_sign_in(host, 502, |settings| {
            settings.edit_claims = with(name, json!("HALF"));
            settings.edit_response = half_of_a_pair();
        });
    }
    for name in ["exp", "nbf", "iat"] {
        refused_sign_in(host, 502, |settings| {
            settings.edit_claims = with(name, Value::Null)
        });
    }
    // A claim that only looks like the group is none.
    let mut browser = accepted_sign_in(host, |settings| {
        settings.edit_claims = with("groups", json!(["staffHALF"]));
        settings.edit_response = half_of_a_pair();
    });
    browser.fetch("/staff/").expect(403);
}

fn hashes(host: &dyn Host) {
    let hash = |text: &str| json!(base64url::encode(&Sha512::digest(text)[..32]));
    let of = |name, text: &str| with(name, hash(text));
    let token = "SECRET-ACCESS-TOKEN-member";
    let mut browser = accepted_sign_in(host, |settings| {
        settings.edit_claims = of("at_hash", token);
    });
    assert!(browser.is_signed_in());
    for edit in [
        of("at_hash", "SECRET-ACCESS-TOKEN-staff"),
        with("at_hash", json!("")),
        with("at_hash", Value::Null),
        of("c_hash", "SECRET-CODE-0"),
    ] {
        refused_sign_in(host, 502, |settings| settings.edit_claims = edit);
    }
}

/// An answer as Keycloak and others sign it, without `exp`.
fn signed(signer: Signer, claims: &Value) -> Answer {
    let header = json!({"alg": tokens::algorithm(signer), "kid": tokens::key_id(signer)});
    Answer::fixed(
        200,
        "application/jwt",
        tokens::sign(signer, &header, claims),
    )
}

fn signed_userinfo(host: &dyn Host) {
    let claims = |edit: Edit| {
        let mut claims = json!({
            "iss": host.issuer(), "aud": "edge", "sub": "member",
            "email": "signed@example.com", "email_verified": true, "groups": ["staff"],
        });
        edit(&mut claims);
        claims
    };
    let answers = |answer: Answer| {
        move |settings: &mut crate::scripted::provider::settings::Settings| {
            settings.claims_in_id_token = false;
            settings.set_answer(Endpoint::Userinfo, answer);
        }
    };
    let good = Signer::Ed25519(1);
    for edit in [
        with("aud", json!(["edge", "other"])),
        without("iss"),
        with("exp", json!(host.now().as_seconds() + 60)),
    ] {
        let mut browser = accepted_sign_in(host, answers(signed(good, &claims(edit))));
        browser.fetch("/staff/").expect(200);
        let info = browser.fetch("/auth/session").expect(200).json();
        assert_eq!(info["claims"]["email"], "signed@example.com");
        assert_eq!(info["issuer"], host.issuer());
    }
    for edit in [
        with("iss", json!("https://evil.example")),
        with("aud", json!("other")),
        with("sub", json!("staff")),
        without("sub"),
        with("exp", json!(host.now().as_seconds() - 3600)),
    ] {
        refused_sign_in(host, 502, answers(signed(good, &claims(edit))));
    }
    let whole = claims(with("sub", json!("member")));
    for signer in [
        Signer::Ed25519(2),
        Signer::Tampered,
        Signer::Unsigned("none"),
        Signer::PublicKeyAsSecret,
    ] {
        refused_sign_in(host, 502, answers(signed(signer, &whole)));
    }
}

fn failing_userinfo(host: &dyn Host) {
    for answer in [
        Answer::fixed(403, "application/json", "{}"),
        Answer::html(200),
        Answer::fixed(204, "application/json", ""),
        // An encrypted token.
        Answer::fixed(200, "application/jwt", "eyJhIjoxfQ.a.b.c.d"),
    ] {
        let mut browser = accepted_sign_in(host, |settings| {
            settings.claims_in_id_token = false;
            settings.set_answer(Endpoint::Userinfo, answer);
        });
        assert!(browser.is_signed_in());
        let page = browser.go("/staff/").expect(403).text();
        assert!(page.contains("did not tell us everything"), "{page}");
        assert!(page.contains("/auth/login?return_to=%2Fstaff%2F"), "{page}");
        let info = browser.fetch("/auth/session").expect(200).json();
        assert_eq!(info["groups"], json!([]));
        // Signing in again helps once the provider answers.
        browser.sign_in("/auth/login?return_to=/staff/", "staff");
        browser.go("/staff/").expect(200);
    }
    // With the answer, a person without the group lacks it.
    let mut browser = accepted_sign_in(host, |settings| settings.claims_in_id_token = false);
    let page = browser.go("/staff/").expect(403).text();
    assert!(!page.contains("did not tell us everything"), "{page}");
}

fn refused_code(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let callback = browser.callback("/members/", "member");
    let code = crate::attack::support::parameter(&callback, "code");
    let page = browser.go(&callback.replace(&code, "made-up")).expect(400);
    assert!(
        page.text().contains("return_to=%2Fmembers%2F"),
        "{}",
        page.summary()
    );
    assert_eq!(browser.session(), None);
    browser.sign_in("/members/", "member");
    assert!(browser.is_signed_in());
}

fn impossible_code(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let callback = browser.callback("/members/", "member");
    let code = crate::attack::support::parameter(&callback, "code");
    let before = host.token_requests();
    for bad in ["%00", "a%0Ab", "%7F", "%C3%A9", &"a".repeat(8 * 1024 + 1)] {
        browser.go(&callback.replace(&code, bad)).expect(400);
    }
    assert_eq!(host.token_requests(), before);
    // Nothing was sent, so the attempt counts still.
    browser.arrive(&callback);
    assert!(browser.is_signed_in());
}

#[test]
fn userinfo_that_cannot_be_reached_is_a_warning_that_names_the_provider() {
    for error in [
        SendError::Unreachable,
        SendError::TimedOut,
        SendError::TooLarge,
    ] {
        let host = InProcess::new();
        provider(&host, |settings| {
            settings.claims_in_id_token = false;
            settings.set_answer(Endpoint::Userinfo, Answer::Error(error));
        });
        let mut browser = Browser::signed_in(&host, "staff");
        assert!(browser.is_signed_in());
        let failed = |line: &String| {
            line.contains(r#""level":"warning","event":"provider_failed""#)
                && line.contains(r#""provider":"demo""#)
                && line.contains("Userinfo")
        };
        let log = host.world.events();
        assert!(log.iter().any(failed), "{log:?}");
        browser.fetch("/staff/").expect(403);
        let log = host.world.events();
        assert!(
            log.iter().any(|line| line.contains("ClaimsMissing")),
            "{log:?}"
        );
        good_provider(&host);
        browser.sign_in("/auth/login?return_to=/", "staff");
        browser.fetch("/staff/").expect(200);
    }
}

#[test]
fn who_speaks_is_never_taken_from_userinfo() {
    let mut setup = crate::host::in_process::Setup::standard();
    setup.configuration["provider"][0]["claims"] = json!(["acr", "iat", "email"]);
    let host = InProcess::with(&setup);
    provider(&host, |settings| {
        settings.claims_in_id_token = false;
        settings.edit_userinfo = Box::new(|claims| {
            for name in ["acr", "iat", "iss"] {
                claims[name] = json!("forged");
            }
        });
    });
    let mut browser = Browser::signed_in(&host, "member");
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["claims"]["email"], "member@example.com");
    assert_eq!(info["claims"]["acr"], Value::Null);
    assert_eq!(info["claims"]["iat"], Value::Null);
    assert!(!info.to_string().contains("forged"), "{info}");
}
