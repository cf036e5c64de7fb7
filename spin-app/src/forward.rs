//! A forward, carried out: to the mounted files, or to an origin with both bodies streamed through.

use crate::body::{Body, accepted};
use crate::limit::within;
use crate::received::Received;
use crate::{assets, instance, respond, send};
use lychgate_core::fault::UpstreamFault;
use lychgate_core::gateway::{Forward, ForwardTarget};
use lychgate_core::http::inbound::Inbound;
use lychgate_core::http::method::Method;
use lychgate_core::http::outbound::SendError;
use lychgate_core::http::url::Origin;
use spin_sdk::wasip3::http::types::{ErrorCode, Response};

/// What Spin tells a component about a request, in fields that a client can send as well; an upstream would
/// take a client's word for the host's.
const OF_THE_HOST: &str = "spin-";

/// Carries out a forward.
///
/// # Errors
/// What the host does not accept.
pub(crate) async fn carry_out(forward: Forward, received: Received) -> Result<Response, ErrorCode> {
    match &forward.target {
        ForwardTarget::Assets => {
            assets::serve(&forward.request, &forward.response, &received).await
        }
        ForwardTarget::Url(_) if forward.opens_web_socket() => {
            failed(&received, UpstreamFault::NoWebSocket).await
        }
        ForwardTarget::Url(origin) => to_origin(origin, &forward, &received).await,
        // A gateway with such an upstream is closed on this host.
        ForwardTarget::Service { .. } => failed(&received, UpstreamFault::Unreachable).await,
    }
}

async fn to_origin(
    origin: &Origin,
    forward: &Forward,
    received: &Received,
) -> Result<Response, ErrorCode> {
    let (request, response) = (&forward.request, &forward.response);
    let sent = || {
        let mut sent = received.fields().clone();
        sent.retain(|(name, _)| !name.starts_with(OF_THE_HOST));
        request.apply(sent)
    };
    let body = received.take_body().unwrap_or_else(Body::none);
    let method = received.method();
    let is_safe = matches!(method, Method::Get | Method::Head);
    let is_repeatable = is_safe && body.contents.is_none();
    let asking = async {
        let target = request.target();
        match send::ask(&method, origin, target, sent(), body).await {
            // Servers close connections that were idle for a while, and a request that is under way gets no answer.
            Err(SendError::Unreachable) if is_repeatable => {
                send::ask(&method, origin, target, sent(), Body::none()).await
            }
            answer => answer,
        }
    };
    let answer = match forward.timeout {
        Some(limit) => within(limit, asking).await,
        None => Some(asking.await),
    };
    match answer.unwrap_or(Err(SendError::TimedOut)) {
        Ok(answer) => {
            let status = answer.get_status_code();
            let edited = response.apply(answer.get_headers().copy_all());
            let (contents, end) = Response::consume_body(answer, accepted());
            let contents = Some(contents);
            match respond::with(status, edited, Body { contents, end }) {
                Ok(response) => Ok(response),
                // A status or a field that the host takes from nobody.
                Err(_) => failed(received, UpstreamFault::Unreachable).await,
            }
        }
        Err(error) => {
            let fault = match error {
                SendError::NotAllowed => UpstreamFault::NotAllowed,
                SendError::TimedOut => UpstreamFault::TimedOut,
                SendError::Unreachable | SendError::TooLarge => UpstreamFault::Unreachable,
            };
            failed(received, fault).await
        }
    }
}

async fn failed(received: &Received, fault: UpstreamFault) -> Result<Response, ErrorCode> {
    let gateway = instance::gateway().await;
    respond::own(gateway.upstream_failed(&received.platform(), received, fault))
}
