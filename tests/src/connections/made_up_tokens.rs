//! Opaque tokens that somebody makes up, one after the other and many at once, in front of an issuer that answers, and of
//! one that does not.

use super::{
    fickle::Fault,
    scene::{Scene, is_long},
};
#[cfg(target_os = "linux")]
use crate::host::memory::Memory;
use crate::{
    access_token::bearer,
    host::Host,
    http::request::Request,
    opaque_token::{active, call, know, questions, with_opaque},
};
use serde_json::Value;

/// By how many bytes the memory of an isolate may grow after the first of them.
const MOST_GROWTH: u64 = 2 * 1024 * 1024;

/// By how many KiB the whole process on Spin may; workerd collects the garbage of requests when it likes.
#[cfg(target_os = "linux")]
const MOST_GROWTH_OF_PROCESS: u64 = 96 * 1024;

/// How many of them come at once.
const AT_ONCE: usize = 20;

/// The most questions of an isolate at once.
const MOST_QUESTIONS: usize = 64;

/// Where the issuer is asked.
const INTROSPECT: &str = "/introspect";

/// How many made-up tokens come, and after how many of them memory is looked at for the first time.
fn counts() -> (usize, usize) {
    match is_long() {
        true => (100_000, 5_000),
        // Memory has room for two thousand; the growth before that is what is bounded.
        false => (2_000, 400),
    }
}

fn asking(configuration: &mut Value) {
    *configuration = with_opaque(configuration, "$ISSUER");
}

fn good(scene: &Scene) -> Request {
    know(&scene.host, "op-good", active(&scene.host));
    let good = bearer("op-good", "GET", "/opaque/a");
    scene.host.send(&good).expect(200);
    good
}

fn made_up_tokens_take_bounded_memory(scene: &Scene) {
    let good = good(scene);
    let (all, first) = counts();
    let asked = questions(&scene.host);
    let wave = |number: usize| {
        let made_up =
            (0..AT_ONCE).map(|at| bearer(&format!("op-made-up-{number}-{at}"), "GET", "/opaque/a"));
        let requests: Vec<Request> = made_up.chain([good.clone()]).collect();
        let mut seen = scene.host.send_all(&requests);
        // The good one is served on the whole time.
        seen.pop().unwrap().expect(200);
        assert!(seen.iter().all(|answer| answer.status == 401));
    };
    let waves = first / AT_ONCE;
    (0..waves).for_each(wave);
    let before = scene.wait_for_rest("the first waves").memory;
    #[cfg(target_os = "linux")]
    let process = Memory::of(&scene.host);
    (waves..all / AT_ONCE).for_each(wave);
    let after = scene.wait_for_rest("all waves").memory;
    let growth = after.saturating_sub(before);
    eprintln!("{all} made-up tokens: {growth} bytes more than {before}");
    assert!(growth <= MOST_GROWTH, "{growth} bytes more than {before}");
    #[cfg(target_os = "linux")]
    {
        let growth = process.growth();
        eprintln!("the process has {growth} KiB more");
        let is_bounded = growth < MOST_GROWTH_OF_PROCESS || !scene.host.is_on_spin();
        assert!(is_bounded, "{growth} KiB more");
    }
    // One question each; the good one may be asked for again as its answer gets old.
    let asked = questions(&scene.host) - asked;
    assert!(asked >= all, "{asked}");
    if scene.host.is_one_instance() {
        assert!(asked < all + all / 100 + 10, "{asked}");
    }
    scene.serves();
}

fn questions_at_once_are_bounded(scene: &Scene) {
    let good = good(scene);
    scene.fickle.set(INTROSPECT, Fault::Silent);
    let before = scene.fickle.asked(INTROSPECT);
    let requests: Vec<Request> = (0..3 * MOST_QUESTIONS)
        .map(|at| bearer(&format!("op-waiting-{at}"), "GET", "/opaque/a"))
        .collect();
    let waiting: Vec<_> = requests.iter().map(|it| scene.begin(it)).collect();
    let asked = || scene.fickle.asked(INTROSPECT) - before;
    // Those that may not ask wait for two seconds.
    let own = requests.len() - MOST_QUESTIONS;
    scene.wait_until("the end of the others", |inside| {
        asked() == MOST_QUESTIONS && inside.running <= u64::try_from(MOST_QUESTIONS).unwrap()
    });
    // What is in memory is served meanwhile, and so are the tokens of issuers that are not asked.
    scene.host.send(&good).expect(200);
    scene.serves();
    scene.fickle.mend(INTROSPECT);
    let statuses: Vec<u16> = waiting
        .into_iter()
        .map(|mut client| client.response("GET").status)
        .collect();
    let count = |status| statuses.iter().filter(|it| **it == status).count();
    assert_eq!(count(401), MOST_QUESTIONS);
    assert_eq!(count(503), own);
    assert_eq!(asked(), MOST_QUESTIONS);
    // They come to their turn later.
    call(&scene.host, "op-waiting-new", "/opaque/a").expect(401);
}

fn one_question_for_many(scene: &Scene) {
    good(scene);
    know(&scene.host, "op-new", active(&scene.host));
    let before = questions(&scene.host);
    let requests: Vec<Request> = (0..200)
        .map(|_| bearer("op-new", "GET", "/opaque/a"))
        .collect();
    for answer in scene.host.send_all(&requests) {
        answer.expect(200);
    }
    let asked = questions(&scene.host) - before;
    eprintln!("200 requests with one new token: {asked} questions");
    assert!(asked == 1 || !scene.host.is_one_instance(), "{asked}");
}

#[test]
fn made_up_tokens_take_bounded_memory_of_the_worker() {
    let scene = Scene::with(|setup| setup, asking);
    one_question_for_many(&scene);
    made_up_tokens_take_bounded_memory(&scene);
}

#[test]
fn made_up_tokens_take_bounded_memory_of_the_component() {
    let scene = Scene::with(|setup| setup.on_spin(1_000_000), asking);
    one_question_for_many(&scene);
    made_up_tokens_take_bounded_memory(&scene);
}

#[test]
fn questions_of_the_worker_at_once_are_bounded() {
    questions_at_once_are_bounded(&Scene::with(|setup| setup, asking));
}
