//! The session cache of one isolate: facts with the time they were asked for, no decisions.
//!
//! Cookies are found by the digest of their text, so that a forged one finds nothing and look-ups
//! say nothing about a real one. Times and rules are judged again at every use.

use super::{cookie::OpenedCookie, handle::SessionHandle, record::SessionRecord};
use crate::{
    config::Freshness,
    generations::Generations,
    time::{Seconds, UnixTime},
};
use alloc::rc::Rc;
use sha2::{Digest, Sha256};

/// A bounded cache of sessions.
#[derive(Debug)]
pub struct SessionCache {
    cookies: Generations<[u8; 32], Rc<KnownCookie>>,
    sessions: Generations<SessionHandle, Known>,
}

/// A cookie that opened before.
#[derive(Debug)]
pub struct KnownCookie {
    /// The opened cookie.
    pub opened: OpenedCookie,
    /// Its session.
    pub handle: SessionHandle,
}

#[derive(Debug)]
enum Known {
    Live(LiveMemory),
    /// Ended for good; nothing brings it back.
    Ended,
}

#[derive(Debug)]
struct LiveMemory {
    record: Rc<SessionRecord>,
    asked_at: UnixTime,
    refreshing_since: Option<UnixTime>,
}

/// The answer of the session cache about a session.
#[derive(Debug)]
pub enum Remembered {
    /// It was alive recently enough.
    Fresh {
        /// Its record.
        record: Rc<SessionRecord>,
        /// Whether the ledger should be asked again after the answer.
        refresh: Refresh,
    },
    /// It was alive, but the ledger must be asked before it counts.
    Stale(Rc<SessionRecord>),
    /// It ended.
    Ended,
    /// Nothing is known.
    Unknown,
}

/// Whether an answer of the ledger should be renewed in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// It is young, or being renewed already.
    NotDue,
    /// It is older than half of what is allowed.
    Due,
}

/// About 4 MiB, of the 128 MB that an isolate has.
const SESSION_BYTES: usize = 4 * 1024 * 1024;
const COOKIE_BYTES: usize = 1024 * 1024;
const COOKIE_WEIGHT: usize = 320;
const ENDED_WEIGHT: usize = 96;

impl SessionCache {
    /// An empty cache.
    pub const fn new() -> Self {
        Self {
            cookies: Generations::new(COOKIE_BYTES),
            sessions: Generations::new(SESSION_BYTES),
        }
    }

    /// The cookie with this text, if it opened before.
    pub fn cookie(&mut self, text: &str) -> Option<Rc<KnownCookie>> {
        self.cookies.get(&digest(text)).cloned()
    }

    /// Remembers a cookie that opened.
    pub fn remember_cookie(&mut self, text: &str, opened: OpenedCookie) -> Rc<KnownCookie> {
        let handle = opened.cookie.secret.handle();
        let known = Rc::new(KnownCookie { opened, handle });
        self.cookies
            .insert(digest(text), Rc::clone(&known), COOKIE_WEIGHT);
        known
    }

    /// The state of a session, as far as it is known now.
    ///
    /// Times are whole seconds, so an answer asked for in second `t` counts through second
    /// `t + N - 1`: never longer than N seconds, whatever the fractions were.
    pub fn session(
        &mut self,
        handle: &SessionHandle,
        freshness: Freshness,
        now: UnixTime,
    ) -> Remembered {
        let memory = match self.sessions.get(handle) {
            None => return Remembered::Unknown,
            Some(Known::Ended) => return Remembered::Ended,
            Some(Known::Live(memory)) => memory,
        };
        let record = Rc::clone(&memory.record);
        let limit = match freshness {
            Freshness::Strict => Seconds::ZERO,
            Freshness::Fast(limit) => limit,
        };
        let age = now.since(memory.asked_at);
        // An answer from the future says that the clock went back: it may be of any age.
        if age >= limit || now < memory.asked_at {
            return Remembered::Stale(record);
        }
        let is_half_over = age.as_seconds().saturating_mul(2) >= limit.as_seconds();
        let is_under_way = memory
            .refreshing_since
            .is_some_and(|since| now.since(since) < limit);
        let refresh = if is_half_over && !is_under_way {
            Refresh::Due
        } else {
            Refresh::NotDue
        };
        Remembered::Fresh { record, refresh }
    }

    /// Notes that someone is asking the ledger about a session, so that others need not.
    pub fn begin_refresh(&mut self, handle: &SessionHandle, now: UnixTime) {
        match self.sessions.get(handle) {
            Some(Known::Live(memory)) => memory.refreshing_since = Some(now),
            Some(Known::Ended) | None => {}
        }
    }

    /// Remembers that the ledger, asked at `asked_at`, said that a session is alive.
    ///
    /// A session that ended here meanwhile stays ended, and an older answer replaces no newer one.
    pub fn remember_live(
        &mut self,
        handle: SessionHandle,
        record: Rc<SessionRecord>,
        asked_at: UnixTime,
    ) {
        match self.sessions.get(&handle) {
            Some(Known::Ended) => return,
            Some(Known::Live(memory)) if memory.asked_at > asked_at => return,
            Some(Known::Live(_)) | None => {}
        }
        let bytes = record.weight();
        let memory = LiveMemory {
            record,
            asked_at,
            refreshing_since: None,
        };
        self.sessions.insert(handle, Known::Live(memory), bytes);
    }

    /// Remembers that a session ended.
    pub fn remember_ended(&mut self, handle: SessionHandle) {
        self.sessions.insert(handle, Known::Ended, ENDED_WEIGHT);
    }

    /// Forgets a session, so that the ledger is asked next time.
    pub fn forget(&mut self, handle: &SessionHandle) {
        if !matches!(self.sessions.get(handle), Some(Known::Ended)) {
            self.sessions.remove(handle);
        }
    }
}

impl Default for SessionCache {
    fn default() -> Self {
        Self::new()
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, vec};
    use serde_json::Map;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const HANDLE: SessionHandle = SessionHandle::from_bytes([1; 16]);
    const FAST: Freshness = Freshness::Fast(Seconds::new(10));

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    fn record() -> Rc<SessionRecord> {
        Rc::new(SessionRecord {
            provider: "demo".to_owned(),
            iss: "i".to_owned(),
            sub: "s".to_owned(),
            sid: None,
            auth_time: None,
            acr: None,
            amr: vec![],
            claims: Map::new(),
            groups: vec![],
            roles: vec![],
            missing: vec![],
            scope: None,
            id_token: Some("i".to_owned()),
            access_token: Some("a".to_owned()),
            refresh_token: None,
            created: 0,
            ends: None,
            generation: 0,
        })
    }

    fn cache() -> SessionCache {
        let mut cache = SessionCache::new();
        cache.remember_live(HANDLE, record(), at(100));
        cache
    }

    #[test]
    fn an_answer_counts_for_less_than_the_limit_and_is_renewed_once_before() {
        let mut cache = cache();
        let refresh_at =
            |cache: &mut SessionCache, seconds| match cache.session(&HANDLE, FAST, at(seconds)) {
                Remembered::Fresh { refresh, .. } => Some(refresh),
                Remembered::Stale(_) | Remembered::Ended | Remembered::Unknown => None,
            };
        assert_eq!(refresh_at(&mut cache, 104), Some(Refresh::NotDue));
        assert_eq!(refresh_at(&mut cache, 105), Some(Refresh::Due));
        cache.begin_refresh(&HANDLE, at(105));
        assert_eq!(refresh_at(&mut cache, 106), Some(Refresh::NotDue));
        assert_eq!(refresh_at(&mut cache, 109), Some(Refresh::NotDue));
        assert_eq!(refresh_at(&mut cache, 110), None);
        assert_eq!(refresh_at(&mut cache, 99), None);
    }

    #[test]
    fn strict_never_takes_memorys_word() {
        assert!(matches!(
            cache().session(&HANDLE, Freshness::Strict, at(100)),
            Remembered::Stale(_)
        ));
        assert!(matches!(
            cache().session(&HANDLE, FAST, at(100)),
            Remembered::Fresh { .. }
        ));
    }

    #[test]
    fn an_ended_session_stays_ended_whatever_answers_arrive_late() {
        let mut cache = cache();
        cache.remember_ended(HANDLE);
        cache.remember_live(HANDLE, record(), at(101));
        assert!(matches!(
            cache.session(&HANDLE, FAST, at(101)),
            Remembered::Ended
        ));
        cache.forget(&HANDLE);
        assert!(matches!(
            cache.session(&HANDLE, FAST, at(101)),
            Remembered::Ended
        ));
    }

    #[test]
    fn a_late_older_answer_replaces_no_newer_one() {
        let mut cache = cache();
        cache.remember_live(HANDLE, record(), at(95));
        assert!(matches!(
            cache.session(&HANDLE, FAST, at(108)),
            Remembered::Fresh { .. }
        ));
    }
}
