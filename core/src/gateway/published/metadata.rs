//! The cache of metadata in one isolate: of providers, and of issuers that are asked where their metadata says.

use crate::{
    gateway::published::{
        key_set_memory::{FRESH, LAST_GOOD, RETRY},
        key_sets::KeySetIndex,
        single_flight::Flights,
    },
    http::url::Url,
    oidc::discovery::ProviderMetadata,
    time::{Seconds, UnixTime},
};
use alloc::rc::Rc;
use core::cell::RefCell;

/// The cache of a provider that has metadata.
#[derive(Debug)]
pub(in crate::gateway) struct PublishedMetadata {
    pub(in crate::gateway) metadata: RefCell<Memory<ProviderMetadata>>,
    pub(in crate::gateway) flights: Flights,
    pub(in crate::gateway) keys: KeySetIndex,
}

/// The cache of an issuer whose metadata says where it is asked about tokens.
#[derive(Debug, Default)]
pub(in crate::gateway) struct PublishedEndpoint {
    pub(in crate::gateway) endpoint: RefCell<Memory<Url>>,
    pub(in crate::gateway) flights: Flights,
}

/// What the metadata says, as far as it is known.
#[derive(Debug)]
pub(in crate::gateway) struct Memory<T> {
    pub(in crate::gateway) known: Option<Known<T>>,
    /// When a fetch failed, where none has succeeded since.
    pub(in crate::gateway) failed_at: Option<UnixTime>,
    /// How many failed, so that those who waited for one share its failure.
    pub(in crate::gateway) failures: u32,
}

/// Metadata, and when it was asked for.
#[derive(Debug)]
pub(in crate::gateway) struct Known<T> {
    pub(in crate::gateway) metadata: Rc<T>,
    pub(in crate::gateway) fetched_at: UnixTime,
}

impl PublishedMetadata {
    /// A cache that knows nothing yet, of a provider whose keys are there.
    pub(in crate::gateway) fn new(keys: KeySetIndex) -> Self {
        Self {
            metadata: RefCell::default(),
            flights: Flights::default(),
            keys,
        }
    }
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self {
            known: None,
            failed_at: None,
            failures: 0,
        }
    }
}

impl<T> Memory<T> {
    fn within(&self, lifetime: Seconds, now: UnixTime) -> Option<Rc<T>> {
        let known = self.known.as_ref()?;
        (now.since(known.fetched_at) < lifetime).then(|| Rc::clone(&known.metadata))
    }

    /// The metadata that serves without asking: nobody waits for the next failure while there is a last good answer.
    pub(in crate::gateway) fn serving(&self, now: UnixTime) -> Option<Rc<T>> {
        let lifetime = match self.failed_lately(now) {
            true => LAST_GOOD,
            false => FRESH,
        };
        self.within(lifetime, now)
    }

    /// Whether it failed a moment ago, so that nobody asks again yet.
    pub(in crate::gateway) fn failed_lately(&self, now: UnixTime) -> bool {
        self.failed_at.is_some_and(|at| now.since(at) < RETRY)
    }

    /// It was asked for at that time.
    pub(in crate::gateway) fn learn(&mut self, metadata: Rc<T>, fetched_at: UnixTime) {
        self.failed_at = None;
        self.known = Some(Known {
            metadata,
            fetched_at,
        });
    }

    /// It could not be had.
    pub(in crate::gateway) const fn fail(&mut self, ended: UnixTime) {
        self.failed_at = Some(ended);
        self.failures = self.failures.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::discovery::ResponseIssuer;
    use alloc::vec;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const START: UnixTime = UnixTime::from_seconds(1_800_000_000);

    fn memory() -> Memory<ProviderMetadata> {
        let url = || Url::parse("https://op.example.com/").unwrap();
        let metadata = ProviderMetadata {
            authorization_endpoint: url(),
            token_endpoint: url(),
            jwks_uri: url(),
            pushed_authorization_request_endpoint: None,
            userinfo_endpoint: None,
            end_session_endpoint: None,
            response_issuer: ResponseIssuer::NotPromised,
            flaws: vec![],
        };
        let known = Known {
            metadata: Rc::new(metadata),
            fetched_at: START,
        };
        Memory {
            known: Some(known),
            ..Memory::default()
        }
    }

    #[test]
    fn metadata_of_an_hour_ago_serves_for_ten_seconds_after_a_failure() {
        let mut memory = memory();
        let after = |seconds| START.plus(Seconds::new(seconds));
        assert!(memory.serving(after(3_599)).is_some());
        assert!(memory.serving(after(3_600)).is_none());
        memory.failed_at = Some(after(3_600));
        assert!(memory.serving(after(3_609)).is_some());
        assert!(memory.serving(after(3_610)).is_none());
    }

    #[test]
    fn metadata_of_a_day_ago_serves_nobody() {
        let mut memory = memory();
        let after = |seconds| START.plus(Seconds::new(seconds));
        memory.failed_at = Some(after(86_399));
        assert!(memory.serving(after(86_399)).is_some());
        assert!(memory.serving(after(86_400)).is_none());
    }
}
