//! Attacks with access tokens, and on the keys that they are verified with.

use super::{
    Row, everywhere,
    support::{good_provider, provider},
};
use crate::{
    access_token::{AccessToken, INLINE, INLINE_KEY, bearer},
    host::{Host, configuration},
    http::{request::Request, response::Response},
    scripted::provider::{
        settings::{Answer, Edit, Endpoint, Signer, with},
        tokens,
    },
};
use lychgate_core::{encoding::base64url, http::outbound::SendError};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU8, Ordering};

pub const ROWS: &[Row] = &[
    everywhere(29, "a token that is not signed is refused", unsigned),
    everywhere(30, "a public key is no secret", public_key_as_secret),
    everywhere(31, "the issuer's list decides on the algorithm", allow_list),
    everywhere(32, "made-up keys cost one fetch", made_up_keys),
    everywhere(33, "a token without a kid costs few tries", no_kid),
    everywhere(
        34,
        "dangerous key sets and keys are refused",
        dangerous_keys,
    ),
    everywhere(35, "a token brings no key along", keys_in_headers),
    everywhere(36, "unknown extensions are refused", extensions),
    everywhere(37, "a time is a number of seconds", odd_times),
    everywhere(38, "a token without an end is refused", no_expiration),
    everywhere(39, "a token for someone else is refused", wrong_audience),
    everywhere(
        40,
        "other kinds of tokens are no access tokens",
        other_kinds,
    ),
    everywhere(41, "an issuer signs for itself alone", foreign_issuer),
    everywhere(42, "a token has one spelling", odd_spellings),
    everywhere(43, "a huge or deep token is refused", huge_tokens),
    everywhere(44, "two tokens are refused", two_tokens),
    everywhere(45, "garbage never reaches the API", garbage),
    everywhere(46, "a signature has one form", odd_signatures),
    everywhere(94, "bad metadata and keys are refused", bad_metadata),
    everywhere(94, "an outage is no refusal and no pass", outage),
    everywhere(107, "weak keys verify nothing", weak_keys),
    everywhere(
        111,
        "no route stands before the metadata of a resource",
        metadata_behind_a_route,
    ),
];

const TARGET: &str = "/calls/a";

fn call(host: &dyn Host, token: &str) -> Response {
    host.send(&bearer(token, "GET", TARGET))
}

pub(super) fn refused(host: &dyn Host, what: &str, token: &str) {
    let response = call(host, token);
    assert_eq!(response.status, 401, "{what}: {}", response.summary());
    let challenge = response.header("www-authenticate").unwrap();
    assert!(
        challenge.starts_with("Bearer error=\"invalid_token\", "),
        "{challenge}"
    );
    assert!(!response.text().contains(token));
}

pub(super) fn good(host: &dyn Host) {
    AccessToken::published(host).call(host, TARGET).expect(200);
    AccessToken::inline(host).call(host, TARGET).expect(200);
}

/// Makes a deployment that knows no issuer's keys: with another sealing key, nothing that is stored opens.
pub fn cold(host: &dyn Host) {
    static KEY: AtomicU8 = AtomicU8::new(50);
    let mut deployment = host.deployment();
    for (name, value) in &mut deployment.secrets {
        if name == "LYCHGATE_KEY_1" {
            *value = configuration::key(KEY.fetch_add(1, Ordering::Relaxed));
        }
    }
    host.deploy(&deployment);
}

fn key_requests(host: &dyn Host) -> usize {
    let provider = host.scripted_provider().unwrap();
    let provider = provider.lock().unwrap();
    provider.count(Endpoint::Keys)
}

pub(super) fn publish(host: &dyn Host, keys: Vec<Value>) {
    provider(host, |settings| {
        settings.edit_keys = with("keys", json!(keys))
    });
    cold(host);
}

pub(super) fn named(mut jwk: Value, kid: &str) -> Value {
    jwk["kid"] = json!(kid);
    jwk
}

/// Clients look for the metadata with requests of the plainest kind, which memory alone decides.
fn metadata_behind_a_route(host: &dyn Host) {
    let well_known = |resource: &str| format!("/.well-known/oauth-protected-resource{resource}");
    let standard = host.deployment();
    for upstream in ["site", "api"] {
        let mut deployment = standard.clone();
        let routes = deployment.configuration["route"].as_array_mut().unwrap();
        routes.push(json!({"path": well_known("/**"), "access": ["public"], "upstream": upstream}));
        host.deploy(&deployment);
        for _ in 0..2 {
            let described = host.send(&Request::new("GET", &well_known("/calls")));
            let document = described.expect(200).json();
            assert_eq!(document["resource"], format!("{}/calls", host.origin()));
            let head = host.send(&Request::new("HEAD", &well_known("/calls")));
            let kind = head.expect(200).header("content-type").map(str::to_owned);
            assert_eq!(kind.as_deref(), Some("application/json"));
        }
        // A path that is no resource's metadata is the route's, and so is the resource itself.
        let other = host.send(&Request::new("GET", &well_known("/callings")));
        assert!(
            !other.text().contains("authorization_servers"),
            "{upstream}"
        );
        let is_served = other.status == 200;
        assert_eq!(is_served, upstream == "api", "{}", other.summary());
        AccessToken::inline(host).call(host, TARGET).expect(200);
    }
    host.deploy(&standard);
}

fn unsigned(host: &dyn Host) {
    good(host);
    for token in [AccessToken::published(host), AccessToken::inline(host)] {
        for alg in [
            json!("none"),
            json!("noNe"),
            json!("NONE"),
            json!(""),
            json!(["EdDSA"]),
            Value::Null,
        ] {
            let what = alg.to_string();
            refused(
                host,
                &what,
                &token.clone().header("alg", alg.clone()).text(),
            );
            let bare = token
                .clone()
                .header("alg", alg)
                .signed_by(Signer::Unsigned("none"));
            refused(host, &what, &bare.text());
        }
        refused(
            host,
            "empty",
            &token.clone().signed_by(Signer::Unsigned("none")).text(),
        );
        refused(host, "tampered", &token.signed_by(Signer::Tampered).text());
    }
}

fn public_key_as_secret(host: &dyn Host) {
    good(host);
    for token in [AccessToken::published(host), AccessToken::inline(host)] {
        let forged = token
            .header("alg", json!("HS256"))
            .signed_by(Signer::PublicKeyAsSecret);
        refused(host, "HS256", &forged.text());
        refused(host, "EdDSA", &forged.header("alg", json!("EdDSA")).text());
    }
}

fn allow_list(host: &dyn Host) {
    let mut without_alg = tokens::jwk(Signer::Ed25519(1));
    without_alg.as_object_mut().unwrap().remove("alg");
    publish(host, vec![without_alg]);
    AccessToken::published(host).call(host, TARGET).expect(200);
    for alg in ["ES256", "ES384", "RS256", "PS256", "HS256"] {
        let token = AccessToken::published(host).header("alg", json!(alg));
        refused(host, alg, &token.text());
    }
    // A key that is bound to another algorithm than its own is none.
    let bound = json!({"alg": "ES256"});
    let mut jwk = tokens::jwk(Signer::Ed25519(1));
    jwk["alg"] = bound["alg"].clone();
    publish(host, vec![jwk, tokens::jwk(Signer::Ed25519(2))]);
    refused(host, "bound", &AccessToken::published(host).text());
    let second = AccessToken::of(host, host.issuer(), Signer::Ed25519(2));
    second.call(host, TARGET).expect(200);
    good_provider(host);
    cold(host);
    good(host);
}

fn made_up_keys(host: &dyn Host) {
    cold(host);
    good(host);
    let before = key_requests(host);
    for number in 0..500 {
        let token = AccessToken::published(host)
            .header("kid", json!(format!("made-up-{number}")))
            .signed_by(Signer::Ed25519(9));
        refused(host, "made up", &token.text());
    }
    let fetched = key_requests(host) - before;
    // Over more than one cool-down a slow host may fetch again.
    assert!((1..=2).contains(&fetched), "{fetched}");
    good(host);
}

fn no_kid(host: &dyn Host) {
    let token = || AccessToken::published(host).header("kid", Value::Null);
    let others = |count: u8| (10..10 + count).map(|seed| tokens::jwk(Signer::Ed25519(seed)));
    let own = tokens::jwk(Signer::Ed25519(1));
    let mut few: Vec<Value> = others(3).collect();
    few.push(own.clone());
    publish(host, few);
    token().call(host, TARGET).expect(200);
    // Keys of other types are no tries.
    let mut mixed: Vec<Value> = (10..20)
        .map(|seed| tokens::jwk(Signer::P256(seed)))
        .collect();
    mixed.push(own.clone());
    publish(host, mixed);
    token().call(host, TARGET).expect(200);
    let mut many: Vec<Value> = others(20).collect();
    many.push(own);
    publish(host, many);
    refused(host, "many", &token().text());
    AccessToken::published(host).call(host, TARGET).expect(200);
    good_provider(host);
    cold(host);
}

/// The modulus of an RSA key of so many bits; that nobody can sign with it matters not.
fn rsa(bits: usize, exponent: &str) -> Value {
    let mut modulus = vec![0xc5_u8; bits / 8];
    *modulus.last_mut().unwrap() = 0xc7;
    json!({"kty": "RSA", "kid": "rsa", "n": base64url::encode(&modulus), "e": exponent})
}

fn dangerous_keys(host: &dyn Host) {
    let own = || tokens::jwk(Signer::Ed25519(1));
    let token = || AccessToken::published(host);
    // A secret that is published, and what verifies with it: never, and the good key beside it does.
    let secret = b"secret-secret-secret-secret-secret";
    let oct = json!({"kty": "oct", "kid": "s", "alg": "HS256", "k": base64url::encode(secret)});
    let leaked = Signer::P256(2);
    publish(host, vec![tokens::private_jwk(leaked), own(), oct]);
    token().call(host, TARGET).expect(200);
    let of_leaked = AccessToken::of(host, host.issuer(), leaked);
    refused(host, "private", &of_leaked.text());
    let symmetric = token()
        .header("kid", json!("s"))
        .header("alg", json!("HS256"));
    refused(host, "oct", &symmetric.text());
    // Alone they are no set.
    publish(host, vec![tokens::private_jwk(leaked)]);
    let response = of_leaked.call(host, TARGET).expect(503);
    assert!(response.header("retry-after").is_some());
    publish(host, vec![tokens::jwk(leaked)]);
    of_leaked.call(host, TARGET).expect(200);
    // Two keys of one name: both are tried, and no third one passes.
    publish(
        host,
        vec![named(tokens::jwk(Signer::Ed25519(2)), "ed-1"), own()],
    );
    token().call(host, TARGET).expect(200);
    token()
        .signed_by(Signer::Ed25519(2))
        .call(host, TARGET)
        .expect(200);
    let third = token().signed_by(Signer::Ed25519(3));
    refused(host, "third", &third.text());
    // Keys that are left out of a set that is used all the same.
    for key in [rsa(1024, "AQAB"), rsa(2048, "AQ"), rsa(2048, "Aw")] {
        publish(host, vec![own(), key]);
        token().call(host, TARGET).expect(200);
        let weak = token()
            .header("kid", json!("rsa"))
            .header("alg", json!("RS256"));
        refused(host, "weak", &weak.text());
    }
    let mut encrypting = own();
    encrypting["use"] = json!("enc");
    publish(host, vec![encrypting, tokens::jwk(Signer::Ed25519(2))]);
    refused(host, "enc", &token().text());
    good_provider(host);
    cold(host);
    good(host);
}

fn keys_in_headers(host: &dyn Host) {
    cold(host);
    good(host);
    let before = host
        .scripted_provider()
        .unwrap()
        .lock()
        .unwrap()
        .requests
        .len();
    let evil = format!("{}/evil", host.issuer());
    let own = tokens::jwk(Signer::Ed25519(9));
    for (name, value) in [
        ("jwk", own),
        ("jku", json!(evil)),
        ("x5u", json!(evil)),
        ("x5c", json!(["AQAB"])),
    ] {
        let token = AccessToken::published(host).header(name, value);
        token.call(host, TARGET).expect(200);
        let forged = token.signed_by(Signer::Ed25519(9));
        refused(host, name, &forged.text());
    }
    let kids = [
        "../../jwks",
        "/etc/passwd",
        "https://evil.example/jwks",
        "ed-1' OR 1=1 --",
        "ed-1\u{0}",
    ];
    for kid in kids {
        let token = AccessToken::published(host).header("kid", json!(kid));
        refused(host, kid, &token.signed_by(Signer::Ed25519(9)).text());
    }
    let provider = host.scripted_provider().unwrap();
    let provider = provider.lock().unwrap();
    let seen = &provider.requests[before..];
    // An unknown kid has the keys fetched once more, from where they always come from.
    assert!(seen.len() <= 4, "{seen:?}");
    let known = [Endpoint::Keys, Endpoint::Discovery];
    assert!(
        seen.iter().all(|request| known.contains(&request.endpoint)),
        "{seen:?}"
    );
}

fn extensions(host: &dyn Host) {
    for token in [AccessToken::published(host), AccessToken::inline(host)] {
        for (name, value) in [
            ("crit", json!(["exp"])),
            ("crit", json!([])),
            ("b64", json!(false)),
            ("b64", json!(true)),
        ] {
            refused(host, name, &token.clone().header(name, value).text());
        }
        token
            .header("x-note", json!("x"))
            .call(host, TARGET)
            .expect(200);
    }
}

fn odd_times(host: &dyn Host) {
    let now = host.now().as_seconds();
    let token = || AccessToken::inline(host);
    for (name, value) in [
        ("exp", json!(format!("{}", now + 600))),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("exp", json!([now + 600])),
        ("exp", json!(now - 61)),
        ("nbf", json!(now + 120)),
        ("nbf", json!("now")),
        ("iat", json!(now + 120)),
        ("iat", json!(true)),
    ] {
        let what = format!("{name} {value}");
        refused(host, &what, &token().claim(name, value).text());
    }
    let mut with_null = token();
    with_null.claims["nbf"] = json!(now);
    with_null.call(host, TARGET).expect(200);
    token()
        .claim(
            "exp",
            serde_json::from_str(&format!("{}.5", now + 600)).unwrap(),
        )
        .call(host, TARGET)
        .expect(200);
    // Clocks differ by a little.
    token()
        .claim("exp", json!(now - 30))
        .call(host, TARGET)
        .expect(200);
    token()
        .claim("nbf", json!(now + 30))
        .call(host, TARGET)
        .expect(200);
}

fn no_expiration(host: &dyn Host) {
    let token = AccessToken::inline(host);
    refused(
        host,
        "no exp",
        &token.clone().claim("exp", Value::Null).text(),
    );
    let mut null = token.clone();
    null.claims["exp"] = Value::Null;
    refused(host, "null", &null.text());
    token.call(host, TARGET).expect(200);
}

fn wrong_audience(host: &dyn Host) {
    let token = || AccessToken::inline(host);
    for aud in [
        json!("https://api.example.com.evil.example"),
        json!("https://api.example.co"),
        json!("api.example.com"),
        json!("https://API.example.com"),
        json!("https://api.example.com/"),
        json!(["other", "https://api.example"]),
        json!([]),
        json!(""),
        json!(7),
        json!({"https://api.example.com": true}),
        Value::Null,
    ] {
        refused(
            host,
            &aud.to_string(),
            &token().claim("aud", aud.clone()).text(),
        );
    }
    for aud in [
        json!("urn:second"),
        json!(["other", "https://api.example.com"]),
    ] {
        token().claim("aud", aud).call(host, TARGET).expect(200);
    }
    // An audience of one issuer is none of another's.
    let second = AccessToken::published(host).claim("aud", json!("urn:second"));
    refused(host, "other issuer's", &second.text());
}

fn other_kinds(host: &dyn Host) {
    good(host);
    // Where an issuer has a type for access tokens, that of no other tokens passes.
    for typ in [
        json!("JWT"),
        json!("id+jwt"),
        json!("logout+jwt"),
        json!("dpop+jwt"),
        json!("at"),
        json!(""),
        Value::Null,
    ] {
        let token = AccessToken::published(host).header("typ", typ.clone());
        refused(host, &typ.to_string(), &token.text());
    }
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
        AccessToken::published(host)
            .header("typ", json!(typ))
            .call(host, TARGET)
            .expect(200);
    }
    // Where it has none, their claims tell them apart.
    let plain = || AccessToken::inline(host).header("typ", json!("JWT"));
    plain().call(host, TARGET).expect(200);
    plain()
        .header("typ", Value::Null)
        .call(host, TARGET)
        .expect(200);
    plain()
        .claim("typ", json!("Bearer"))
        .call(host, TARGET)
        .expect(200);
    plain()
        .claim("token_use", json!("access"))
        .call(host, TARGET)
        .expect(200);
    for (name, value) in [
        ("nonce", json!("n")),
        ("at_hash", json!("h")),
        ("c_hash", json!("h")),
        (
            "events",
            json!({"http://schemas.openid.net/event/backchannel-logout": {}}),
        ),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("typ", json!(["Bearer"])),
        ("token_use", json!("id")),
    ] {
        refused(host, name, &plain().claim(name, value).text());
    }
    for (name, value) in [
        ("sub", Value::Null),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", json!("a\nb")),
    ] {
        refused(host, name, &plain().claim(name, value).text());
    }
}

fn foreign_issuer(host: &dyn Host) {
    good(host);
    let issuer = host.issuer().to_owned();
    let of_inline = AccessToken::of(host, &issuer, INLINE_KEY);
    refused(host, "kid of another", &of_inline.text());
    refused(
        host,
        "kid of its own",
        &of_inline.header("kid", json!("ed-1")).text(),
    );
    refused(
        host,
        "the other way",
        &AccessToken::of(host, INLINE, Signer::Ed25519(1)).text(),
    );
    for iss in [
        json!("https://nobody.example"),
        json!(format!("{issuer}/")),
        json!(issuer.to_uppercase()),
        json!([issuer]),
        json!(""),
        Value::Null,
    ] {
        let token = AccessToken::published(host).claim("iss", iss.clone());
        refused(host, &iss.to_string(), &token.text());
    }
}

fn odd_spellings(host: &dyn Host) {
    let token = AccessToken::inline(host).text();
    call(host, &token).expect(200);
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("{token}");
    };
    let repeated = |text: &str, member: &str| {
        let decoded = String::from_utf8(base64url::decode(text).unwrap()).unwrap();
        base64url::encode(decoded.replacen('{', &format!("{{{member},"), 1).as_bytes())
    };
    // The last character of a signature of 64 bytes has four bits to spare.
    let mut other_end = token.clone();
    let last = other_end.pop().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(last).unwrap();
    other_end.push(alphabet.chars().nth(at ^ 1).unwrap());
    for (what, text) in [
        ("padding", format!("{token}=")),
        ("padding inside", format!("{header}=.{payload}.{signature}")),
        (
            "standard alphabet",
            token.replacen('_', "/", 1).replacen('-', "+", 1),
        ),
        ("spare bits", other_end),
        ("two parts", format!("{header}.{payload}")),
        ("four parts", format!("{token}.")),
        ("five parts", format!("{header}.a.b.{payload}.{signature}")),
        ("no header", format!(".{payload}.{signature}")),
        (
            "repeated alg",
            format!(
                "{}.{payload}.{signature}",
                repeated(header, r#""alg":"none""#)
            ),
        ),
        (
            "repeated sub",
            format!(
                "{header}.{}.{signature}",
                repeated(payload, r#""sub":"root""#)
            ),
        ),
    ] {
        if text != token {
            refused(host, what, &text);
        }
    }
    let json_form = json!({"payload": payload, "protected": header, "signature": signature});
    let response = call(host, &json_form.to_string());
    // Its commas look like several values to begin with.
    assert!(
        matches!(response.status, 400 | 401),
        "{}",
        response.summary()
    );
    // The issuer really signed this one, with a claim that stands in it twice.
    let signed = AccessToken::inline(host);
    let claims = signed
        .claims
        .to_string()
        .replacen('{', r#"{"sub":"root","#, 1);
    let input = format!("{header}.{}", base64url::encode(claims.as_bytes()));
    refused(host, "signed twice", &tokens::sign_text(INLINE_KEY, &input));
}

fn huge_tokens(host: &dyn Host) {
    let token = |bytes: usize| AccessToken::inline(host).claim("pad", json!("x".repeat(bytes)));
    token(6_000).call(host, TARGET).expect(200);
    let refused = token(12_500).call(host, TARGET).expect(400);
    assert_eq!(refused.json()["error"], "invalid_request");
    let deep = |depth: usize| {
        let nested = (0..depth).fold(json!(1), |inner, _| json!([inner]));
        AccessToken::inline(host).claim("deep", nested)
    };
    deep(11).call(host, TARGET).expect(200);
    deep(12).call(host, TARGET).expect(400);
    deep(900).call(host, TARGET).expect(400);
}

fn two_tokens(host: &dyn Host) {
    let token = AccessToken::inline(host).text();
    let good = || bearer(&token, "GET", TARGET);
    host.send(&good()).expect(200);
    let before = host.api_requests();
    host.send(&good().with("Authorization", "Bearer a.b.c"))
        .expect(400);
    let joined = Request::new("GET", TARGET)
        .with("Authorization", &format!("Bearer {token}, Bearer {token}"));
    host.send(&joined).expect(400);
    for query in [
        "access_token=x",
        "a=b&access_token=",
        "access%5Ftoken=x",
        "a&access_token",
    ] {
        let refused = host.send(&bearer(&token, "GET", &format!("{TARGET}?{query}")));
        assert_eq!(refused.status, 400, "{query}");
        assert_eq!(refused.json()["error"], "invalid_request");
    }
    // A token in the query alone is none.
    host.send(&Request::new(
        "GET",
        &format!("{TARGET}?access_token={token}"),
    ))
    .expect(401);
    assert_eq!(host.api_requests(), before);
    let other = bearer(&token, "GET", &format!("{TARGET}?access_tokens=x"));
    host.send(&other).expect(200);
}

fn garbage(host: &dyn Host) {
    let before = host.api_requests();
    for authorization in [
        "Bearer x",
        "Bearer",
        "Bearer ",
        "Bearer a.b.c",
        "Bearer ...",
        "Bearer =",
        "Bearer a b",
        "Bearer \u{7f}",
        "bearer \"a\"",
        "Basic eDp5",
        "x",
        "DPoP x",
        "Bearer\ta",
        "Negotiate",
    ] {
        let request = Request::new("GET", TARGET).with("Authorization", authorization);
        let response = host.send(&request);
        // Hosts may refuse by themselves what no header can hold.
        assert!(matches!(response.status, 400 | 401), "{authorization}");
        if response.status == 401 {
            assert!(
                response.header("www-authenticate").is_some(),
                "{authorization}"
            );
        }
    }
    assert_eq!(host.api_requests(), before);
    good(host);
}

fn odd_signatures(host: &dyn Host) {
    provider(host, |settings| settings.signer = Signer::P256(1));
    cold(host);
    let token = AccessToken::of(host, host.issuer(), Signer::P256(1));
    let text = token.text();
    call(host, &text).expect(200);
    let (input, signature) = text.rsplit_once('.').unwrap();
    let signature = base64url::decode(signature).unwrap();
    let (r, s) = signature.split_at(32);
    let der = |number: &[u8]| {
        let sign = if number[0] >= 0x80 { &[0][..] } else { &[] };
        [&[2, u8::try_from(sign.len() + 32).unwrap()], sign, number].concat()
    };
    let inner = [der(r), der(s)].concat();
    for (what, bytes) in [
        ("r = 0", [&[0; 32], s].concat()),
        ("s = 0", [r, &[0; 32]].concat()),
        ("zero", vec![0; 64]),
        (
            "DER",
            [&[0x30, u8::try_from(inner.len()).unwrap()], &inner[..]].concat(),
        ),
        ("long", [r, s, &[0]].concat()),
        ("short", signature[..63].to_vec()),
        ("padded", [&[0], r, &[0], s].concat()),
        ("swapped", [s, r].concat()),
        ("none", vec![]),
    ] {
        refused(
            host,
            what,
            &format!("{input}.{}", base64url::encode(&bytes)),
        );
    }
    good_provider(host);
    cold(host);
    good(host);
}

/// With the provider changed so, a token whose issuer's keys nobody knows is neither let in nor called bad.
pub(super) fn unavailable(host: &dyn Host, what: &str, change: impl FnOnce(&dyn Host)) {
    change(host);
    cold(host);
    let response = AccessToken::published(host).call(host, TARGET);
    assert_eq!(response.status, 503, "{what}: {}", response.summary());
    assert!(response.header("retry-after").is_some(), "{what}");
    // Other issuers are not concerned.
    AccessToken::inline(host).call(host, TARGET).expect(200);
    good_provider(host);
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn bad_metadata(host: &dyn Host) {
    let answer = |endpoint, answer: Answer| {
        move |host: &dyn Host| provider(host, |settings| settings.set_answer(endpoint, answer))
    };
    let metadata = |edit: Edit| {
        move |host: &dyn Host| provider(host, |settings| settings.edit_metadata = edit)
    };
    unavailable(
        host,
        "issuer",
        metadata(with("issuer", json!("https://evil.example"))),
    );
    unavailable(host, "no jwks_uri", metadata(with("jwks_uri", Value::Null)));
    unavailable(
        host,
        "no URL",
        metadata(with("jwks_uri", json!("file:///etc/passwd"))),
    );
    if host.origin().starts_with("https://") {
        for url in [
            "http://op.example.com/jwks",
            "https://127.0.0.1/jwks",
            "https://10.0.0.1/jwks",
            "https://[::1]/jwks",
        ] {
            unavailable(host, url, metadata(with("jwks_uri", json!(url))));
        }
    }
    let huge = || vec![b' '; 10 * 1024 * 1024];
    for endpoint in [Endpoint::Discovery, Endpoint::Keys] {
        for (what, wrong) in [
            ("redirect", Answer::fixed(302, "application/json", "{}")),
            ("error", Answer::fixed(500, "application/json", "{}")),
            ("page", Answer::html(200)),
            (
                "garbage",
                Answer::fixed(200, "application/json", "{\"keys\": ["),
            ),
            ("huge", Answer::fixed(200, "application/json", huge())),
            ("late", Answer::Error(SendError::TimedOut)),
        ] {
            unavailable(
                host,
                &format!("{what} {endpoint:?}"),
                answer(endpoint, wrong),
            );
        }
    }
    for keys in [json!([]), json!({}), json!("x"), json!([1]), Value::Null] {
        let what = keys.to_string();
        let edit = with("keys", keys);
        unavailable(host, &what, move |host: &dyn Host| {
            provider(host, |settings| settings.edit_keys = edit);
        });
    }
    let many: Vec<Value> = (0..65)
        .map(|number| json!({"kty": "OKP", "kid": number.to_string()}))
        .collect();
    unavailable(host, "65 keys that are none", |host| {
        provider(host, |settings| {
            settings.edit_keys = with("keys", json!(many))
        });
    });
    cold(host);
    good(host);
}

fn outage(host: &dyn Host) {
    cold(host);
    let warm = AccessToken::published(host);
    warm.call(host, TARGET).expect(200);
    for endpoint in [Endpoint::Discovery, Endpoint::Keys] {
        let down = Answer::Error(SendError::Unreachable);
        provider(host, |settings| settings.set_answer(endpoint, down));
    }
    // Known keys stay in use, for tokens that were seen and others.
    warm.call(host, TARGET).expect(200);
    warm.clone()
        .claim("jti", json!("2"))
        .call(host, TARGET)
        .expect(200);
    host.forget();
    warm.call(host, TARGET).expect(200);
    refused(
        host,
        "forged",
        &warm.clone().signed_by(Signer::Ed25519(9)).text(),
    );
    // Where nothing is known, nobody can tell.
    cold(host);
    for _ in 0..3 {
        let response = warm.call(host, TARGET).expect(503);
        assert!(response.header("retry-after").is_some());
        assert_eq!(response.header("www-authenticate"), None);
    }
    good_provider(host);
    cold(host);
    good(host);
}

fn weak_keys(host: &dyn Host) {
    // The neutral element, whose signatures fit every message, and another point of small order.
    let identity = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let order_eight = "JuiVj8KyJ7BFw_SJ77qY1axt04mvBTPAVznGnx-sBfo";
    let forged = |text: &str| {
        let (input, _) = text.rsplit_once('.').unwrap();
        let signature = [base64url::decode(identity).unwrap(), vec![0; 32]].concat();
        format!("{input}.{}", base64url::encode(&signature))
    };
    for x in [identity, order_eight] {
        let weak = json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed-1", "x": x});
        publish(host, vec![weak, tokens::jwk(Signer::Ed25519(2))]);
        let token = AccessToken::published(host);
        refused(host, x, &forged(&token.text()));
        refused(host, x, &token.text());
        AccessToken::of(host, host.issuer(), Signer::Ed25519(2))
            .call(host, TARGET)
            .expect(200);
    }
    good_provider(host);
    cold(host);
    good(host);
}
