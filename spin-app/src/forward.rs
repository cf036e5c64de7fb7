//! A forward, carried out: to the mounted files, or to an origin with both bodies streamed through.

use crate::body::{Body, accepted};
use crate::limit::within;
use crate::received::Received;
use crate::send::{self, Unanswered};
use crate::{assets, instance, respond};
use lychgate_core::fault::{Fault, PlatformFault, UpstreamFault};
use lychgate_core::gateway::header_rewrites::ResponseRewrite;
use lychgate_core::gateway::{Forward, ForwardTarget};
use lychgate_core::http::inbound::Inbound;
use lychgate_core::http::method::Method;
use lychgate_core::http::outbound::SendError;
use lychgate_core::http::url::Origin;
use spin_sdk::wasip3::http::types::{ErrorCode, Response};

/// Carries out a forward.
///
/// # Errors
/// A request or answer that the host does not accept.
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
    let sent = || request.apply(received.fields().clone());
    let method = received.method();
    let is_safe = matches!(method, Method::Get | Method::Head);
    // The client's time, not the upstream's.
    let body = match received.body_to_send().await {
        Ok(body) => body,
        Err(fault) => return failed(received, fault).await,
    };
    let asking = async {
        let is_repeatable = is_safe && body.contents.is_none();
        let target = request.target();
        match send::ask(&method, origin, target, sent(), body).await {
            // Servers close connections that were idle for a while, and a request that is under way gets no answer.
            Err(Unanswered::Failed(SendError::Unreachable)) if is_repeatable => {
                send::ask(&method, origin, target, sent(), Body::none()).await
            }
            answer => answer,
        }
    };
    let answer = match forward.timeout {
        Some(limit) => within(limit, asking).await,
        None => Some(asking.await),
    };
    match answer.unwrap_or(Err(Unanswered::Failed(SendError::TimedOut))) {
        Ok(answer) => passed_on(answer, response, received).await,
        Err(Unanswered::NotSent) => failed(received, PlatformFault::Forward).await,
        Err(Unanswered::Failed(error)) => {
            let fault = match error {
                SendError::NotAllowed => UpstreamFault::NotAllowed,
                SendError::TimedOut | SendError::OutOfTime => UpstreamFault::TimedOut,
                SendError::Unreachable | SendError::TooLarge => UpstreamFault::Unreachable,
            };
            failed(received, fault).await
        }
    }
}

/// The answer of an upstream, rewritten.
async fn passed_on(
    answer: Response,
    rewrite: &ResponseRewrite,
    received: &Received,
) -> Result<Response, ErrorCode> {
    let status = answer.get_status_code();
    if let Some(fault) = UpstreamFault::of_status(status) {
        return failed(received, fault).await;
    }
    let rewritten = rewrite.apply(answer.get_headers().copy_all());
    let (contents, end) = Response::consume_body(answer, accepted());
    let contents = Some(contents);
    match respond::with(status, rewritten, Body { contents, end }) {
        Ok(response) => Ok(response),
        // A field that the host takes from nobody.
        Err(_) => failed(received, UpstreamFault::Inexpressible).await,
    }
}

async fn failed(received: &Received, fault: impl Into<Fault>) -> Result<Response, ErrorCode> {
    let gateway = instance::gateway().await;
    respond::own(gateway.upstream_failed(&received.platform(), received, fault))
}
