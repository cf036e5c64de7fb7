//! A platform that exists in memory alone and does what a test tells it.
//!
//! One [`World`] has one clock, store, ledger and provider; each [`Scripted`] is an edge in it.
//! Every call first asks the [`Schedule`] what happens to it, and is written down.

mod ledger;
pub mod provider;
pub mod random;
pub mod schedule;
mod store;

pub use store::Place;

use crate::executor::yield_now;
use ledger::Ledger;
use lychgate_core::{
    event::Line,
    http::outbound::{Outbound, Reply, SendError, SendLimits},
    jose::{SignatureCheck, SignatureVerdict, SigningKey, software},
    platform::{
        OutOfTime, Platform, RandomError, SignerError, VerifierError,
        ledger::{
            Expected, LedgerError, Listing, Partition, RecordName, Versioned, Write, Written,
        },
        store::{StoreError, StoreKey},
    },
    time::{Milliseconds, Seconds, UnixTime},
};
use provider::{ISSUER, Provider};
use random::Random;
use schedule::{Behaviour, Call, Schedule};
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard},
};
use store::Store;

/// When every test begins: the first second of the year 2027.
pub const START: u64 = 1_798_761_600;

/// Everything outside the gateway.
pub struct World {
    clock: Cell<u64>,
    stopwatch: Cell<u64>,
    verified: Cell<usize>,
    random: RefCell<Random>,
    calls: RefCell<Vec<Call>>,
    events: RefCell<Vec<String>>,
    log: RefCell<Vec<String>>,
    replacements: RefCell<Vec<UnixTime>>,
    pub schedule: RefCell<Schedule>,
    pub store: RefCell<Store>,
    pub ledger: RefCell<Ledger>,
    provider: Arc<Mutex<Provider>>,
    pub has_random: Cell<bool>,
    /// Whether requests may wait for something.
    pub has_time: Cell<bool>,
}

/// One edge of a world.
#[derive(Clone)]
pub struct Scripted {
    pub world: Rc<World>,
    pub place: Place,
}

impl World {
    /// A world without faults at [`START`].
    pub fn new() -> Rc<Self> {
        Rc::new(Self {
            clock: Cell::new(START),
            stopwatch: Cell::default(),
            verified: Cell::default(),
            random: RefCell::new(Random::new(1)),
            calls: RefCell::default(),
            events: RefCell::default(),
            log: RefCell::default(),
            replacements: RefCell::default(),
            schedule: RefCell::default(),
            store: RefCell::default(),
            ledger: RefCell::default(),
            provider: Arc::new(Mutex::new(Provider::new(ISSUER))),
            has_random: Cell::new(true),
            has_time: Cell::new(true),
        })
    }

    /// A world with the same time, the same stored values and the random bytes that come next, and nothing else.
    pub fn fork(&self) -> Rc<Self> {
        let fork = Self::new();
        fork.clock.set(self.clock.get());
        fork.random.replace(self.random.borrow().clone());
        fork.store.replace(self.store.borrow().clone());
        fork.ledger.replace(self.ledger.borrow().clone());
        fork
    }

    /// The edge at `place`.
    pub fn edge(self: &Rc<Self>, place: Place) -> Scripted {
        Scripted {
            world: Rc::clone(self),
            place,
        }
    }

    /// The provider.
    pub fn provider(&self) -> MutexGuard<'_, Provider> {
        self.provider.lock().unwrap()
    }

    /// The provider, to share.
    pub fn shared_provider(&self) -> Arc<Mutex<Provider>> {
        Arc::clone(&self.provider)
    }

    /// The time.
    pub fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.clock.get())
    }

    /// Lets time pass.
    pub fn pass(&self, span: Seconds) {
        self.clock.set(self.clock.get() + span.as_seconds());
    }

    /// How many calls of a kind were made since [`World::forget_calls`].
    pub fn count(&self, call: Call) -> usize {
        self.calls
            .borrow()
            .iter()
            .filter(|made| **made == call)
            .count()
    }

    /// The time on the stopwatch, in milliseconds.
    pub fn elapsed(&self) -> u64 {
        self.stopwatch.get()
    }

    /// How many signatures were verified.
    pub fn verified(&self) -> usize {
        self.verified.get()
    }

    /// The calls made since [`World::forget_calls`], in order.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.borrow().clone()
    }

    /// Begins to count anew.
    pub fn forget_calls(&self) {
        self.calls.borrow_mut().clear();
    }

    /// The log, one line of JSON per event, each with what a host might print of it.
    pub fn events(&self) -> Vec<String> {
        self.events.borrow().clone()
    }

    /// The lines of the log.
    pub fn log(&self) -> Vec<Value> {
        let log = self.log.borrow();
        log.iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Begins the log anew.
    pub fn forget_log(&self) {
        self.log.borrow_mut().clear();
    }

    /// When a live record was first replaced by another, as the end of a session replaces its head.
    pub fn first_replacement(&self) -> Option<UnixTime> {
        self.replacements.borrow().first().copied()
    }

    /// Begins to look for replacements anew.
    pub fn forget_ends(&self) {
        self.replacements.borrow_mut().clear();
    }

    async fn begin(&self, call: Call) -> Behaviour {
        self.calls.borrow_mut().push(call);
        self.stopwatch.set(self.stopwatch.get() + call.takes());
        let before = self.schedule.borrow().before;
        let behaviour = self.schedule.borrow_mut().next(call);
        yield_now(before).await;
        assert_ne!(behaviour, Behaviour::Trap, "the test says so");
        behaviour
    }

    async fn end(&self, behaviour: Behaviour) {
        let late = match behaviour {
            Behaviour::AnsweredLate(polls) => polls,
            Behaviour::Prompt
            | Behaviour::Failed
            | Behaviour::LostOnTheWay
            | Behaviour::AppliedButTimedOut
            | Behaviour::Missing
            | Behaviour::Trap => 0,
        };
        let after = self.schedule.borrow().after;
        yield_now(after.saturating_add(late)).await;
    }

    /// One call: `effect` happens unless the schedule keeps it from happening; `lost` and `failed`
    /// are what the caller then sees.
    async fn call<T, E: Copy>(
        &self,
        call: Call,
        (failed, lost): (E, E),
        effect: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let behaviour = self.begin(call).await;
        let answer = match behaviour {
            Behaviour::Prompt | Behaviour::AnsweredLate(_) | Behaviour::Missing => effect(),
            Behaviour::Failed | Behaviour::Trap => Err(failed),
            Behaviour::LostOnTheWay => Err(lost),
            Behaviour::AppliedButTimedOut => effect().and(Err(lost)),
        };
        self.end(behaviour).await;
        answer
    }
}

impl Platform for Scripted {
    fn now(&self) -> UnixTime {
        self.world.now()
    }

    fn stopwatch(&self) -> Milliseconds {
        Milliseconds::new(self.world.stopwatch.get())
    }

    async fn pause(&self, time: Milliseconds) -> Result<(), OutOfTime> {
        if !self.world.has_time.get() {
            return Err(OutOfTime);
        }
        let later = self.world.stopwatch.get() + time.as_milliseconds();
        self.world.stopwatch.set(later);
        yield_now(1).await;
        Ok(())
    }

    fn fill_random(&self, out: &mut [u8]) -> Result<(), RandomError> {
        if !self.world.has_random.get() {
            return Err(RandomError);
        }
        self.world.random.borrow_mut().fill(out);
        Ok(())
    }

    fn log(&self, line: &Line<'_>) {
        let json = line.to_json();
        // Text that a host might print is searched for secrets, too.
        let printed = format!("{json} {line:?}");
        self.world.events.borrow_mut().push(printed);
        self.world.log.borrow_mut().push(json);
    }

    async fn send(&self, request: Outbound, limits: SendLimits) -> Result<Reply, SendError> {
        if !self.world.has_time.get() {
            return Err(SendError::OutOfTime);
        }
        let errors = (SendError::Unreachable, SendError::TimedOut);
        let effect = || {
            let now = self.world.now();
            self.world.provider().answer(&request, limits, now)
        };
        self.world.call(Call::Send, errors, effect).await
    }

    async fn store_load(&self, key: &StoreKey) -> Result<Option<Vec<u8>>, StoreError> {
        let behaviour = self.world.begin(Call::StoreLoad).await;
        let answer = match behaviour {
            Behaviour::Prompt | Behaviour::AnsweredLate(_) => {
                let store = self.world.store.borrow();
                Ok(store.load(key.as_str(), self.place, self.world.now()))
            }
            Behaviour::Missing => Ok(None),
            Behaviour::Failed
            | Behaviour::LostOnTheWay
            | Behaviour::AppliedButTimedOut
            | Behaviour::Trap => Err(StoreError),
        };
        self.world.end(behaviour).await;
        answer
    }

    async fn store_save(
        &self,
        key: &StoreKey,
        value: &[u8],
        expires: UnixTime,
    ) -> Result<(), StoreError> {
        let effect = || {
            let at = (self.place, self.world.now());
            let mut store = self.world.store.borrow_mut();
            store.write(key.as_str(), Some(value), expires, at);
            Ok(())
        };
        let errors = (StoreError, StoreError);
        self.world.call(Call::StoreSave, errors, effect).await
    }

    async fn store_remove(&self, key: &StoreKey) -> Result<(), StoreError> {
        let effect = || {
            let now = self.world.now();
            let mut store = self.world.store.borrow_mut();
            store.write(key.as_str(), None, now, (self.place, now));
            Ok(())
        };
        let errors = (StoreError, StoreError);
        self.world.call(Call::StoreRemove, errors, effect).await
    }

    async fn ledger_read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError> {
        let effect = || Ok(self.world.ledger.borrow().read(at, names, now));
        self.world
            .call(Call::LedgerRead, LEDGER_ERRORS, effect)
            .await
    }

    async fn ledger_list(
        &self,
        at: &Partition,
        listing: Listing,
        now: UnixTime,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        let effect = || Ok(self.world.ledger.borrow().list(at, &listing, now));
        self.world
            .call(Call::LedgerList, LEDGER_ERRORS, effect)
            .await
    }

    async fn ledger_write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: Write<'_>,
    ) -> Result<Written, LedgerError> {
        let effect = || {
            let written = self.world.ledger.borrow_mut().write(at, name, &write);
            if let (Expected::Version(_), Ok(Written::Stored(_))) = (write.expected, &written) {
                self.world.replacements.borrow_mut().push(self.world.now());
            }
            written
        };
        self.world
            .call(Call::LedgerWrite, LEDGER_ERRORS, effect)
            .await
    }

    async fn verify_signature(
        &self,
        check: &SignatureCheck<'_>,
    ) -> Result<SignatureVerdict, VerifierError> {
        self.world.verified.set(self.world.verified.get() + 1);
        let turns = self.world.schedule.borrow().before;
        yield_now(turns).await;
        Ok(software::verify(check))
    }

    async fn sign(&self, key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, SignerError> {
        software::sign(key, input).ok_or(SignerError)
    }
}

const LEDGER_ERRORS: (LedgerError, LedgerError) =
    (LedgerError::Unavailable, LedgerError::OutcomeUnknown);
