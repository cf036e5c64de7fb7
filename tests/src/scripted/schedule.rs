//! The behaviour of each call of the platform: the tests' way to break the world.

/// A call that can be counted and disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    StoreLoad,
    StoreSave,
    StoreRemove,
    LedgerRead,
    LedgerList,
    LedgerWrite,
    Send,
}

impl Call {
    /// Every call.
    pub const ALL: [Self; 7] = [
        Self::StoreLoad,
        Self::StoreSave,
        Self::StoreRemove,
        Self::LedgerRead,
        Self::LedgerList,
        Self::LedgerWrite,
        Self::Send,
    ];

    /// How many milliseconds one takes, by the stopwatch.
    pub const fn takes(self) -> u64 {
        match self {
            Self::StoreLoad | Self::StoreSave | Self::StoreRemove => 3,
            Self::LedgerRead | Self::LedgerList | Self::LedgerWrite => 7,
            Self::Send => 40,
        }
    }
}

/// The behaviour of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// It is carried out and answered at once.
    Prompt,
    /// It is carried out at once, but answered that many polls later.
    AnsweredLate(u32),
    /// It reaches nobody.
    Failed,
    /// It reaches nobody, and the caller only sees that no answer came in time.
    LostOnTheWay,
    /// It is carried out, and the caller only sees that no answer came in time.
    AppliedButTimedOut,
    /// A store that has not heard of the value yet.
    Missing,
    /// The whole program ends.
    Trap,
}

/// Which calls are disturbed, in what way.
#[derive(Debug, Default)]
pub struct Schedule {
    rules: Vec<Rule>,
    /// Polls between a call and its effect; with it, every call is a point to yield at.
    pub before: u32,
    /// Polls between the effect and the answer.
    pub after: u32,
}

#[derive(Debug)]
struct Rule {
    call: Call,
    skip: usize,
    times: usize,
    behaviour: Behaviour,
}

impl Schedule {
    /// Every call of that kind, from now on.
    pub fn always(&mut self, call: Call, behaviour: Behaviour) {
        self.add(call, 0, usize::MAX, behaviour);
    }

    /// The call of that kind after `skip` others, counted from now on.
    pub fn nth(&mut self, call: Call, skip: usize, behaviour: Behaviour) {
        self.add(call, skip, 1, behaviour);
    }

    /// Back to a world without faults.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    fn add(&mut self, call: Call, skip: usize, times: usize, behaviour: Behaviour) {
        self.rules.push(Rule {
            call,
            skip,
            times,
            behaviour,
        });
    }

    /// The behaviour of the call that is made now.
    pub fn next(&mut self, call: Call) -> Behaviour {
        let mut behaviour = Behaviour::Prompt;
        for rule in self.rules.iter_mut().filter(|rule| rule.call == call) {
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if rule.times > 0 {
                rule.times = rule
                    .times
                    .saturating_sub(usize::from(rule.times != usize::MAX));
                behaviour = rule.behaviour;
            }
        }
        behaviour
    }
}
