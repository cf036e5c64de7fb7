//! Everything that a route asks of a signed-in person beyond being one.
//!
//! Requirements hold together; a choice among them is met by one of its branches. Each of them is
//! judged at every decision, so that `lychgate explain` hears of all of them from the code that
//! decides.

use super::{
    condition::{Condition, Standing},
    principal::Principal,
};
use crate::time::UnixTime;
use alloc::vec::Vec;

/// Requirements that must all be met; none at all asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements(pub Vec<Requirement>);

/// A condition, or a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// This must hold.
    One(Condition),
    /// At least one of these must be met; each is a whole of its own.
    Any(Vec<Requirements>),
}

/// Hears the result of every condition while a decision is made.
pub trait Witness {
    /// A condition was judged.
    fn judged(&mut self, condition: &Condition, standing: Standing);

    /// A choice, or one of its branches, begins. [`Self::close`] is given the returned number at its end.
    fn open(&mut self, group: Group) -> usize;

    /// A choice or branch ends, with the number that [`Self::open`] returned for it.
    fn close(&mut self, group: Group, opened: usize, standing: Standing);
}

/// The kind of nesting that a [`Witness`] hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// A choice: one of its branches must be met.
    Any,
    /// A branch: everything in it must be met.
    All,
}

impl Requirements {
    /// Whether nothing is asked.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How `principal` stands to all of them at `now`: as to the worst.
    ///
    /// A false [`Standing::Met`] lets someone in who is not of the group or company; a false other
    /// one locks a person out and shows in the 403 page.
    pub fn judge(
        &self,
        principal: &Principal<'_>,
        now: UnixTime,
        witness: &mut dyn Witness,
    ) -> Standing {
        let mut worst = Standing::Met;
        for requirement in &self.0 {
            worst = worst.max(requirement.judge(principal, now, witness));
        }
        worst
    }

    /// Adds every scope that is named at any depth, each once.
    pub fn scopes<'a>(&'a self, scopes: &mut Vec<&'a str>) {
        for requirement in &self.0 {
            match requirement {
                Requirement::One(Condition::AnyScope(named) | Condition::AllScopes(named)) => {
                    for scope in named {
                        if !scopes.contains(&scope.as_str()) {
                            scopes.push(scope);
                        }
                    }
                }
                Requirement::One(_) => {}
                Requirement::Any(branches) => {
                    for branch in branches {
                        branch.scopes(scopes);
                    }
                }
            }
        }
    }

    /// Shows every condition, at any depth.
    pub fn visit(&self, visit: &mut dyn FnMut(&Condition)) {
        for requirement in &self.0 {
            match requirement {
                Requirement::One(condition) => visit(condition),
                Requirement::Any(branches) => {
                    for branch in branches {
                        branch.visit(visit);
                    }
                }
            }
        }
    }
}

impl Requirement {
    /// A choice is as good as its best branch.
    fn judge(
        &self,
        principal: &Principal<'_>,
        now: UnixTime,
        witness: &mut dyn Witness,
    ) -> Standing {
        let branches = match self {
            Self::One(condition) => {
                let standing = condition.standing(principal, now);
                witness.judged(condition, standing);
                return standing;
            }
            Self::Any(branches) => branches,
        };
        let choice = witness.open(Group::Any);
        let mut best = Standing::Missing;
        for branch in branches {
            let opened = witness.open(Group::All);
            let standing = branch.judge(principal, now, witness);
            witness.close(Group::All, opened, standing);
            best = best.min(standing);
        }
        witness.close(Group::Any, choice, best);
        best
    }
}
