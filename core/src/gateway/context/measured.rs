//! The platform with a stopwatch and counters beside it: what a request waits for is measured in one place for
//! every host.
//!
//! Nothing here decides anything. Flows ask a [`Measured`] as they would ask the platform, and what they
//! record goes to the log with the time that passed until then.

use crate::{
    event::{Event, Line, Timings},
    http::outbound::{Outbound, Reply, SendError, SendLimits},
    jose::{SignatureCheck, SignatureVerdict, SigningKey},
    metrics::{Family, Metrics, NONE},
    platform::{
        OutOfTime, Platform, RandomError, SignerError, VerifierError,
        ledger::{LedgerError, Listing, Partition, RecordName, Versioned, Write, Written},
        store::{StoreError, StoreKey},
    },
    time::{Milliseconds, Seconds, UnixTime},
};
use alloc::vec::Vec;
use core::cell::Cell;

/// A platform for the length of one request, or of the work after it.
pub(in crate::gateway) struct Measured<'a, P> {
    platform: &'a P,
    metrics: Option<&'a Metrics>,
    begun: Milliseconds,
    waited: Cell<Timings>,
}

/// The party that a request waits for.
#[derive(Clone, Copy)]
enum Wait {
    Provider,
    Ledger,
    Store,
}

/// How a call ended, as counters name it.
#[derive(Clone, Copy)]
struct Answered(&'static str);

impl<T, E> From<&Result<T, E>> for Answered {
    fn from(answer: &Result<T, E>) -> Self {
        Self(if answer.is_ok() { "ok" } else { "failed" })
    }
}

impl<'a, P: Platform> Measured<'a, P> {
    /// Starts the stopwatch. A gateway that is closed counts nothing.
    pub(in crate::gateway) fn new(platform: &'a P, metrics: Option<&'a Metrics>) -> Self {
        Self {
            platform,
            metrics,
            begun: platform.stopwatch(),
            waited: Cell::default(),
        }
    }

    /// Writes an event to the log.
    pub(in crate::gateway) fn record(&self, event: &Event<'_>) {
        let timings = Timings {
            total: self.platform.stopwatch().since(self.begun),
            ..self.waited.get()
        };
        self.platform.log(&Line {
            event,
            time: self.platform.now(),
            timings,
        });
        let Some(metrics) = self.metrics else {
            return;
        };
        match event {
            Event::SignedIn { .. } | Event::SignedInAlready { .. } => {
                metrics.count(Family::SignIns, NONE)
            }
            Event::SignedOut { .. } => metrics.count(Family::SignOuts, NONE),
            Event::BackgroundFailed { .. } => metrics.count(Family::BackgroundFailures, NONE),
            Event::Refused { fault, .. } => {
                let code = fault.answer().code.as_str();
                metrics.count(Family::Refused, [code, ""]);
            }
            // The exchange was counted where it failed, a replaced session with the sign-in that replaced it; a
            // closed gateway has no counters.
            Event::Replaced { .. }
            | Event::ProviderFailed { .. }
            | Event::Flawed { .. }
            | Event::Closed { .. } => {}
        }
    }

    /// The rest of a time limit since `begun`, in whole seconds.
    fn left_of(&self, limit: Seconds, begun: Milliseconds) -> Option<Seconds> {
        let took = self.platform.stopwatch().since(begun).as_milliseconds();
        let left = limit.as_seconds().checked_sub(took.div_ceil(1000))?;
        (left > 0).then(|| Seconds::new(left))
    }

    /// The end of a call that began then; one to a provider is counted where it is known what for.
    #[inline(never)]
    fn end(&self, wait: Wait, begun: Milliseconds, call: Option<(&'static str, Answered)>) {
        let took = self.platform.stopwatch().since(begun);
        let mut waited = self.waited.get();
        let (what, sum) = match wait {
            Wait::Provider => ("provider", &mut waited.provider),
            Wait::Ledger => ("ledger", &mut waited.ledger),
            Wait::Store => ("store", &mut waited.store),
        };
        *sum = Some(sum.unwrap_or_default().plus(took));
        self.waited.set(waited);
        let Some(metrics) = self.metrics else {
            return;
        };
        metrics.waited(what, took);
        if let Some((name, Answered(result))) = call {
            metrics.count(Family::Calls, [name, result]);
        }
    }
}

impl<P: Platform> Platform for Measured<'_, P> {
    fn now(&self) -> UnixTime {
        self.platform.now()
    }

    fn stopwatch(&self) -> Milliseconds {
        self.platform.stopwatch()
    }

    async fn pause(&self, time: Milliseconds) -> Result<(), OutOfTime> {
        self.platform.pause(time).await
    }

    fn fill_random(&self, out: &mut [u8]) -> Result<(), RandomError> {
        self.platform.fill_random(out)
    }

    fn log(&self, line: &Line<'_>) {
        self.platform.log(line);
    }

    async fn send(&self, request: Outbound, limits: SendLimits) -> Result<Reply, SendError> {
        let begun = self.stopwatch();
        let again = request.is_repeatable().then(|| request.clone());
        let mut reply = self.platform.send(request, limits).await;
        // Servers close connections that were idle for a while, and a request that is under way then gets no answer.
        if let (Err(SendError::Unreachable), Some(request)) = (&reply, again)
            && let Some(timeout) = self.left_of(limits.timeout, begun)
        {
            let limits = SendLimits { timeout, ..limits };
            reply = self.platform.send(request, limits).await;
        }
        self.end(Wait::Provider, begun, None);
        reply
    }

    async fn store_load(&self, key: &StoreKey) -> Result<Option<Vec<u8>>, StoreError> {
        let begun = self.stopwatch();
        let loaded = self.platform.store_load(key).await;
        self.end(Wait::Store, begun, Some(("store_load", (&loaded).into())));
        loaded
    }

    async fn store_save(
        &self,
        key: &StoreKey,
        value: &[u8],
        expires: UnixTime,
    ) -> Result<(), StoreError> {
        let begun = self.stopwatch();
        let saved = self.platform.store_save(key, value, expires).await;
        self.end(Wait::Store, begun, Some(("store_save", (&saved).into())));
        saved
    }

    async fn store_remove(&self, key: &StoreKey) -> Result<(), StoreError> {
        let begun = self.stopwatch();
        let removed = self.platform.store_remove(key).await;
        self.end(
            Wait::Store,
            begun,
            Some(("store_remove", (&removed).into())),
        );
        removed
    }

    async fn ledger_read(
        &self,
        at: &Partition,
        names: &[RecordName],
        now: UnixTime,
    ) -> Result<Vec<Option<Versioned>>, LedgerError> {
        let begun = self.stopwatch();
        let read = self.platform.ledger_read(at, names, now).await;
        self.end(Wait::Ledger, begun, Some(("ledger_read", (&read).into())));
        read
    }

    async fn ledger_list(
        &self,
        at: &Partition,
        listing: Listing,
        now: UnixTime,
    ) -> Result<Vec<(RecordName, Versioned)>, LedgerError> {
        let begun = self.stopwatch();
        let listed = self.platform.ledger_list(at, listing, now).await;
        self.end(Wait::Ledger, begun, Some(("ledger_list", (&listed).into())));
        listed
    }

    async fn ledger_write(
        &self,
        at: &Partition,
        name: &RecordName,
        write: Write<'_>,
    ) -> Result<Written, LedgerError> {
        let begun = self.stopwatch();
        let written = self.platform.ledger_write(at, name, write).await;
        self.end(
            Wait::Ledger,
            begun,
            Some(("ledger_write", (&written).into())),
        );
        written
    }

    async fn verify_signature(
        &self,
        check: &SignatureCheck<'_>,
    ) -> Result<SignatureVerdict, VerifierError> {
        self.platform.verify_signature(check).await
    }

    async fn sign(&self, key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.platform.sign(key, input).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::Incident,
        fault::BrowserFault,
        http::{inbound::ByteCount, method::Method, url::Url},
        platform::for_tests::Edge,
    };
    use alloc::{collections::VecDeque, vec};
    use core::cell::RefCell;
    use futures_util::FutureExt;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const LIMITS: SendLimits = SendLimits {
        timeout: Seconds::new(10),
        body: ByteCount(1),
    };

    fn request(method: Method) -> Outbound {
        Outbound {
            method,
            url: Url::parse("https://op.example.com/").unwrap(),
            headers: vec![],
            body: None,
        }
    }

    /// Sends a request whose first try ends with `first` and whose second succeeds; answers whether it did, and the time
    /// limits.
    fn send(method: Method, first: SendError, exchange: u64) -> (bool, Vec<u64>) {
        let reply = Reply {
            status: 200,
            content_type: None,
            body: vec![],
        };
        let edge = Edge {
            replies: RefCell::new(VecDeque::from([Err(first), Ok(reply)])),
            exchange: Milliseconds::new(exchange),
            ..Edge::default()
        };
        let measured = Measured::new(&edge, None);
        let sent = measured.send(request(method), LIMITS);
        let is_ok = sent.now_or_never().unwrap().is_ok();
        let timeouts = edge.sent.borrow();
        let timeouts = timeouts.iter().map(|limits| limits.timeout.as_seconds());
        (is_ok, timeouts.collect())
    }

    #[test]
    fn a_request_is_sent_again_where_its_connection_broke_and_it_changes_nothing() {
        let broken = SendError::Unreachable;
        assert_eq!(send(Method::Get, broken, 0), (true, vec![10, 10]));
        assert_eq!(send(Method::Post, broken, 0), (false, vec![10]));
        let late = SendError::TimedOut;
        assert_eq!(send(Method::Get, late, 0), (false, vec![10]));
    }

    #[test]
    fn the_second_try_has_the_rest_of_the_time_and_no_more() {
        let timeouts = |exchange| send(Method::Get, SendError::Unreachable, exchange).1;
        assert_eq!(timeouts(2_001), [10, 7]);
        assert_eq!(timeouts(9_000), [10, 1]);
        assert_eq!(timeouts(9_001), [10]);
    }

    #[test]
    fn a_refusal_is_counted_by_its_public_code() {
        let (edge, metrics) = (Edge::default(), Metrics::default());
        let fault = BrowserFault::NotPermitted.into();
        Measured::new(&edge, Some(&metrics)).record(&Event::Refused {
            incident: Incident::new([0; 6]),
            fault: &fault,
            provider: None,
            upstream: None,
        });
        let text = metrics.to_text("i");
        let line = r#"lychgate_requests_refused_total{isolate="i",code="access_denied"} 1"#;
        assert!(text.contains(line), "{text}");
    }

    #[test]
    fn a_line_of_the_log_says_how_long_it_was_waited_and_for_whom() {
        let edge = Edge {
            exchange: Milliseconds::new(250),
            ..Edge::default()
        };
        let measured = Measured::new(&edge, None);
        let sent = measured.send(request(Method::Get), LIMITS);
        assert!(sent.now_or_never().unwrap().is_err());
        let fault = BrowserFault::NoRoute.into();
        measured.record(&Event::BackgroundFailed { fault: &fault });
        // Two tries are one wait.
        let timings = edge.timings.borrow()[0];
        assert_eq!(timings.provider, Some(Milliseconds::new(500)));
        assert_eq!(
            (timings.ledger, timings.total),
            (None, Milliseconds::new(500))
        );
    }
}
