//! What a check found, in words for people and as JSON.

use serde_json::{Value, json};
use std::fmt;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is as it should be.
    Pass,
    /// It may be meant as it is, or could not be told.
    Warn,
    /// It has to be mended.
    Fail,
    /// It was not looked at.
    Skip,
}

/// What a check found, and what to do about it.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    check: &'static str,
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
}

impl Finding {
    /// All is well.
    pub(crate) fn pass(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Verdict::Pass, what, None)
    }

    /// Something to think about.
    pub(crate) fn warn(
        check: &'static str,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(check, Verdict::Warn, what, Some(advice.into()))
    }

    /// Something to mend.
    pub(crate) fn fail(
        check: &'static str,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(check, Verdict::Fail, what, Some(advice.into()))
    }

    /// Not looked at, and why.
    pub(crate) fn skip(check: &'static str, why: impl Into<String>) -> Self {
        Self::new(check, Verdict::Skip, why, None)
    }

    fn new(
        check: &'static str,
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
            "check": self.check,
            "verdict": self.verdict.word(),
            "what": self.what,
            "advice": self.advice,
        })
    }
}

/// `pass  check: what`, and what to do on a line of its own.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.verdict.word();
        write!(f, "{word}  {}: {}", self.check, self.what)?;
        match &self.advice {
            Some(advice) => write!(f, "\n      {advice}"),
            None => Ok(()),
        }
    }
}
