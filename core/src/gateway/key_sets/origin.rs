//! Asking the issuer: its metadata for where the keys are, where nobody has read that yet, and the keys.

use crate::{
    fault::{Exchange, IssuerFault},
    gateway::{context::exchange, key_sets::source::Source, published::key_sets::Location},
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
        outbound::{Outbound, Reply},
        url::Url,
    },
    jose::KeySet,
    oidc::discovery,
    platform::Platform,
};
use alloc::{vec, vec::Vec};

/// A request for something that is published.
pub(in crate::gateway) fn request(url: Url) -> Outbound {
    Outbound {
        method: Method::Get,
        url,
        headers: vec![(
            HeaderName::ACCEPT,
            HeaderValue::from_static("application/json, application/jwk-set+json"),
        )],
        body: None,
    }
}

impl<P: Platform> Source<'_, P> {
    /// The set as it is published now, and its text.
    ///
    /// # Errors
    /// Any [`IssuerFault`] but [`IssuerFault::CoolingDown`].
    pub(super) async fn ask(&self) -> Result<(KeySet, Vec<u8>), IssuerFault> {
        let refuse = IssuerFault::Published;
        let url = match (&self.jwks_uri, &self.published.location) {
            (Some(url), _) => url.clone(),
            (None, Location::Keys(url)) => url.clone(),
            (None, Location::Metadata(url)) => {
                let reply = self.get(url.clone(), Exchange::Discovery).await?;
                let reach = self.deployment.config.reach();
                discovery::jwks_uri(&reply, &self.published.issuer, reach).map_err(refuse)?
            }
        };
        let reply = self.get(url, Exchange::Keys).await?;
        let set = discovery::key_set(&reply).map_err(refuse)?;
        // An issuer without a usable key is broken, and must not make a good set be forgotten.
        if set.is_empty() {
            return Err(IssuerFault::NoKeys);
        }
        Ok((set, reply.body))
    }

    async fn get(&self, url: Url, exchange: Exchange) -> Result<Reply, IssuerFault> {
        let metrics = &self.deployment.metrics;
        let reply = exchange::send(self.platform, metrics, request(url), exchange).await;
        reply.map_err(|error| IssuerFault::Send(exchange, error))
    }
}
