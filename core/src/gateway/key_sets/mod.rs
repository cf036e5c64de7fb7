//! The key sets that providers and issuers publish: one cache and one rule for ID tokens and access tokens.
//!
//! A set comes from memory, then the store, then the issuer.
//!
//! - It is **fresh** for an hour. For another hour it **serves meanwhile**, and is fetched anew after the answer; after
//!   that a request waits for it.
//! - Where it cannot be fetched, the **last good** one serves for a day, and the next **retry** is ten seconds after the
//!   failure.
//! - For a token that no key of it signed, an unknown `kid` or a known one, it is fetched once more, at most once per
//!   **cool-down** of 30 seconds from the end of the last such fetch. So a rotation is seen at once, and a flood of made-up
//!   keys is not felt.
//! - Of requests that want it at the same time one loads and fetches ([`single_flight`]).
//!
//! An issuer and a provider that publish at one place share one set.

pub(super) mod memory;
pub(super) mod origin;
pub(super) mod single_flight;
mod store;
mod verify;

pub(super) use verify::{Unproven, prove};

use super::{deployment::Deployment, measured::Measured, outcome::Later};
use crate::{
    bearer::memo::KeySetVersion,
    config::{Issuer, KeySource, MetadataSource, Provider},
    event::{Event, Flaws},
    fault::{Fault, IssuerFault, ProviderFault},
    http::url::Url,
    jose::KeySet,
    platform::{Platform, store::StoreKey},
    time::UnixTime,
};
use alloc::{borrow::ToOwned, rc::Rc, string::String, vec::Vec};
use core::cell::RefCell;
use memory::{Memory, Usable};
use single_flight::{Flights, Turn};

/// Every key set of a deployment that is published.
#[derive(Debug, Default)]
pub(super) struct KeySets(Vec<Published>);

/// The place of a key set among those of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySetIndex(usize);

/// A key set that is published, and what this isolate knows of it.
#[derive(Debug)]
pub(super) struct Published {
    issuer: String,
    location: Location,
    place: StoreKey,
    memory: RefCell<Memory>,
    flights: Flights,
}

/// Where a key set is published.
#[derive(Debug)]
enum Location {
    /// Where the metadata at this URL says.
    Metadata(Url),
    /// At this URL.
    Keys(Url),
}

/// The reason to fetch a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// Any that may serve now.
    Any,
    /// One that is fresh.
    Fresh,
    /// Another one than this, for a token that none of its keys signed.
    NewerThan(KeySetVersion),
}

/// A key set to verify with.
pub(super) struct Keys {
    pub(super) set: Rc<KeySet>,
    pub(super) version: KeySetVersion,
    /// The fetch that is due, for after the answer.
    pub(super) later: Option<Later>,
}

/// A key set in this deployment, and the world it comes from.
pub(super) struct Source<'a, P> {
    pub(super) deployment: &'a Deployment,
    pub(super) platform: &'a Measured<'a, P>,
    pub(super) index: KeySetIndex,
    pub(super) published: &'a Published,
    pub(super) whose: Whose<'a>,
    /// Where its keys are, where that was read from its metadata already.
    pub(super) jwks_uri: Option<Url>,
    pub(super) now: UnixTime,
}

/// The party that publishes the keys: faults are counted as its own, and the log uses its name.
#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
    /// A provider, by its id in the configuration.
    Provider(&'a str),
    /// An issuer, by its identifier.
    Issuer,
}

impl KeySets {
    /// The set of a provider.
    pub(super) fn add_provider(
        &mut self,
        provider: &Provider,
        source: &MetadataSource,
    ) -> KeySetIndex {
        let location = match source {
            MetadataSource::Document(url) => Location::Metadata(url.clone()),
            MetadataSource::Written(endpoints) => Location::Keys(endpoints.jwks_uri.clone()),
        };
        self.add(
            &provider.issuer,
            location,
            store::of_provider(provider, source),
        )
    }

    /// The set of an issuer; `None` where it publishes none.
    pub(super) fn add_issuer(&mut self, issuer: &Issuer) -> Option<KeySetIndex> {
        let location = match &issuer.keys {
            KeySource::Discovery(url) => Location::Metadata(url.clone()),
            KeySource::Url(url) => Location::Keys(url.clone()),
            KeySource::Inline(_) | KeySource::SharedSecret(_) => return None,
        };
        let place = store::of_issuer(issuer)?;
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

    pub(super) fn get(&self, index: KeySetIndex) -> Option<&Published> {
        self.0.get(index.0)
    }
}

impl Published {
    /// The version of the set that memory vouches for without asking anyone; `None` where it has none that is fresh.
    pub(super) fn fresh_version(&self, now: UnixTime) -> Option<KeySetVersion> {
        self.memory.borrow().fresh_version(now)
    }

    /// The version of the set that memory has, fresh or not.
    pub(super) fn known_version(&self, now: UnixTime) -> Option<KeySetVersion> {
        self.memory.borrow().known_version(now)
    }
}

impl<P: Platform> Source<'_, P> {
    /// The keys that count now.
    ///
    /// # Errors
    /// A [`Fault`] of whoever publishes them, where there are none and none to be had.
    pub(super) async fn current(&self) -> Result<Keys, Fault> {
        if let Some(keys) = self.serving() {
            return Ok(keys);
        }
        let fault = match self.bring(Need::Any).await {
            Ok(()) => IssuerFault::CoolingDown,
            Err(fault) => fault,
        };
        if let Some(keys) = self.serving() {
            return Ok(keys);
        }
        let fault = self.fault(fault);
        let last_good = self.published.memory.borrow().last_good(self.now);
        let keys = self.keys(last_good.ok_or(fault)?);
        self.record_unless_cooling(&fault);
        Ok(keys)
    }

    /// Fetches the keys after an answer that was given with old ones.
    ///
    /// # Errors
    /// A [`Fault`] of whoever publishes them.
    pub(super) async fn refresh(&self) -> Result<(), Fault> {
        if self.published.flights.is_busy(self.now) {
            return Ok(());
        }
        let brought = self.bring(Need::Fresh).await;
        brought.map_err(|fault| self.fault(fault))
    }

    /// Newer keys than those of `version`, for a token that none of them signed; `None` where there are none, or
    /// where it is too early to ask again.
    async fn newer_than(&self, version: KeySetVersion) -> Result<Option<Keys>, IssuerFault> {
        let need = Need::NewerThan(version);
        self.bring(need).await?;
        let memory = self.published.memory.borrow();
        if !memory.has(need, self.now) {
            // Another one tried in vain, or takes too long.
            return Err(IssuerFault::CoolingDown);
        }
        let newer = memory.last_good(self.now);
        Ok(newer
            .filter(|usable| usable.version != version)
            .map(|usable| self.keys(usable)))
    }

    /// Has memory hold what is needed, or lets another request do so.
    async fn bring(&self, need: Need) -> Result<(), IssuerFault> {
        let is_done = || {
            let memory = self.published.memory.borrow();
            memory.has(need, self.now) || memory.failed_lately(self.now)
        };
        match self.published.flights.turn(self.platform, is_done).await {
            Turn::Ours(lead) => lead.run(self.platform, self.fetch(need)).await,
            Turn::Done | Turn::Overdue => Ok(()),
        }
    }

    async fn fetch(&self, need: Need) -> Result<(), IssuerFault> {
        let has = || self.published.memory.borrow().has(need, self.now);
        match need {
            Need::Any | Need::Fresh => self.load().await,
            // What others know is older than what was tried already.
            Need::NewerThan(_) => {}
        }
        if has() {
            return Ok(());
        }
        let asked = self.platform.now();
        let fetched = self.ask().await;
        let ended = self.platform.now();
        let news = {
            let mut memory = self.published.memory.borrow_mut();
            match fetched {
                Ok(fetched) => memory.fetched(fetched, need, (asked, ended)),
                Err(fault) => {
                    if !fault.is_out_of_time() {
                        memory.failed(ended);
                    }
                    return Err(fault);
                }
            }
        };
        if let Some(set) = news
            && set.flaws().next().is_some()
        {
            self.platform.record(&Event::Flawed {
                provider: self.name(),
                flaws: Flaws::Keys(&set),
            });
        }
        self.save(need).await;
        Ok(())
    }

    fn serving(&self) -> Option<Keys> {
        let usable = self.published.memory.borrow().serving(self.now)?;
        Some(self.keys(usable))
    }

    fn keys(&self, usable: Usable) -> Keys {
        let is_due = usable.is_due && !self.published.flights.is_busy(self.now);
        Keys {
            set: usable.set,
            version: usable.version,
            later: is_due.then_some(Later::RefreshKeys(self.index)),
        }
    }

    /// What the log calls whoever publishes the set.
    fn name(&self) -> &str {
        match self.whose {
            Whose::Provider(id) => id,
            Whose::Issuer => &self.published.issuer,
        }
    }

    fn fault(&self, fault: IssuerFault) -> Fault {
        match (self.whose, fault) {
            (Whose::Issuer, fault) => fault.into(),
            (Whose::Provider(_), IssuerFault::Send(exchange, error)) => {
                ProviderFault::Send(exchange, error).into()
            }
            (Whose::Provider(_), IssuerFault::Published(fault)) => {
                ProviderFault::Discovery(fault).into()
            }
            (Whose::Provider(_), IssuerFault::NoKeys) => ProviderFault::NoKeys.into(),
            (Whose::Provider(_), IssuerFault::CoolingDown) => ProviderFault::CoolingDown.into(),
        }
    }

    /// Records a fault that the request is served in spite of.
    fn record(&self, fault: &Fault) {
        self.platform.record(&Event::ProviderFailed {
            provider: self.name(),
            fault,
        });
    }

    /// One that waits for the next retry says nothing that the failure before has not said.
    fn record_unless_cooling(&self, fault: &Fault) {
        match fault {
            Fault::Issuer(IssuerFault::CoolingDown)
            | Fault::Provider(ProviderFault::CoolingDown) => {}
            Fault::Browser(_)
            | Fault::Provider(_)
            | Fault::Issuer(_)
            | Fault::Platform(_)
            | Fault::Upstream(_) => self.record(fault),
        }
    }
}
