//! A key set to verify with: from memory, the store or its issuer.

use crate::{
    bearer::cache::KeySetVersion,
    event::{Event, Flaws},
    fault::{Fault, IssuerFault, ProviderFault},
    gateway::{
        context::{deployment::Deployment, measured::Measured, outcome::Later},
        published::{
            key_set_memory::{Need, Usable},
            key_sets::{KeySetIndex, Published},
            single_flight::Lease,
        },
    },
    http::url::Url,
    jose::KeySet,
    platform::Platform,
    time::UnixTime,
};
use alloc::rc::Rc;

/// A key set to verify with.
pub(in crate::gateway) struct Keys {
    pub(in crate::gateway) set: Rc<KeySet>,
    pub(in crate::gateway) version: KeySetVersion,
    /// The fetch that is due, for after the answer.
    pub(in crate::gateway) later: Option<Later>,
}

/// A key set in this deployment, and the world it comes from.
pub(in crate::gateway) struct Source<'a, P> {
    pub(in crate::gateway) deployment: &'a Deployment,
    pub(in crate::gateway) platform: &'a Measured<'a, P>,
    pub(in crate::gateway) index: KeySetIndex,
    pub(in crate::gateway) published: &'a Published,
    pub(in crate::gateway) whose: Whose<'a>,
    /// Where its keys are, where that was read from its metadata already.
    pub(in crate::gateway) jwks_uri: Option<Url>,
    pub(in crate::gateway) now: UnixTime,
}

/// The party that publishes the keys: faults are counted as its own, and the log uses its name.
#[derive(Clone, Copy)]
pub(in crate::gateway) enum Whose<'a> {
    /// A provider, by its id in the configuration.
    Provider(&'a str),
    /// An issuer, by its identifier.
    Issuer,
}

impl<P: Platform> Source<'_, P> {
    /// The keys that count now.
    ///
    /// # Errors
    /// A [`Fault`] of their publisher, where there are none and none to be had.
    pub(in crate::gateway) async fn current(&self) -> Result<Keys, Fault> {
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
    /// A [`Fault`] of their publisher.
    pub(in crate::gateway) async fn refresh(&self) -> Result<(), Fault> {
        if self.published.flights.is_busy(self.now) {
            return Ok(());
        }
        let brought = self.bring(Need::Fresh).await;
        brought.map_err(|fault| self.fault(fault))
    }

    /// Newer keys than those of `version`, for a token that none of them signed; `None` where there are none, or
    /// where it is too early to ask again.
    ///
    /// # Errors
    /// Any [`IssuerFault`]: whether there are newer ones is not known.
    pub(super) async fn newer_than(
        &self,
        version: KeySetVersion,
    ) -> Result<Option<Keys>, IssuerFault> {
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
        match self.published.flights.lease(self.platform, is_done).await {
            Lease::Ours(lead) => lead.run(self.platform, self.fetch(need)).await,
            Lease::Done | Lease::Overdue => Ok(()),
        }
    }

    async fn fetch(&self, need: Need) -> Result<(), IssuerFault> {
        let has = || self.published.memory.borrow().has(need, self.now);
        match need {
            Need::Any | Need::Fresh => self.load().await,
            // The copies of others are older than the set that was tried already.
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

    /// The name of the set's publisher in the log.
    fn name(&self) -> &str {
        match self.whose {
            Whose::Provider(id) => id,
            Whose::Issuer => &self.published.issuer,
        }
    }

    /// The fault as one of the party that publishes the set.
    pub(super) fn fault(&self, fault: IssuerFault) -> Fault {
        match (self.whose, fault) {
            // Those after the bar are about tokens, and no set has them.
            (Whose::Issuer, fault)
            | (Whose::Provider(_), fault @ (IssuerFault::Answer(_) | IssuerFault::Busy)) => {
                fault.into()
            }
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
    pub(super) fn record(&self, fault: &Fault) {
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
