//! Single flight: of requests that want the same thing at the same time one fetches it, and the others wait for what
//! it finds.
//!
//! A request may end while it fetches, without a word: on Workers nothing that it waited for settles any more once its
//! client is gone, and its future is neither polled again nor dropped. So the request that fetches shows that it lives,
//! by a beat every [`BEAT`], and one that waits takes over where it has seen no beat in [`QUIET`] looks of its own.
//! Nothing here says that a fetch was made; only its result does, in the cache of what was fetched.
//!
//! Requests that begin to fetch and are cut again and again could keep one another busy for ever. So the one that has
//! waited longest goes first, and where it has waited for [`LOOKS_ALONE`] looks and has seen a fetch be lost, it fetches
//! beside those that go on, up to [`MOST`] at once.

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
    /// Of the requests that wait, the one that goes first: it has waited longest, as far as it shows that it lives.
    first: Option<Life>,
    /// How many came to wait or to fetch.
    numbers: u64,
    /// How many fetches were given up.
    lost: u32,
}

/// A request that shows that it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Life {
    number: u64,
    beats: u32,
}

#[derive(Clone, Copy, Debug)]
struct Flight {
    life: Life,
    begun_at: UnixTime,
}

/// The result of waiting for the lease to fetch.
pub(in crate::gateway) enum Lease<'a> {
    /// This request fetches.
    Ours(Lead<'a>),
    /// It is there, or another one tried in vain.
    Done,
    /// Another one does, and takes longer than any request waits.
    Overdue,
}

/// The right to fetch, until it is dropped.
pub(in crate::gateway) struct Lead<'a> {
    flights: &'a Flights,
    number: u64,
}

/// Between two looks at what another request fetches.
const LOOK: Milliseconds = Milliseconds::new(25);

/// Between two signs of life.
const BEAT: Milliseconds = Milliseconds::new(50);

/// Looks without a sign of life after which a fetch counts as lost: 200 milliseconds.
const QUIET: u32 = 8;

/// Looks without a sign of life after which one that goes first is passed over: 75 milliseconds.
const QUIET_FIRST: u32 = 3;

/// Looks after which a request no longer waits for others that may be lost, too: half a second.
const LOOKS_ALONE: u32 = 20;

/// Looks after which a request no longer waits at all, the timeout: twelve seconds.
const LONGEST: u32 = 480;

/// Longer than any fetch goes on: of the store, the metadata and the keys, each with its time limit.
const LONGEST_FLIGHT: Seconds = Seconds::new(30);

/// The most fetches of one thing at the same time.
const MOST: usize = 4;

impl Flights {
    /// Waits until `is_done`, or until this request has the lease to fetch.
    pub(in crate::gateway) async fn lease<P: Platform>(
        &self,
        platform: &P,
        is_done: impl Fn() -> bool,
    ) -> Lease<'_> {
        if is_done() {
            return Lease::Done;
        }
        let mut waiting = Waiting::new(&mut self.0.borrow_mut());
        for looks in 0..LONGEST {
            if is_done() {
                waiting.leave(&mut self.0.borrow_mut());
                return Lease::Done;
            }
            let is_ours = waiting.look(&mut self.0.borrow_mut(), looks);
            if is_ours {
                return Lease::Ours(self.lead(platform.now()));
            }
            // A request that may not wait any more sees nobody's signs of life.
            if platform.pause(LOOK).await.is_err() {
                break;
            }
        }
        waiting.leave(&mut self.0.borrow_mut());
        if is_done() {
            Lease::Done
        } else {
            Lease::Overdue
        }
    }

    /// Whether somebody fetches, as far as a look can tell.
    pub(in crate::gateway) fn is_busy(&self, now: UnixTime) -> bool {
        let state = self.0.borrow();
        let mut flights = state.flights.iter();
        flights.any(|flight| now.since(flight.begun_at) < LONGEST_FLIGHT)
    }

    fn lead(&self, now: UnixTime) -> Lead<'_> {
        let mut state = self.0.borrow_mut();
        let life = state.number();
        let begun_at = now;
        state.flights.push(Flight { life, begun_at });
        Lead {
            flights: self,
            number: life.number,
        }
    }
}

impl State {
    fn number(&mut self) -> Life {
        let number = self.numbers;
        self.numbers = number.wrapping_add(1);
        Life { number, beats: 0 }
    }

    fn end(&mut self, number: u64) {
        self.flights.retain(|flight| flight.life.number != number);
    }
}

/// One request that waits, and what it has seen of the others.
struct Waiting {
    own: Life,
    lost_before: u32,
    flights: Vec<(Life, u32)>,
    first: Option<(Life, u32)>,
}

impl Waiting {
    fn new(state: &mut State) -> Self {
        Self {
            own: state.number(),
            lost_before: state.lost,
            flights: Vec::new(),
            first: None,
        }
    }

    /// Whether this one has the lease to fetch, after that many looks.
    fn look(&mut self, state: &mut State, looks: u32) -> bool {
        self.give_up_lost(state);
        let is_first = self.goes_first(state);
        let is_among_lost = looks >= LOOKS_ALONE && state.lost != self.lost_before;
        let has_room = state.flights.is_empty() || (is_among_lost && state.flights.len() < MOST);
        if is_first && has_room {
            self.leave(state);
        }
        is_first && has_room
    }

    /// Takes out the fetches that have not moved for too long.
    fn give_up_lost(&mut self, state: &mut State) {
        let seen: Vec<(Life, u32)> = state
            .flights
            .iter()
            .map(|flight| (flight.life, quiet(&self.flights, flight.life)))
            .collect();
        for (life, quiet) in &seen {
            if *quiet >= QUIET {
                state.end(life.number);
                state.lost = state.lost.wrapping_add(1);
            }
        }
        self.flights = seen;
    }

    /// Whether no request that lives has waited longer.
    fn goes_first(&mut self, state: &mut State) -> bool {
        match &mut state.first {
            Some(first) if first.number == self.own.number => {
                first.beats = first.beats.wrapping_add(1);
                return true;
            }
            Some(first) if first.number < self.own.number => {
                let quiet = quiet(self.first.as_slice(), *first);
                self.first = Some((*first, quiet));
                if quiet < QUIET_FIRST {
                    return false;
                }
            }
            Some(_) | None => {}
        }
        state.first = Some(self.own);
        true
    }

    /// It waits no longer.
    fn leave(&self, state: &mut State) {
        if state
            .first
            .is_some_and(|first| first.number == self.own.number)
        {
            state.first = None;
        }
    }
}

/// For how many looks one has shown no sign of life, by what was seen of it before.
fn quiet(before: &[(Life, u32)], now: Life) -> u32 {
    let seen = before.iter().find(|(seen, _)| *seen == now);
    seen.map_or(0, |(_, quiet)| quiet.saturating_add(1))
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
            while beats && let Poll::Ready(paused) = pause.as_mut().poll(context) {
                beats = paused.is_ok();
                if beats {
                    self.beat();
                    pause.set(platform.pause(BEAT));
                }
            }
            Poll::Pending
        })
        .await
    }

    fn beat(&self) {
        let mut state = self.flights.0.borrow_mut();
        let own = |flight: &&mut Flight| flight.life.number == self.number;
        if let Some(flight) = state.flights.iter_mut().find(own) {
            flight.life.beats = flight.life.beats.wrapping_add(1);
        }
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.flights.0.borrow_mut().end(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{
        OutOfTime,
        for_tests::{Edge, NOW},
    };
    use futures_util::FutureExt;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn lead<'a>(flights: &'a Flights, edge: &Edge) -> Lead<'a> {
        match flights.lease(edge, || false).now_or_never().unwrap() {
            Lease::Ours(lead) => lead,
            Lease::Done | Lease::Overdue => panic!("nobody else fetches"),
        }
    }

    #[test]
    fn a_fetch_is_under_way_until_its_lead_is_dropped_and_for_half_a_minute_at_most() {
        let (flights, edge) = (Flights::default(), Edge::default());
        let first = lead(&flights, &edge);
        let after = |seconds| NOW.plus(Seconds::new(seconds));
        assert!(flights.is_busy(after(29)));
        assert!(!flights.is_busy(after(30)));
        drop(first);
        assert!(!flights.is_busy(NOW));
        assert_eq!(edge.pauses.get(), 0);
    }

    #[test]
    fn a_request_that_may_not_wait_leaves_the_fetch_to_the_one_that_makes_it() {
        let edge = Edge {
            pausing: Err(OutOfTime),
            ..Edge::default()
        };
        let flights = Flights::default();
        let _first = lead(&flights, &edge);
        let second = flights.lease(&edge, || false).now_or_never().unwrap();
        assert!(matches!(second, Lease::Overdue));
        let second = flights.lease(&edge, || true).now_or_never().unwrap();
        assert!(matches!(second, Lease::Done));
    }

    #[test]
    fn a_fetch_that_shows_no_sign_of_life_for_eight_looks_is_taken_over() {
        let (flights, edge) = (Flights::default(), Edge::default());
        let _lost = lead(&flights, &edge);
        let _second = lead(&flights, &edge);
        assert_eq!(edge.pauses.get(), QUIET);
    }

    #[test]
    fn a_fetch_that_shows_signs_of_life_is_waited_for() {
        let (flights, edge) = (Flights::default(), Edge::default());
        let first = lead(&flights, &edge);
        let mut waiting = Waiting::new(&mut flights.0.borrow_mut());
        for looks in 0..LONGEST {
            first.beat();
            assert!(!waiting.look(&mut flights.0.borrow_mut(), looks));
        }
    }

    #[test]
    fn the_request_that_has_waited_longest_fetches_first() {
        let (flights, edge) = (Flights::default(), Edge::default());
        let first = lead(&flights, &edge);
        let waiting = || Waiting::new(&mut flights.0.borrow_mut());
        let (mut older, mut younger) = (waiting(), waiting());
        let look = |waiting: &mut Waiting, at| waiting.look(&mut flights.0.borrow_mut(), at);
        assert!(!look(&mut older, 0) && !look(&mut younger, 0));
        drop(first);
        assert!(!look(&mut younger, 1));
        assert!(look(&mut older, 1));
        assert!(look(&mut younger, 2));
    }
}
