//! What a deployment keeps of its users, and how it is sealed anew.

use super::Case;
use crate::{
    attack::support::{good_provider, provider},
    host::{
        Deployment, Host,
        configuration::key,
        in_process::{InProcess, Setup},
    },
    http::{browser::Browser, request::Request, response::Response},
    scripted::{
        provider::settings::with,
        schedule::{Behaviour, Call},
    },
};
use lychgate_core::{
    cookie::ring::{KeyRing, RingSecret},
    encoding::base64url,
    platform::ledger::{Expected, RecordName, Write},
    secret::Secret,
    time::Seconds,
    user::{
        key::UserKey,
        record::{EXPIRES, Status, UserRecord},
    },
};
use serde_json::{Value, json};

/// The only person who signs in here: a record of theirs closes other deployments to them.
pub const LOGIN: &str = "kept";

/// The secret of the operator.
pub const OPERATOR: &str = "SECRET-OF-THE-OPERATOR";

/// Cases for any host whose provider is the scripted one.
pub const CASES: &[Case] = &[
    ("a sign-in keeps the user", kept),
    ("nothing is kept where nothing is configured", not_kept),
    (
        "a record that cannot be read is nobody's word, and clears no cookie",
        unreadable,
    ),
    ("the roster is walked to seal everything anew", resealed),
    ("only the operator has records sealed anew", operator_alone),
];

/// The deployment with these directory keys, the first of which seals.
pub fn with_keys(standard: &Deployment, keys: &[u8]) -> Deployment {
    let mut deployment = standard.clone();
    let named = |id: &u8| json!({"id": id, "secret": format!("DIRECTORY_KEY_{id}")});
    deployment.configuration["directory_key"] = keys.iter().map(named).collect();
    deployment.configuration["directory"] = json!({"secret": {"secret": "OPERATOR"}});
    let secrets = keys
        .iter()
        .map(|id| (format!("DIRECTORY_KEY_{id}"), key(100 + id)));
    deployment.secrets.extend(secrets);
    deployment
        .secrets
        .push(("OPERATOR".to_owned(), OPERATOR.to_owned()));
    deployment
}

/// Runs `check` where key 1 seals, and the standard deployment afterwards.
fn with_directory(host: &dyn Host, check: impl FnOnce(&dyn Host, &Deployment)) {
    let standard = host.deployment();
    good_provider(host);
    // Earlier cases may have left records under the other key.
    host.deploy(&with_keys(&standard, &[1, 2]));
    walk(host);
    host.deploy(&with_keys(&standard, &[1]));
    check(host, &standard);
    good_provider(host);
    host.deploy(&standard);
}

fn info(browser: &mut Browser<'_>) -> Value {
    browser.fetch("/auth/session").expect(200).json()
}

fn kept(host: &dyn Host) {
    with_directory(host, |host, _| {
        let mut browser = Browser::signed_in(host, LOGIN);
        let user = info(&mut browser)["user"].clone();
        let key = UserKey::new(host.issuer(), LOGIN);
        assert_eq!(user["id"], key.id());
        assert_eq!(user["name"], "Person kept");
        assert_eq!(user["email"], "kept@example.com");
        let now = host.now().as_seconds();
        assert!(user["created"].as_u64().unwrap() <= now);
        assert_eq!(user["last_sign_in"], now - now % 86_400);
        // The next sign-in finds the same user.
        let mut again = Browser::signed_in(host, LOGIN);
        assert_eq!(info(&mut again)["user"], user);
        // A name and an address are those of the last sign-in.
        provider(host, |settings| {
            settings.edit_claims = with("email_verified", json!(false));
        });
        let mut renamed = Browser::signed_in(host, LOGIN);
        let after = info(&mut renamed)["user"].clone();
        assert_eq!(after["email"], Value::Null);
        assert_eq!(after["created"], user["created"]);
    });
}

fn not_kept(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    assert_eq!(info(&mut browser)["user"], Value::Null);
}

fn unreadable(host: &dyn Host) {
    with_directory(host, |host, standard| {
        let mut browser = Browser::signed_in(host, LOGIN);
        for closed in [standard.clone(), with_keys(standard, &[2])] {
            host.deploy(&closed);
            let refused = browser.fetch("/members/").expect(503);
            assert!(refused.header("retry-after").is_some());
            assert_eq!(refused.header("set-cookie"), None);
            // Others have no record, and come in.
            assert!(Browser::signed_in(host, "member").is_signed_in());
        }
        let mut newcomer = Browser::new(host);
        let callback = newcomer.callback("/members/", LOGIN);
        newcomer.go(&callback).expect(503);
        assert_eq!(newcomer.session(), None);
        host.deploy(&with_keys(standard, &[2, 1]));
        assert!(browser.is_signed_in());
    });
}

fn step(host: &dyn Host, from: Option<&str>) -> Response {
    let body = from.map_or_else(|| json!({}), |from| json!({"from": from}));
    let request = Request::new("POST", "/auth/directory/reseal")
        .with("Authorization", &format!("Bearer {OPERATOR}"))
        .with("Content-Type", "application/json")
        .with_body(body.to_string().as_bytes());
    host.send(&request)
}

/// Walks the whole roster; how many users it met, and what it sealed anew.
fn walk(host: &dyn Host) -> (u64, u64) {
    let (mut users, mut sealed) = (0, 0);
    let mut from: Option<String> = None;
    for _ in 0..100 {
        let did = step(host, from.as_deref()).expect(200).json();
        users += did["users"].as_u64().unwrap();
        sealed += did["resealed"].as_u64().unwrap();
        match did["next"].as_str() {
            Some(next) => from = Some(next.to_owned()),
            None => return (users, sealed),
        }
    }
    panic!("the walk has no end");
}

fn resealed(host: &dyn Host) {
    with_directory(host, |host, standard| {
        let mut browser = Browser::signed_in(host, LOGIN);
        let user = info(&mut browser)["user"].clone();
        assert_eq!(walk(host).1, 0);
        host.deploy(&with_keys(standard, &[2, 1]));
        let (users, sealed) = walk(host);
        assert!(users >= 1, "{users}");
        // The record and the entry of each.
        assert_eq!(sealed, 2 * users);
        assert_eq!(walk(host), (users, 0));
        // The key that sealed them before is no longer needed.
        host.deploy(&with_keys(standard, &[2]));
        assert!(browser.is_signed_in());
        assert_eq!(info(&mut browser)["user"], user);
    });
}

fn operator_alone(host: &dyn Host) {
    host.send(&Request::new("POST", "/auth/directory/reseal"))
        .expect(404);
    with_directory(host, |host, _| {
        let good = || {
            Request::new("POST", "/auth/directory/reseal")
                .with("Authorization", &format!("Bearer {OPERATOR}"))
                .with("Content-Type", "application/json")
                .with_body(b"{}")
        };
        host.send(&good()).expect(200);
        for authorization in [None, Some("Bearer SECRET-OF-THE-OPERATO"), Some("Basic x")] {
            host.send(&good().replacing("Authorization", authorization))
                .expect(401);
        }
        let mut browser = Browser::signed_in(host, LOGIN);
        browser
            .send(good().replacing("Authorization", None))
            .expect(401);
        for body in ["", "[]", r#"{"from":"zz"}"#, r#"{"from":7}"#] {
            host.send(&good().with_body(body.as_bytes())).expect(400);
        }
        let mut get = good();
        get.method = "GET".to_owned();
        get.body.clear();
        host.send(&get).expect(405);
    });
}

fn in_process() -> InProcess {
    let host = InProcess::with(&Setup::standard());
    host.deploy(&with_keys(&host.deployment(), &[1]));
    host
}

/// The key that seals.
fn directory() -> KeyRing {
    let secret = RingSecret {
        id: 1,
        secret: Secret::new(base64url::decode_array(&key(101)).unwrap()),
        not_after: None,
    };
    KeyRing::new(&secret, &[])
}

/// Changes the record, as an administrator will.
fn change(host: &InProcess, change: impl FnOnce(&mut UserRecord)) {
    let user = UserKey::new(host.issuer(), LOGIN);
    let (partition, name) = (user.partition(), RecordName::user());
    let mut ledger = host.world.ledger.borrow_mut();
    let now = host.now();
    let stored = ledger.read(&partition, &[name], now).remove(0).unwrap();
    let opened = UserRecord::open(&stored, &directory(), host.origin(), &user, now);
    let mut record = opened.unwrap().record;
    change(&mut record);
    let value = record.seal(&directory(), host.origin(), &user, [5; 24]);
    let write = Write {
        expected: Expected::Version(stored.version),
        value: &value.unwrap(),
        expires: EXPIRES,
        now,
    };
    ledger.write(&partition, &name, &write).unwrap();
}

#[test]
fn a_user_who_is_shut_out_signs_in_no_more() {
    let host = in_process();
    let mut browser = Browser::signed_in(&host, LOGIN);
    change(&host, |record| record.status = Status::Disabled);
    host.forget();
    assert!(!browser.is_signed_in());
    let callback = browser.callback("/members/", LOGIN);
    let refused = browser.go(&callback).expect(403);
    assert_eq!(browser.session(), None);
    assert!(!refused.text().contains("kept@example.com"));
    change(&host, |record| record.status = Status::Active);
    assert!(Browser::signed_in(&host, LOGIN).is_signed_in());
}

#[test]
fn sessions_of_before_a_point_in_time_end() {
    let host = in_process();
    let mut before = Browser::signed_in(&host, LOGIN);
    host.world.pass(Seconds::new(60));
    let now = host.now().as_seconds();
    change(&host, |record| record.not_before = now);
    host.forget();
    assert!(!before.is_signed_in());
    assert!(Browser::signed_in(&host, LOGIN).is_signed_in());
}

#[test]
fn nobody_is_signed_in_whose_record_is_not_written() {
    for failing in 0..3 {
        let host = in_process();
        let mut browser = Browser::new(&host);
        let callback = browser.callback("/members/", LOGIN);
        // The mark of the attempt comes first; then the entry, the record and the head.
        let nth = failing + 1;
        let mut schedule = host.world.schedule.borrow_mut();
        schedule.nth(Call::LedgerWrite, nth, Behaviour::Failed);
        drop(schedule);
        browser.go(&callback).expect(503);
        assert_eq!(browser.session(), None, "{failing}");
        assert!(Browser::signed_in(&host, LOGIN).is_signed_in());
    }
}

#[test]
fn a_day_and_a_name_are_written_once() {
    let host = in_process();
    let writes = |host: &InProcess| {
        host.world.forget_calls();
        Browser::signed_in(host, LOGIN);
        host.world.count(Call::LedgerWrite)
    };
    // The attempt's mark, the entry, the record, the head.
    assert_eq!(writes(&host), 4);
    assert_eq!(writes(&host), 2);
    host.world.pass(Seconds::minutes(24 * 60));
    assert_eq!(writes(&host), 3);
}

#[test]
fn ten_sign_ins_at_once_make_one_record() {
    let host = in_process();
    let mut browsers = [(); 10].map(|()| Browser::new(&host));
    let callbacks: Vec<Request> = browsers
        .iter_mut()
        .map(|browser| {
            let callback = browser.callback("/members/", LOGIN);
            browser.prepare(Request::navigation(&callback))
        })
        .collect();
    let answers = host.send_all(&callbacks);
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(walk(&host).0, 1);
}

#[test]
fn no_record_holds_an_address_in_clear() {
    let host = in_process();
    Browser::signed_in(&host, LOGIN);
    let dump = format!("{:?}", host.world.ledger.borrow());
    for secret in ["kept@example.com", "Person kept", "SECRET"] {
        let bytes = format!("{:?}", secret.as_bytes());
        let bytes = bytes.trim_matches(['[', ']']);
        assert!(!dump.contains(secret) && !dump.contains(bytes), "{secret}");
    }
}

#[test]
fn a_record_that_no_key_opens_stops_no_walk() {
    let host = in_process();
    Browser::signed_in(&host, LOGIN);
    host.deploy(&with_keys(&host.deployment(), &[3]));
    // Another user, of whom all is well.
    Browser::signed_in(&host, "member");
    let (mut users, mut unreadable) = (0, 0);
    let mut from: Option<String> = None;
    loop {
        let did = step(&host, from.as_deref()).expect(200).json();
        users += did["users"].as_u64().unwrap();
        unreadable += did["unreadable"].as_u64().unwrap();
        match did["next"].as_str() {
            Some(next) => from = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!((users, unreadable), (2, 1));
}

#[test]
fn a_page_that_hands_a_token_over_keeps_the_user() {
    use super::hand_over::{hand_over, nonce, with_hand_over};
    let host = InProcess::with(&Setup::standard());
    let deployment = with_keys(&host.deployment(), &[1]);
    host.deploy(&with_hand_over(&deployment, host.issuer()));
    let mut browser = Browser::new(&host);
    let nonce = nonce(&mut browser);
    let token = host.world.provider().id_token(LOGIN, &nonce, host.now());
    let message = json!({"provider": "page", "id_token": token});
    let begun = browser.send(hand_over(&message.to_string())).expect(200);
    assert_eq!(begun.json()["user"]["email"], "kept@example.com");
}
