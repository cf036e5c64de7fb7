//! Sign-in and sign-out, two requests at a time, in every order and with every fault.

use super::{Choices, explore};
use crate::{
    host::in_process::{InProcess, Setup},
    http::{
        browser::{Browser, SESSION, TOMBSTONE},
        jar::Jar,
        request::Request,
        response::Response,
    },
    scripted::{
        Place, World,
        provider::settings::Reuse,
        schedule::{Behaviour, Call},
    },
};
use lychgate_core::{
    platform::ledger::RecordKind,
    time::{Seconds, UnixTime},
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    future::Future,
    pin::Pin,
    rc::Rc,
};

/// A call that goes wrong: its kind, how many of the kind go well before it, and how.
pub(super) type Fault = Option<(Call, usize, Behaviour)>;

/// The parts that one exploration varies beside the order.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) at: Where,
    pub(super) fault: Fault,
    answers: Answers,
}

/// Whether there is a point to yield at between a call's effect and its answer, too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answers {
    AtOnce,
    Later,
}

/// Where the second request arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Where {
    /// At the same isolate, which shares its memory.
    Here,
    /// At another place.
    Elsewhere,
}

/// The ways in which a call goes wrong.
pub(super) const WAYS: [Behaviour; 4] = [
    Behaviour::Failed,
    Behaviour::LostOnTheWay,
    Behaviour::AppliedButTimedOut,
    Behaviour::AnsweredLate(2),
];

/// The ways that leave something behind, or nothing.
pub(super) const SHORT_WAYS: [Behaviour; 2] = [Behaviour::Failed, Behaviour::AppliedButTimedOut];

/// Each single fault, where so many calls of a kind were made without any.
fn faults(ways: &[Behaviour], made: impl Fn(Call) -> usize) -> Vec<Fault> {
    let mut faults = Vec::new();
    for call in Call::ALL {
        for skip in 0..made(call) {
            faults.extend(ways.iter().map(|way| Some((call, skip, *way))));
        }
    }
    faults
}

pub(super) type Steps<'a> = Pin<Box<dyn Future<Output = Option<Response>> + 'a>>;

/// A request with its work for afterwards.
pub(super) fn request<'a>(host: &'a InProcess, request: &'a Request) -> Steps<'a> {
    Box::pin(async move { Some(host.serve_whole(request).await) })
}

/// Time that passes at any point in between.
fn tick(host: &InProcess) -> Steps<'_> {
    Box::pin(async {
        host.world.pass(Seconds::new(5));
        None
    })
}

/// Lets every call be a point to yield at, and one of them go wrong.
pub(super) fn disturb(host: &InProcess, plan: Plan) {
    host.world.forget_calls();
    let mut schedule = host.world.schedule.borrow_mut();
    schedule.before = 1;
    schedule.after = u32::from(plan.answers == Answers::Later);
    if let Some((call, skip, behaviour)) = plan.fault {
        schedule.nth(call, skip, behaviour);
    }
}

/// Back to a world in which the checks can be made; the calls that the requests made.
pub(super) fn calm(host: &InProcess) -> Calls {
    let mut schedule = host.world.schedule.borrow_mut();
    (schedule.before, schedule.after) = (0, 0);
    schedule.clear();
    host.world.calls()
}

/// The calls that were made in a run.
pub(super) type Calls = Vec<Call>;

/// Explores every order without a fault, and with each single one; of isolates that share memory
/// also those in which answers come later than their effects, as `shared` says.
pub(super) fn run_all(
    name: &str,
    (shared, ways): (Answers, &[Behaviour]),
    least: usize,
    run: impl Fn(&mut Choices, Plan) -> Calls,
) {
    let mut runs = 0;
    let mut plans = BTreeSet::from([
        (Where::Elsewhere, Answers::AtOnce),
        (Where::Here, Answers::AtOnce),
    ]);
    plans.insert((Where::Here, shared));
    for (at, answers) in plans {
        let plan = |fault| Plan { at, fault, answers };
        let mut most = BTreeMap::new();
        runs += explore(|choices| {
            let calls = run(choices, plan(None));
            for call in &calls {
                let made = calls.iter().filter(|made| *made == call).count();
                let most: &mut usize = most.entry(*call).or_default();
                *most = made.max(*most);
            }
        });
        if answers == Answers::Later {
            continue;
        }
        for fault in faults(ways, |call| most.get(&call).copied().unwrap_or(0)) {
            runs += explore(|choices| {
                run(choices, plan(fault));
            });
        }
    }
    eprintln!("{name}: {runs} schedules explored");
    assert!(
        runs >= least,
        "{runs} schedules are too few to be all of them"
    );
}

/// The session with this cookie is refused at both places once N seconds passed since its end.
fn is_over(hosts: [&InProcess; 2], cookie: &str, ended: UnixTime, bound: Seconds) {
    let world = &hosts[0].world;
    world.pass(ended.plus(bound).since(world.now()));
    for host in hosts {
        let mut thief = Browser::new(host);
        thief.jar.put(SESSION, cookie);
        assert!(
            !thief.is_signed_in(),
            "served {} after its end",
            world.now().since(ended)
        );
    }
}

fn two_callbacks(choices: &mut Choices, plan: Plan) -> Calls {
    let host = InProcess::new();
    host.world.provider().settings.reuse = Reuse::Accepted;
    let far = host.elsewhere();
    let second = match plan.at {
        Where::Here => &host,
        Where::Elsewhere => &far,
    };
    let before = heads(&host);
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    let asked = browser.prepare(Request::navigation(&callback));
    disturb(&host, plan);
    let responses = choices.interleave(vec![request(&host, &asked), request(second, &asked)]);
    let calls = calm(&host);
    assert!(
        host.world.provider().most_uses_of_a_code() <= 1,
        "a code was used twice"
    );
    one_session(&host, before, responses, plan);
    calls
}

/// The heads in the ledger.
pub(super) fn heads(host: &InProcess) -> usize {
    let mut ledger = host.world.ledger.borrow_mut();
    let heads = ledger
        .values_mut()
        .filter(|(_, name, _)| name.kind() == RecordKind::Head);
    heads.count()
}

/// Two requests of which one may begin a session began at most one, and one where nothing went wrong. `before` is the
/// number of heads that were there.
pub(super) fn one_session(
    host: &InProcess,
    before: usize,
    responses: Vec<Option<Response>>,
    plan: Plan,
) {
    let responses: Vec<Response> = responses.into_iter().flatten().collect();
    let session = format!("{SESSION}=");
    let signed_in = responses.iter().filter(|response| {
        response
            .all("set-cookie")
            .any(|field| field.starts_with(&session))
    });
    let signed_in = signed_in.count();
    assert!(signed_in <= 1, "two answers brought a session");
    assert!(heads(host) - before <= 1, "two heads were written");
    for response in &responses {
        assert!(
            matches!(response.status, 200 | 400 | 502 | 503),
            "{}",
            response.summary()
        );
    }
    if plan.fault.is_none() {
        assert_eq!(signed_in, 1, "nobody was signed in");
    }
}

fn callback_and_sign_out(choices: &mut Choices, prepared: &Prepared, plan: Plan) -> Calls {
    let host = prepared.host();
    let far = host.elsewhere();
    let second = match plan.at {
        Where::Here => &host,
        Where::Elsewhere => &far,
    };
    let mut browser = prepared.browser(&host);
    let old = browser.session().unwrap();
    let callback = browser.callback("/auth/login?return_to=/", "member");
    let asked = browser.prepare(Request::navigation(&callback));
    let leave = browser.prepare(Request::form("/auth/logout"));
    host.world.forget_ends();
    disturb(&host, plan);
    let responses = choices.interleave(vec![request(&host, &asked), request(second, &leave)]);
    let calls = calm(&host);
    let [signed_in, signed_out] = <[_; 2]>::try_from(responses).unwrap().map(Option::unwrap);
    if signed_in.status == 200 {
        // The new session does not end with the old one, in whatever order they came.
        browser.jar.remove(TOMBSTONE);
        browser.keep(&signed_in);
        assert!(browser.is_signed_in());
        assert_ne!(browser.session().unwrap(), old);
    }
    // Either of them ends the old one.
    if signed_in.status == 200 || signed_out.status == 303 {
        is_over([&host, &far], &old, host.world.now(), Seconds::new(10));
    }
    assert!(host.world.provider().most_uses_of_a_code() <= 1);
    calls
}

/// A session that is there when a run begins.
struct Prepared {
    setup: Setup,
    bound: Seconds,
    world: Rc<World>,
    jar: Jar,
    cookie: String,
}

impl Prepared {
    fn new((setup, bound): (Setup, Seconds)) -> Self {
        let host = InProcess::with(&setup);
        let browser = Browser::signed_in(&host, "member");
        Self {
            setup,
            bound,
            world: Rc::clone(&host.world),
            cookie: browser.session().unwrap(),
            jar: browser.jar,
        }
    }

    /// A host in a world of its own.
    fn host(&self) -> InProcess {
        InProcess::in_world(&self.setup, &self.world.fork(), Place(0))
    }

    /// A browser with the session, at a place that knows the provider.
    fn browser<'h>(&self, host: &'h InProcess) -> Browser<'h> {
        let mut browser = Browser::new(host);
        browser.jar = self.jar.clone();
        browser.go("/auth/logout").expect(200);
        browser
    }
}

/// Signs out at one place while another request is under way, and time passes.
fn sign_out_beside(
    choices: &mut Choices,
    prepared: &Prepared,
    plan: Plan,
    (memory, second): (Memory, fn() -> Request),
) -> Calls {
    let host = prepared.host();
    let far = (plan.at == Where::Elsewhere).then(|| host.elsewhere());
    let other = far.as_ref().unwrap_or(&host);
    let browser = prepared.browser(&host);
    let mut there = prepared.browser(other);
    match memory {
        Memory::Cold => {}
        Memory::Aging => {
            assert!(there.is_signed_in());
            host.world.pass(Seconds::new(6));
        }
    }
    let leave = browser.prepare(Request::form("/auth/logout"));
    let asked = there.prepare(second());
    host.world.forget_ends();
    disturb(&host, plan);
    let steps = vec![request(&host, &leave), request(other, &asked), tick(&host)];
    let responses = choices.interleave(steps);
    let calls = calm(&host);
    let left = responses[0].as_ref().unwrap();
    assert!(matches!(left.status, 303 | 503), "{}", left.summary());
    let ended = host.world.first_replacement();
    if left.status == 303 {
        assert!(ended.is_some(), "signed out, and nothing ended");
    }
    if let Some(ended) = ended {
        is_over([&host, other], &prepared.cookie, ended, prepared.bound);
    }
    calls
}

/// The second place's memory of the session.
#[derive(Clone, Copy)]
enum Memory {
    /// Nothing that still counts.
    Cold,
    /// An answer that is old enough to be asked for again in the background.
    Aging,
}

fn fast() -> (Setup, Seconds) {
    (Setup::standard(), Seconds::new(10))
}

fn strict() -> (Setup, Seconds) {
    let mut setup = Setup::standard();
    let session = setup.configuration["session"].as_object_mut().unwrap();
    session.insert("freshness".to_owned(), json!("strict"));
    session.remove("fresh_for");
    (setup, Seconds::ZERO)
}

fn page() -> Request {
    Request::script("GET", "/members/")
}

#[test]
fn no_code_is_used_twice_by_two_callbacks() {
    run_all(
        "two callbacks",
        (Answers::Later, &WAYS),
        1_000,
        two_callbacks,
    );
}

#[test]
fn a_callback_beside_a_sign_out_keeps_the_two_sessions_apart() {
    let prepared = Prepared::new(fast());
    // There are 200,000 orders in which answers come later than their effects.
    let answers = match env::var_os("LYCHGATE_LONG") {
        Some(_) => Answers::Later,
        None => Answers::AtOnce,
    };
    run_all(
        "callback and sign-out",
        (answers, &SHORT_WAYS),
        1_000,
        |choices, plan| callback_and_sign_out(choices, &prepared, plan),
    );
}

#[test]
fn no_ended_session_is_served_beyond_its_bound() {
    for (name, rules) in [("fast", fast()), ("strict", strict())] {
        let prepared = Prepared::new(rules);
        for (what, memory) in [("cold", Memory::Cold), ("aging", Memory::Aging)] {
            run_all(
                &format!("sign-out beside a request, memory {what}, {name}"),
                (Answers::Later, &WAYS),
                1_000,
                |choices, plan| sign_out_beside(choices, &prepared, plan, (memory, page)),
            );
        }
    }
}

#[test]
fn two_sign_outs_end_one_session() {
    let prepared = Prepared::new(fast());
    let second = || Request::form("/auth/logout");
    run_all(
        "two sign-outs",
        (Answers::AtOnce, &SHORT_WAYS),
        1_000,
        |choices, plan| sign_out_beside(choices, &prepared, plan, (Memory::Cold, second)),
    );
}
