//! The requirements of a route on the authentication itself: how, and how long ago.
//!
//! It is the one requirement that a user who lacks it can do something about, by authenticating anew
//! (RFC 9470). Lychgate then asks the provider for everything that must hold afterwards, also what
//! holds already, so that mending the one does not break the other.

use super::{
    condition::{Condition, Standing},
    principal::Principal,
    requirements::{Group, Requirement, Requirements, Witness},
};
use crate::time::{Seconds, UnixTime};
use alloc::{string::String, vec::Vec};

/// The authentication to ask a provider for (OpenID Connect Core, section 3.1.2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepUp {
    /// `acr_values`: ways to authenticate, the preferred first; empty for any.
    pub acr_values: Vec<String>,
    /// `max_age`: how long ago it may have been; `None` for any time.
    pub max_age: Option<Seconds>,
}

/// Adds up what conditions ask for that must all hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Demand {
    acr_values: Option<Vec<String>>,
    max_age: Option<Seconds>,
}

impl Demand {
    /// Adds what `requirements` ask of every user. A choice asks for nothing before the user who chooses is known.
    pub(super) fn of_anyone(&mut self, requirements: &Requirements) {
        for requirement in &requirements.0 {
            if let Requirement::One(condition) = requirement {
                self.add(condition);
            }
        }
    }

    /// Adds what `requirements` ask of `principal`, who meets the rest of them.
    pub(super) fn of(
        &mut self,
        requirements: &Requirements,
        principal: &Principal<'_>,
        now: UnixTime,
    ) {
        self.of_anyone(requirements);
        for requirement in &requirements.0 {
            if let Requirement::Any(branches) = requirement {
                self.of_one_branch(branches, principal, now);
            }
        }
    }

    /// Adds what one branch of a choice asks: of those that can be met together with what is asked
    /// already, the nearest to being met.
    fn of_one_branch(
        &mut self,
        branches: &[Requirements],
        principal: &Principal<'_>,
        now: UnixTime,
    ) {
        let mut nearest: Option<(Standing, Self)> = None;
        for branch in branches {
            let standing = branch.judge(principal, now, &mut Unheard);
            let is_nearer = nearest
                .as_ref()
                .is_none_or(|(so_far, _)| standing < *so_far);
            if standing == Standing::Missing || !is_nearer {
                continue;
            }
            let mut with_branch = self.clone();
            with_branch.of(branch, principal, now);
            if !with_branch.is_contradiction() {
                nearest = Some((standing, with_branch));
            }
        }
        *self = match nearest {
            Some((_, with_branch)) => with_branch,
            None => Self::CONTRADICTION,
        };
    }

    fn add(&mut self, condition: &Condition) {
        match condition {
            Condition::Acr(values) => match &mut self.acr_values {
                None => self.acr_values = Some(values.clone()),
                Some(so_far) => so_far.retain(|value| values.contains(value)),
            },
            Condition::MaxAge(most) => {
                self.max_age = Some(self.max_age.map_or(*most, |so_far| so_far.min(*most)));
            }
            Condition::AnyGroup(_)
            | Condition::AllGroups(_)
            | Condition::AnyRole(_)
            | Condition::AllRoles(_)
            | Condition::EmailDomains(_)
            | Condition::Claim(_)
            | Condition::AnyScope(_)
            | Condition::AllScopes(_)
            | Condition::Client(_)
            | Condition::Provider(_)
            | Condition::Issuer(_) => {}
        }
    }

    /// The authentication to ask for; `None` where none can meet all of it, because two conditions
    /// have no way to authenticate in common.
    pub(super) fn finish(self) -> Option<StepUp> {
        if self.is_contradiction() {
            return None;
        }
        Some(StepUp {
            acr_values: self.acr_values.unwrap_or_default(),
            max_age: self.max_age,
        })
    }

    fn is_contradiction(&self) -> bool {
        self.acr_values.as_ref().is_some_and(Vec::is_empty)
    }

    const CONTRADICTION: Self = Self {
        acr_values: Some(Vec::new()),
        max_age: None,
    };
}

/// Hears nothing.
struct Unheard;

impl Witness for Unheard {
    fn judged(&mut self, _: &Condition, _: Standing) {}

    fn open(&mut self, _: Group) -> usize {
        0
    }

    fn close(&mut self, _: Group, _: usize, _: Standing) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, vec};
    use serde_json::Map;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOW: UnixTime = UnixTime::from_seconds(10_000);

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn acr(values: &[&str]) -> Requirement {
        Requirement::One(Condition::Acr(texts(values)))
    }

    fn age(minutes: u32) -> Requirement {
        Requirement::One(Condition::MaxAge(Seconds::minutes(minutes)))
    }

    fn group(name: &str) -> Requirement {
        Requirement::One(Condition::AnyGroup(texts(&[name])))
    }

    fn any(branches: Vec<Vec<Requirement>>) -> Requirement {
        Requirement::Any(branches.into_iter().map(Requirements).collect())
    }

    /// The authentication that a user in the group `a`, authenticated as `acr`, must ask for.
    fn demand(requirements: Vec<Requirement>, acr: Option<&str>) -> Option<(Vec<String>, u64)> {
        let claims = Map::new();
        let groups = texts(&["a"]);
        let principal = Principal {
            groups: &groups,
            acr,
            ..Principal::bare(&claims)
        };
        let mut demand = Demand::default();
        demand.of(&Requirements(requirements), &principal, NOW);
        let step_up = demand.finish()?;
        let max_age = step_up.max_age.map_or(0, Seconds::as_seconds);
        Some((step_up.acr_values, max_age))
    }

    #[test]
    fn what_is_met_already_is_asked_for_again() {
        let both = vec![acr(&["gold", "silver"]), age(15), age(5), group("a")];
        let all = Some((texts(&["gold", "silver"]), 300));
        assert_eq!(demand(both, Some("silver")), all);
    }

    #[test]
    fn ways_are_those_that_all_have_in_common() {
        let common = |second: &[&str]| demand(vec![acr(&["c", "b", "a"]), acr(second)], None);
        assert_eq!(common(&["a", "b", "x"]), Some((texts(&["b", "a"]), 0)));
        assert_eq!(common(&["x"]), None);
    }

    #[test]
    fn a_choice_asks_for_its_nearest_branch_that_fits_the_rest() {
        let choice = || {
            any(vec![
                vec![group("b"), acr(&["x"])],
                vec![acr(&["y"]), age(5)],
            ])
        };
        assert_eq!(demand(vec![choice()], None), Some((texts(&["y"]), 300)));
        assert_eq!(demand(vec![choice(), acr(&["x"])], None), None);
        let free = || any(vec![vec![acr(&["x"])], vec![group("a")]]);
        assert_eq!(demand(vec![free(), age(5)], None), Some((vec![], 300)));
        let met_by_acr = demand(vec![free(), acr(&["y"])], Some("x"));
        assert_eq!(met_by_acr, Some((texts(&["y"]), 0)));
    }

    #[test]
    fn of_anyone_a_choice_asks_for_nothing() {
        let mut demand = Demand::default();
        let choice = any(vec![vec![acr(&["x"])], vec![acr(&["y"])]]);
        demand.of_anyone(&Requirements(vec![choice, age(5), group("b")]));
        let step_up = demand.finish().unwrap();
        assert!(step_up.acr_values.is_empty());
        assert_eq!(step_up.max_age, Some(Seconds::minutes(5)));
    }
}
