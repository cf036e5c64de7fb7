//! One time limit for everything that a request waits for.
//!
//! Each call of an adapter has a limit of its own, and a sign-in makes a dozen of them one after the other. The sum is
//! what a person waits for, and what a host must keep a request alive for after its client left: Workers ends it 30
//! seconds later, with nothing of it freed. So an adapter gives no call more time than its request has left.

use crate::time::Milliseconds;

/// How long a request may wait for all its calls together.
const REQUEST: Milliseconds = Milliseconds::new(20_000);

/// How long the work after its answer may. Both together stay below the 30 seconds of Workers.
const AFTERWARDS: Milliseconds = Milliseconds::new(8_000);

/// When a request, or the work after its answer, has waited long enough, by the stopwatch of its platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Milliseconds);

impl Deadline {
    /// That of a request which comes now.
    pub const fn of_request(now: Milliseconds) -> Self {
        Self(now.plus(REQUEST))
    }

    /// That of the work after an answer which is given now.
    pub const fn afterwards(now: Milliseconds) -> Self {
        Self(now.plus(AFTERWARDS))
    }

    /// How long a call that begins now may take, where it may take `limit` by itself; `None` where no time is left, and
    /// the call must not be made.
    pub fn allows(self, limit: Milliseconds, now: Milliseconds) -> Option<Milliseconds> {
        let left = self.0.since(now).min(limit);
        (left > Milliseconds::default()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const fn at(milliseconds: u64) -> Milliseconds {
        Milliseconds::new(milliseconds)
    }

    #[test]
    fn calls_share_the_time_of_their_request() {
        let deadline = Deadline::of_request(at(5_000));
        for (now, allowed) in [
            (5_000, Some(10_000)),
            (15_000, Some(10_000)),
            (15_001, Some(9_999)),
            (24_999, Some(1)),
            (25_000, None),
            (90_000, None),
        ] {
            assert_eq!(
                deadline.allows(at(10_000), at(now)),
                allowed.map(at),
                "{now}"
            );
        }
        // A stopwatch that goes backwards gives no call more than its own limit.
        assert_eq!(deadline.allows(at(2_000), at(0)), Some(at(2_000)));
    }

    #[test]
    fn a_request_and_what_follows_it_end_before_workers_ends_them() {
        let answered = at(20_000);
        let deadline = Deadline::afterwards(answered);
        assert_eq!(
            Deadline::of_request(at(0)).allows(at(60_000), at(0)),
            Some(answered)
        );
        assert_eq!(deadline.allows(at(60_000), answered), Some(at(8_000)));
        assert_eq!(deadline.allows(at(60_000), at(28_000)), None);
    }
}
