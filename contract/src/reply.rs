//! Writes what a call of the port came to.

use lychgate_core::platform::{ledger::LedgerError, store::StoreError};
use serde_json::{Value, json};

/// An error of the port, by name.
pub(crate) trait Named {
    fn name(&self) -> &'static str;
}

impl Named for LedgerError {
    fn name(&self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::TooLarge => "too_large",
        }
    }
}

impl Named for StoreError {
    fn name(&self) -> &'static str {
        "store"
    }
}

pub(crate) fn reply<T, E: Named>(result: Result<T, E>, ok: impl FnOnce(T) -> Value) -> Value {
    match result {
        Ok(value) => json!({ "ok": ok(value) }),
        Err(error) => json!({ "error": error.name() }),
    }
}
