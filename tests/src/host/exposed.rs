//! Hosts whose inside the suite reaches: what they store, what fails below them, and a second place over the same
//! store and ledger.
//!
//! Those in a runtime are built for the contract suite; nothing of this is in a build that is deployed.

use super::{
    Deployment, Host,
    contract::{self, Contract},
    in_process::InProcess,
    wire,
    workerd::Workerd,
};
use crate::{
    http::{request::Request, response::Response},
    ledger::LedgerHost,
    scripted::{
        provider::Provider,
        schedule::{Behaviour, Call},
    },
};
use lychgate_core::{
    platform::store::StoreKey,
    time::{Seconds, UnixTime},
};
use rustix::net::sockopt::set_socket_linger;
use serde_json::Value;
use std::{
    fs,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    pin::pin,
    rc::Rc,
    sync::{Arc, Mutex, mpsc},
    task::{Context, Waker},
    thread,
    time::{Duration, Instant},
};

/// The fate of the calls of one request, which then meets a gateway that remembers nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing.
    Cold,
    /// The first write to the ledger is carried out, and its answer never comes.
    WriteUnanswered,
    /// The first write to the ledger never arrives, and no answer comes.
    WriteLost,
    /// The ledger refuses everything at once, as over a quota.
    LedgerRefuses,
    /// The store does.
    StoreRefuses,
    /// The store answers nothing.
    StoreHangs,
    /// The program traps at its first call of the ledger.
    LedgerTraps,
}

impl Fate {
    /// Its name for a build of the contract suite.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::WriteUnanswered => "write-unanswered",
            Self::WriteLost => "write-lost",
            Self::LedgerRefuses => "ledger-refuses",
            Self::StoreRefuses => "store-refuses",
            Self::StoreHangs => "store-hangs",
            Self::LedgerTraps => "ledger-traps",
        }
    }
}

/// A host whose inside the suite reaches.
pub trait Exposed: Host {
    /// Its ledger, around the gateway.
    fn ledger(&self) -> Box<dyn LedgerHost + '_>;

    /// A value of its store, around the gateway.
    fn load(&self, key: &StoreKey) -> Option<Vec<u8>>;

    /// Writes a value into its store for an hour.
    fn save(&self, key: &StoreKey, value: &[u8]);

    /// Every byte of its store and ledger, keys and values.
    fn dump(&self) -> Vec<u8>;

    /// Sends a request whose calls have a fate; `None` where nobody was left to answer.
    fn send_to(&self, fate: Fate, request: &Request) -> Option<Response>;

    /// Sends a request whose client leaves while it waits.
    fn cut(&self, request: &Request);

    /// Waits until nothing is under way any more; whether that came.
    fn comes_to_rest(&self) -> bool;

    /// Another place with a memory of its own, the same deployment, store and ledger.
    fn elsewhere(&self) -> Box<dyn Host + '_>;

    /// Whether a place remembers from one request to the next.
    fn remembers(&self) -> bool;

    /// Lets time pass.
    fn pass(&self, span: Seconds);
}

const HOUR: Seconds = Seconds::minutes(60);

/// After how many steps a client in this process leaves.
const POLLS: u32 = 2;

/// How long it may take until nothing is under way: longer than a request may wait.
const LIMIT: Duration = Duration::from_secs(45);

impl Exposed for InProcess {
    fn ledger(&self) -> Box<dyn LedgerHost + '_> {
        Box::new(self.edge.clone())
    }

    fn load(&self, key: &StoreKey) -> Option<Vec<u8>> {
        let store = self.world.store.borrow();
        store.load(key.as_str(), self.edge.place, self.world.now())
    }

    fn save(&self, key: &StoreKey, value: &[u8]) {
        let now = self.world.now();
        let mut store = self.world.store.borrow_mut();
        let at = (self.edge.place, now);
        store.write(key.as_str(), Some(value), now.plus(HOUR), at);
    }

    fn dump(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for (key, value) in self.world.store.borrow().dump() {
            all.extend([key.into_bytes(), value].concat());
        }
        for (at, name, value) in self.world.ledger.borrow_mut().values_mut() {
            all.extend([at.id.as_slice(), name.text().as_bytes(), value].concat());
        }
        all
    }

    fn send_to(&self, fate: Fate, request: &Request) -> Option<Response> {
        self.forget();
        {
            let mut schedule = self.world.schedule.borrow_mut();
            match fate {
                Fate::Cold => {}
                Fate::WriteUnanswered => {
                    schedule.nth(Call::LedgerWrite, 0, Behaviour::AppliedButTimedOut);
                }
                Fate::WriteLost => schedule.nth(Call::LedgerWrite, 0, Behaviour::LostOnTheWay),
                Fate::LedgerRefuses => {
                    for call in [Call::LedgerRead, Call::LedgerList, Call::LedgerWrite] {
                        schedule.always(call, Behaviour::Failed);
                    }
                }
                Fate::StoreRefuses => {
                    for call in [Call::StoreLoad, Call::StoreSave, Call::StoreRemove] {
                        schedule.always(call, Behaviour::Failed);
                    }
                }
                Fate::StoreHangs => {
                    for call in [Call::StoreLoad, Call::StoreSave, Call::StoreRemove] {
                        schedule.always(call, Behaviour::LostOnTheWay);
                    }
                }
                Fate::LedgerTraps => {
                    for call in [Call::LedgerRead, Call::LedgerList, Call::LedgerWrite] {
                        schedule.always(call, Behaviour::Trap);
                    }
                }
            }
        }
        let answer = catch_unwind(AssertUnwindSafe(|| self.send(request)));
        self.world.schedule.borrow_mut().clear();
        if fate == Fate::LedgerTraps {
            // With the program its memory is gone.
            self.forget();
            return answer.ok();
        }
        Some(answer.unwrap())
    }

    fn cut(&self, request: &Request) {
        self.world.schedule.borrow_mut().before = 1;
        let mut serving = pin!(self.serve_whole(request));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..POLLS {
            if serving.as_mut().poll(&mut context).is_ready() {
                break;
            }
        }
        self.world.schedule.borrow_mut().before = 0;
    }

    fn comes_to_rest(&self) -> bool {
        // Whatever is under way holds the gateway.
        Rc::strong_count(&self.gateway.borrow()) == 1
    }

    fn elsewhere(&self) -> Box<dyn Host + '_> {
        Box::new(Self::elsewhere(self))
    }

    fn remembers(&self) -> bool {
        true
    }

    fn pass(&self, span: Seconds) {
        self.world.pass(span);
    }
}

impl Exposed for Workerd {
    fn ledger(&self) -> Box<dyn LedgerHost + '_> {
        Box::new(Contract(self))
    }

    fn load(&self, key: &StoreKey) -> Option<Vec<u8>> {
        Contract(self).load(key)
    }

    fn save(&self, key: &StoreKey, value: &[u8]) {
        Contract(self).save(key, value, self.now().plus(HOUR));
    }

    fn dump(&self) -> Vec<u8> {
        let state = self.control("GET", "/state", &Value::Null);
        let mut folders = vec![PathBuf::from(state["folder"].as_str().unwrap())];
        let mut all = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => all.extend(fs::read(&path).unwrap()),
                }
            }
        }
        all
    }

    fn send_to(&self, fate: Fate, request: &Request) -> Option<Response> {
        let request = request.clone().with(contract::FATE, fate.name());
        Some(self.exchange(&request))
    }

    fn cut(&self, request: &Request) {
        let client = wire::Connection::send(self.port(), self.authority(), request);
        // By the answer to this question it was begun.
        Contract(self).inside();
        set_socket_linger(&client.stream, Some(Duration::ZERO)).unwrap();
    }

    fn comes_to_rest(&self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < LIMIT {
            let inside = Contract(self).inside();
            if inside.running == 0 && inside.waiting == 0 {
                return true;
            }
            thread::yield_now();
        }
        false
    }

    fn elsewhere(&self) -> Box<dyn Host + '_> {
        Box::new(Elsewhere(self))
    }

    fn remembers(&self) -> bool {
        self.remembers()
    }

    /// The clock of a runtime cannot be moved, so that the time has to be waited for.
    fn pass(&self, span: Seconds) {
        let (_kept, nobody) = mpsc::channel::<()>();
        let _ = nobody.recv_timeout(Duration::from_secs(span.as_seconds()));
    }
}

/// The other place of a deployment in a runtime.
struct Elsewhere<'a>(&'a Workerd);

impl Host for Elsewhere<'_> {
    fn origin(&self) -> &str {
        self.0.origin()
    }

    fn issuer(&self) -> &str {
        self.0.issuer()
    }

    fn send(&self, request: &Request) -> Response {
        wire::exchange(self.0.elsewhere_port(), self.authority(), request)
    }

    fn send_all(&self, requests: &[Request]) -> Vec<Response> {
        requests.iter().map(|request| self.send(request)).collect()
    }

    fn at_provider(&self, location: &str, login: &str) -> String {
        self.0.at_provider(location, login)
    }

    fn scripted_provider(&self) -> Option<Arc<Mutex<Provider>>> {
        self.0.scripted_provider()
    }

    fn forget(&self) {
        self.0.forget();
    }

    fn deployment(&self) -> Deployment {
        self.0.deployment()
    }

    fn deploy(&self, deployment: &Deployment) {
        self.0.deploy(deployment);
    }

    fn bindings(&self) -> &'static [&'static str] {
        self.0.bindings()
    }

    fn is_one_instance(&self) -> bool {
        self.0.is_one_instance()
    }

    fn opens_web_sockets(&self) -> bool {
        self.0.opens_web_sockets()
    }

    fn token_requests(&self) -> usize {
        self.0.token_requests()
    }

    fn api_requests(&self) -> usize {
        self.0.api_requests()
    }

    fn now(&self) -> UnixTime {
        self.0.now()
    }
}
