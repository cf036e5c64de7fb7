//! The answers of each kind of endpoint, and the facts that Lychgate takes from them.

use super::*;
use crate::{
    config::{AskedEndpoint, Config},
    time::UnixTime,
};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

/// An issuer that is asked in that way.
fn issuer(how: Value) -> Issuer {
    let mut table = json!({"issuer": "https://op.example.com"});
    let members = how.as_object().unwrap().clone();
    table.as_object_mut().unwrap().extend(members);
    let config = json!({
        "version": 1,
        "public_url": "https://app.example.com",
        "key": [{"id": 1, "secret": "KEY"}],
        "issuer": [table],
        "upstream": [{"id": "api", "url": "https://api.example.com"}],
        "route": [{"path": "/**", "access": ["bearer"], "upstream": "api"}],
    });
    let config = Config::from_json(config.to_string().as_bytes()).unwrap();
    config.issuers.first().unwrap().clone()
}

fn google() -> Issuer {
    issuer(json!({"check": "tokeninfo", "clients": ["app"]}))
}

fn facebook() -> Issuer {
    issuer(json!({
        "check": "tokeninfo", "tokeninfo_form": "facebook", "clients": ["4242"],
        "client_id": "4242", "client_secret": {"secret": "S"},
    }))
}

fn userinfo() -> Issuer {
    issuer(json!({
        "check": "userinfo", "any_client": true,
        "userinfo_endpoint": "https://op.example.com/me",
    }))
}

/// The subject of a token that is taken, for that answer.
fn answered(issuer: &Issuer, status: u16, answer: &Value) -> Result<String, Verdict> {
    let reply = Reply {
        status,
        content_type: Some("application/json".to_owned()),
        body: answer.to_string().into_bytes(),
    };
    let token = read(
        issuer.asked().unwrap(),
        Answer::Plain(&reply),
        issuer,
        IssuerIndex(0),
    )?;
    token.check(issuer, NOW)?;
    Ok(token.principal().subject.to_owned())
}

fn with(mut answer: Value, name: &str, value: Value) -> Value {
    match answer.get_mut("data") {
        Some(data) => data[name] = value,
        None => answer[name] = value,
    }
    answer
}

const UNKNOWN: Result<String, Verdict> = Err(Verdict::Unknown(AnswerFault::Active));

fn refused(fault: AccessTokenFault) -> Result<String, Verdict> {
    Err(Verdict::Refused(fault))
}

#[test]
fn google_says_numbers_as_text() {
    let good = json!({
        "azp": "app", "aud": "app", "sub": "1073", "scope": "openid",
        "exp": (NOW.as_seconds() + 600).to_string(), "expires_in": "600",
        "email": "a@example.com", "email_verified": "true",
    });
    let google = google();
    assert_eq!(answered(&google, 200, &good).as_deref(), Ok("1073"));
    let other = with(good.clone(), "azp", json!("other"));
    assert_eq!(
        answered(&google, 200, &other),
        refused(AccessTokenFault::Client)
    );
    let over = with(
        good.clone(),
        "exp",
        json!((NOW.as_seconds() - 600).to_string()),
    );
    assert!(matches!(
        answered(&google, 200, &over),
        Err(Verdict::Refused(AccessTokenFault::Time(_)))
    ));
    for odd in ["soon", "-1", "1.8e9", ""] {
        assert_eq!(
            answered(&google, 200, &with(good.clone(), "exp", json!(odd))),
            UNKNOWN,
            "{odd}"
        );
    }
    assert_eq!(
        answered(&google, 200, &json!({"sub": "1073", "azp": "app"})),
        UNKNOWN
    );
    let invalid = json!({"error": "invalid_token"});
    assert_eq!(
        answered(&google, 400, &invalid),
        refused(AccessTokenFault::Inactive)
    );
    assert!(matches!(
        answered(&google, 500, &invalid),
        Err(Verdict::Unknown(_))
    ));
}

#[test]
fn facebook_says_whose_token_it_is() {
    let good = json!({"data": {
        "app_id": "4242", "type": "USER", "is_valid": true, "user_id": "77",
        "expires_at": NOW.as_seconds() + 600, "scopes": ["email"],
    }});
    let facebook = facebook();
    assert_eq!(answered(&facebook, 200, &good).as_deref(), Ok("77"));
    let endless = with(good.clone(), "expires_at", json!(0));
    assert_eq!(answered(&facebook, 200, &endless).as_deref(), Ok("77"));
    for (name, value, fault) in [
        ("app_id", json!("4243"), AccessTokenFault::Client),
        ("is_valid", json!(false), AccessTokenFault::Inactive),
        ("type", json!("APP"), AccessTokenFault::Kind),
        ("user_id", Value::Null, AccessTokenFault::Subject),
    ] {
        let answer = with(good.clone(), name, value);
        assert_eq!(answered(&facebook, 200, &answer), refused(fault), "{name}");
    }
    assert_eq!(
        answered(&facebook, 200, &with(good, "is_valid", json!("true"))),
        UNKNOWN
    );
    assert_eq!(
        answered(&facebook, 200, &json!({"is_valid": true})),
        UNKNOWN
    );
}

#[test]
fn userinfo_says_who_and_nothing_of_the_token() {
    let userinfo = userinfo();
    let good = json!({"sub": "alice", "scope": "admin", "client_id": "root", "name": "Alice"});
    assert_eq!(answered(&userinfo, 200, &good).as_deref(), Ok("alice"));
    let reply = Reply {
        status: 200,
        content_type: Some("application/json".to_owned()),
        body: good.to_string().into_bytes(),
    };
    let token = read(
        userinfo.asked().unwrap(),
        Answer::Plain(&reply),
        &userinfo,
        IssuerIndex(0),
    )
    .unwrap();
    let principal = token.principal();
    assert_eq!((principal.scope, principal.client_id), ("", None));
    assert_eq!(principal.issuer, "https://op.example.com");
    assert_eq!(principal.claims.get("name"), Some(&json!("Alice")));
    for status in [401, 403] {
        assert_eq!(
            answered(&userinfo, status, &json!({})),
            refused(AccessTokenFault::Inactive)
        );
    }
    assert_eq!(
        answered(&userinfo, 200, &json!({})),
        refused(AccessTokenFault::Subject)
    );
    assert!(matches!(
        answered(&userinfo, 503, &good),
        Err(Verdict::Unknown(_))
    ));
}

fn question(issuer: &Issuer, asker: &Asker) -> Option<Outbound> {
    let check = issuer.asked().unwrap();
    let AskedEndpoint::At(endpoint) = &check.endpoint else {
        panic!("{check:?}");
    };
    request(&check.method, endpoint, asker, "t-1")
}

#[test]
fn a_question_shows_the_token_in_no_address_but_facebook_s() {
    let secret = || Secret::new("s".to_owned());
    let client = Asker::Client("4242".to_owned(), ClientCredential::Basic(secret()));
    for (issuer, asker, body) in [
        (google(), &Asker::Nobody, Some("access_token=t-1")),
        (userinfo(), &Asker::Nobody, None),
    ] {
        let asked = question(&issuer, asker).unwrap();
        assert!(!asked.url.to_string().contains("t-1"));
        assert_eq!(asked.body.as_deref(), body);
    }
    // Its documentation knows no other way.
    let asked = question(&facebook(), &client).unwrap();
    assert!(
        asked
            .url
            .to_string()
            .ends_with("/debug_token?input_token=t-1")
    );
    assert!(question(&facebook(), &Asker::Nobody).is_none());
}
