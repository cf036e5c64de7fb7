//! Every key set of a deployment that others publish.

use crate::{
    bearer::{cache::KeySetVersion, stored_keys},
    config::{Issuer, KeySource, MetadataSource, Provider},
    gateway::published::{key_set_memory::Memory, single_flight::Flights},
    http::url::Url,
    platform::store::StoreKey,
    time::UnixTime,
};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use core::cell::RefCell;

/// Every key set of a deployment that is published.
#[derive(Debug, Default)]
pub(in crate::gateway) struct KeySets(Vec<Published>);

/// The place of a key set among those of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySetIndex(usize);

/// A key set that is published, and what this isolate knows of it.
#[derive(Debug)]
pub(in crate::gateway) struct Published {
    pub(in crate::gateway) issuer: String,
    pub(in crate::gateway) location: Location,
    pub(in crate::gateway) place: StoreKey,
    pub(in crate::gateway) memory: RefCell<Memory>,
    pub(in crate::gateway) flights: Flights,
}

/// Where a key set is published.
#[derive(Debug)]
pub(in crate::gateway) enum Location {
    /// Where the metadata at this URL says.
    Metadata(Url),
    /// At this URL.
    Keys(Url),
}

impl KeySets {
    /// The set of a provider.
    pub(in crate::gateway) fn add_provider(
        &mut self,
        provider: &Provider,
        source: &MetadataSource,
    ) -> KeySetIndex {
        let location = match source {
            MetadataSource::Document(url) => Location::Metadata(url.clone()),
            MetadataSource::Written(endpoints) => Location::Keys(endpoints.jwks_uri.clone()),
        };
        self.add(&provider.issuer, location, of_provider(provider, source))
    }

    /// The set of an issuer; `None` where it publishes none.
    pub(in crate::gateway) fn add_issuer(&mut self, issuer: &Issuer) -> Option<KeySetIndex> {
        let location = match &issuer.keys {
            KeySource::Discovery(url) => Location::Metadata(url.clone()),
            KeySource::Url(url) => Location::Keys(url.clone()),
            KeySource::Inline(_) | KeySource::SharedSecret(_) | KeySource::None => return None,
        };
        let place = of_issuer(issuer)?;
        Some(self.add(&issuer.issuer, location, place))
    }

    fn add(&mut self, issuer: &str, location: Location, place: StoreKey) -> KeySetIndex {
        let is_same = |it: &Published| {
            let same_kind = matches!(
                (&it.location, &location),
                (Location::Metadata(_), Location::Metadata(_))
                    | (Location::Keys(_), Location::Keys(_))
            );
            same_kind && it.place == place
        };
        if let Some(found) = self.0.iter().position(is_same) {
            return KeySetIndex(found);
        }
        self.0.push(Published {
            issuer: issuer.to_owned(),
            location,
            place,
            memory: RefCell::default(),
            flights: Flights::default(),
        });
        KeySetIndex(self.0.len().saturating_sub(1))
    }

    /// The set at this place.
    pub(in crate::gateway) fn get(&self, index: KeySetIndex) -> Option<&Published> {
        self.0.get(index.0)
    }
}

impl Published {
    /// The version of the set that the cache holds fresh, so that nobody need be asked; `None` where it has none.
    pub(in crate::gateway) fn fresh_version(&self, now: UnixTime) -> Option<KeySetVersion> {
        self.memory.borrow().fresh_version(now)
    }

    /// The version of the set that the cache has, fresh or not.
    pub(in crate::gateway) fn known_version(&self, now: UnixTime) -> Option<KeySetVersion> {
        self.memory.borrow().known_version(now)
    }
}

/// Where the copy of a provider's set is stored. An issuer whose metadata is at the same place has the same set.
fn of_provider(provider: &Provider, source: &MetadataSource) -> StoreKey {
    stored_keys::place(&provider.issuer, &source.url().to_string())
}

/// Where the copy of an issuer's set is stored; `None` where it publishes none.
fn of_issuer(issuer: &Issuer) -> Option<StoreKey> {
    match &issuer.keys {
        KeySource::Discovery(url) | KeySource::Url(url) => {
            Some(stored_keys::place(&issuer.issuer, &url.to_string()))
        }
        KeySource::Inline(_) | KeySource::SharedSecret(_) | KeySource::None => None,
    }
}
