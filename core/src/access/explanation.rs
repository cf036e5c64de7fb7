//! The findings about every requirement of a request, for `lychgate explain`.
//!
//! It is heard from [`Requirements::judge`], which decides; nothing is judged a second time.
//!
//! [`Requirements::judge`]: super::requirements::Requirements::judge

use super::{
    condition::{Condition, Standing},
    principal::Principal,
    requirements::{Group, Requirements, Witness},
};
use crate::time::UnixTime;
use alloc::vec::Vec;

/// The result of judging a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A condition.
    One(Condition, Standing),
    /// A choice.
    Any(Vec<Branch>, Standing),
}

/// One branch of a choice: everything in it, and what it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The results of its requirements.
    pub findings: Vec<Finding>,
    /// Their result together.
    pub standing: Standing,
}

/// Writes down what it hears: the findings of what is open, the innermost last.
#[derive(Debug)]
struct Recorder {
    findings: Vec<Vec<Finding>>,
    choices: Vec<Vec<Branch>>,
}

impl Requirements {
    /// Judges as [`Requirements::judge`] does, and gives the result of each of them.
    pub fn explain(&self, principal: &Principal<'_>, now: UnixTime) -> Branch {
        let mut recorder = Recorder {
            findings: Vec::from([Vec::new()]),
            choices: Vec::new(),
        };
        let standing = self.judge(principal, now, &mut recorder);
        Branch {
            findings: recorder.findings.pop().unwrap_or_default(),
            standing,
        }
    }
}

impl Recorder {
    fn add(&mut self, finding: Finding) {
        if let Some(findings) = self.findings.last_mut() {
            findings.push(finding);
        }
    }
}

impl Witness for Recorder {
    fn judged(&mut self, condition: &Condition, standing: Standing) {
        self.add(Finding::One(condition.clone(), standing));
    }

    fn open(&mut self, group: Group) -> usize {
        match group {
            Group::Any => self.choices.push(Vec::new()),
            Group::All => self.findings.push(Vec::new()),
        }
        0
    }

    fn close(&mut self, group: Group, _: usize, standing: Standing) {
        match group {
            Group::Any => {
                let branches = self.choices.pop().unwrap_or_default();
                self.add(Finding::Any(branches, standing));
            }
            Group::All => {
                let findings = self.findings.pop().unwrap_or_default();
                if let Some(branches) = self.choices.last_mut() {
                    branches.push(Branch { findings, standing });
                }
            }
        }
    }
}
