//! Single flight: of requests that want the same thing at the same time one fetches it, and the others wait for what
//! it finds.
//!
//! A request may end while it fetches, without a word: on Workers nothing that it waited for settles any more once its
//! client is gone, and its future is neither polled again nor dropped. So whoever fetches shows that it lives, by a beat
//! every [`BEAT`], and whoever waits takes over where it has seen no beat for [`QUIET`] turns of its own. Nothing here
//! says that a fetch was made; only what came of it does, in the memory of what was fetched.
//!
//! Requests that begin to fetch and are cut again and again could keep one another busy for ever. So one that has waited
//! for [`PATIENCE`] turns, and has seen a fetch be lost, fetches beside those that go on, up to [`MOST`] at once.

use crate::{
    platform::Platform,
    time::{Milliseconds, Seconds, UnixTime},
};
use alloc::vec::Vec;
use core::{
    cell::RefCell,
    future::{self, Future},
    pin::pin,
    task::Poll,
};

/// The fetches of one thing that are under way.
#[derive(Debug, Default)]
pub(in crate::gateway) struct Flights(RefCell<State>);

#[derive(Debug, Default)]
struct State {
    flights: Vec<Flight>,
    /// How many began.
    begun: u32,
    /// How many were given up.
    lost: u32,
}

#[derive(Clone, Copy, Debug)]
struct Flight {
    number: u32,
    beats: u32,
    begun_at: UnixTime,
}

/// Who brings what is wanted.
pub(in crate::gateway) enum Turn<'a> {
    /// Whoever asks.
    Ours(Lead<'a>),
    /// It is there, or another one tried in vain.
    Done,
    /// Another one does, and takes longer than anyone waits.
    Overdue,
}

/// The right to fetch, until it is dropped.
pub(in crate::gateway) struct Lead<'a> {
    flights: &'a Flights,
    number: u32,
}

/// Between two looks at what another request fetches.
const TURN: Milliseconds = Milliseconds::new(25);

/// Between two signs of life.
const BEAT: Milliseconds = Milliseconds::new(50);

/// Turns without a sign of life after which a fetch counts as lost: 200 milliseconds.
const QUIET: u32 = 8;

/// Turns after which a request no longer waits for others that may be lost, too: half a second.
const PATIENCE: u32 = 20;

/// Turns after which a request no longer waits at all: twelve seconds.
const LONGEST: u32 = 480;

/// Longer than any fetch goes on: of the store, the metadata and the keys, each with its time limit.
const LONGEST_FLIGHT: Seconds = Seconds::new(30);

/// The most fetches of one thing at the same time.
const MOST: usize = 4;

impl Flights {
    /// Waits until `is_done`, or until it is the caller's turn.
    pub(in crate::gateway) async fn turn<P: Platform>(
        &self,
        platform: &P,
        is_done: impl Fn() -> bool,
    ) -> Turn<'_> {
        let mut watch = Watch::default();
        let lost = self.0.borrow().lost;
        for turn in 0..LONGEST {
            if is_done() {
                return Turn::Done;
            }
            watch.look(&mut self.0.borrow_mut());
            if let Some(lead) = self.lead(platform.now(), turn >= PATIENCE, lost) {
                return Turn::Ours(lead);
            }
            platform.pause(TURN).await;
        }
        if is_done() { Turn::Done } else { Turn::Overdue }
    }

    /// Whether somebody fetches, as far as a look can tell.
    pub(in crate::gateway) fn is_busy(&self, now: UnixTime) -> bool {
        let state = self.0.borrow();
        let mut flights = state.flights.iter();
        flights.any(|flight| now.since(flight.begun_at) < LONGEST_FLIGHT)
    }

    fn lead(&self, now: UnixTime, is_impatient: bool, lost_before: u32) -> Option<Lead<'_>> {
        let mut state = self.0.borrow_mut();
        let is_among_lost = is_impatient && state.lost != lost_before;
        let may_begin = state.flights.is_empty() || (is_among_lost && state.flights.len() < MOST);
        may_begin.then(|| {
            let number = state.begun;
            state.begun = number.wrapping_add(1);
            state.flights.push(Flight {
                number,
                beats: 0,
                begun_at: now,
            });
            Lead {
                flights: self,
                number,
            }
        })
    }
}

/// What one request has seen of the fetches of others.
#[derive(Default)]
struct Watch(Vec<(Flight, u32)>);

impl Watch {
    /// Takes out what has not moved for too long.
    fn look(&mut self, state: &mut State) {
        let before = &self.0;
        let quiet = |flight: &Flight| {
            let same = |(seen, _): &&(Flight, u32)| {
                seen.number == flight.number && seen.beats == flight.beats
            };
            before
                .iter()
                .find(same)
                .map_or(0, |(_, quiet)| quiet.saturating_add(1))
        };
        let seen: Vec<(Flight, u32)> = state
            .flights
            .iter()
            .map(|flight| (*flight, quiet(flight)))
            .collect();
        for (flight, quiet) in &seen {
            if *quiet >= QUIET {
                state.end(flight.number);
                state.lost = state.lost.wrapping_add(1);
            }
        }
        self.0 = seen;
    }
}

impl State {
    fn end(&mut self, number: u32) {
        self.flights.retain(|flight| flight.number != number);
    }
}

impl Lead<'_> {
    /// Does the work, and shows meanwhile that it goes on.
    pub(in crate::gateway) async fn run<P: Platform, T>(
        &self,
        platform: &P,
        work: impl Future<Output = T>,
    ) -> T {
        let mut work = pin!(work);
        let mut pause = pin!(platform.pause(BEAT));
        let mut beats = true;
        future::poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(done);
            }
            if beats && pause.as_mut().poll(context).is_ready() {
                self.beat();
                pause.set(platform.pause(BEAT));
                // A host that does not pause would be asked for ever.
                beats = pause.as_mut().poll(context).is_pending();
            }
            Poll::Pending
        })
        .await
    }

    fn beat(&self) {
        let mut state = self.flights.0.borrow_mut();
        let own = |flight: &&mut Flight| flight.number == self.number;
        if let Some(flight) = state.flights.iter_mut().find(own) {
            flight.beats = flight.beats.wrapping_add(1);
        }
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.flights.0.borrow_mut().end(self.number);
    }
}
