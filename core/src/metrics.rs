//! The counters of one isolate or instance since its start, and their text for Prometheus.
//!
//! A warm request counts by adding to a number. Everything else goes through one small list of names of
//! ours, so that no text from outside ever becomes a label.

use crate::time::{Milliseconds, UnixTime};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::cell::{Cell, RefCell};

/// The counters of one isolate or instance.
#[derive(Debug, Default)]
pub struct Metrics {
    begun: Cell<Option<UnixTime>>,
    name: Cell<Option<[u8; 6]>>,
    forwarded: Cell<Forwarded>,
    reported: Cell<Forwarded>,
    reported_at: Cell<Option<UnixTime>>,
    from_cache: Cell<u64>,
    tokens_from_cache: Cell<u64>,
    tally: RefCell<Vec<(Family, Labels, u64)>>,
}

/// Requests passed on to an upstream, by the access of their routes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// To anyone.
    pub public: u64,
    /// With a session.
    pub session: u64,
    /// With an access token.
    pub bearer: u64,
}

/// The credential that let a request in that was passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing was asked.
    Public,
    /// A session.
    Session,
    /// An access token.
    Bearer,
}

/// The families of named counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Requests passed on to an upstream, by access.
    Forwarded,
    /// Requests that got an answer of ours instead of what they asked for, by public code.
    Refused,
    /// Sessions that were looked up, by what knew them.
    SessionChecks,
    /// Access tokens that were looked at, by what knew them or whether their signatures were verified.
    TokenChecks,
    /// Browsers that were sent to a provider.
    SignInsBegun,
    /// Sessions that began.
    SignIns,
    /// Sessions that their owners ended.
    SignOuts,
    /// Requests to providers, by exchange and result.
    Exchanges,
    /// Calls of the store and the ledger, by call and result.
    Calls,
    /// Milliseconds that were waited, by what for.
    Waited,
    /// Work after an answer that failed.
    BackgroundFailures,
}

/// The values of up to two labels.
pub type Labels = [&'static str; 2];

/// The labels of a family that has none.
pub const NONE: Labels = ["", ""];

/// The content type of [`Metrics::to_text`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How long lies at least between two reports of what was forwarded.
const REPORT_EVERY: u64 = 10;

/// A family, its name, its labels, and what it says.
const FAMILIES: [(Family, &str, Labels, &str); 11] = [
    (
        Family::Forwarded,
        "requests_forwarded_total",
        ["access", ""],
        "Requests passed on to an upstream.",
    ),
    (
        Family::Refused,
        "requests_refused_total",
        ["code", ""],
        "Requests that got an answer of Lychgate instead of what they asked for.",
    ),
    (
        Family::SessionChecks,
        "session_checks_total",
        ["by", ""],
        "Sessions that were looked up, by what knew them.",
    ),
    (
        Family::TokenChecks,
        "token_checks_total",
        ["by", ""],
        "Access tokens that were looked at: by memory, or by a signature that was verified.",
    ),
    (
        Family::SignInsBegun,
        "sign_ins_begun_total",
        NONE,
        "Browsers that were sent to a provider.",
    ),
    (
        Family::SignIns,
        "sign_ins_total",
        NONE,
        "Sessions that began.",
    ),
    (
        Family::SignOuts,
        "sign_outs_total",
        NONE,
        "Sessions that were signed out of.",
    ),
    (
        Family::Exchanges,
        "provider_exchanges_total",
        ["exchange", "result"],
        "Requests to providers. The result is ok for a status of success, refused for any other, failed for no answer.",
    ),
    (
        Family::Calls,
        "calls_total",
        ["call", "result"],
        "Calls of the ledger and the store.",
    ),
    (
        Family::Waited,
        "waited_seconds_total",
        ["for", ""],
        "Time that requests waited.",
    ),
    (
        Family::BackgroundFailures,
        "background_failures_total",
        NONE,
        "Work after an answer that failed.",
    ),
];

impl Metrics {
    /// Begins at `now`, where that was not done before.
    pub fn begin(&self, now: UnixTime) {
        if self.begun.get().is_none() {
            self.begun.set(Some(now));
        }
    }

    /// The name that tells this isolate from others: `fresh` random bytes of the first question.
    pub fn name(&self, fresh: [u8; 6]) -> [u8; 6] {
        let name = self.name.get().unwrap_or(fresh);
        self.name.set(Some(name));
        name
    }

    /// Counts a request that is passed on.
    pub fn forwarded(&self, access: Access) {
        let mut forwarded = self.forwarded.get();
        let count = match access {
            Access::Public => &mut forwarded.public,
            Access::Session => &mut forwarded.session,
            Access::Bearer => &mut forwarded.bearer,
        };
        *count = count.saturating_add(1);
        self.forwarded.set(forwarded);
    }

    /// Counts an access token that was in the token cache.
    pub fn token_from_cache(&self) {
        self.tokens_from_cache
            .set(self.tokens_from_cache.get().saturating_add(1));
    }

    /// Counts a session that was in the session cache.
    pub fn from_cache(&self) {
        self.from_cache.set(self.from_cache.get().saturating_add(1));
    }

    /// Counts one by name.
    pub fn count(&self, family: Family, labels: Labels) {
        self.add(family, labels, 1);
    }

    /// Adds to what was waited for.
    pub fn waited(&self, what: &'static str, span: Milliseconds) {
        self.add(Family::Waited, [what, ""], span.as_milliseconds());
    }

    fn add(&self, family: Family, labels: Labels, more: u64) {
        let mut tally = self.tally.borrow_mut();
        let found = tally
            .iter_mut()
            .find(|(other, others, _)| *other == family && *others == labels);
        match found {
            Some((_, _, count)) => *count = count.saturating_add(more),
            None => tally.push((family, labels, more)),
        }
    }

    /// The number of requests forwarded since the last report, where there are any and that one is a while ago.
    pub fn report(&self, now: UnixTime) -> Option<Forwarded> {
        let (forwarded, reported) = (self.forwarded.get(), self.reported.get());
        let is_early = |at| now.since(at).as_seconds() < REPORT_EVERY;
        if forwarded == reported || self.reported_at.get().is_some_and(is_early) {
            return None;
        }
        self.reported.set(forwarded);
        self.reported_at.set(Some(now));
        Some(Forwarded {
            public: forwarded.public.saturating_sub(reported.public),
            session: forwarded.session.saturating_sub(reported.session),
            bearer: forwarded.bearer.saturating_sub(reported.bearer),
        })
    }

    /// The text that Prometheus reads (text format 0.0.4); every sample has the label `isolate`.
    pub fn to_text(&self, isolate: &str) -> String {
        let mut text = Text {
            out: String::new(),
            isolate,
        };
        text.head(
            "isolate_start_seconds",
            "gauge",
            "When this isolate or instance began to count. All figures are its own alone, and begin anew with it.",
        );
        let begun = self.begun.get().map_or(0, UnixTime::as_seconds);
        text.sample("isolate_start_seconds", NONE, NONE, &begun.to_string());
        let forwarded = self.forwarded.get();
        let mut all = Vec::from([
            (Family::Forwarded, ["public", ""], forwarded.public),
            (Family::Forwarded, ["session", ""], forwarded.session),
            (Family::Forwarded, ["bearer", ""], forwarded.bearer),
            (Family::SessionChecks, ["memory", ""], self.from_cache.get()),
            (
                Family::TokenChecks,
                ["memory", ""],
                self.tokens_from_cache.get(),
            ),
        ]);
        all.extend_from_slice(&self.tally.borrow());
        for (family, name, labels, help) in FAMILIES {
            text.head(name, "counter", help);
            let mut is_empty = true;
            for (_, values, count) in all.iter().filter(|(other, _, _)| *other == family) {
                is_empty = false;
                text.sample(name, labels, *values, &value(family, *count));
            }
            if is_empty && labels == NONE {
                text.sample(name, NONE, NONE, "0");
            }
        }
        text.out
    }
}

fn value(family: Family, count: u64) -> String {
    match family {
        Family::Waited => format!("{}.{:03}", count / 1000, count % 1000),
        Family::Forwarded
        | Family::Refused
        | Family::SessionChecks
        | Family::TokenChecks
        | Family::SignInsBegun
        | Family::SignIns
        | Family::SignOuts
        | Family::Exchanges
        | Family::Calls
        | Family::BackgroundFailures => count.to_string(),
    }
}

/// The text format, whose names, values of labels and sentences need no escaping.
struct Text<'a> {
    out: String,
    isolate: &'a str,
}

impl Text<'_> {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.push(&["# HELP lychgate_", name, " ", help, "\n"]);
        self.push(&["# TYPE lychgate_", name, " ", kind, "\n"]);
    }

    fn sample(&mut self, name: &str, labels: Labels, values: Labels, value: &str) {
        let isolate = self.isolate;
        self.push(&["lychgate_", name, "{isolate=\"", isolate, "\""]);
        for (label, value) in labels.into_iter().zip(values) {
            if !label.is_empty() {
                self.push(&[",", label, "=\"", value, "\""]);
            }
        }
        self.push(&["} ", value, "\n"]);
    }

    fn push(&mut self, parts: &[&str]) {
        for part in parts {
            self.out.push_str(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const START: UnixTime = UnixTime::from_seconds(1_798_761_600);

    fn after(seconds: u64) -> UnixTime {
        START.plus(crate::time::Seconds::new(seconds))
    }

    #[test]
    fn what_was_counted_is_written_with_the_isolate() {
        let metrics = Metrics::default();
        metrics.begin(START);
        metrics.begin(after(5));
        metrics.forwarded(Access::Public);
        metrics.forwarded(Access::Session);
        metrics.forwarded(Access::Session);
        metrics.from_cache();
        metrics.count(Family::Refused, ["not_found", ""]);
        metrics.count(Family::Refused, ["not_found", ""]);
        metrics.count(Family::Exchanges, ["token", "ok"]);
        metrics.waited("ledger", Milliseconds::new(999));
        metrics.waited("ledger", Milliseconds::new(7));
        let text = metrics.to_text("0a1b");
        for line in [
            r#"lychgate_isolate_start_seconds{isolate="0a1b"} 1798761600"#,
            r#"lychgate_requests_forwarded_total{isolate="0a1b",access="public"} 1"#,
            r#"lychgate_requests_forwarded_total{isolate="0a1b",access="session"} 2"#,
            r#"lychgate_session_checks_total{isolate="0a1b",by="memory"} 1"#,
            r#"lychgate_requests_refused_total{isolate="0a1b",code="not_found"} 2"#,
            r#"lychgate_provider_exchanges_total{isolate="0a1b",exchange="token",result="ok"} 1"#,
            r#"lychgate_waited_seconds_total{isolate="0a1b",for="ledger"} 1.006"#,
            r#"lychgate_sign_ins_total{isolate="0a1b"} 0"#,
            "# TYPE lychgate_sign_ins_total counter",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
        assert!(text.ends_with('\n'));
    }

    #[test]
    fn what_was_forwarded_is_reported_once_and_not_too_often() {
        let metrics = Metrics::default();
        assert_eq!(metrics.report(START), None);
        metrics.forwarded(Access::Public);
        let one = Forwarded {
            public: 1,
            session: 0,
            bearer: 0,
        };
        assert_eq!(metrics.report(START), Some(one));
        metrics.forwarded(Access::Public);
        metrics.forwarded(Access::Session);
        metrics.forwarded(Access::Bearer);
        assert_eq!(metrics.report(after(9)), None);
        let both = Forwarded {
            public: 1,
            session: 1,
            bearer: 1,
        };
        assert_eq!(metrics.report(after(10)), Some(both));
        assert_eq!(metrics.report(after(30)), None);
    }
}
