//! The keys of the issuers of access tokens: from memory, then the store, then the issuer.
//!
//! A set is fresh for an hour. For another hour it serves while it is fetched anew after the answer; after that the
//! request waits for the fetch, and where it fails the last good set serves for a day. An unknown key has the set
//! fetched once more, at most once per cool-down, so that a rotation is seen at once and a flood of made-up keys is
//! not felt. Of requests that come at the same time one fetches, and the others wait for what it finds.

use super::{deployment::Deployment, measured::Measured, outcome::Later, provider::LIMITS, random};
use crate::{
    bearer::{
        memo::KeySetVersion,
        stored_keys::{self, StoredKeys},
    },
    config::{Issuer, IssuerIndex, KeySource},
    event::Event,
    fault::{Exchange, Fault, IssuerFault, PlatformFault},
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
        outbound::Outbound,
        url::Url,
    },
    jose::{KeySet, SharedSecret},
    metrics::Family,
    oidc::{
        discovery::{self, DiscoveryFault},
        document,
    },
    platform::{Platform, store::StoreKey},
    time::{Milliseconds, Seconds, UnixTime},
};
use alloc::{rc::Rc, string::ToString, vec, vec::Vec};
use core::cell::RefCell;

/// What an issuer's signatures are verified with.
#[derive(Debug)]
pub(super) enum IssuerKeys {
    /// Keys of the configuration.
    Fixed(Rc<KeySet>),
    /// A secret that the issuer shares with us.
    Shared(SharedSecret),
    /// Keys that it publishes, as far as they are known.
    Published(RefCell<Published>),
}

/// What one isolate knows of the keys that an issuer publishes.
#[derive(Debug, Default)]
pub(super) struct Published {
    known: Option<Known>,
    version: KeySetVersion,
    /// When a fetch failed, or was made for an unknown key.
    tried_at: Option<UnixTime>,
    /// When the fetch that is under way began.
    fetching_since: Option<UnixTime>,
}

#[derive(Debug)]
struct Known {
    set: Rc<KeySet>,
    document: Vec<u8>,
    fetched_at: UnixTime,
}

/// A key set to verify with.
pub(super) struct Keys {
    pub(super) set: Rc<KeySet>,
    pub(super) version: KeySetVersion,
    /// The fetch that is due, for after the answer.
    pub(super) later: Option<Later>,
}

/// An issuer's keys in this deployment, and the world they come from.
pub(super) struct Source<'a, P> {
    pub(super) deployment: &'a Deployment,
    pub(super) platform: &'a Measured<'a, P>,
    pub(super) issuer: &'a Issuer,
    pub(super) index: IssuerIndex,
    pub(super) now: UnixTime,
}

const FRESH: Seconds = Seconds::minutes(60);
const SERVED_MEANWHILE: Seconds = Seconds::minutes(2 * 60);
const LAST_GOOD: Seconds = stored_keys::LIFETIME;

/// Between two fetches for unknown keys.
const COOL_DOWN: Seconds = Seconds::new(30);

/// After a fetch that failed.
const RETRY: Seconds = Seconds::new(10);

/// How often and how long a request waits for another's fetch before it fetches by itself.
const TURNS: u32 = 80;
const TURN: Milliseconds = Milliseconds::new(25);

/// The version of keys that never change.
const FIXED: KeySetVersion = KeySetVersion::FIRST;

/// The version of the set that memory vouches for without asking anyone; `None` where it has none that is fresh.
pub(super) fn fresh_version(
    deployment: &Deployment,
    index: IssuerIndex,
    now: UnixTime,
) -> Option<KeySetVersion> {
    version_within(deployment, index, now, FRESH)
}

/// The version of the set that memory has, fresh or not.
pub(super) fn known_version(
    deployment: &Deployment,
    index: IssuerIndex,
    now: UnixTime,
) -> Option<KeySetVersion> {
    version_within(deployment, index, now, LAST_GOOD)
}

fn version_within(
    deployment: &Deployment,
    index: IssuerIndex,
    now: UnixTime,
    lifetime: Seconds,
) -> Option<KeySetVersion> {
    match deployment.issuer_keys(index)? {
        IssuerKeys::Fixed(_) | IssuerKeys::Shared(_) => Some(FIXED),
        IssuerKeys::Published(published) => {
            let published = published.borrow();
            let known = published.known.as_ref()?;
            (now.since(known.fetched_at) < lifetime).then_some(published.version)
        }
    }
}

impl<P: Platform> Source<'_, P> {
    /// The keys that count now.
    ///
    /// # Errors
    /// [`Fault::Issuer`] where there are none, and none to be had; [`PlatformFault::Internal`] for an issuer that
    /// publishes none.
    pub(super) async fn current(&self) -> Result<Keys, Fault> {
        let published = match self.deployment.issuer_keys(self.index) {
            Some(IssuerKeys::Fixed(set)) => {
                return Ok(Keys {
                    set: Rc::clone(set),
                    version: FIXED,
                    later: None,
                });
            }
            Some(IssuerKeys::Published(published)) => published,
            Some(IssuerKeys::Shared(_)) | None => return Err(PlatformFault::Internal.into()),
        };
        if let Some(keys) = self.remembered(published) {
            return Ok(keys);
        }
        if published.borrow().known.is_none() {
            self.load(published).await;
        }
        self.wait(published).await;
        if let Some(keys) = self.remembered(published) {
            return Ok(keys);
        }
        if tried_within(published, RETRY, self.now) {
            let fault = Fault::from(IssuerFault::CoolingDown);
            return self.last_good(published).ok_or(fault);
        }
        match self.fetch(published, Cause::Age).await {
            Ok(keys) => Ok(keys),
            Err(fault) => {
                let last_good = self.last_good(published).ok_or(fault)?;
                self.record(&fault);
                Ok(last_good)
            }
        }
    }

    /// Newer keys than those of `version`, for a token that none of them signed; `None` where there are none, or
    /// where it is too early to ask again.
    ///
    /// # Errors
    /// Any [`Fault`] of the fetch.
    pub(super) async fn newer_than(&self, version: KeySetVersion) -> Result<Option<Keys>, Fault> {
        let Some(IssuerKeys::Published(published)) = self.deployment.issuer_keys(self.index) else {
            return Ok(None);
        };
        self.wait(published).await;
        if let Some(keys) = self
            .remembered(published)
            .filter(|it| it.version != version)
        {
            return Ok(Some(keys));
        }
        // While the issuer does not answer, nobody can say that a key is not its own.
        match (published.borrow().has_failed(), self.now) {
            (true, now) if tried_within(published, RETRY, now) => {
                return Err(IssuerFault::CoolingDown.into());
            }
            (false, now) if tried_within(published, COOL_DOWN, now) => return Ok(None),
            (true | false, _) => {}
        }
        let keys = self.fetch(published, Cause::UnknownKey).await?;
        Ok(Some(keys).filter(|keys| keys.version != version))
    }

    /// Fetches the keys after an answer that was given with old ones.
    pub(super) async fn refresh(&self) -> Result<(), Fault> {
        let Some(IssuerKeys::Published(published)) = self.deployment.issuer_keys(self.index) else {
            return Ok(());
        };
        self.fetch(published, Cause::Age).await.map(|_| ())
    }

    fn remembered(&self, published: &RefCell<Published>) -> Option<Keys> {
        let published = published.borrow();
        let known = published.known.as_ref()?;
        let age = self.now.since(known.fetched_at);
        if age >= SERVED_MEANWHILE {
            return None;
        }
        let is_due = age >= FRESH
            && !published.is_fetching(self.now)
            && !published.tried_within(RETRY, self.now);
        Some(Keys {
            set: Rc::clone(&known.set),
            version: published.version,
            later: is_due.then_some(Later::RefreshKeys(self.index)),
        })
    }

    fn last_good(&self, published: &RefCell<Published>) -> Option<Keys> {
        let published = published.borrow();
        let known = published.known.as_ref()?;
        (self.now.since(known.fetched_at) < LAST_GOOD).then(|| Keys {
            set: Rc::clone(&known.set),
            version: published.version,
            later: None,
        })
    }

    /// Waits while another request fetches.
    async fn wait(&self, published: &RefCell<Published>) {
        for _ in 0..TURNS {
            if !published.borrow().is_fetching(self.now) {
                return;
            }
            self.platform.pause(TURN).await;
        }
    }

    /// What the store knows. It proves nothing by its age, and a store that fails is as good as an empty one.
    async fn load(&self, published: &RefCell<Published>) {
        let Some(key) = self.store_key() else {
            return;
        };
        let Ok(Some(sealed)) = self.platform.store_load(&key).await else {
            return;
        };
        let (ring, origin) = (&self.deployment.ring, &self.deployment.origin);
        let Some(stored) = StoredKeys::open(&sealed, ring, &key, origin, self.now) else {
            return;
        };
        let mut published = published.borrow_mut();
        published.tried_at = Some(stored.tried_at).max(published.tried_at);
        let Some((fetched_at, document)) = stored.document else {
            return;
        };
        let is_newer = |known: &Known| known.fetched_at < fetched_at;
        if published.known.as_ref().is_none_or(is_newer)
            && let Ok(set) = KeySet::parse(&document)
        {
            published.replace(set, document, fetched_at);
        }
    }

    /// Asks the issuer, and has the store and this isolate remember what came of it.
    async fn fetch(&self, published: &RefCell<Published>, cause: Cause) -> Result<Keys, Fault> {
        {
            let mut published = published.borrow_mut();
            published.fetching_since = Some(self.now);
            if cause == Cause::UnknownKey {
                published.tried_at = Some(self.now);
            }
        }
        let fetched = self.ask().await;
        let outcome = {
            let mut published = published.borrow_mut();
            published.fetching_since = None;
            match fetched {
                Ok((set, document)) => {
                    published.replace(set, document, self.now);
                    Ok(())
                }
                Err(fault) => {
                    published.tried_at = Some(self.now);
                    Err(fault)
                }
            }
        };
        self.save(published).await;
        outcome?;
        let keys = self.last_good(published);
        keys.ok_or_else(|| PlatformFault::Internal.into())
    }

    async fn ask(&self) -> Result<(KeySet, Vec<u8>), Fault> {
        let refuse = |fault| Fault::from(IssuerFault::Published(fault));
        let url = match &self.issuer.keys {
            KeySource::Url(url) => url.clone(),
            KeySource::Discovery(issuer) => {
                let url = discovery::location(issuer);
                let url = url.ok_or_else(|| refuse(DiscoveryFault::IssuerMismatch))?;
                let reply = self.get(url, Exchange::Discovery).await?;
                let reach = self.deployment.config.reach();
                discovery::jwks_uri(&reply, &self.issuer.issuer, reach).map_err(refuse)?
            }
            KeySource::Inline(_) | KeySource::SharedSecret(_) => {
                return Err(PlatformFault::Internal.into());
            }
        };
        let reply = self.get(url, Exchange::Keys).await?;
        document::read(&reply).map_err(|fault| refuse(DiscoveryFault::Document(fault)))?;
        let set =
            KeySet::parse(&reply.body).map_err(|fault| refuse(DiscoveryFault::Keys(fault)))?;
        // An issuer without a usable key is broken, and must not make a good set be forgotten.
        if set.is_empty() {
            return Err(IssuerFault::NoKeys.into());
        }
        Ok((set, reply.body))
    }

    async fn get(
        &self,
        url: Url,
        exchange: Exchange,
    ) -> Result<crate::http::outbound::Reply, Fault> {
        let request = Outbound {
            method: Method::Get,
            url,
            headers: vec![(
                HeaderName::ACCEPT,
                HeaderValue::from_static("application/json, application/jwk-set+json"),
            )],
            body: None,
        };
        let reply = self.platform.send(request, LIMITS).await;
        let result = match &reply {
            Ok(reply) if (200..300).contains(&reply.status) => "ok",
            Ok(_) => "refused",
            Err(_) => "failed",
        };
        let labels = [exchange.as_str(), result];
        self.deployment.metrics.count(Family::Exchanges, labels);
        reply.map_err(|error| IssuerFault::Send(exchange, error).into())
    }

    /// Saves what is known for other isolates. Without it they ask the issuer by themselves, so a store that fails
    /// stops nothing.
    async fn save(&self, published: &RefCell<Published>) {
        let stored = {
            let published = published.borrow();
            let known = published.known.as_ref();
            StoredKeys {
                document: known.map(|known| (known.fetched_at, known.document.clone())),
                tried_at: published.tried_at.unwrap_or(UnixTime::from_seconds(0)),
            }
        };
        let Some(key) = self.store_key() else {
            return;
        };
        let Ok(nonce) = random::bytes(self.platform) else {
            return;
        };
        let (ring, origin) = (&self.deployment.ring, &self.deployment.origin);
        if let Ok(sealed) = stored.seal(ring, &key, origin, nonce) {
            let expires = self.now.plus(stored_keys::LIFETIME);
            let saved = self.platform.store_save(&key, &sealed, expires).await;
            if saved.is_err() {
                self.record(&PlatformFault::Store.into());
            }
        }
    }

    fn store_key(&self) -> Option<StoreKey> {
        let published_at = match &self.issuer.keys {
            KeySource::Discovery(url) | KeySource::Url(url) => url.to_string(),
            KeySource::Inline(_) | KeySource::SharedSecret(_) => return None,
        };
        Some(stored_keys::place(&self.issuer.issuer, &published_at))
    }

    /// Records a fault that the request is served in spite of.
    fn record(&self, fault: &Fault) {
        self.platform.record(&Event::ProviderFailed {
            provider: &self.issuer.issuer,
            fault,
        });
    }
}

/// Why a set is fetched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// There is none, or the one there is has grown old.
    Age,
    /// A token names a key that is not in it.
    UnknownKey,
}

impl Published {
    fn replace(&mut self, set: KeySet, document: Vec<u8>, fetched_at: UnixTime) {
        let is_same = |known: &Known| known.set.keys() == set.keys();
        if !self.known.as_ref().is_some_and(is_same) {
            self.version = self.version.next();
        }
        self.known = Some(Known {
            set: Rc::new(set),
            document,
            fetched_at,
        });
    }

    /// Whether a fetch is under way. One that takes longer than fetches may was given up with its request.
    fn is_fetching(&self, now: UnixTime) -> bool {
        self.fetching_since
            .is_some_and(|since| now.since(since) <= LIMITS.timeout)
    }

    /// Whether the last fetch came to nothing.
    fn has_failed(&self) -> bool {
        let fetched_at = self.known.as_ref().map(|known| known.fetched_at);
        self.tried_at.is_some() && self.tried_at > fetched_at
    }

    fn tried_within(&self, span: Seconds, now: UnixTime) -> bool {
        self.tried_at.is_some_and(|at| now.since(at) < span)
    }
}

fn tried_within(published: &RefCell<Published>, span: Seconds, now: UnixTime) -> bool {
    published.borrow().tried_within(span, now)
}
