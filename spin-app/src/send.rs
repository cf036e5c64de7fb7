//! Requests of our own to providers.
//!
//! The host follows no redirect and caches nothing; no more than the limit's bytes are read.

use crate::body::{Body, accepted};
use crate::fields::{self, FieldList, joined};
use crate::received::host_method;
use lychgate_core::http::inbound::BodyError;
use lychgate_core::http::inbound::ByteCount;
use lychgate_core::http::method::Method;
use lychgate_core::http::outbound::{Outbound, Reply, SendError};
use lychgate_core::http::url::{Origin, Scheme};
use spin_sdk::wasip3::http::client;
use spin_sdk::wasip3::http::types::{self, ErrorCode, Request, Response};

/// Sends a request and reads its reply, however long that takes.
///
/// # Errors
/// Any [`SendError`] but those of time.
pub(crate) async fn exchange(request: Outbound, cap: ByteCount) -> Result<Reply, SendError> {
    let mut fields = fields::of_ours(request.headers);
    let body = match request.body {
        None => Body::none(),
        Some(text) => {
            fields.push(("content-length".to_owned(), text.len().to_string().into()));
            Body::of(text.into_bytes())
        }
    };
    let (origin, target) = (request.url.origin(), request.url.target());
    let response = ask(&request.method, origin, target, fields, body).await;
    let response = response.map_err(|error| match error {
        Unanswered::NotSent => SendError::Unreachable,
        Unanswered::Failed(error) => error,
    })?;
    let status = response.get_status_code();
    let content_type = joined(&response.get_headers().copy_all(), "content-type");
    let (contents, end) = Response::consume_body(response, accepted());
    let contents = Some(contents);
    let body = Body { contents, end }.collect(cap).await;
    Ok(Reply {
        status,
        content_type,
        body: body.map_err(|error| match error {
            BodyError::TooLarge => SendError::TooLarge,
            BodyError::Broken => SendError::Unreachable,
        })?,
    })
}

/// Why there is no response.
pub(crate) enum Unanswered {
    /// The host took the request for none, so nothing was sent.
    NotSent,
    /// Sending it failed.
    Failed(SendError),
}

/// Sends a request of these parts; the response comes without its body.
///
/// # Errors
/// [`SendError::NotAllowed`] where the manifest does not list the origin, [`Unanswered::NotSent`] where the parts make no
/// request, else [`SendError::Unreachable`].
pub(crate) async fn ask(
    method: &Method,
    origin: &Origin,
    target: &str,
    fields: FieldList,
    body: Body,
) -> Result<Response, Unanswered> {
    let fields = fields::into_host(fields).map_err(|_| Unanswered::NotSent)?;
    let (request, _) = Request::new(fields, body.contents, body.end, None);
    let scheme = match origin.scheme() {
        Scheme::Http => types::Scheme::Http,
        Scheme::Https => types::Scheme::Https,
    };
    request
        .set_method(&host_method(method))
        .and_then(|()| request.set_scheme(Some(&scheme)))
        .and_then(|()| request.set_authority(Some(origin.authority())))
        .and_then(|()| request.set_path_with_query(Some(target)))
        .map_err(|()| Unanswered::NotSent)?;
    client::send(request).await.map_err(|error| {
        if matches!(error, ErrorCode::HttpRequestDenied) {
            Unanswered::Failed(SendError::NotAllowed)
        } else if matches!(
            error,
            ErrorCode::HttpRequestMethodInvalid | ErrorCode::HttpRequestUriInvalid
        ) {
            Unanswered::NotSent
        } else {
            Unanswered::Failed(SendError::Unreachable)
        }
    })
}
