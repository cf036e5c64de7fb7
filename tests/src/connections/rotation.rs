//! Clients that reset their connections while an issuer that has new keys is asked for them.

use crate::{
    access_token::{AccessToken, bearer},
    host::{
        Host, wire,
        workerd::{Setup, Workerd},
    },
    scripted::provider::settings::Signer,
};
use serde_json::json;
use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

const TARGET: &str = "/calls/a";

/// How long a client waits before it resets: while the store is asked, the metadata, the keys, or others are waited for.
const WAITS: [u64; 6] = [2, 20, 60, 150, 350, 700];

/// Far below what a cool-down takes, and above what the load of a machine does to two seconds.
const SOON: Duration = Duration::from_secs(10);

#[test]
fn fifty_resets_a_second_keep_a_new_key_from_nobody_on_workers() {
    resets_keep_a_new_key_from_nobody(|setup| setup);
}

#[test]
fn fifty_resets_a_second_keep_a_new_key_from_nobody_on_spin() {
    resets_keep_a_new_key_from_nobody(|setup| setup.on_spin(128));
}

fn resets_keep_a_new_key_from_nobody(on: fn(Setup) -> Setup) {
    let mut setup = Setup::scripted();
    setup.is_counted = false;
    let host = Workerd::start(&on(setup));
    AccessToken::published(&host)
        .call(&host, TARGET)
        .expect(200);
    {
        let provider = host.scripted_provider().unwrap();
        let settings = &mut provider.lock().unwrap().settings;
        settings.signer = Signer::Ed25519(2);
        settings.takes = Duration::from_millis(300);
    }
    let requests: Vec<_> = (0..500)
        .map(|number| {
            let token = AccessToken::published(&host)
                .header("kid", json!(format!("made-up-{number}")))
                .signed_by(Signer::Ed25519(9));
            bearer(&token.text(), "GET", TARGET)
        })
        .collect();
    let (port, authority) = (host.port(), host.authority());
    let is_over = AtomicBool::new(false);
    let took = thread::scope(|scope| {
        let (over, requests) = (&is_over, &requests);
        scope.spawn(move || {
            let (_kept, nobody) = mpsc::channel::<()>();
            for (request, wait) in requests.iter().zip(WAITS.iter().cycle()) {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let wait = Duration::from_millis(*wait);
                scope.spawn(move || wire::cut(port, authority, request, wait));
                let _ = nobody.recv_timeout(Duration::from_millis(20));
            }
        });
        let (_kept, nobody) = mpsc::channel::<()>();
        let _ = nobody.recv_timeout(Duration::from_millis(100));
        let new = AccessToken::of(&host, host.issuer(), Signer::Ed25519(2));
        let begun = Instant::now();
        let statuses: Vec<u16> = (0..5)
            .map(|number| {
                let token = new.clone().claim("jti", json!(number.to_string()));
                token.call(&host, TARGET).status
            })
            .collect();
        let took = begun.elapsed();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(statuses, [200; 5]);
        took
    });
    eprintln!("five calls with the new key took {took:?}");
    assert!(took < SOON, "{took:?}");
}
