//! Attacks with good tokens that were issued for something else.

use super::{Row, everywhere};
use crate::{
    access_token::{AUDIENCE, AccessToken, INLINE, bearer},
    host::Host,
    http::request::Request,
};
use serde_json::{Value, json};

pub const ROWS: &[Row] = &[
    everywhere(
        113,
        "a token counts at the routes of its audience alone",
        other_audience,
    ),
    everywhere(
        116,
        "an ID token is no access token, with `JWT` among the types too",
        id_token,
    ),
];

const SECOND: &str = "urn:second";

/// One issuer has two audiences, and each of two upstreams is the service of one.
fn other_audience(host: &dyn Host) {
    let standard = host.deployment();
    let mut deployment = standard.clone();
    let configuration = &mut deployment.configuration;
    for (upstream, audience) in [(1, AUDIENCE), (2, SECOND)] {
        configuration["upstream"][upstream]["audiences"] = json!([audience]);
    }
    let routes = configuration["route"].as_array_mut().unwrap();
    routes.push(json!({"path": "/second/**", "access": ["bearer"], "upstream": "plain"}));
    routes.push(json!({"path": "/two/**", "access": ["session", "bearer"], "upstream": "plain"}));
    host.deploy(&deployment);
    let of = |audience: Value| AccessToken::inline(host).claim("aud", audience);
    for (audience, first, second) in [
        (json!(AUDIENCE), 200, 401),
        (json!(SECOND), 401, 200),
        (json!([SECOND, "urn:other"]), 401, 200),
        (json!([AUDIENCE, SECOND]), 200, 200),
        (json!("urn:other"), 401, 401),
    ] {
        let token = of(audience.clone());
        for (path, expected) in [
            ("/calls/a", first),
            ("/second/a", second),
            ("/two/a", second),
        ] {
            // The second time it is in memory.
            for _ in 0..2 {
                let before = host.api_requests();
                let answer = token.call(host, path);
                assert_eq!(answer.status, expected, "{audience} {path}");
                let reached = host.api_requests() - before;
                assert_eq!(reached, usize::from(expected == 200), "{audience} {path}");
                if expected == 401 {
                    let challenge = answer.header("www-authenticate").unwrap();
                    let expected = "Bearer error=\"invalid_token\"";
                    assert!(challenge.starts_with(expected), "{challenge}");
                }
            }
        }
    }
    // Where an issuer has no audience for a resource, the metadata does not send a client to that issuer.
    let servers = |path: &str| {
        let target = format!("/.well-known/oauth-protected-resource{path}");
        let document = host.send(&Request::new("GET", &target)).expect(200).json();
        document["authorization_servers"].clone()
    };
    assert_eq!(servers("/second"), json!([INLINE]));
    let of_first = servers("/calls");
    let of_first = of_first.as_array().unwrap();
    assert!(of_first.contains(&json!(INLINE)) && of_first.contains(&json!(host.issuer())));
    host.deploy(&standard);
}

/// The issuer with keys in the file also takes `JWT`. An ID token of the code flow needs neither `nonce` nor `at_hash`.
fn id_token(host: &dyn Host) {
    let bare = |kind: Value| {
        AccessToken::inline(host)
            .header("typ", kind)
            .claim("scope", Value::Null)
            .claim("client_id", Value::Null)
    };
    for kind in [json!("JWT"), Value::Null, json!("application/jwt")] {
        let id_token = || bare(kind.clone()).claim("auth_time", json!(host.now().as_seconds()));
        for looks_alike in [
            id_token(),
            id_token().claim("azp", json!("billing")),
            id_token().claim("roles", json!(["reader"])),
            id_token().claim("scope", json!("")),
            id_token().claim("scp", json!([])),
            id_token().claim("client_id", json!(7)),
            id_token()
                .claim("azp", json!("billing"))
                .claim("roles", json!([])),
        ] {
            let answer = host.send(&bearer(&looks_alike.text(), "GET", "/calls/a"));
            assert_eq!(answer.status, 401, "{}", looks_alike.claims);
        }
        for (name, value) in [
            ("scope", json!("read")),
            ("scp", json!(["read"])),
            ("client_id", json!("billing")),
            ("cid", json!("billing")),
            ("appid", json!("billing")),
        ] {
            let shown = bare(kind.clone()).claim(name, value);
            shown.call(host, "/calls/a").expect(200);
        }
        let of_program = bare(kind.clone()).claim("azp", json!("billing"));
        let of_program = of_program.claim("roles", json!(["reader"]));
        of_program.call(host, "/calls/a").expect(200);
        let with_nonce = of_program.claim("nonce", json!("n"));
        with_nonce.call(host, "/calls/a").expect(401);
    }
    // A type of its own says enough.
    bare(json!("at+jwt")).call(host, "/calls/a").expect(200);
}
