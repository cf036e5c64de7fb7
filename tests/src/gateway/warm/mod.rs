//! The warm path is the first half of the whole way, whatever is configured, remembered and sent.
//!
//! A warm answer is the whole way's, all of it, and the whole way asks nobody for it; a gateway that remembers
//! nothing gives the same one; and a request that was let through is warm the next time.

mod configurations;
mod requests;

use crate::{
    executor::block_on,
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::request::{Received, Request},
    scripted::random::Random,
};
use lychgate_core::{
    gateway::{Forward, Outcome, WarmRequest, is_telling},
    http::{inbound::Inbound, method::Method},
    time::Seconds,
};
use requests::Senders;

/// How many requests each configuration gets.
const REQUESTS: usize = 100;

/// How many configurations there are, and with `LYCHGATE_LONG`.
const SHORT: u64 = 60;
const LONG: u64 = 1_200;

/// How many requests were warm, by what let them through.
#[derive(Debug, Default)]
struct Counted {
    public: usize,
    sessions: usize,
    tokens: usize,
    opaque_tokens: usize,
}

#[test]
fn a_warm_answer_is_that_of_the_whole_way() {
    let is_long = std::env::var_os("LYCHGATE_LONG").is_some();
    let worlds = if is_long { LONG } else { SHORT };
    let mut counted = Counted::default();
    for seed in 0..worlds {
        check_world(seed, &mut counted);
    }
    let all = usize::try_from(worlds).unwrap() * REQUESTS;
    eprintln!("{all} requests, of which warm: {counted:?}");
    let kinds = [
        counted.public,
        counted.sessions,
        counted.tokens,
        counted.opaque_tokens,
    ];
    let is_enough = kinds.iter().all(|warm| warm * 400 > all);
    assert!(is_enough, "too few to say anything: {counted:?}");
}

fn check_world(seed: u64, counted: &mut Counted) {
    let mut random = Random::new(seed);
    let mut setup = Setup::standard();
    setup.configuration = configurations::make(&mut random, &setup.configuration);
    let host = InProcess::with(&setup);
    let mut senders = Senders::new(&mut random, &host);
    for number in 0..REQUESTS {
        let request = senders.request(&mut random, &host);
        let what = || format!("world {seed}, request {number}: {request:?}");
        check_request(&mut random, &host, &request, counted, &what);
        host.world
            .pass(Seconds::new(random.pick(&[0, 0, 0, 0, 0, 0, 0, 0, 1, 3])));
        if random.below(90) == 0 {
            host.world
                .pass(Seconds::new(random.pick(&[20, 90, 1_500, 3_700])));
        }
    }
}

fn check_request(
    random: &mut Random,
    host: &InProcess,
    request: &Request,
    counted: &mut Counted,
    what: &dyn Fn() -> String,
) {
    let gateway = host.gateway();
    let received = Received::new(request, host.authority());
    let Some(warm) = from_memory(host, request) else {
        // Some are left out, so that what the others find in memory varies.
        if random.below(3) > 0 {
            let (outcome, later) = block_on(gateway.handle(&host.edge, &received));
            let may_be_warm = later.is_none() && is_kept(host, request, &outcome);
            if let Some(later) = later.filter(|_| random.below(2) == 0) {
                block_on(gateway.finish(&host.edge, later));
            }
            if may_be_warm {
                let again = from_memory(host, request);
                assert_eq!(again, Some(outcome), "not warm afterwards: {}", what());
            }
        }
        return;
    };
    host.world.forget_calls();
    let (whole, later) = block_on(gateway.handle(&host.edge, &received));
    assert_eq!(warm, whole, "{}", what());
    assert!(later.is_none(), "{later:?}: {}", what());
    assert_eq!(host.world.calls(), [], "{}", what());
    if random.below(4) == 0 {
        let cold = host.elsewhere();
        let (cold, _) = block_on(cold.gateway().handle(&cold.edge, &received));
        assert_eq!(warm, cold, "without a memory: {}", what());
    }
    let bare = request.clone().replacing("Cookie", None);
    match request.joined("authorization") {
        _ if from_memory(host, &bare.replacing("Authorization", None)).is_some() => {
            counted.public += 1;
        }
        Some(token) if token.contains('.') => counted.tokens += 1,
        Some(_) => counted.opaque_tokens += 1,
        None => counted.sessions += 1,
    }
}

fn from_memory(host: &InProcess, request: &Request) -> Option<Outcome> {
    let received = Received::new(request, host.authority());
    let cookie = request.joined("cookie");
    let authorization = request.joined("authorization");
    let warm = WarmRequest {
        method: received.method(),
        target: received.target(),
        host: received.host(),
        cookie: cookie.as_deref(),
        authorization: authorization.as_deref(),
        is_telling: request.headers.iter().any(|(name, _)| is_telling(name)),
    };
    host.gateway().warm(&warm, host.now())
}

/// Whether a request that was answered so is warm when it comes again.
fn is_kept(host: &InProcess, request: &Request, outcome: &Outcome) -> bool {
    let Outcome::Forward(forward) = outcome else {
        return false;
    };
    let Forward { response, .. } = &**forward;
    let is_plain = matches!(Method::parse(&request.method), Method::Get | Method::Head)
        && !request.headers.iter().any(|(name, _)| is_telling(name));
    let is_asked_each_time = host.deployment().configuration["session"]["freshness"] == "strict"
        && request.joined("authorization").is_none();
    is_plain && response.set_cookies().is_empty() && !is_asked_each_time
}
