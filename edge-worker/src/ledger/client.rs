//! The Worker's side of the ledger.
//!
//! A wrong answer from here admits a replay or an ended session, so anything that the client does not understand is an
//! error. A write that failed before it was sent has not happened. A write that was sent and not answered, because of a
//! timeout, an exception of the runtime or a failure inside the object, may have happened.

use super::wire::{Answer, Question};
use crate::host::{self, Limit};
use js_sys::{Promise, Uint8Array};
use lychgate_core::platform::ledger::{
    LARGEST_VALUE, LedgerError, Listing, Partition, RecordName, Versioned, Write, Written,
};
use lychgate_core::time::{Milliseconds, UnixTime};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};
use worker::worker_sys::Fetcher;
use worker::{Env, ObjectNamespace};

/// The name of the binding.
pub(crate) const BINDING: &str = "LYCHGATE_LEDGER";

/// The timeout of the ledger. A healthy one needs tens of milliseconds.
pub(crate) const TIME_LIMIT: Milliseconds = Milliseconds::new(2_000);

/// The ledger, for one call.
pub(crate) struct Client {
    objects: ObjectNamespace,
    milliseconds: f64,
}

/// A question that was sent, and the timeout of its answer.
struct Sent {
    promise: Promise,
    limit: Limit,
}

impl Client {
    /// The namespace of the deployment, for a call with this timeout.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] where none is bound.
    pub(crate) fn of(env: &Env, milliseconds: f64) -> Result<Self, LedgerError> {
        let objects = host::object(env, BINDING).ok_or(LedgerError::Unavailable)?;
        Ok(Self {
            objects: objects.unchecked_into(),
            milliseconds,
        })
    }

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
        listing: &Listing,
        now: UnixTime,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        let (part, start, end) = (at.name(), listing.start(), listing.end());
        let question = Question::List {
            part: &part,
            now: now.as_seconds(),
            start: &start,
            end: &end,
            limit: listing.limit.0,
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
    ///
    /// It calls the stub as a [`Fetcher`]: the methods of `worker::Stub` give the same error for "not sent" and
    /// "perhaps sent", and take no signal.
    fn send(&self, part: &str, question: &Question<'_>) -> Result<Sent, LedgerError> {
        #[cfg(feature = "contract")]
        crate::contract::before();
        let question = question.encode().ok_or(LedgerError::Unavailable)?;
        let id = self.objects.id_from_name(part);
        let stub = id.and_then(|id| id.get_stub());
        let stub = stub.map_err(|_| LedgerError::Unavailable)?;
        let limit = Limit::new(self.milliseconds).map_err(|_| LedgerError::Unavailable)?;
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&Uint8Array::from(question.as_slice()));
        init.set_signal(Some(&limit.signal()));
        let object: Fetcher = stub.into_rpc();
        match object.fetch_with_str_and_init("https://ledger/", &init) {
            Ok(promise) => Ok(Sent { promise, limit }),
            Err(_) => {
                limit.end();
                Err(LedgerError::Unavailable)
            }
        }
    }
}

async fn answered(sent: Sent) -> Option<Answer> {
    let bytes = received(&sent).await;
    sent.limit.end();
    Answer::decode(&bytes?)
}

async fn received(Sent { promise, limit }: &Sent) -> Option<Vec<u8>> {
    let response = JsFuture::from(limit.around(promise).ok()?).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    if response.status() != 200 {
        return None;
    }
    let body = response.array_buffer().ok()?;
    let body = JsFuture::from(limit.around(&body).ok()?).await.ok()?;
    Some(Uint8Array::new(&body).to_vec())
}
