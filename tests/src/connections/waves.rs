//! Clients that reset while they wait, one wave after the other.

use super::{
    fickle::Fault,
    leaving::Leaving,
    scene::{ISSUERS, Scene, is_long, keys_path},
};
use crate::{
    access_token::{AccessToken, Proof},
    host::databases::{Database, Locked},
    http::{browser::Browser, request::Request},
    scripted::provider::settings::Signer,
};
use serde_json::json;

/// The clients of one wave: fewer than an instance on Spin serves at once.
const AT_ONCE: usize = 12;

/// By how many bytes memory may grow after the first wave of each kind.
const MOST_GROWTH: u64 = 1024 * 1024;

/// How large a claim makes a token of 13 KB.
const PADDING: usize = 9_900;

/// What the clients of a wave wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// The keys of an issuer, with a small made-up token.
    SmallToken,
    /// The same with a large one.
    LargeToken,
    /// Tokens for the code that a person came back with.
    Callback,
    /// The ledger, which is asked whether a proof of possession was used.
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

/// What keeps the clients of a wave waiting.
enum Held {
    Path(String),
    Counted,
    Locked(Locked),
}

/// How many waves of each kind there are.
fn waves() -> usize {
    match is_long() {
        // 2,000 clients altogether.
        true => 2_000_usize.div_ceil(AT_ONCE * Waiting::ALL.len()),
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
    (0..AT_ONCE).map(one).collect()
}

fn hold(scene: &Scene, waiting: Waiting, number: usize) -> Held {
    let path = match waiting {
        Waiting::SmallToken => keys_path(number),
        Waiting::LargeToken => keys_path(ISSUERS - 1 - number),
        Waiting::Callback => "/token".to_owned(),
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
        Held::Path(path) => scene.fickle.mend(&path),
        Held::Counted => scene.host.fail(&json!({})),
        Held::Locked(locked) => drop(locked),
    }
}

fn wave(scene: &Scene, waiting: Waiting, number: usize) -> u64 {
    let requests = requests(scene, waiting, number);
    let held = hold(scene, waiting, number);
    let clients: Vec<_> = requests.iter().map(|it| scene.begin(it)).collect();
    let what = format!("wave {number} of {waiting:?}");
    let all = u64::try_from(AT_ONCE).unwrap();
    scene.wait_until(&what, |inside| inside.running >= all);
    for client in clients {
        Leaving::Reset.leave(client);
    }
    release(scene, held);
    scene.wait_for_rest(&what).memory
}

fn clients_that_reset_leave_nothing_behind(scene: &Scene) {
    // The ledger's table is there after it.
    Browser::signed_in(&scene.host, "member");
    for waiting in Waiting::ALL {
        wave(scene, waiting, 0);
    }
    let before = scene.wait_for_rest("the first waves").memory;
    for number in 1..=waves() {
        // Waves that wait for the ledger take their time: an issuer that failed is asked again after ten seconds.
        let waves = Waiting::ALL.map(|waiting| wave(scene, waiting, number % (ISSUERS / 2)));
        eprintln!("wave {number}: {} KiB of memory", waves[3] / 1024);
    }
    let after = scene.wait_for_rest("all waves").memory;
    let growth = after.saturating_sub(before);
    assert!(growth < MOST_GROWTH, "{growth} bytes more than {before}");
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
