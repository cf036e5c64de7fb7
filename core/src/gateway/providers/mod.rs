//! The metadata that a provider publishes, cached for a bounded time, and the requests to the provider.
//!
//! Metadata is fresh for an hour. After that it is fetched again by one request for all, and where that fails, the last
//! good answer serves for a day and the next fetch waits for ten seconds. Its keys follow the rule of all key sets
//! ([`key_set_memory`](crate::gateway::published::key_set_memory)).

pub(in crate::gateway) mod client;

use crate::{
    config::{MetadataSource, Protocol, Provider},
    event::{Event, Flaws},
    fault::{Exchange, Fault, PlatformFault, ProviderFault},
    gateway::{
        context::{call::Call, exchange},
        key_sets::{
            origin,
            source::{Source, Whose},
            verify::Unproven,
        },
        published::{
            metadata::{Known, PublishedMetadata},
            single_flight::Lease,
        },
    },
    http::{
        inbound::Inbound,
        outbound::{Outbound, Reply},
    },
    jose::{SignatureProof, UnverifiedToken, VerifiedToken},
    oidc::{discovery::ProviderMetadata, id_token::IdTokenFault},
    platform::Platform,
};
use alloc::rc::Rc;

/// The provider's metadata.
///
/// # Errors
/// A [`ProviderFault`] where there is none in memory that serves, and none to be had.
pub(in crate::gateway) async fn metadata<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
) -> Result<Rc<ProviderMetadata>, Fault> {
    if let Protocol::OpenId(MetadataSource::Written(endpoints)) = &provider.protocol {
        return Ok(Rc::new(ProviderMetadata::written(endpoints)));
    }
    let published = call.deployment.provider(provider);
    let published = published.ok_or(PlatformFault::Internal)?;
    let serving = || published.metadata.borrow().serving(call.now);
    let failures = published.metadata.borrow().failures;
    let is_done = || serving().is_some() || published.metadata.borrow().failures != failures;
    let fault = match published.flights.lease(call.platform, is_done).await {
        Lease::Ours(lead) => {
            let fetched = lead.run(call.platform, fetch(call, provider, published));
            match fetched.await {
                Ok(metadata) => return Ok(metadata),
                Err(fault) => fault,
            }
        }
        Lease::Done | Lease::Overdue => ProviderFault::CoolingDown.into(),
    };
    let memory = published.metadata.borrow();
    match (memory.serving(call.now), fault) {
        (Some(metadata), Fault::Provider(ProviderFault::CoolingDown)) => Ok(metadata),
        // Nobody sees on a page that it is not new, so the log has it.
        (Some(metadata), fault) => {
            record(call, provider, &fault);
            Ok(metadata)
        }
        (None, fault) => Err(fault),
    }
}

async fn fetch<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    published: &PublishedMetadata,
) -> Result<Rc<ProviderMetadata>, Fault> {
    let asked = call.platform.now();
    let read = read(call, provider).await;
    let ended = call.platform.now();
    let mut memory = published.metadata.borrow_mut();
    match read {
        Ok(metadata) => {
            let is_news = |known: &Known<ProviderMetadata>| known.metadata.flaws != metadata.flaws;
            let has_news = memory.known.as_ref().is_none_or(is_news);
            if has_news && !metadata.flaws.is_empty() {
                call.platform.record(&Event::Flawed {
                    provider: &provider.id,
                    flaws: Flaws::Metadata(&metadata.flaws),
                });
            }
            let metadata = Rc::new(metadata);
            memory.learn(Rc::clone(&metadata), asked);
            Ok(metadata)
        }
        Err(fault) => {
            if !fault.is_out_of_time() {
                memory.fail(ended);
            }
            Err(fault)
        }
    }
}

async fn read<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
) -> Result<ProviderMetadata, Fault> {
    let refuse = |fault| Fault::from(ProviderFault::Discovery(fault));
    let Protocol::OpenId(MetadataSource::Document(url)) = &provider.protocol else {
        return Err(PlatformFault::Internal.into());
    };
    let reply = send(call, origin::request(url.clone()), Exchange::Discovery).await?;
    let reach = call.deployment.config.reach();
    ProviderMetadata::read(&reply, &provider.issuer, reach).map_err(refuse)
}

/// A token with a signature of the provider's.
///
/// # Errors
/// [`ProviderFault::IdToken`] where no key of the provider signed it, and other faults where nobody can tell. Its claims are
/// not judged here.
pub(in crate::gateway) async fn verify<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
    text: &str,
) -> Result<VerifiedToken, Fault> {
    let refuse = |fault| Fault::from(ProviderFault::IdToken(fault));
    let token = UnverifiedToken::parse(text);
    let token = token.map_err(|fault| refuse(IdTokenFault::Malformed(fault)))?;
    let proof = prove(call, provider, metadata, &token).await?;
    token
        .confirm(&proof)
        .map_err(|fault| refuse(IdTokenFault::Claims(fault)))
}

/// The proof that a key of the provider's signed the token.
///
/// # Errors
/// [`ProviderFault::IdToken`] where none did, and other faults where nobody can tell.
pub(in crate::gateway) async fn prove<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
    token: &UnverifiedToken<'_>,
) -> Result<SignatureProof, Fault> {
    let published = call.deployment.provider(provider);
    let index = published.ok_or(PlatformFault::Internal)?.keys;
    let source = Source {
        deployment: call.deployment,
        platform: call.platform,
        index,
        published: call
            .deployment
            .key_sets
            .get(index)
            .ok_or(PlatformFault::Internal)?,
        whose: Whose::Provider(&provider.id),
        jwks_uri: Some(metadata.jwks_uri.clone()),
        now: call.now,
    };
    let keys = source.current().await?;
    let proven = source.prove(&keys, token, &provider.algorithms).await;
    call.do_later(keys.later);
    proven
        .map(|proven| proven.proof)
        .map_err(|unproven| match unproven {
            Unproven::NotSigned(fault) => ProviderFault::IdToken(fault.into()).into(),
            Unproven::Unknown(fault) => fault,
        })
}

/// Records a fault that the request is served in spite of.
pub(in crate::gateway) fn record<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    fault: &Fault,
) {
    call.platform.record(&Event::ProviderFailed {
        provider: &provider.id,
        fault,
    });
}

/// Sends a request of ours to the provider.
///
/// # Errors
/// [`ProviderFault::Send`] where no answer came; one with an error status is an answer.
pub(in crate::gateway) async fn send<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    request: Outbound,
    exchange: Exchange,
) -> Result<Reply, Fault> {
    let metrics = &call.deployment.metrics;
    let reply = exchange::send(call.platform, metrics, request, exchange).await;
    reply.map_err(|error| ProviderFault::Send(exchange, error).into())
}
