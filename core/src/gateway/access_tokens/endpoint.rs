//! Where an issuer is asked about tokens: as the configuration says, or the metadata that the issuer publishes.
//!
//! What the metadata says is fresh for an hour. After that it is fetched again by one request for all, and where that
//! fails, the last good answer serves for a day and the next fetch waits for ten seconds.

use crate::{
    config::{AskedEndpoint, Issuer, IssuerIndex, OnlineCheck},
    event::Event,
    fault::{Exchange, Fault, IssuerFault, PlatformFault},
    gateway::{
        context::{call::Call, exchange},
        key_sets::origin,
        published::{metadata::PublishedEndpoint, single_flight::Lease},
    },
    http::{inbound::Inbound, url::Url},
    oidc::discovery,
    platform::Platform,
};
use alloc::rc::Rc;

/// The endpoint.
///
/// # Errors
/// [`IssuerFault`] where the metadata does not say it, or cannot be had. A false accept shows tokens and our credential
/// to a stranger.
pub(in crate::gateway) async fn endpoint<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    (index, issuer): (IssuerIndex, &Issuer),
    check: &OnlineCheck,
) -> Result<Rc<Url>, Fault> {
    let metadata = match &check.endpoint {
        AskedEndpoint::At(url) => return Ok(Rc::new(url.clone())),
        AskedEndpoint::Discovery(metadata) => metadata,
    };
    let published = call.deployment.endpoint_of(index);
    let published = published.ok_or(PlatformFault::Internal)?;
    let memory = &published.endpoint;
    let serving = || memory.borrow().serving(call.now);
    let is_done = || serving().is_some() || memory.borrow().failed_lately(call.platform.now());
    let fault = match published.flights.lease(call.platform, is_done).await {
        Lease::Ours(lead) => {
            let fetched = fetch(call, issuer, metadata, published);
            match lead.run(call.platform, fetched).await {
                Ok(endpoint) => return Ok(endpoint),
                Err(fault) => fault,
            }
        }
        Lease::Done | Lease::Overdue => IssuerFault::CoolingDown,
    };
    let endpoint = serving().ok_or(fault)?;
    // The request is served in spite of it, so the log has it.
    if fault != IssuerFault::CoolingDown {
        call.platform.record(&Event::ProviderFailed {
            provider: &issuer.issuer,
            fault: &fault.into(),
        });
    }
    Ok(endpoint)
}

async fn fetch<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    issuer: &Issuer,
    metadata: &Url,
    published: &PublishedEndpoint,
) -> Result<Rc<Url>, IssuerFault> {
    let asked = call.platform.now();
    let read = read(call, issuer, metadata).await;
    let mut memory = published.endpoint.borrow_mut();
    match read {
        Ok(endpoint) => {
            let endpoint = Rc::new(endpoint);
            memory.learn(Rc::clone(&endpoint), asked);
            Ok(endpoint)
        }
        Err(fault) => {
            if !fault.is_out_of_time() {
                memory.fail(call.platform.now());
            }
            Err(fault)
        }
    }
}

async fn read<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    issuer: &Issuer,
    metadata: &Url,
) -> Result<Url, IssuerFault> {
    let metrics = &call.deployment.metrics;
    let request = origin::request(metadata.clone());
    let exchange = Exchange::Discovery;
    let reply = exchange::send(call.platform, metrics, request, exchange).await;
    let reply = reply.map_err(|error| IssuerFault::Send(exchange, error))?;
    let reach = call.deployment.config.reach();
    let endpoint = discovery::introspection_endpoint(&reply, &issuer.issuer, reach);
    endpoint.map_err(IssuerFault::Published)
}
