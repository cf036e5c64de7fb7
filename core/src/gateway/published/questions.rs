//! Questions to issuers about tokens: those that are under way, and the answers by which a token is refused.
//!
//! Of requests with one token at the same time one asks ([`Flights`]); the others take what it is told. Memory is
//! bounded, and so is the number of questions at once: made-up tokens cost an attacker a request each, and the issuer no
//! more than a steady stream.

use crate::{
    bearer::{AccessTokenFault, cache::TokenDigest},
    fault::Fault,
    gateway::published::single_flight::Flights,
    generations::Generations,
    time::{Seconds, UnixTime},
};
use alloc::{rc::Rc, vec::Vec};
use core::cell::{Cell, RefCell};

/// The questions of one isolate.
#[derive(Debug)]
pub(in crate::gateway) struct Questions(RefCell<State>);

#[derive(Debug)]
struct State {
    /// Why a token is refused by its issuer's answer, and when that no longer counts.
    refused: Generations<TokenDigest, (AccessTokenFault, UnixTime)>,
    asked: Generations<TokenDigest, Rc<Question>>,
    under_way: Vec<(u32, UnixTime)>,
    numbers: u32,
}

/// The question about one token.
#[derive(Debug, Default)]
pub(in crate::gateway) struct Question {
    pub(in crate::gateway) flights: Flights,
    /// How often it was not answered, and why at last.
    failed: Cell<(u32, Option<Fault>)>,
}

/// A question that is under way, until it is dropped.
pub(in crate::gateway) struct UnderWay<'a> {
    questions: &'a Questions,
    number: u32,
}

/// How long an answer counts by which a token is refused. One that is activated later counts after that.
const REFUSED_FOR: Seconds = Seconds::new(10);

/// Room for about two thousand tokens that are refused, and as many that are asked about.
const BYTES: usize = 128 * 1024;
const WEIGHT: usize = 64;

/// The most questions at once.
const MOST: usize = 64;

/// Longer than any question takes. One of a request that was cut ends without a word, and counts no longer than this.
const LONGEST: Seconds = Seconds::new(15);

impl Questions {
    pub(in crate::gateway) const fn new() -> Self {
        Self(RefCell::new(State {
            refused: Generations::new(BYTES),
            asked: Generations::new(BYTES),
            under_way: Vec::new(),
            numbers: 0,
        }))
    }

    /// Why the issuer's answer of a moment ago refuses this token.
    pub(in crate::gateway) fn refused(
        &self,
        digest: &TokenDigest,
        now: UnixTime,
    ) -> Option<AccessTokenFault> {
        let mut state = self.0.borrow_mut();
        let (fault, until) = *state.refused.get(digest)?;
        (now < until).then_some(fault)
    }

    /// An answer that was asked for at `now` refuses this token.
    pub(in crate::gateway) fn refuse(
        &self,
        digest: TokenDigest,
        fault: AccessTokenFault,
        now: UnixTime,
    ) {
        let until = now.plus(REFUSED_FOR);
        let mut state = self.0.borrow_mut();
        state.refused.insert(digest, (fault, until), WEIGHT);
    }

    /// The question about this token.
    pub(in crate::gateway) fn about(&self, digest: TokenDigest) -> Rc<Question> {
        let mut state = self.0.borrow_mut();
        if let Some(question) = state.asked.get(&digest) {
            return Rc::clone(question);
        }
        let question = Rc::new(Question::default());
        state.asked.insert(digest, Rc::clone(&question), WEIGHT);
        question
    }

    /// Begins to ask; `None` where as many do as may.
    pub(in crate::gateway) fn begin(&self, now: UnixTime) -> Option<UnderWay<'_>> {
        let mut state = self.0.borrow_mut();
        state
            .under_way
            .retain(|(_, begun)| now.since(*begun) < LONGEST);
        if state.under_way.len() >= MOST {
            return None;
        }
        let number = state.numbers;
        state.numbers = number.wrapping_add(1);
        state.under_way.push((number, now));
        Some(UnderWay {
            questions: self,
            number,
        })
    }
}

impl Question {
    /// How often it was not answered.
    pub(in crate::gateway) fn failures(&self) -> u32 {
        self.failed.get().0
    }

    /// Why it was not answered at last.
    pub(in crate::gateway) fn fault(&self) -> Option<Fault> {
        self.failed.get().1
    }

    /// It was not answered.
    pub(in crate::gateway) fn fail(&self, fault: Fault) {
        self.failed
            .set((self.failures().wrapping_add(1), Some(fault)));
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.questions.0.borrow_mut();
        state.under_way.retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    #[test]
    fn a_token_is_refused_for_ten_seconds() {
        let questions = Questions::new();
        let digest = TokenDigest::of("a");
        questions.refuse(digest, AccessTokenFault::Kind, at(100));
        assert_eq!(
            questions.refused(&digest, at(109)),
            Some(AccessTokenFault::Kind)
        );
        assert_eq!(questions.refused(&digest, at(110)), None);
        assert_eq!(questions.refused(&TokenDigest::of("b"), at(100)), None);
    }

    #[test]
    fn made_up_tokens_take_bounded_memory() {
        let questions = Questions::new();
        for number in 0..10_000_u32 {
            let digest = TokenDigest::of(&format!("{number}"));
            questions.refuse(digest, AccessTokenFault::Inactive, at(100));
            questions.about(digest);
        }
        let state = questions.0.borrow();
        assert!(state.refused.len() <= BYTES / WEIGHT);
        assert!(state.asked.len() <= BYTES / WEIGHT);
    }

    #[test]
    fn questions_at_once_are_bounded_and_those_of_cut_requests_are_forgotten() {
        let questions = Questions::new();
        let mut begun: Vec<UnderWay<'_>> = Vec::new();
        begun.extend((0..MOST).map(|_| questions.begin(at(100)).unwrap()));
        assert!(questions.begin(at(100)).is_none());
        begun.pop();
        core::mem::forget(questions.begin(at(100)).unwrap());
        assert!(questions.begin(at(114)).is_none());
        assert!(questions.begin(at(115)).is_some());
    }
}
