//! The finding of a check, in words for people and as JSON.

use super::checks::Check;
use crate::print::style;
use clap::builder::styling::Style;
use serde_json::{Value, json};
use std::fmt;

/// How a check came out.
///
/// In the order of their weight, the heaviest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// It has to be mended.
    Fail,
    /// It may be meant as it is, or could not be told.
    Warn,
    /// It was not looked at.
    Skip,
    /// It is as it should be.
    Pass,
}

/// The finding of a check, and what to do about it.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    check: Check,
    pub(crate) verdict: Verdict,
    what: String,
    advice: Option<String>,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }

    const fn style(self) -> Style {
        match self {
            Self::Pass => style::GOOD,
            Self::Warn => style::WARNING,
            Self::Fail => style::ERROR,
            Self::Skip => style::FAINT,
        }
    }
}

impl Finding {
    /// All is well.
    pub(crate) fn pass(check: Check, what: impl Into<String>) -> Self {
        Self::new(check, Verdict::Pass, what, None)
    }

    /// Something to think about.
    pub(crate) fn warn(check: Check, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(check, Verdict::Warn, what, Some(advice.into()))
    }

    /// Something to mend.
    pub(crate) fn fail(check: Check, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(check, Verdict::Fail, what, Some(advice.into()))
    }

    /// Not looked at, and why.
    pub(crate) fn skip(check: Check, why: impl Into<String>) -> Self {
        Self::new(check, Verdict::Skip, why, None)
    }

    fn new(
        check: Check,
        verdict: Verdict,
        what: impl Into<String>,
        advice: Option<String>,
    ) -> Self {
        Self {
            check,
            verdict,
            what: what.into(),
            advice,
        }
    }

    /// As a member of the list that `--json` prints.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "check": self.check.name(),
            "verdict": self.verdict.word(),
            "what": self.what,
            "advice": self.advice,
        })
    }
}

/// `fail  check: what was seen`, and on lines of their own why it matters and what to do.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, style) = (self.verdict.word(), self.verdict.style());
        let (strong, check) = (style::STRONG, self.check.name());
        write!(f, "{style}{word}{style:#}  {strong}{check}{strong:#}: ")?;
        f.write_str(&self.what)?;
        match &self.advice {
            Some(advice) => write!(f, "\n      why: {}\n      do:  {advice}", self.check.why()),
            None => Ok(()),
        }
    }
}
