//! Attacks with tokens and claims.

use super::{
    Row, everywhere,
    support::{accepted_sign_in, refused_sign_in},
};
use crate::{
    access_token::AccessToken,
    host::Host,
    http::{browser::Browser, request::Request},
    scripted::provider::settings::{Signer, with, without},
};
use serde_json::{Value, json};

pub const ROWS: &[Row] = &[
    everywhere(12, "a missing or different nonce is refused", nonce),
    everywhere(
        13,
        "a token for or from someone else is refused",
        wrong_claims,
    ),
    everywhere(
        13,
        "a token that nobody signed is refused",
        wrong_signatures,
    ),
    everywhere(14, "userinfo of someone else is refused", foreign_userinfo),
    everywhere(62, "no claim breaks out of its header", claims_in_headers),
    everywhere(
        114,
        "a group of one provider opens nothing for another's",
        group_of_another,
    ),
    everywhere(
        64,
        "an address that looks like ours is not",
        lookalike_addresses,
    ),
];

/// Anyone may call a group `staff` at a provider of their own.
fn group_of_another(host: &dyn Host) {
    let standard = host.deployment();
    let mut deployment = standard.clone();
    let configuration = &mut deployment.configuration;
    let mut second = configuration["provider"][0].clone();
    second["id"] = json!("second");
    second["name"] = json!("Second");
    let providers = configuration["provider"].as_array_mut().unwrap();
    providers.push(second);
    let routes = configuration["route"].as_array_mut().unwrap();
    let staff = json!({"any_group": ["staff"]});
    for (path, access, key, of) in [
        ("/at/demo/**", json!(["session"]), "providers", "demo"),
        ("/at/second/**", json!(["session"]), "providers", "second"),
        (
            "/of/**",
            json!(["session", "bearer"]),
            "issuers",
            host.issuer(),
        ),
    ] {
        let mut require = json!({"any": [staff, {"any_role": ["nobody"]}]});
        require[key] = json!([of]);
        routes.push(json!({"path": path, "access": access, "upstream": "api", "require": require}));
    }
    host.deploy(&deployment);
    for (provider, at_demo, at_second) in [("demo", 200, 403), ("second", 403, 200)] {
        let mut browser = Browser::new(host);
        let login = format!("/auth/login?return_to=%2F&provider={provider}");
        let location = browser.go(&login).expect(200).leads_to();
        let callback = host.at_provider(&location, "staff");
        browser.go(&callback).expect(200);
        // The second time it is in memory.
        for _ in 0..2 {
            browser.fetch("/at/demo/x").expect(at_demo);
            browser.fetch("/at/second/x").expect(at_second);
            browser.fetch("/of/x").expect(200);
        }
    }
    let staff = |token: AccessToken| token.claim("groups", json!(["staff"]));
    for _ in 0..2 {
        staff(AccessToken::published(host))
            .call(host, "/of/x")
            .expect(200);
        let foreign = staff(AccessToken::inline(host))
            .call(host, "/of/x")
            .expect(403);
        assert_eq!(foreign.json()["error"], "access_denied");
    }
    host.deploy(&standard);
}

fn nonce(host: &dyn Host) {
    for edit in [
        without("nonce"),
        with("nonce", json!("other")),
        with("nonce", json!("")),
        with("nonce", json!(["other"])),
    ] {
        refused_sign_in(host, 502, |settings| settings.edit_claims = edit);
    }
}

fn wrong_claims(host: &dyn Host) {
    let now = host.now().as_seconds();
    let other = |name, value: Value| with(name, value);
    for edit in [
        other("iss", json!("https://evil.example")),
        without("iss"),
        other("aud", json!("other")),
        other("aud", json!("edge2")),
        other("aud", json!(["edge", "other"])),
        other("aud", json!([])),
        without("aud"),
        other("azp", json!("other")),
        without("sub"),
        other("sub", json!("")),
        other("sub", json!(7)),
        without("iat"),
        other("iat", json!(now - 3600)),
        without("exp"),
        other("exp", json!(now - 3600)),
        other("exp", json!("never")),
        other("nbf", json!(now + 3600)),
        other("events", json!({})),
    ] {
        refused_sign_in(host, 502, |settings| settings.edit_claims = edit);
    }
    let mut browser = accepted_sign_in(host, |settings| {
        settings.edit_claims = with("azp", json!("edge"));
    });
    assert!(browser.is_signed_in());
    refused_sign_in(host, 502, |settings| {
        settings.edit_header = with("typ", json!("at+jwt"))
    });
    let mut browser = accepted_sign_in(host, |settings| {
        settings.edit_header = with("typ", json!("JWT"));
    });
    assert!(browser.is_signed_in());
}

fn wrong_signatures(host: &dyn Host) {
    for signer in [
        Signer::Unsigned("none"),
        Signer::Unsigned("noNe"),
        Signer::Unsigned("EdDSA"),
        Signer::PublicKeyAsSecret,
        Signer::Tampered,
    ] {
        refused_sign_in(host, 502, |settings| settings.signer = signer);
    }
    for edit in [
        with("kid", json!("unknown")),
        without("alg"),
        with("crit", json!(["x"])),
        with("b64", json!(false)),
    ] {
        refused_sign_in(host, 502, |settings| settings.edit_header = edit);
    }
}

fn foreign_userinfo(host: &dyn Host) {
    for edit in [
        with("sub", json!("staff")),
        without("sub"),
        with("sub", json!(["member"])),
    ] {
        refused_sign_in(host, 502, |settings| {
            settings.claims_in_id_token = false;
            settings.edit_userinfo = edit;
        });
    }
    let mut browser = accepted_sign_in(host, |settings| settings.claims_in_id_token = false);
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["claims"]["email"], "member@example.com");
}

fn claims_in_headers(host: &dyn Host) {
    let groups = json!(["a\r\nlychgate-user: root", "b,staff", "c\u{0}", "é"]);
    let mut browser = accepted_sign_in(host, |settings| {
        settings.edit_claims = with("groups", groups);
    });
    let seen = browser
        .send(Request::script("GET", "/api/whoami"))
        .expect(200)
        .json();
    let headers = &seen["headers"];
    assert_eq!(headers["lychgate-user"], "member");
    let groups = headers["lychgate-groups"].as_str().unwrap();
    assert_eq!(groups, "a%0D%0Alychgate-user:%20root,b%2Cstaff,c%00,%C3%A9");
    browser.fetch("/staff/").expect(403);
    refused_sign_in(host, 502, |settings| {
        settings.edit_claims = with("sub", json!("a\r\nlychgate-groups: staff"));
    });
}

fn lookalike_addresses(host: &dyn Host) {
    let sign_in = |email: &str, verified: Value| {
        let email = json!(email);
        accepted_sign_in(host, |settings| {
            settings.edit_claims = Box::new(move |claims| {
                claims["email"] = email.clone();
                claims["email_verified"] = verified.clone();
            });
        })
    };
    for email in [
        "a@evil.com@corp.com",
        "a@corp.com.evil.com",
        "a@evilcorp.com",
        "a@\u{441}orp.com",
        "a@corp.com\u{0}.evil.com",
        "\"a@corp.com\"@evil.com",
        "a@corp.com ",
        "corp.com",
        "@corp.com",
    ] {
        let mut browser = sign_in(email, json!(true));
        let status = browser.fetch("/corp/x").status;
        assert_eq!(status, 403, "{email}");
    }
    for verified in [json!("true"), json!(1), json!(false), Value::Null] {
        sign_in("a@corp.com", verified).fetch("/corp/x").expect(403);
    }
    sign_in("a@corp.com", json!(true))
        .fetch("/corp/x")
        .expect(200);
    sign_in("a@CORP.com", json!(true))
        .fetch("/corp/x")
        .expect(200);
}
