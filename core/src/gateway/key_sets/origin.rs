//! Asking the issuer: its metadata for where the keys are, where nobody has read that yet, and the keys.

use crate::{
    fault::{Exchange, IssuerFault},
    gateway::{key_sets::source::Source, published::key_sets::Location},
    http::{
        header::{HeaderName, HeaderValue},
        inbound::ByteCount,
        method::Method,
        outbound::{Outbound, Reply, SendError, SendLimits},
        url::Url,
    },
    jose::KeySet,
    metrics::{Family, Metrics},
    oidc::{discovery, document::LARGEST},
    platform::Platform,
    time::Seconds,
};
use alloc::{vec, vec::Vec};

/// The limits of an exchange with a provider or an issuer.
const LIMITS: SendLimits = SendLimits {
    timeout: Seconds::new(10),
    body: ByteCount(LARGEST),
};

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
        let reply = send(self.platform, metrics, request(url), exchange).await;
        reply.map_err(|error| IssuerFault::Send(exchange, error))
    }
}

/// Sends a request of ours to a provider or an issuer, and counts what came of it.
///
/// # Errors
/// Any [`SendError`].
pub(in crate::gateway) async fn send<P: Platform>(
    platform: &P,
    metrics: &Metrics,
    request: Outbound,
    exchange: Exchange,
) -> Result<Reply, SendError> {
    let reply = platform.send(request, LIMITS).await;
    let result = match &reply {
        Ok(reply) if (200..300).contains(&reply.status) => "ok",
        Ok(_) => "refused",
        Err(_) => "failed",
    };
    metrics.count(Family::Exchanges, [exchange.as_str(), result]);
    reply
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::for_tests::Edge;
    use alloc::{collections::VecDeque, format};
    use core::cell::RefCell;
    use futures_util::FutureExt;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_exchange_is_counted_by_what_came_of_it() {
        let reply = |status| {
            Ok(Reply {
                status,
                content_type: None,
                body: vec![],
            })
        };
        for (answer, result) in [
            (reply(200), "ok"),
            (reply(299), "ok"),
            (reply(302), "refused"),
            (reply(500), "refused"),
            (Err(SendError::TimedOut), "failed"),
        ] {
            let edge = Edge {
                replies: RefCell::new(VecDeque::from([answer])),
                ..Edge::default()
            };
            let metrics = Metrics::default();
            let asked = request(Url::parse("https://op.example.com/keys").unwrap());
            let sent = send(&edge, &metrics, asked, Exchange::Keys);
            assert_eq!(sent.now_or_never().unwrap().is_err(), result == "failed");
            let text = metrics.to_text("i");
            let line = format!("exchange=\"keys\",result=\"{result}\"}} 1");
            assert!(text.contains(&line), "{text}");
        }
    }
}
