//! Attacks by someone who can write what is stored, and through what one place has not heard of yet.

use super::{Row, exposed, inside::Inside};
use crate::{
    host::{
        Host,
        exposed::{Exposed, Fate},
    },
    http::{
        browser::{Browser, SESSION},
        jar::Jar,
        request::Request,
    },
};
use lychgate_core::{
    session::{head::Head, keys::Generation},
    time::Seconds,
};
use serde_json::{Value, json};

pub const ROWS: &[Row] = &[
    exposed(
        104,
        "a record in another one's place is not read",
        swapped_records,
    ),
    exposed(
        104,
        "a head in another one's place ends the session",
        swapped_heads,
    ),
    exposed(
        104,
        "a record of an older generation is not read",
        older_record,
    ),
    exposed(
        104,
        "a head of an older generation ends the session",
        older_head,
    ),
    exposed(
        104,
        "a record that is put back revives nothing",
        put_back_record,
    ),
    exposed(106, "an end elsewhere is heard in time", ended_elsewhere),
    exposed(
        106,
        "a strict gateway hears of it at once",
        strict_elsewhere,
    ),
];

/// The answer of `/auth/session` where nothing is remembered; `None` without a session.
fn seen(host: &dyn Exposed, browser: &Browser<'_>) -> Option<Value> {
    let ask = |target: &str| {
        let request = browser.prepare(Request::script("GET", target));
        host.send_to(Fate::Cold, &request).unwrap()
    };
    let (said, page) = (ask("/auth/session"), ask("/members/"));
    assert_eq!(said.status, page.status, "{}", page.summary());
    match said.status {
        200 => Some(said.json()),
        _ => {
            said.expect(401);
            None
        }
    }
}

fn subject(host: &dyn Exposed, browser: &Browser<'_>) -> Option<Value> {
    seen(host, browser).map(|said| said["subject"].clone())
}

const FIRST: Generation = Generation(0);
const SECOND: Generation = Generation(1);

fn swapped_records(host: &dyn Exposed) {
    let member = Browser::signed_in(host, "member");
    let staff = Browser::signed_in(host, "staff");
    let inside = [Inside::of(host, &member), Inside::of(host, &staff)];
    let keys = inside.each_ref().map(|inside| inside.key(FIRST));
    let records = keys.each_ref().map(|key| host.load(key).unwrap());
    host.save(&keys[0], &records[1]);
    host.save(&keys[1], &records[0]);
    // Neither opens in its new place; the ledger's copies do.
    assert_eq!(subject(host, &member), Some(json!("member")));
    assert_eq!(subject(host, &staff), Some(json!("staff")));
    // Without those there is no record at all, until it is back in its place.
    for inside in &inside {
        let bare = Head {
            copy: Vec::new(),
            ..inside.head()
        };
        inside.put_head(&inside.seal_head(&bare));
    }
    assert_eq!(subject(host, &member), None);
    assert_eq!(subject(host, &staff), None);
    host.save(&keys[0], &records[0]);
    assert_eq!(subject(host, &member), Some(json!("member")));
    assert_eq!(subject(host, &staff), None);
}

fn swapped_heads(host: &dyn Exposed) {
    let member = Browser::signed_in(host, "member");
    let staff = Browser::signed_in(host, "staff");
    let inside = [Inside::of(host, &member), Inside::of(host, &staff)];
    let heads = inside.each_ref().map(|inside| inside.stored_head().value);
    inside[0].put_head(&heads[1]);
    inside[1].put_head(&heads[0]);
    assert_eq!(subject(host, &member), None);
    assert_eq!(subject(host, &staff), None);
    inside[0].put_head(&heads[0]);
    assert_eq!(subject(host, &member), Some(json!("member")));
    assert_eq!(subject(host, &staff), None);
}

/// A session whose record was replaced by one with another scope, and the record that it had before.
fn second_generation<'h>(host: &'h dyn Exposed, browser: &Browser<'_>) -> (Inside<'h>, Second) {
    let inside = Inside::of(host, browser);
    let old = host.load(&inside.key(FIRST)).unwrap();
    let old_head = inside.stored_head().value;
    let mut record = inside.open(&old, FIRST).unwrap();
    record.groups = vec!["second".to_owned()];
    record.generation = SECOND.0;
    let new = inside.seal(&record, SECOND);
    let mut head = inside.head();
    head.facts.generation = SECOND.0;
    head.copy.clone_from(&new);
    let new_head = inside.seal_head(&head);
    inside.put_head(&new_head);
    head.copy.clear();
    let bare_head = inside.seal_head(&head);
    let second = Second {
        old,
        old_head,
        new,
        new_head,
        bare_head,
    };
    (inside, second)
}

/// The stored records and heads of both generations.
struct Second {
    old: Vec<u8>,
    old_head: Vec<u8>,
    new: Vec<u8>,
    new_head: Vec<u8>,
    /// The new head, with no copy of the record.
    bare_head: Vec<u8>,
}

fn older_record(host: &dyn Exposed) {
    let browser = Browser::signed_in(host, "member");
    let (inside, second) = second_generation(host, &browser);
    let groups = |host| seen(host, &browser).map(|said| said["groups"].clone());
    host.save(&inside.key(SECOND), &second.old);
    assert_eq!(groups(host), Some(json!(["second"])));
    inside.put_head(&second.bare_head);
    assert_eq!(groups(host), None);
    // The cookie still names the first generation, so that its place is where the record is looked for.
    assert_eq!(host.load(&inside.key(FIRST)).unwrap(), second.old);
    host.save(&inside.key(FIRST), &second.new);
    assert_eq!(groups(host), Some(json!(["second"])));
}

fn older_head(host: &dyn Exposed) {
    let mut browser = Browser::signed_in(host, "member");
    let (inside, second) = second_generation(host, &browser);
    // A visit that asks the ledger gives the browser a cookie of the new generation.
    let request = browser.prepare(Request::script("GET", "/members/"));
    let answer = host.send_to(Fate::Cold, &request).unwrap().expect(200);
    browser.keep(&answer);
    assert_eq!(Inside::of(host, &browser).generation(), SECOND);
    inside.put_head(&second.old_head);
    assert_eq!(subject(host, &browser), None);
    inside.put_head(&second.new_head);
    assert_eq!(subject(host, &browser), Some(json!("member")));
}

fn put_back_record(host: &dyn Exposed) {
    let mut browser = Browser::signed_in(host, "member");
    let inside = Inside::of(host, &browser);
    let key = inside.key(FIRST);
    let record = host.load(&key).unwrap();
    // Put back while it lives, it is as good as before.
    host.save(&key, &record);
    assert_eq!(subject(host, &browser), Some(json!("member")));
    let kept = browser.session().unwrap();
    browser.send(Request::form("/auth/logout")).expect(303);
    host.save(&key, &record);
    browser.jar = Jar::default();
    browser.jar.put(SESSION, &kept);
    assert_eq!(subject(host, &browser), None);
}

/// How long an ended session may pass elsewhere: long enough to see that it does.
const FRESH_FOR: Seconds = Seconds::new(4);

/// The standard deployment with rules for the freshness of sessions.
fn with_freshness(host: &dyn Exposed, freshness: &str, fresh_for: Option<Seconds>) {
    let mut deployment = host.deployment();
    let session = deployment.configuration["session"].as_object_mut().unwrap();
    session.insert("freshness".to_owned(), json!(freshness));
    session.remove("fresh_for");
    if let Some(span) = fresh_for {
        let span = format!("{}s", span.as_seconds());
        session.insert("fresh_for".to_owned(), json!(span));
    }
    host.deploy(&deployment);
}

/// A session that another place has served, and which then ended here.
fn ended_here<'h>(host: &dyn Exposed, far: &'h dyn Host) -> Browser<'h> {
    let mut here = Browser::signed_in(host, "member");
    let mut there = Browser::new(far);
    there.jar = here.jar.clone();
    assert!(there.is_signed_in());
    here.send(Request::form("/auth/logout")).expect(303);
    there
}

fn ended_elsewhere(host: &dyn Exposed) {
    let standard = host.deployment();
    with_freshness(host, "fast", Some(FRESH_FOR));
    let far = host.elsewhere();
    let mut there = ended_here(host, &*far);
    assert_eq!(there.is_signed_in(), host.remembers());
    host.pass(FRESH_FOR);
    assert!(!there.is_signed_in());
    host.deploy(&standard);
}

fn strict_elsewhere(host: &dyn Exposed) {
    let standard = host.deployment();
    with_freshness(host, "strict", None);
    let far = host.elsewhere();
    let mut there = ended_here(host, &*far);
    assert!(!there.is_signed_in());
    host.deploy(&standard);
}
