//! Calls with access tokens: who gets through, with what, and what the others are told.

use super::Case;
use crate::{
    access_token::{AccessToken, INLINE, INLINE_KEY, Proof, SHARED, SHARED_SECRET, bearer},
    host::Host,
    http::{browser::Browser, request::Request, response::Response},
    scripted::provider::settings::Signer,
};
use hmac::{Hmac, Mac};
use lychgate_core::encoding::base64url;
use serde_json::{Value, json};
use sha2::Sha256;

pub const CASES: &[Case] = &[
    ("a good token reaches the API", a_good_token_passes),
    (
        "a second use of a token is judged anew",
        judged_at_every_use,
    ),
    ("scopes are asked for by method", scopes_by_method),
    ("scopes come in four spellings", four_spellings_of_scopes),
    ("clients and groups are asked for", clients_and_groups),
    (
        "a token is asked for another authentication",
        another_authentication,
    ),
    ("a shared secret signs with HS256 alone", shared_secret),
    ("only listed tenants may call", tenants),
    (
        "a route for both takes either, and the bearer decides",
        either,
    ),
    (
        "clients learn which issuer to ask for a token",
        resource_metadata,
    ),
    ("a listed site may call, and learns why it may not", cors),
    ("a bound token comes with a proof", bound_tokens),
    (
        "a proof counts once, and in the ledger for everyone",
        proofs_count_once,
    ),
];

fn challenge(response: &Response) -> &str {
    response.header("www-authenticate").unwrap_or_default()
}

fn metadata_of(host: &dyn Host, path: &str) -> String {
    let origin = host.origin();
    format!("resource_metadata=\"{origin}/.well-known/oauth-protected-resource{path}\"")
}

fn a_good_token_passes(host: &dyn Host) {
    let token = AccessToken::inline(host);
    for method in ["GET", "POST", "DELETE"] {
        let request = bearer(&token.text(), method, "/calls/a?b=c")
            .with("lychgate-user", "root")
            .with("Sec-Fetch-Site", "cross-site");
        let response = host.send(&request).expect(200);
        assert_eq!(response.header("cache-control"), Some("private, no-store"));
        let seen = response.json();
        assert_eq!(seen["method"], method);
        let headers = &seen["headers"];
        assert_eq!(headers["lychgate-user"], "robot");
        assert_eq!(headers["lychgate-issuer"], INLINE);
        assert_eq!(headers["lychgate-groups"], "robots");
        assert_eq!(headers["authorization"], format!("Bearer {}", token.text()));
    }
    let nobody = host.send(&Request::new("GET", "/calls/a")).expect(401);
    assert_eq!(
        challenge(&nobody),
        format!("Bearer {}", metadata_of(host, "/calls"))
    );
    assert_eq!(nobody.json()["error"], "token_required");
    let tampered = token.clone().signed_by(Signer::Ed25519(8));
    let refused = tampered.call(host, "/calls/a").expect(401);
    let expected = format!(
        "Bearer error=\"invalid_token\", {}",
        metadata_of(host, "/calls")
    );
    assert_eq!(challenge(&refused), expected);
    assert_eq!(refused.json()["error"], "invalid_token");
}

fn judged_at_every_use(host: &dyn Host) {
    let token = AccessToken::inline(host);
    for _ in 0..3 {
        token.call(host, "/calls/a").expect(200);
        token.call(host, "/items/a").expect(200);
        let write = host
            .send(&bearer(&token.text(), "POST", "/items/a"))
            .expect(403);
        assert_eq!(write.json()["error"], "insufficient_scope");
    }
}

fn scopes_by_method(host: &dyn Host) {
    let reader = AccessToken::inline(host);
    let writer = reader.clone().claim("scope", json!("items:write read"));
    let post = |token: &AccessToken| host.send(&bearer(&token.text(), "POST", "/items/1"));
    reader.call(host, "/items/1").expect(200);
    post(&writer).expect(200);
    let refused = post(&reader).expect(403);
    let expected = format!(
        "Bearer error=\"insufficient_scope\", scope=\"read items:write\", {}",
        metadata_of(host, "/items")
    );
    assert_eq!(challenge(&refused), expected);
    let put = host
        .send(&bearer(&writer.text(), "PUT", "/items/1"))
        .expect(405);
    assert_eq!(put.header("allow"), Some("GET, HEAD, POST"));
    let nobody = host.send(&Request::new("GET", "/items/1")).expect(401);
    let expected = format!("Bearer scope=\"read\", {}", metadata_of(host, "/items"));
    assert_eq!(challenge(&nobody), expected);
}

fn four_spellings_of_scopes(host: &dyn Host) {
    let none = AccessToken::inline(host).claim("scope", Value::Null);
    for (name, value) in [
        ("scope", json!("a read")),
        ("scope", json!(["a", "read"])),
        ("scp", json!("read a")),
        ("scp", json!(["read"])),
    ] {
        none.clone()
            .claim(name, value)
            .call(host, "/items/1")
            .expect(200);
    }
    for (name, value) in [
        ("scope", json!("reader")),
        ("scope", json!("READ")),
        ("scope", json!("a,read")),
        ("scope", json!(["a read"])),
        ("scope", json!({"read": true})),
        ("roles", json!(["read"])),
    ] {
        none.clone()
            .claim(name, value)
            .call(host, "/items/1")
            .expect(403);
    }
    // Where there is a `scope`, `scp` adds nothing to it.
    let both = none.claim("scope", json!("a")).claim("scp", json!("read"));
    both.call(host, "/items/1").expect(403);
}

fn clients_and_groups(host: &dyn Host) {
    let token = AccessToken::inline(host);
    token.call(host, "/bills/1").expect(200);
    let azp = token
        .clone()
        .claim("client_id", Value::Null)
        .claim("azp", json!("billing"));
    azp.call(host, "/bills/1").expect(200);
    for (name, value) in [
        ("client_id", json!("billings")),
        ("client_id", Value::Null),
        ("groups", json!(["robot"])),
        ("groups", Value::Null),
    ] {
        let refused = token
            .clone()
            .claim(name, value)
            .call(host, "/bills/1")
            .expect(403);
        assert_eq!(refused.json()["error"], "access_denied");
        assert_eq!(challenge(&refused), "");
    }
}

fn another_authentication(host: &dyn Host) {
    let now = host.now().as_seconds();
    let good = AccessToken::inline(host)
        .claim("acr", json!("gold"))
        .claim("auth_time", json!(now - 10));
    good.call(host, "/step/a").expect(200);
    let old = good.clone().claim("auth_time", json!(now - 3_000));
    for token in [old, good.claim("acr", json!("silver"))] {
        let refused = token.call(host, "/step/a").expect(401);
        let expected = format!(
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"gold\", max_age=\"300\", {}",
            metadata_of(host, "/step")
        );
        assert_eq!(challenge(&refused), expected);
    }
}

pub(super) fn hs256(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
    let input = format!("{}.{}", part(header), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(input.as_bytes());
    format!(
        "{input}.{}",
        base64url::encode(&mac.finalize().into_bytes())
    )
}

fn shared_secret(host: &dyn Host) {
    let token = AccessToken::of(host, SHARED, INLINE_KEY);
    let header = json!({"alg": "HS256", "typ": "at+jwt"});
    let call = |text: &str| host.send(&bearer(text, "GET", "/calls/a"));
    call(&hs256(&header, &token.claims, SHARED_SECRET.as_bytes())).expect(200);
    call(&hs256(
        &header,
        &token.claims,
        b"SECRET-OF-SOMEBODY-ELSE-WHO-SIGNS-TOKENS",
    ))
    .expect(401);
    let good = hs256(&header, &token.claims, SHARED_SECRET.as_bytes());
    let (input, signature) = good.rsplit_once('.').unwrap();
    for other in ["", "AA", &format!("{signature}AAAA"), &signature[..42]] {
        call(&format!("{input}.{other}")).expect(401);
    }
    // The secret of one issuer signs nothing for another, and no key of another counts here.
    let of_other = AccessToken::inline(host);
    call(&hs256(&header, &of_other.claims, SHARED_SECRET.as_bytes())).expect(401);
    token.call(host, "/calls/a").expect(401);
}

fn tenants(host: &dyn Host) {
    let of = |tenant: &str| {
        let issuer = format!("https://tenants.example/{tenant}/v2.0");
        AccessToken::of(host, &issuer, INLINE_KEY).claim("tid", json!(tenant))
    };
    for tenant in ["t-1", "t-2"] {
        of(tenant).call(host, "/calls/a").expect(200);
    }
    for tenant in ["t-3", "{tenantid}", "", "T-1", "t-1/../t-3"] {
        of(tenant).call(host, "/calls/a").expect(401);
    }
    of("t-1")
        .claim("tid", json!("t-2"))
        .call(host, "/calls/a")
        .expect(401);
    of("t-1")
        .claim("tid", Value::Null)
        .call(host, "/calls/a")
        .expect(200);
}

fn either(host: &dyn Host) {
    let token = AccessToken::inline(host);
    token.call(host, "/both/a").expect(200);
    let mut browser = Browser::signed_in(host, "member");
    let seen = browser
        .send(Request::script("GET", "/both/a"))
        .expect(200)
        .json();
    assert_eq!(seen["headers"]["lychgate-user"], "member");
    let call = Request::script("GET", "/both/a")
        .with("Authorization", &format!("Bearer {}", token.text()));
    let seen = browser.send(call).expect(200).json();
    assert_eq!(seen["headers"]["lychgate-user"], "robot");
    let bad = Request::script("GET", "/both/a").with("Authorization", "Bearer a.b.c");
    browser.send(bad).expect(401);
    browser.send(Request::script("GET", "/both/a")).expect(200);
    // A session lets nobody in where only tokens do, nor a token where only sessions do.
    browser.send(Request::script("GET", "/calls/a")).expect(401);
    token.call(host, "/api/a").expect(401);
    let nobody = host.send(&Request::script("GET", "/both/a")).expect(401);
    let challenges: Vec<&str> = nobody.all("www-authenticate").collect();
    let challenges = challenges.join(", ");
    assert!(
        challenges.contains(&format!("Bearer {}", metadata_of(host, "/both"))),
        "{challenges}"
    );
    assert!(
        challenges.contains("Lychgate login=\"/auth/login\""),
        "{challenges}"
    );
    host.send(&Request::navigation("/both/a")).expect(303);
}

fn resource_metadata(host: &dyn Host) {
    let get = |path: &str| {
        let path = format!("/.well-known/oauth-protected-resource{path}");
        host.send(&Request::new("GET", &path).with("Origin", "https://client.example"))
    };
    let response = get("/items").expect(200);
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    let document = response.json();
    assert_eq!(document["resource"], format!("{}/items", host.origin()));
    assert_eq!(document["bearer_methods_supported"], json!(["header"]));
    assert_eq!(document["scopes_supported"], json!(["read", "items:write"]));
    let servers = document["authorization_servers"].as_array().unwrap();
    assert!(servers.contains(&json!(INLINE)), "{servers:?}");
    assert!(servers.contains(&json!(host.issuer())), "{servers:?}");
    assert!(!servers.contains(&json!(SHARED)), "{servers:?}");
    assert_eq!(
        get("/calls").expect(200).json()["scopes_supported"],
        Value::Null
    );
    // A path that is no resource is a path like any other.
    get("/members").expect(404);
    get("/items/1").expect(404);
}

#[expect(clippy::too_many_lines, reason = "one case after the other")]
fn cors(host: &dyn Host) {
    const FRONT: &str = "https://front.example.com";
    let preflight = |path: &str, origin: &str, method: &str| {
        let request = Request::new("OPTIONS", path)
            .with("Origin", origin)
            .with("Access-Control-Request-Method", method)
            .with("Access-Control-Request-Headers", "authorization");
        host.send(&request)
    };
    let before = host.api_requests();
    let allowed = preflight("/front/a", FRONT, "PUT").expect(204);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(FRONT));
    assert_eq!(allowed.header("access-control-allow-methods"), Some("PUT"));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    assert!(
        allowed
            .header("access-control-allow-headers")
            .unwrap()
            .contains("authorization")
    );
    for origin in [
        "https://evil.example",
        "null",
        "https://front.example.com.evil.example",
    ] {
        let refused = preflight("/front/a", origin, "PUT").expect(204);
        assert_eq!(
            refused.header("access-control-allow-origin"),
            None,
            "{origin}"
        );
    }
    preflight("/calls/a", FRONT, "PUT").expect(401);
    assert_eq!(host.api_requests(), before);

    let token = AccessToken::inline(host).text();
    let call = |origin: &str| host.send(&bearer(&token, "GET", "/front/a").with("Origin", origin));
    let granted = call(FRONT).expect(200);
    assert_eq!(granted.header("access-control-allow-origin"), Some(FRONT));
    assert_eq!(
        granted.header("access-control-expose-headers"),
        Some("www-authenticate, x-total")
    );
    assert!(
        granted
            .all("vary")
            .any(|vary| vary.to_lowercase().contains("origin"))
    );
    assert_eq!(
        call("https://evil.example")
            .expect(200)
            .header("access-control-allow-origin"),
        None
    );
    let nobody = host
        .send(&Request::new("GET", "/front/a").with("Origin", FRONT))
        .expect(401);
    assert_eq!(nobody.header("access-control-allow-origin"), Some(FRONT));

    let cookies = preflight("/front/cookies/a", FRONT, "POST").expect(204);
    assert_eq!(
        cookies.header("access-control-allow-credentials"),
        Some("true")
    );
    let mut browser = Browser::signed_in(host, "member");
    let mut post = |origin: &str| {
        let request = Request::script("POST", "/front/cookies/a")
            .replacing("Sec-Fetch-Site", Some("same-site"))
            .replacing("Origin", Some(origin));
        browser.send(request)
    };
    post(FRONT).expect(200);
    post("https://evil.example").expect(403);
}

const CLIENT: Signer = Signer::P256(5);

#[expect(clippy::too_many_lines, reason = "one case after the other")]
fn bound_tokens(host: &dyn Host) {
    let bound = AccessToken::inline(host).bound_to(CLIENT).text();
    let proof = |id: &str| Proof::of(host, CLIENT, &bound, "/bound/a", id);
    let seen = proof("1")
        .call(host, &bound, "/bound/a?x=y")
        .expect(200)
        .json();
    assert_eq!(seen["headers"]["lychgate-user"], "robot");
    let elsewhere = Proof::of(host, CLIENT, &bound, "/calls/a", "2");
    elsewhere.call(host, &bound, "/calls/a").expect(200);
    let nobody = host.send(&Request::new("GET", "/bound/a")).expect(401);
    assert!(
        challenge(&nobody).starts_with("DPoP algs=\""),
        "{}",
        challenge(&nobody)
    );

    // Stolen, it is worth nothing.
    host.send(&bearer(&bound, "GET", "/bound/a")).expect(401);
    host.send(&bearer(&bound, "GET", "/calls/a")).expect(401);
    let without = Request::new("GET", "/bound/a").with("Authorization", &format!("DPoP {bound}"));
    let refused = host.send(&without).expect(401);
    assert!(challenge(&refused).starts_with("DPoP error=\"invalid_dpop_proof\""));
    let now = host.now().as_seconds();
    let other_key = Proof::of(host, Signer::P256(6), &bound, "/bound/a", "3");
    let mut forged = proof("4");
    forged.signer = Signer::P256(6);
    let mut private = proof("5");
    private.header["jwk"]["d"] = json!("AQAB");
    for (what, wrong) in [
        ("another key", other_key),
        ("a signature of another key", forged),
        ("a private key", private),
        ("method", proof("6").claim("htm", json!("POST"))),
        (
            "address",
            proof("7").claim("htu", json!(format!("{}/calls/a", host.origin()))),
        ),
        (
            "host",
            proof("8").claim("htu", json!("https://evil.example/bound/a")),
        ),
        ("old", proof("9").claim("iat", json!(now - 90))),
        ("future", proof("10").claim("iat", json!(now + 90))),
        ("no time", proof("11").claim("iat", Value::Null)),
        (
            "other token",
            proof("12").claim("ath", json!(base64url::encode(&[0; 32]))),
        ),
        ("no token", proof("13").claim("ath", Value::Null)),
        ("no id", proof("14").claim("jti", Value::Null)),
        ("type", proof("15").header("typ", json!("JWT"))),
        ("no key", proof("16").header("jwk", Value::Null)),
        ("symmetric", proof("17").header("alg", json!("HS256"))),
        ("unsigned", proof("18").header("alg", json!("none"))),
    ] {
        let refused = wrong.call(host, &bound, "/bound/a");
        assert_eq!(refused.status, 401, "{what}");
    }
    // A token that is bound to nothing needs no DPoP proof, and gets none accepted.
    let plain = AccessToken::inline(host).text();
    Proof::of(host, CLIENT, &plain, "/calls/a", "19")
        .call(host, &plain, "/calls/a")
        .expect(401);
    host.send(&bearer(&plain, "GET", "/bound/a")).expect(401);
    host.send(&bearer(&plain, "GET", "/calls/a")).expect(200);
    // A binding of another kind cannot be proven here.
    let mutual = AccessToken::inline(host).claim("cnf", json!({"x5t#S256": "AQAB"}));
    mutual.call(host, "/calls/a").expect(401);
}

fn proofs_count_once(host: &dyn Host) {
    let bound = AccessToken::inline(host).bound_to(CLIENT).text();
    for path in ["/bound/b", "/once/b"] {
        let is_remembered = path == "/once/b" || host.is_one_instance();
        let id = format!("once-{path}-{}", host.now().as_seconds());
        let proof = Proof::of(host, CLIENT, &bound, path, &id);
        proof.call(host, &bound, path).expect(200);
        if is_remembered {
            proof.call(host, &bound, path).expect(401);
        }
        let another = Proof::of(host, CLIENT, &bound, path, &format!("{id}-2"));
        another.call(host, &bound, path).expect(200);
    }
    let id = format!("at-once-{}", host.now().as_seconds());
    let proof = Proof::of(host, CLIENT, &bound, "/once/c", &id);
    let request = Request::new("GET", "/once/c")
        .with("Authorization", &format!("DPoP {bound}"))
        .with("DPoP", &proof.text());
    let requests: Vec<Request> = (0..8).map(|_| request.clone()).collect();
    let answers = host.send_all(&requests);
    let passed = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(
        passed,
        1,
        "{:?}",
        answers
            .iter()
            .map(|answer| answer.status)
            .collect::<Vec<_>>()
    );
}
