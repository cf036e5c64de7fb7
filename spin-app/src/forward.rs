//! A forward, carried out: to the mounted files, or to an origin with both bodies streamed through.

use crate::body::{Body, accepted};
use crate::platform::Spin;
use crate::received::Received;
use crate::{assets, instance, respond, send};
use lychgate_core::fault::UpstreamFault;
use lychgate_core::gateway::edits::{RequestEdit, ResponseEdit};
use lychgate_core::gateway::{Forward, ForwardTarget};
use lychgate_core::http::inbound::Inbound;
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
    let Forward {
        target,
        request,
        response,
    } = forward;
    match target {
        ForwardTarget::Assets => assets::serve(&request, &response, &received).await,
        ForwardTarget::Url(origin) => to_origin(&origin, &request, &response, &received).await,
    }
}

async fn to_origin(
    origin: &Origin,
    request: &RequestEdit,
    response: &ResponseEdit,
    received: &Received,
) -> Result<Response, ErrorCode> {
    let mut sent = received.fields().clone();
    sent.retain(|(name, _)| !name.starts_with(OF_THE_HOST));
    let sent = request.apply(sent);
    let body = received.take_body().unwrap_or_else(Body::none);
    let method = received.method();
    match send::ask(&method, origin, request.target(), sent, body).await {
        Ok(answer) => {
            let status = answer.get_status_code();
            let edited = response.apply(answer.get_headers().copy_all());
            let (contents, end) = Response::consume_body(answer, accepted());
            let contents = Some(contents);
            respond::with(status, edited, Body { contents, end })
        }
        Err(error) => {
            let fault = match error {
                SendError::NotAllowed => UpstreamFault::NotAllowed,
                SendError::Unreachable | SendError::TimedOut | SendError::TooLarge => {
                    UpstreamFault::Unreachable
                }
            };
            let gateway = instance::gateway().await;
            respond::own(gateway.unreachable(&Spin, received, fault))
        }
    }
}
