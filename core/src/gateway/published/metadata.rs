//! The cache of a provider's metadata in one isolate.

use crate::{
    gateway::published::{
        key_set_memory::{FRESH, LAST_GOOD, RETRY},
        key_sets::KeySetIndex,
        single_flight::Flights,
    },
    oidc::discovery::ProviderMetadata,
    time::{Seconds, UnixTime},
};
use alloc::rc::Rc;
use core::cell::RefCell;

/// The cache of a provider that has metadata.
#[derive(Debug)]
pub(in crate::gateway) struct PublishedMetadata {
    pub(in crate::gateway) metadata: RefCell<Memory>,
    pub(in crate::gateway) flights: Flights,
    pub(in crate::gateway) keys: KeySetIndex,
}

/// The metadata, as far as it is known.
#[derive(Debug, Default)]
pub(in crate::gateway) struct Memory {
    pub(in crate::gateway) known: Option<Known>,
    /// When a fetch failed, where none has succeeded since.
    pub(in crate::gateway) failed_at: Option<UnixTime>,
    /// How many failed, so that those who waited for one share its failure.
    pub(in crate::gateway) failures: u32,
}

/// Metadata, and when it was asked for.
#[derive(Debug)]
pub(in crate::gateway) struct Known {
    pub(in crate::gateway) metadata: Rc<ProviderMetadata>,
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

impl Memory {
    fn within(&self, lifetime: Seconds, now: UnixTime) -> Option<Rc<ProviderMetadata>> {
        let known = self.known.as_ref()?;
        (now.since(known.fetched_at) < lifetime).then(|| Rc::clone(&known.metadata))
    }

    /// The metadata that serves without asking: nobody waits for the next failure while there is a last good answer.
    pub(in crate::gateway) fn serving(&self, now: UnixTime) -> Option<Rc<ProviderMetadata>> {
        let failed_lately = self.failed_at.is_some_and(|at| now.since(at) < RETRY);
        let lifetime = if failed_lately { LAST_GOOD } else { FRESH };
        self.within(lifetime, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{http::url::Url, oidc::discovery::ResponseIssuer};
    use alloc::vec;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const START: UnixTime = UnixTime::from_seconds(1_800_000_000);

    fn memory() -> Memory {
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
