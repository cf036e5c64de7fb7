//! Resources about the user, which the access token opens (RFC 6750, section 2.1).

use super::OAuthFault;
use crate::{
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
        outbound::{Outbound, Reply},
        url::Url,
    },
    oidc::document,
    secret::Secret,
};
use alloc::{format, string::String, vec, vec::Vec};
use core::mem;
use serde_json::{Map, Value};

/// The request for a resource.
///
/// # Errors
/// [`OAuthFault::AccessToken`].
pub fn request(endpoint: &Url, access_token: &Secret<String>) -> Result<Outbound, OAuthFault> {
    let bearer = HeaderValue::parse(format!("Bearer {}", access_token.expose()));
    Ok(Outbound {
        method: Method::Get,
        url: endpoint.clone(),
        headers: vec![
            (
                HeaderName::AUTHORIZATION,
                bearer.ok_or(OAuthFault::AccessToken)?,
            ),
            (
                HeaderName::ACCEPT,
                HeaderValue::from_static("application/json"),
            ),
            user_agent(),
        ],
        body: None,
    })
}

/// GitHub answers nobody who does not say what they are.
pub(super) fn user_agent() -> (HeaderName, HeaderValue) {
    (HeaderName::USER_AGENT, HeaderValue::from_static("lychgate"))
}

/// The object that a resource is.
///
/// # Errors
/// [`OAuthFault::Resource`].
pub fn read(reply: &Reply) -> Result<Map<String, Value>, OAuthFault> {
    document::read(reply).map_err(OAuthFault::Resource)
}

/// The objects of the list that a resource is.
///
/// # Errors
/// [`OAuthFault::Resource`].
pub fn read_list(reply: &Reply) -> Result<Vec<Map<String, Value>>, OAuthFault> {
    // The strict reader takes objects alone, so the list becomes the member of one.
    let body = [&b"{\"list\":"[..], &reply.body, b"}"].concat();
    let wrapped = Reply {
        body,
        ..reply.clone()
    };
    let list = match read(&wrapped)?.get_mut("list").map(mem::take) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    let objects = list.into_iter().filter_map(|one| match one {
        Value::Object(members) => Some(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    });
    Ok(objects.collect())
}
