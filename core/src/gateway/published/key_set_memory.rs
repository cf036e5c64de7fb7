//! The cache of a key set in one isolate, by the rule for all of them: facts with their times, and no I/O.
//!
//! - A set is **fresh** for an hour. For another hour it **serves meanwhile**, and is fetched anew after the answer;
//!   after that a request waits for it.
//! - Where it cannot be fetched, the **last good** one serves for a day, and the next **retry** is ten seconds after the
//!   failure.
//! - For a token that no key of it signed, an unknown `kid` or a known one, it is fetched once more, at most once per
//!   **cool-down** of 30 seconds from the end of the last such fetch. So a rotation is seen at once, and a flood of
//!   made-up keys is not felt.
//! - Of requests that want it at the same time one loads and fetches
//!   ([`single_flight`](crate::gateway::published::single_flight)).
//!
//! A time says when something ended, never that it was begun: a fetch that never ends leaves nothing behind.

use crate::{
    bearer::cache::KeySetVersion,
    jose::KeySet,
    time::{Seconds, UnixTime},
};
use alloc::{rc::Rc, vec::Vec};

/// How long a set needs no look at its issuer.
pub(in crate::gateway) const FRESH: Seconds = Seconds::minutes(60);

/// How long it serves while it is fetched anew after the answer.
const SERVED_MEANWHILE: Seconds = Seconds::minutes(2 * 60);

/// How long the last good one serves where it cannot be fetched anew.
pub(in crate::gateway) const LAST_GOOD: Seconds = Seconds::minutes(24 * 60);

/// Between two fetches for tokens that no key of the set signed.
const COOL_DOWN: Seconds = Seconds::new(30);

/// After a fetch that failed.
pub(in crate::gateway) const RETRY: Seconds = Seconds::new(10);

/// The reason to fetch a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum Need {
    /// Any that may serve now.
    Any,
    /// One that is fresh.
    Fresh,
    /// Another one than this, for a token that none of its keys signed.
    NewerThan(KeySetVersion),
}

/// The key set, as far as it is known.
#[derive(Debug, Default)]
pub(in crate::gateway) struct Memory {
    known: Option<Known>,
    version: KeySetVersion,
    /// When a fetch for a token that no key signed ended.
    asked_at: Option<UnixTime>,
    /// When a fetch failed, where none has succeeded since.
    failed_at: Option<UnixTime>,
    copy: Option<StoredCopy>,
}

#[derive(Debug)]
struct Known {
    set: Rc<KeySet>,
    document: Vec<u8>,
    fetched_at: UnixTime,
}

/// The copy in the store, as far as this isolate knows.
#[derive(Clone, Copy, Debug)]
struct StoredCopy {
    version: KeySetVersion,
    fetched_at: UnixTime,
    writer: Writer,
}

/// The isolate that wrote a stored copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    This,
    Another,
}

/// A set that may be used now.
pub(in crate::gateway) struct Usable {
    pub(in crate::gateway) set: Rc<KeySet>,
    pub(in crate::gateway) version: KeySetVersion,
    /// Whether it should be fetched anew.
    pub(in crate::gateway) is_due: bool,
}

impl Memory {
    /// A set that is fresh enough to serve without asking anyone first.
    pub(in crate::gateway) fn serving(&self, now: UnixTime) -> Option<Usable> {
        let usable = self.within(SERVED_MEANWHILE, now)?;
        let is_due = self.within(FRESH, now).is_none() && !self.failed_lately(now);
        Some(Usable { is_due, ..usable })
    }

    /// The set, as long as it is of any use.
    pub(in crate::gateway) fn last_good(&self, now: UnixTime) -> Option<Usable> {
        self.within(LAST_GOOD, now)
    }

    /// The version of a set that needs no look at its issuer.
    pub(in crate::gateway) fn fresh_version(&self, now: UnixTime) -> Option<KeySetVersion> {
        self.version_within(FRESH, now)
    }

    /// The version of a set that is of any use.
    pub(in crate::gateway) fn known_version(&self, now: UnixTime) -> Option<KeySetVersion> {
        self.version_within(LAST_GOOD, now)
    }

    /// The version of the set that was known last, be it too old to use.
    pub(in crate::gateway) const fn version(&self) -> KeySetVersion {
        self.version
    }

    /// Whether the issuer failed a moment ago, so that it is not asked again yet.
    pub(in crate::gateway) fn failed_lately(&self, now: UnixTime) -> bool {
        self.failed_at.is_some_and(|at| now.since(at) < RETRY)
    }

    /// Whether it was asked a moment ago for a token that no key signed.
    pub(in crate::gateway) fn asked_lately(&self, now: UnixTime) -> bool {
        self.asked_at.is_some_and(|at| now.since(at) < COOL_DOWN)
    }

    /// Whether nothing has to be fetched for that need.
    pub(in crate::gateway) fn has(&self, need: Need, now: UnixTime) -> bool {
        match need {
            Need::Any => self.serving(now).is_some(),
            Need::Fresh => self.fresh_version(now).is_some(),
            Need::NewerThan(version) => self.version != version || self.asked_lately(now),
        }
    }

    /// A set that was fetched; it comes back where it says anything new.
    pub(in crate::gateway) fn fetched(
        &mut self,
        (set, document): (KeySet, Vec<u8>),
        need: Need,
        (asked, ended): (UnixTime, UnixTime),
    ) -> Option<Rc<KeySet>> {
        self.failed_at = None;
        if let Need::NewerThan(_) = need {
            self.asked_at = Some(ended);
        }
        let has_same_flaws = |known: &Known| known.set.flaws().eq(set.flaws());
        let is_news = !self.known.as_ref().is_some_and(has_same_flaws);
        let is_changed = self.replace(set, document, asked);
        let known = self.known.as_ref().filter(|_| is_changed || is_news)?;
        Some(Rc::clone(&known.set))
    }

    /// A fetch that failed.
    pub(in crate::gateway) const fn failed(&mut self, ended: UnixTime) {
        self.failed_at = Some(ended);
    }

    /// A copy that another isolate stored.
    pub(in crate::gateway) fn loaded(
        &mut self,
        (set, document): (KeySet, Vec<u8>),
        fetched_at: UnixTime,
        asked_at: UnixTime,
    ) {
        self.asked_at = Some(asked_at).max(self.asked_at);
        let is_newer = |known: &Known| known.fetched_at < fetched_at;
        if self.known.as_ref().is_some_and(|known| !is_newer(known)) {
            return;
        }
        self.replace(set, document, fetched_at);
        self.copy = Some(StoredCopy {
            version: self.version,
            fetched_at,
            writer: Writer::Another,
        });
    }

    /// The copy to store, and only where it says something new: another set, one whose copy has grown old, or, of an
    /// isolate that has stored nothing yet, that the issuer was asked. An isolate may live for one request alone, and
    /// then the copy is all that others know of the cool-down.
    pub(in crate::gateway) fn to_store(&self, need: Need) -> Option<(&[u8], UnixTime, UnixTime)> {
        let known = self.known.as_ref()?;
        let is_told = self.copy.is_some_and(|copy| {
            let is_same = copy.version == self.version;
            let is_young = known.fetched_at.since(copy.fetched_at) < FRESH;
            let is_first_word =
                matches!(need, Need::NewerThan(_)) && copy.writer == Writer::Another;
            is_same && is_young && !is_first_word
        });
        let asked_at = self.asked_at.unwrap_or(UnixTime::from_seconds(0));
        (!is_told).then_some((&known.document, known.fetched_at, asked_at))
    }

    /// The copy was stored, or could not be, in which case it is tried again with the next set.
    pub(in crate::gateway) const fn stored(
        &mut self,
        version: KeySetVersion,
        fetched_at: UnixTime,
    ) {
        self.copy = Some(StoredCopy {
            version,
            fetched_at,
            writer: Writer::This,
        });
    }

    fn replace(&mut self, set: KeySet, document: Vec<u8>, fetched_at: UnixTime) -> bool {
        let is_same = |known: &Known| known.set.keys() == set.keys();
        let is_changed = !self.known.as_ref().is_some_and(is_same);
        if is_changed {
            self.version = self.version.next();
        }
        self.known = Some(Known {
            set: Rc::new(set),
            document,
            fetched_at,
        });
        is_changed
    }

    fn version_within(&self, lifetime: Seconds, now: UnixTime) -> Option<KeySetVersion> {
        let known = self.known.as_ref()?;
        (now.since(known.fetched_at) < lifetime).then_some(self.version)
    }

    fn within(&self, lifetime: Seconds, now: UnixTime) -> Option<Usable> {
        let version = self.version_within(lifetime, now)?;
        let known = self.known.as_ref()?;
        Some(Usable {
            set: Rc::clone(&known.set),
            version,
            is_due: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const START: UnixTime = UnixTime::from_seconds(1_800_000_000);

    fn after(seconds: u64) -> UnixTime {
        START.plus(Seconds::new(seconds))
    }

    /// The key of RFC 8037, appendix A.2, under that name.
    fn set(key_id: &str) -> (KeySet, Vec<u8>) {
        let document = format!(
            r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"{key_id}",
                "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}]}}"#
        );
        let set = KeySet::parse(document.as_bytes()).unwrap();
        assert_eq!(set.keys().len(), 1);
        (set, document.into_bytes())
    }

    /// A memory that fetched the set `a` at the start.
    fn memory() -> Memory {
        let mut memory = Memory::default();
        assert!(
            memory
                .fetched(set("a"), Need::Any, (START, START))
                .is_some()
        );
        memory
    }

    #[test]
    fn a_set_is_fresh_for_an_hour_serves_for_two_and_is_of_use_for_a_day() {
        let memory = memory();
        for (seconds, is_fresh, is_due, is_of_use) in [
            (3_599, true, Some(false), true),
            (3_600, false, Some(true), true),
            (7_199, false, Some(true), true),
            (7_200, false, None, true),
            (86_399, false, None, true),
            (86_400, false, None, false),
        ] {
            let now = after(seconds);
            let serving = memory.serving(now).map(|usable| usable.is_due);
            assert_eq!(memory.fresh_version(now).is_some(), is_fresh, "{seconds}");
            assert_eq!(serving, is_due, "{seconds}");
            assert_eq!(memory.last_good(now).is_some(), is_of_use, "{seconds}");
            assert_eq!(memory.known_version(now).is_some(), is_of_use, "{seconds}");
        }
    }

    #[test]
    fn an_issuer_that_failed_is_left_alone_for_ten_seconds() {
        let mut memory = memory();
        memory.failed(after(3_600));
        let is_due = |memory: &Memory, seconds| memory.serving(after(seconds)).unwrap().is_due;
        assert!(!is_due(&memory, 3_609));
        assert!(is_due(&memory, 3_610));
        assert!(memory.failed_lately(after(3_609)));
        let ended = (after(3_605), after(3_605));
        memory.fetched(set("a"), Need::Any, ended);
        assert!(!memory.failed_lately(after(3_609)));
    }

    #[test]
    fn other_keys_are_a_new_version_and_the_same_ones_are_not() {
        let mut memory = memory();
        let version = memory.version();
        let again = memory.fetched(set("a"), Need::Any, (after(1), after(1)));
        assert!(again.is_none());
        assert_eq!(memory.version(), version);
        let other = memory.fetched(set("b"), Need::Any, (after(2), after(2)));
        assert!(other.is_some());
        assert_ne!(memory.version(), version);
    }

    #[test]
    fn for_tokens_that_no_key_signed_an_issuer_is_asked_once_in_thirty_seconds() {
        let mut memory = memory();
        let need = Need::NewerThan(memory.version());
        memory.fetched(set("a"), Need::Any, (after(1), after(1)));
        assert!(!memory.has(need, after(1)));
        memory.fetched(set("a"), need, (after(2), after(5)));
        assert!(memory.has(need, after(34)));
        assert!(!memory.has(need, after(35)));
        memory.fetched(set("b"), Need::Any, (after(40), after(40)));
        assert!(memory.has(need, after(99)));
    }

    #[test]
    fn a_copy_of_another_isolate_counts_where_it_is_newer_and_its_cool_down_always() {
        for (fetched_at, is_taken) in [(START, false), (after(1), true)] {
            let mut memory = memory();
            let version = memory.version();
            memory.loaded(set("b"), fetched_at, after(50));
            assert_eq!(memory.version() != version, is_taken);
            assert!(memory.asked_lately(after(79)));
            assert!(!memory.asked_lately(after(80)));
        }
    }

    #[test]
    fn a_copy_is_stored_where_it_says_something_new() {
        let mut memory = memory();
        let newer = Need::NewerThan(memory.version());
        let stores = |memory: &Memory, need| memory.to_store(need).is_some();
        assert!(stores(&memory, Need::Any));
        memory.stored(memory.version(), START);
        assert!(!stores(&memory, Need::Any) && !stores(&memory, newer));
        memory.fetched(set("a"), Need::Any, (after(3_600), after(3_600)));
        assert!(stores(&memory, Need::Any));
        memory.loaded(set("a"), after(3_601), START);
        assert!(!stores(&memory, Need::Any));
        // An isolate that has stored nothing yet says that the issuer was asked.
        assert!(stores(&memory, newer));
    }
}
