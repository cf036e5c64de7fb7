//! Attacks on what a deployment knows of other people's keys.

use super::{
    Row,
    access_tokens::{cold, good, named, publish, refused, unavailable},
    everywhere, exposed,
    support::{good_provider, provider},
};
use crate::{
    access_token::{AccessToken, bearer},
    host::{Host, exposed::Exposed},
    http::{browser::Browser, request::Request},
    scripted::provider::{
        settings::{Answer, Endpoint, Settings, Signer, with},
        tokens,
    },
};
use lychgate_core::{bearer::stored_keys, http::outbound::SendError, platform::store::StoreKey};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

pub const ROWS: &[Row] = &[
    everywhere(
        31,
        "Ed25519 is EdDSA, and no other algorithm is",
        ed25519_by_its_newer_name,
    ),
    everywhere(
        32,
        "a key that is replaced under its own kid is the issuer's",
        replaced_key,
    ),
    everywhere(
        94,
        "what is odd beside good metadata and keys takes nothing down",
        odd_beside_good,
    ),
    exposed(
        109,
        "a fetch of keys that a client cut short counts for nothing",
        cut_fetches,
    ),
    exposed(
        115,
        "made-up keys write to the store once at most",
        made_up_keys_write_once,
    ),
    exposed(
        121,
        "a request that is cut while it is verified keeps nobody waiting",
        cut_verifications,
    ),
    everywhere(
        121,
        "a secret of half the bits closes the gateway",
        half_a_secret,
    ),
];

const TARGET: &str = "/calls/a";

fn made_up(host: &dyn Host, number: usize) -> Request {
    let token = AccessToken::published(host)
        .header("kid", json!(format!("made-up-{number}")))
        .signed_by(Signer::Ed25519(9));
    bearer(&token.text(), "GET", TARGET)
}

fn cut_fetches(host: &dyn Exposed) {
    cold(host);
    AccessToken::published(host).call(host, TARGET).expect(200);
    provider(host, |settings| {
        settings.signer = Signer::Ed25519(2);
        settings.takes = Duration::from_millis(200);
    });
    for number in 0..20 {
        host.cut(&made_up(host, number));
    }
    let new = AccessToken::of(host, host.issuer(), Signer::Ed25519(2));
    new.call(host, TARGET).expect(200);
    // The key that is no longer published is nobody's.
    let old = AccessToken::published(host).claim("jti", json!("2"));
    old.call(host, TARGET).expect(401);
    // Where nothing is known yet, nobody is kept from asking either.
    cold(host);
    for number in 0..20 {
        host.cut(&made_up(host, number));
    }
    new.call(host, TARGET).expect(200);
    good_provider(host);
    cold(host);
    AccessToken::published(host).call(host, TARGET).expect(200);
}

/// The copy of the issuer's key set in the store.
fn copy(host: &dyn Exposed) -> Option<Vec<u8>> {
    // Where its metadata is, of which its keys are found.
    let published_at = format!("{}/.well-known/openid-configuration", host.issuer());
    let place: StoreKey = stored_keys::place(host.issuer(), &published_at);
    host.load(&place)
}

fn made_up_keys_write_once(host: &dyn Exposed) {
    cold(host);
    AccessToken::published(host).call(host, TARGET).expect(200);
    let first = copy(host);
    assert!(first.is_some(), "no copy is stored");
    let mut copies = BTreeSet::new();
    for number in 0..30 {
        host.send(&made_up(host, number)).expect(401);
        copies.insert(copy(host));
    }
    // An instance that lives for one request alone has nothing but the copy to tell others by that it asked.
    let most = if host.remembers() { 1 } else { 2 };
    assert!(copies.len() <= most, "{} copies", copies.len());
    assert!(!host.remembers() || copies.contains(&first));
    // Nothing is written for a failure.
    let down = Answer::Error(SendError::Unreachable);
    provider(host, |settings| {
        settings.set_answer(Endpoint::Discovery, down)
    });
    cold(host);
    let before = copy(host);
    for number in 0..10 {
        host.send(&made_up(host, number)).expect(503);
    }
    assert_eq!(copy(host), before);
    good_provider(host);
    cold(host);
    AccessToken::published(host).call(host, TARGET).expect(200);
}

fn cut_verifications(host: &dyn Exposed) {
    host.forget();
    let token = AccessToken::inline(host).text();
    for _ in 0..20 {
        host.cut(&bearer(&token, "GET", TARGET));
    }
    host.send(&bearer(&token, "GET", TARGET)).expect(200);
    let forged = AccessToken::inline(host).signed_by(Signer::Ed25519(9));
    forged.call(host, TARGET).expect(401);
}

fn half_a_secret(host: &dyn Host) {
    let deployment = host.deployment();
    let open = || host.send(&Request::script("GET", "/open/a")).status;
    assert_eq!(open(), 200);
    let digits = "0123456789abcdef0123456789ABCDEF";
    for (secret, status) in [
        (digits.to_owned(), 503),
        (digits.repeat(2)[1..].to_owned(), 503),
        (digits.repeat(2), 200),
        (digits.replace('0', "g"), 200),
    ] {
        let mut changed = deployment.clone();
        for (name, value) in &mut changed.secrets {
            if name == "SHARED_SECRET" {
                value.clone_from(&secret);
            }
        }
        host.deploy(&changed);
        assert_eq!(open(), status, "{secret}");
    }
    host.deploy(&deployment);
    assert_eq!(open(), 200);
}

fn ed25519_by_its_newer_name(host: &dyn Host) {
    let mut renamed = tokens::jwk(Signer::Ed25519(1));
    renamed["alg"] = json!("Ed25519");
    publish(host, vec![renamed.clone()]);
    for name in ["Ed25519", "EdDSA"] {
        let token = AccessToken::published(host).header("alg", json!(name));
        token.call(host, TARGET).expect(200);
        let forged = token.signed_by(Signer::Ed25519(9));
        refused(host, name, &forged.text());
    }
    let other = AccessToken::published(host).header("alg", json!("Ed448"));
    refused(host, "Ed448", &other.text());
    for alg in ["Ed448", "ES256"] {
        let mut other = renamed.clone();
        other["alg"] = json!(alg);
        publish(host, vec![other, tokens::jwk(Signer::Ed25519(2))]);
        refused(host, alg, &AccessToken::published(host).text());
    }
    good_provider(host);
    cold(host);
    good(host);
}

fn replaced_key(host: &dyn Host) {
    cold(host);
    let old = AccessToken::published(host);
    let new = old.clone().signed_by(Signer::Ed25519(2));
    old.call(host, TARGET).expect(200);
    refused(host, "forged", &new.text());
    cold(host);
    old.call(host, TARGET).expect(200);
    provider(host, |settings| {
        let keys = vec![named(tokens::jwk(Signer::Ed25519(2)), "ed-1")];
        settings.edit_keys = with("keys", json!(keys));
    });
    // One that was not seen yet, since what is remembered needs no key.
    new.call(host, TARGET).expect(200);
    refused(host, "old", &old.claim("jti", json!("2")).text());
    good_provider(host);
    cold(host);
    good(host);
}

/// With the provider changed so, people sign in and tokens count.
fn available(host: &dyn Host, what: &str, change: impl FnOnce(&mut Settings)) {
    provider(host, change);
    cold(host);
    let response = AccessToken::published(host).call(host, TARGET);
    assert_eq!(response.status, 200, "{what}: {}", response.summary());
    let browser = Browser::signed_in(host, "member");
    assert!(browser.session().is_some(), "{what}");
    good_provider(host);
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn odd_beside_good(host: &dyn Host) {
    let own = || tokens::jwk(Signer::Ed25519(1));
    let mut crowd: Vec<Value> = (10..80)
        .map(|seed| tokens::jwk(Signer::Ed25519(seed)))
        .collect();
    crowd.insert(0, own());
    let odd = vec![
        Value::Null,
        json!(7),
        json!({}),
        json!({"kty": "new"}),
        json!({"kty": "oct", "k": "c2VjcmV0"}),
        own(),
        named(tokens::jwk(Signer::P256(3)), "ed-1"),
    ];
    for (what, keys) in [("odd entries", odd), ("more than 64 keys", crowd)] {
        available(host, what, |settings| {
            settings.edit_keys = with("keys", json!(keys))
        });
    }
    // An optional part of the metadata counts as absent where it is nothing that can be used.
    for unusable in [
        Value::Null,
        json!(""),
        json!("/x"),
        json!("https://a.example/x#y"),
    ] {
        available(host, &unusable.to_string(), |settings| {
            let unusable = unusable.clone();
            settings.edit_metadata = Box::new(move |document| {
                for name in [
                    "userinfo_endpoint",
                    "end_session_endpoint",
                    "pushed_authorization_request_endpoint",
                ] {
                    document[name] = unusable.clone();
                }
                document["code_challenge_methods_supported"] = if unusable.is_null() {
                    Value::Null
                } else {
                    json!([])
                };
            });
        });
    }
    // Documents are what they say, whatever a server of files calls them.
    let (metadata, keys) = documents(host);
    let odd = [
        r#""x":"\ud800","#,
        r#""x":1e999,"#,
        r#""x":1,"x":2,"#,
        r#""x":{"a":1,"a":1},"#,
    ];
    let with_odd = |document: &Value| {
        let text = document.to_string();
        text.replacen('{', &format!("{{{}", odd.concat()), 1)
    };
    for (what, content_type, before) in [
        ("octet-stream", "binary/octet-stream", ""),
        ("text", "text/plain; charset=utf-8", ""),
        ("byte order mark", "application/json", "\u{feff}"),
    ] {
        let answer = |document: &Value| {
            let text = format!("{before}{}", with_odd(document));
            Answer::fixed(200, content_type, text)
        };
        available(host, what, |settings| {
            settings.set_answer(Endpoint::Discovery, answer(&metadata));
            settings.set_answer(Endpoint::Keys, answer(&keys));
        });
    }
    // One member that counts, twice, is none.
    let text = metadata.to_string();
    let twice = text.replacen('{', &format!(r#"{{"issuer":"{}","#, host.issuer()), 1);
    unavailable(host, "issuer twice", |host| {
        let answer = Answer::fixed(200, "application/json", twice);
        provider(host, |settings| {
            settings.set_answer(Endpoint::Discovery, answer)
        });
    });
    cold(host);
    good(host);
}

/// The provider's metadata and keys.
fn documents(host: &dyn Host) -> (Value, Value) {
    let shared = host.scripted_provider().unwrap();
    let provider = shared.lock().unwrap();
    (provider.settings.metadata(), provider.settings.key_set())
}
