//! Attacks with opaque tokens: on who is asked about them, on what is made of the answers, and on those who are asked.

use super::{Row, everywhere, exposed, inside::Inside};
use crate::{
    access_token::{AUDIENCE, AccessToken, INLINE, Proof, bearer},
    host::{Host, exposed::Exposed},
    http::{browser::Browser, request::Request},
    opaque_token::{
        OPAQUE, OTHER_AUDIENCE, PREFIX, active, active_but, answers, call, deploy, deploy_two,
        is_left_open, know, know_at, left_open, questions, questions_at, refused,
    },
    scripted::provider::settings::{Answer, Endpoint, Signer},
};
use lychgate_core::{
    encoding::base64url, http::outbound::SendError, session::keys::Generation, time::Seconds,
};
use serde_json::{Value, json};

pub const ROWS: &[Row] = &[
    everywhere(
        47,
        "what a token may do is judged anew on each route",
        scopes_of_each_route,
    ),
    everywhere(
        48,
        "one text at two issuers is two tokens",
        one_text_at_two_issuers,
    ),
    exposed(49, "an answer does not outlive its token", past_its_end),
    everywhere(
        50,
        "an issuer that fails or is silent leaves it open, and nothing is remembered of it",
        failing_issuer,
    ),
    everywhere(
        51,
        "an answer about something else opens nothing",
        answer_about_something_else,
    ),
    exposed(52, "no token is stored", nothing_stored),
    everywhere(
        207,
        "a token is shown to the server that its route, its prefix or the token names, and to no other",
        shown_to_one,
    ),
    everywhere(
        208,
        "nothing but `active` as true, in an object, lets a token in",
        nothing_but_true,
    ),
    everywhere(
        209,
        "a token in memory does not count for another audience",
        audience_of_each_route,
    ),
    exposed(
        209,
        "a token that is activated later counts within ten seconds",
        activated_later,
    ),
    everywhere(
        210,
        "made-up tokens cost a question each, and good ones go on",
        made_up_tokens,
    ),
];

/// Runs a check on the deployment with opaque tokens, and then the one before it again.
fn deployed(host: &dyn Host, deploy: fn(&dyn Host), check: impl FnOnce()) {
    let standard = host.deployment();
    deploy(host);
    check();
    answers(host, Answer::Document);
    host.deploy(&standard);
}

/// How many questions at once may be expected for so many requests: each instance has a memory of its own.
fn is_asked(host: &dyn Host, asked: usize, wanted: usize) {
    assert!(
        asked == wanted || (asked > wanted && !host.is_one_instance()),
        "{asked} questions instead of {wanted}"
    );
}

fn scopes_of_each_route(host: &dyn Host) {
    deployed(host, deploy, || {
        know(host, "op-reader", active(host));
        let both = active_but(host, "scope", &json!("read write"));
        know(host, "op-both", both);
        let before = questions(host);
        for _ in 0..2 {
            call(host, "op-reader", "/opaque/read/a").expect(200);
            call(host, "op-both", "/opaque/read/a").expect(200);
            let refused = call(host, "op-reader", "/opaque/write/a").expect(403);
            let challenge = refused.header("www-authenticate").unwrap();
            assert!(challenge.contains("insufficient_scope"), "{challenge}");
            call(host, "op-both", "/opaque/write/a").expect(200);
        }
        // It is judged by the answer in memory, and nobody is asked for that.
        is_asked(host, questions(host) - before, 2);
    });
}

fn one_text_at_two_issuers(host: &dyn Host) {
    deployed(host, deploy_two, || {
        let other = Endpoint::OtherIntrospection;
        know(host, "op-here", active(host));
        know_at(host, other, "op-there", active(host));
        for token in ["op-both", "op-two"] {
            know(host, token, active_but(host, "sub", &json!("of-one")));
            let of_second = active_but(host, "sub", &json!("of-second"));
            know_at(host, other, token, of_second);
        }
        // What one says, for good or ill, is no word of the other, whoever was asked first.
        for _ in 0..2 {
            call(host, "op-here", "/opaque/a").expect(200);
            refused(host, "op-here", "/second/a");
            refused(host, "op-there", "/opaque/a");
            call(host, "op-there", "/second/a").expect(200);
        }
        for (token, order) in [("op-both", [0, 1, 0, 1]), ("op-two", [1, 0, 1, 0])] {
            for place in order {
                let (path, subject) = [("/opaque/a", "of-one"), ("/second/a", "of-second")][place];
                let seen = call(host, token, path).expect(200).json();
                assert_eq!(seen["headers"]["lychgate-user"], subject);
            }
        }
    });
}

/// How long the short-lived token lives, and after how long its end counts on every clock.
const LIFE: u64 = 3;
const AFTER: Seconds = Seconds::new(6);

fn past_its_end(host: &dyn Exposed) {
    deployed(host, deploy, || {
        let end = host.now().as_seconds() + LIFE;
        know(host, "op-short", active_but(host, "exp", &json!(end)));
        know(host, "op-long", active(host));
        // RFC 7662, section 2.2: it is optional.
        know(host, "op-endless", active_but(host, "exp", &Value::Null));
        for token in ["op-short", "op-long", "op-endless"] {
            call(host, token, "/opaque/a").expect(200);
        }
        host.pass(AFTER);
        // The issuer still says what it said.
        refused(host, "op-short", "/opaque/a");
        for token in ["op-long", "op-endless"] {
            call(host, token, "/opaque/a").expect(200);
        }
    });
}

fn failing_issuer(host: &dyn Host) {
    deployed(host, deploy, || {
        know(host, "op-1", active(host));
        know(host, "op-warm", active(host));
        call(host, "op-warm", "/opaque/a").expect(200);
        let json = |status, body: &str| Answer::fixed(status, "application/json", body);
        for answer in [
            Answer::html(500),
            json(500, "{\"active\":true}"),
            json(500, "{\"active\":false}"),
            json(503, "{}"),
            json(429, "{}"),
            json(302, "{}"),
            // It does not take us, which is no word about the token.
            json(401, "{\"error\":\"invalid_client\"}"),
            json(403, "{}"),
            json(400, "{\"error\":\"invalid_request\"}"),
            Answer::Error(SendError::Unreachable),
            Answer::Error(SendError::TimedOut),
        ] {
            answers(host, answer);
            let inline = AccessToken::inline(host).text();
            let requests = [
                bearer("op-1", "GET", "/opaque/a"),
                bearer(&inline, "GET", "/signed/a"),
                bearer("op-warm", "GET", "/opaque/a"),
            ];
            let seen = host.send_all(&requests);
            is_left_open(&seen[0]);
            // The tokens of other issuers go on, and so do those that are in memory.
            assert_eq!(seen[1].status, 200);
            if host.is_one_instance() {
                assert_eq!(seen[2].status, 200);
            }
        }
        answers(host, Answer::Document);
        call(host, "op-1", "/opaque/a").expect(200);
    });
}

fn answer_about_something_else(host: &dyn Host) {
    deployed(host, deploy, || {
        let wrong = [
            ("aud", json!("https://other.example")),
            ("aud", json!(["https://other.example"])),
            ("aud", json!([])),
            ("aud", json!({"0": AUDIENCE})),
            ("aud", Value::Null),
            ("iss", json!("https://other.example")),
            ("iss", json!(format!("{OPAQUE}/"))),
            ("iss", json!([OPAQUE])),
            ("client_id", json!("somebody-else")),
            ("client_id", Value::Null),
            ("exp", json!(host.now().as_seconds() - 10)),
            ("exp", json!("never")),
            ("nbf", json!(host.now().as_seconds() + 600)),
        ];
        for (place, (name, value)) in wrong.iter().enumerate() {
            let token = format!("op-wrong-{place}");
            know(host, &token, active_but(host, name, value));
            refused(host, &token, "/opaque/a");
        }
        let good = [
            ("aud", json!(["https://other.example", AUDIENCE])),
            ("iss", json!(OPAQUE)),
            ("client_id", json!("robots")),
            ("nbf", json!(host.now().as_seconds() - 10)),
        ];
        for (place, (name, value)) in good.iter().enumerate() {
            let token = format!("op-good-{place}");
            know(host, &token, active_but(host, name, value));
            call(host, &token, "/opaque/a").expect(200);
        }
        for list in [json!([active(host)]), json!([true]), json!([])] {
            know(host, "op-list", list);
            left_open(host, "op-list", "/opaque/a");
        }
        know(host, "op-list", active(host));
        call(host, "op-list", "/opaque/a").expect(200);
    });
}

fn nothing_stored(host: &dyn Exposed) {
    const KEY: Signer = Signer::P256(5);
    deployed(host, deploy, || {
        let browser = Browser::signed_in(host, "member");
        let session = Inside::of(host, &browser);
        let (key, head) = (session.key(Generation(0)), session.stored_head().value);
        let tokens = ["op-stored-plain", "op-stored-bound", "op-stored-unknown"];
        know(host, tokens[0], active(host));
        call(host, tokens[0], "/opaque/a").expect(200);
        // One whose proofs the ledger keeps.
        let thumbprint = crate::access_token::thumbprint(KEY);
        let bound = active_but(host, "cnf", &json!({"jkt": thumbprint}));
        know(host, tokens[1], bound);
        let proof = Proof::of(host, KEY, tokens[1], "/opaque/once/a", "op-stored-proof");
        for expected in [200, 401] {
            let answer = proof.call(host, tokens[1], "/opaque/once/a");
            assert_eq!(answer.status, expected, "{}", answer.summary());
        }
        refused(host, tokens[2], "/opaque/a");
        let dump = host.dump();
        let has = |text: &[u8]| dump.windows(text.len()).any(|part| part == text);
        // What store and ledger hold is in the dump.
        assert!(has(key.as_str().as_bytes()));
        assert!(has(&head));
        for token in tokens {
            assert!(!has(token.as_bytes()), "{token}");
            assert!(!has(base64url::encode(token.as_bytes()).as_bytes()));
        }
    });
}

fn shown_to_one(host: &dyn Host) {
    deployed(host, deploy, || {
        let other = Endpoint::OtherIntrospection;
        let prefixed = format!("{PREFIX}1");
        // Whoever is asked would vouch for each of them.
        let vouched = |token: &str| {
            know(host, token, active(host));
            know_at(host, other, token, active(host));
        };
        let asked = || [questions(host), questions_at(host, other)];
        let nobody = |token: &str, path: &str, expected: u16| {
            vouched(token);
            let before = asked();
            call(host, token, path).expect(expected);
            assert_eq!(asked(), before, "{token} on {path}");
        };
        let one = |token: &str, path: &str, which: usize| {
            vouched(token);
            let before = asked();
            let answer = call(host, token, path);
            let after = asked();
            assert_eq!(after[which], before[which] + 1, "{token} on {path}");
            assert_eq!(after[1 - which], before[1 - which], "{token} on {path}");
            answer
        };
        one("op-1", "/opaque/a", 0).expect(200);
        one(&prefixed, "/prefixed/a", 1).expect(200);
        // The prefix decides before the route does.
        one(&format!("{PREFIX}2"), "/opaque/a", 1).expect(403);
        nobody("op-2", "/signed/a", 401);
        nobody("op-3", "/prefixed/a", 401);
        // One that names its issuer is shown to nobody else, on whatever route it comes.
        let signed = AccessToken::inline(host);
        let forged = signed.clone().signed_by(Signer::Ed25519(9));
        let foreign = signed.clone().claim("iss", json!("https://other.example"));
        let odd = signed.clone().claim("iss", json!(7));
        let header = json!({"alg": "dir", "enc": "A256GCM", "iss": INLINE}).to_string();
        let encrypted = format!("{}..a.b.c", base64url::encode(header.as_bytes()));
        for path in ["/opaque/a", "/prefixed/a"] {
            nobody(&signed.text(), path, 403);
            for token in [forged.text(), foreign.text(), odd.text(), encrypted.clone()] {
                nobody(&token, path, 401);
            }
        }
        nobody(&signed.text(), "/signed/a", 200);
        // One that names nobody, or the issuer that is asked, is not signed for us.
        let nameless = signed.clone().claim("iss", Value::Null).text();
        one(&nameless, "/opaque/a", 0).expect(200);
        let named = signed.claim("iss", json!(OPAQUE)).text();
        one(&named, "/opaque/a", 0).expect(200);
    });
}

fn nothing_but_true(host: &dyn Host) {
    deployed(host, deploy, || {
        for (place, value) in [
            json!("true"),
            json!("false"),
            json!(1),
            json!(0),
            json!([true]),
            json!({"active": true}),
            Value::Null,
        ]
        .iter()
        .enumerate()
        {
            let token = format!("op-odd-{place}");
            know(host, &token, active_but(host, "active", value));
            left_open(host, &token, "/opaque/a");
        }
        know(host, "op-1", active_but(host, "active", &json!(null)));
        let good = active(host).to_string();
        let json = |body: &str| Answer::fixed(200, "application/json", body);
        for answer in [
            Answer::html(200),
            Answer::fixed(200, "text/html", good.clone()),
            Answer::fixed(200, "text/plain", good.clone()),
            json(""),
            json("true"),
            json(&format!("[{good}]")),
            json(&good.replacen('{', "{\"active\":false,", 1)),
            json(&good[..good.len() - 1]),
            json(&format!("{good}{good}")),
        ] {
            answers(host, answer);
            left_open(host, "op-1", "/opaque/a");
        }
        answers(host, json(&good));
        call(host, "op-1", "/opaque/a").expect(200);
        // `false` alone is a word against it.
        answers(host, json("{\"active\":false}"));
        refused(host, "op-2", "/opaque/a");
    });
}

fn audience_of_each_route(host: &dyn Host) {
    deployed(host, deploy, || {
        know(host, "op-1", active(host));
        let of_other = active_but(host, "aud", &json!(OTHER_AUDIENCE));
        know(host, "op-2", of_other);
        let both = active_but(host, "aud", &json!([AUDIENCE, OTHER_AUDIENCE]));
        know(host, "op-3", both);
        for _ in 0..2 {
            for (token, first, second) in
                [("op-1", 200, 401), ("op-2", 401, 200), ("op-3", 200, 200)]
            {
                call(host, token, "/opaque/a").expect(first);
                call(host, token, "/opaque/second/a").expect(second);
            }
        }
    });
}

fn activated_later(host: &dyn Exposed) {
    deployed(host, deploy, || {
        refused(host, "op-1", "/opaque/a");
        refused(host, "op-2", "/opaque/a");
        know(host, "op-1", active(host));
        if host.is_one_instance() {
            refused(host, "op-1", "/opaque/a");
        }
        host.pass(Seconds::new(10));
        call(host, "op-1", "/opaque/a").expect(200);
        refused(host, "op-2", "/opaque/a");
    });
}

/// How many made-up tokens come, and how many of them at once.
const MADE_UP: usize = 400;
const AT_ONCE: usize = 20;

fn made_up_tokens(host: &dyn Host) {
    deployed(host, deploy, || {
        know(host, "op-good", active(host));
        call(host, "op-good", "/opaque/a").expect(200);
        let before = questions(host);
        let mut served = 0;
        for wave in 0..MADE_UP / AT_ONCE {
            let name = |at: usize| format!("op-made-up-{}", wave * AT_ONCE + at);
            let made_up = (0..AT_ONCE).map(|at| bearer(&name(at), "GET", "/opaque/a"));
            let good = bearer("op-good", "GET", "/opaque/a");
            let requests: Vec<Request> = made_up.chain([good]).collect();
            let mut seen = host.send_all(&requests);
            served += usize::from(seen.pop().unwrap().status == 200);
            assert!(seen.iter().all(|answer| answer.status == 401));
        }
        assert_eq!(served, MADE_UP / AT_ONCE);
        is_asked(host, questions(host) - before, MADE_UP);
        // One that is longer than any token is asked about by nobody.
        let before = questions(host);
        call(host, &"x".repeat(9_000), "/opaque/a").expect(400);
        assert_eq!(questions(host), before);
    });
}
