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

#[derive(Debug, Default)]
pub(in crate::gateway) struct Memory {
    pub(in crate::gateway) known: Option<Known>,
    /// When a fetch failed, where none has succeeded since.
    pub(in crate::gateway) failed_at: Option<UnixTime>,
    /// How many failed, so that those who waited for one share its failure.
    pub(in crate::gateway) failures: u32,
}

#[derive(Debug)]
pub(in crate::gateway) struct Known {
    pub(in crate::gateway) metadata: Rc<ProviderMetadata>,
    pub(in crate::gateway) fetched_at: UnixTime,
}

impl PublishedMetadata {
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
