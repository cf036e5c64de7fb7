//! Clients that reset while they wait, one wave after the other.

use super::{
    fickle::Fault,
    leaving::Leaving,
    scene::{ISSUERS, Scene, is_long, keys_path},
};
#[cfg(target_os = "linux")]
use crate::host::memory::Memory;
use crate::{
    access_token::{AccessToken, Proof},
    host::databases::{Database, Locked},
    http::{browser::Browser, request::Request},
    scripted::provider::settings::Signer,
};
use serde_json::json;
use std::time::{Duration, Instant};

/// By how many bytes the memory of an isolate may grow after the first wave of each kind.
const MOST_GROWTH: u64 = 1024 * 1024;

/// By how many KiB the whole process on Spin may, where several instances serve.
#[cfg(target_os = "linux")]
const MOST_GROWTH_OF_PROCESS: u64 = 64 * 1024;

/// An issuer that failed is asked again after ten seconds.
const RETRY: Duration = Duration::from_secs(11);

/// How large a claim makes a token of 13 KB.
const PADDING: usize = 9_900;

/// Where the fickle server takes codes.
const TOKEN: &str = "/token";

/// The answer that the clients of a wave wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// The keys of an issuer, with a small made-up token.
    SmallToken,
    /// The same with a large one.
    LargeToken,
    /// Tokens for the code that a person came back with.
    Callback,
    /// The ledger, which is asked whether a DPoP proof was used.
    Ledger,
}

impl Waiting {
    const ALL: [Self; 4] = [
        Self::SmallToken,
        Self::LargeToken,
        Self::Callback,
        Self::Ledger,
    ];
}

/// The fault that keeps the clients of a wave waiting.
enum Held {
    Path(String),
    Counted,
    Locked(Locked),
}

/// How many clients one wave has; an instance on Spin serves sixteen at once.
const fn at_once(scene: &Scene) -> usize {
    if scene.host.is_on_spin() { 12 } else { 40 }
}

/// How many waves of each kind there are.
fn waves(scene: &Scene) -> usize {
    match is_long() {
        // 2,000 clients altogether.
        true => 2_000_usize.div_ceil(at_once(scene) * Waiting::ALL.len()),
        false => 2,
    }
}

fn requests(scene: &Scene, waiting: Waiting, number: usize) -> Vec<Request> {
    let proof = |at: usize| {
        let key = Signer::P256(3);
        let token = AccessToken::inline(&scene.host).bound_to(key).text();
        let id = format!("{number}-{at}");
        let proof = Proof::of(&scene.host, key, &token, "/once/x", &id).text();
        Request::new("GET", "/once/x")
            .with("Authorization", &format!("DPoP {token}"))
            .with("DPoP", &proof)
    };
    let one = |at| match waiting {
        // Each wave has an issuer of its own, since the last answer of one is remembered for a while.
        Waiting::SmallToken => scene.made_up(number, 1),
        Waiting::LargeToken => scene.made_up(ISSUERS - 1 - number, PADDING),
        Waiting::Callback => scene.callback(),
        Waiting::Ledger => proof(at),
    };
    (0..at_once(scene)).map(one).collect()
}

fn hold(scene: &Scene, waiting: Waiting, number: usize) -> Held {
    let path = match waiting {
        Waiting::SmallToken => keys_path(number),
        Waiting::LargeToken => keys_path(ISSUERS - 1 - number),
        Waiting::Callback => TOKEN.to_owned(),
        Waiting::Ledger if scene.host.is_on_spin() => {
            return Held::Locked(Database::ledger(&scene.host).lock());
        }
        Waiting::Ledger => {
            scene.host.fail(&json!({"ledger": "hang"}));
            return Held::Counted;
        }
    };
    scene.fickle.set(&path, Fault::Silent);
    Held::Path(path)
}

fn release(scene: &Scene, held: Held) {
    match held {
        // A session that came of it after all would be remembered.
        Held::Path(path) if path == TOKEN => scene.fickle.set(&path, Fault::Closed),
        Held::Path(path) => scene.fickle.mend(&path),
        Held::Counted => scene.host.fail(&json!({})),
        Held::Locked(locked) => drop(locked),
    }
}

fn wave(scene: &Scene, waiting: Waiting, number: usize) -> u64 {
    let requests = requests(scene, waiting, number);
    let held = hold(scene, waiting, number);
    let asked = |held: &Held| match held {
        Held::Path(path) => scene.fickle.asked(path),
        Held::Counted | Held::Locked(_) => usize::MAX,
    };
    let before = asked(&held);
    let clients: Vec<_> = requests.iter().map(|it| scene.begin(it)).collect();
    let what = format!("wave {number} of {waiting:?}");
    let all = u64::try_from(at_once(scene)).unwrap();
    // Several instances serve them on Spin, of which one tells.
    scene.wait_until(&what, |inside| match scene.host.is_on_spin() {
        true => before == usize::MAX || asked(&held) > before,
        false => inside.running >= all,
    });
    for client in clients {
        Leaving::Reset.leave(client);
    }
    release(scene, held);
    let memory = scene.wait_for_rest(&what).memory;
    scene.fickle.mend(TOKEN);
    memory
}

fn clients_that_reset_leave_nothing_behind(scene: &Scene) {
    // The ledger's table is there after it.
    Browser::signed_in(&scene.host, "member");
    for waiting in Waiting::ALL {
        wave(scene, waiting, 0);
    }
    let before = scene.wait_for_rest("the first waves").memory;
    #[cfg(target_os = "linux")]
    let process = Memory::of(&scene.host);
    for number in 1..=waves(scene) {
        let turn = number % (ISSUERS / 2);
        if turn == 0 {
            let begun = Instant::now();
            scene.wait_until("another try", |_| begun.elapsed() > RETRY);
        }
        let waves = Waiting::ALL.map(|waiting| wave(scene, waiting, turn));
        eprintln!("wave {number}: {} KiB of memory", waves[3] / 1024);
    }
    let after = scene.wait_for_rest("all waves").memory;
    let growth = after.saturating_sub(before);
    assert!(growth < MOST_GROWTH, "{growth} bytes more than {before}");
    #[cfg(target_os = "linux")]
    if scene.host.is_on_spin() {
        let growth = process.growth();
        eprintln!("the process has {growth} KiB more");
        assert!(growth < MOST_GROWTH_OF_PROCESS, "{growth} KiB more");
    }
    scene.serves();
}

#[test]
fn clients_of_the_worker_that_reset_while_they_wait_leave_nothing_behind() {
    clients_that_reset_leave_nothing_behind(&Scene::on_workers());
}

#[test]
fn clients_of_the_component_that_reset_while_they_wait_leave_nothing_behind() {
    clients_that_reset_leave_nothing_behind(&Scene::on_spin());
}
