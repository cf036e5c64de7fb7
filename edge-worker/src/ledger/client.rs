//! The Worker's side of the ledger.
//!
//! A wrong answer from here admits a replay or an ended session, so whatever is not understood is an error.
//! What failed before it was sent wrote nothing; a write that was sent and not answered, by time-out, by
//! an exception of the runtime or by a failure inside the object, may have happened.

use super::wire::{Answer, Question};
use crate::host::{self, Objects};
use alloc::vec::Vec;
use js_sys::{Promise, Uint8Array};
use lychgate_core::platform::ledger::{
    Count, LARGEST_VALUE, LedgerError, Partition, RecordKind, RecordName, Versioned, Write, Written,
};
use lychgate_core::time::{Milliseconds, UnixTime};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// How long the ledger may take. A healthy one needs tens of milliseconds.
pub(crate) const TIME_LIMIT: Milliseconds = Milliseconds::new(2_000);

/// The ledger, for one call.
pub(crate) struct Client {
    pub(crate) objects: Objects,
    /// How long the call may take.
    pub(crate) milliseconds: f64,
}

impl Client {
    /// Reads records of one partition, in the order of `names`.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`].
    pub(crate) async fn read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError> {
        let part = at.name();
        let question = Question::Read {
            part: &part,
            now: now.as_seconds(),
            names: names.to_vec(),
        };
        match answered(self.send(&part, &question)?).await {
            Some(Answer::Found(records)) if records.len() == names.len() => Ok(records),
            _ => Err(LedgerError::Unavailable),
        }
    }

    /// Lists live records of one kind by name, at most `limit`.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`].
    pub(crate) async fn list(
        &self,
        at: &Partition,
        kind: RecordKind,
        now: UnixTime,
        limit: Count,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        let part = at.name();
        let question = Question::List {
            part: &part,
            now: now.as_seconds(),
            letter: kind.letter(),
            limit: limit.0,
        };
        match answered(self.send(&part, &question)?).await {
            Some(Answer::Listed(records)) => Ok(records),
            _ => Err(LedgerError::Unavailable),
        }
    }

    /// Writes one record if it is still as expected.
    ///
    /// # Errors
    /// Any [`LedgerError`].
    pub(crate) async fn write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: Write<'_>,
    ) -> Result<Written, LedgerError> {
        if write.value.len() > LARGEST_VALUE {
            return Err(LedgerError::TooLarge);
        }
        let part = at.name();
        let question = Question::Write {
            part: &part,
            now: write.now.as_seconds(),
            name: *name,
            expected: write.expected,
            expires: write.expires.as_seconds(),
            value: write.value,
        };
        match answered(self.send(&part, &question)?).await {
            Some(Answer::Stored(version)) => Ok(Written::Stored(version)),
            Some(Answer::Conflict(record)) => Ok(Written::Conflict(record)),
            Some(Answer::TooLarge) => Err(LedgerError::TooLarge),
            Some(Answer::NotUnderstood) => Err(LedgerError::Unavailable),
            Some(Answer::Failed | Answer::Found(_) | Answer::Listed(_)) | None => {
                Err(LedgerError::OutcomeUnknown)
            }
        }
    }

    /// Sends the question; an error means that it was not sent.
    fn send(&self, part: &str, question: &Question<'_>) -> Result<Promise, LedgerError> {
        #[cfg(feature = "contract")]
        crate::contract::before();
        let question = question.encode().ok_or(LedgerError::Unavailable)?;
        let question = Uint8Array::from(question.as_slice());
        host::ask(&self.objects, part, question, self.milliseconds)
            .map_err(|_| LedgerError::Unavailable)
    }
}

async fn answered(sent: Promise) -> Option<Answer> {
    let answer = JsFuture::from(sent).await.ok()?;
    let bytes = answer.dyn_into::<Uint8Array>().ok()?;
    Answer::decode(&bytes.to_vec())
}
