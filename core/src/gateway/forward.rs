//! From an allowed decision to the request that an upstream gets.

use super::{
    caller::Caller,
    deployment::Deployment,
    edits::{CookieEdit, RequestEdit, ResponseEdit, UpstreamKind},
    identity,
    outcome::{Forward, ForwardTarget, Outcome},
    serve::Target,
    time_limit::{BodyLength, time_limit},
};
use crate::{
    access::{decision::Allowed, fetch_metadata::Upgrade},
    config::{Identity, Upstream, UpstreamTarget},
    cookie::request::RequestCookies,
    fault::{BrowserFault, Fault, PlatformFault},
    http::{
        header::{HeaderName, HeaderValue},
        url::Scheme,
    },
    metrics::Access,
};
use alloc::{boxed::Box, format, vec::Vec};

/// What of a request has a say in how it is forwarded.
pub(super) struct Passing<'a> {
    pub(super) target: &'a Target<'a>,
    pub(super) cookies: RequestCookies<'a>,
    pub(super) upgrade: Upgrade,
    pub(super) body: BodyLength,
    /// What is said of other sites.
    pub(super) cors: Option<Vec<(HeaderName, HeaderValue)>>,
}

/// The forward that `allowed` permits.
pub(super) fn build(
    deployment: &Deployment,
    allowed: &Allowed,
    passing: &Passing<'_>,
    caller: Caller<'_>,
) -> Result<Outcome, Fault> {
    let upstream = deployment.config.upstream(allowed.upstream());
    let upstream = upstream.ok_or(PlatformFault::Internal)?;
    let (target_of, kind, origins) = match &upstream.target {
        UpstreamTarget::Assets => (ForwardTarget::Assets, UpstreamKind::Assets, None),
        UpstreamTarget::Url(origin) => (
            ForwardTarget::Url(origin.clone()),
            UpstreamKind::Service,
            Some((origin.clone(), deployment.origin.clone())),
        ),
        UpstreamTarget::Service(name) => (
            ForwardTarget::Service {
                name: name.clone(),
                origin: deployment.config.public_url.clone(),
            },
            UpstreamKind::Service,
            Some((
                deployment.config.public_url.clone(),
                deployment.origin.clone(),
            )),
        ),
    };
    let target = match allowed.rewrite() {
        None => passing.target.normal(),
        Some(rewrite) => {
            let path = rewrite.forward(&passing.target.path);
            passing.target.at(&path.ok_or(BrowserFault::Malformed)?)
        }
    };
    deployment.metrics.forwarded(match caller {
        Caller::Nobody => Access::Public,
        Caller::Session(_) => Access::Session,
        Caller::Token(_) => Access::Bearer,
    });
    let request = RequestEdit {
        target,
        cookie: cookie_edit(passing.cookies),
        set: headers(deployment, upstream, caller),
        strip: upstream.strip.clone(),
        upgrade: passing.upgrade,
    };
    let response = ResponseEdit {
        audience: allowed.audience(),
        set_cookies: caller.renewal().into_iter().collect(),
        cors: passing.cors.clone(),
        origins,
        rewrite: allowed.rewrite().cloned(),
        kind,
    };
    Ok(Outcome::Forward(Box::new(Forward {
        target: target_of,
        request,
        response,
        timeout: time_limit(upstream, passing.body),
    })))
}

fn cookie_edit(cookies: RequestCookies<'_>) -> CookieEdit {
    if !cookies.has_ours() {
        return CookieEdit::Keep;
    }
    match cookies.without_ours() {
        Some(rest) => CookieEdit::Replace(rest),
        None => CookieEdit::Remove,
    }
}

fn headers(
    deployment: &Deployment,
    upstream: &Upstream,
    caller: Caller<'_>,
) -> Vec<(HeaderName, HeaderValue)> {
    let mut out = Vec::new();
    match &upstream.target {
        UpstreamTarget::Assets => return out,
        UpstreamTarget::Url(_) | UpstreamTarget::Service(_) => {}
    }
    let public = &deployment.config.public_url;
    let scheme = match public.scheme() {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    let host = public.authority();
    for (name, value) in [
        ("x-forwarded-proto", scheme),
        ("x-forwarded-host", host.as_str()),
    ] {
        out.extend(HeaderName::parse(name).zip(HeaderValue::parse(value)));
    }
    match &upstream.identity {
        Identity::None => {}
        Identity::Headers { claims, .. } => {
            if let Some(principal) = caller.principal() {
                out.extend(identity::headers(&principal, claims));
            }
            if let Some(proof) = deployment.proof(upstream) {
                let name = HeaderName::parse(&format!("{PREFIX}proof"));
                out.extend(name.zip(Some(proof.clone())));
            }
        }
    }
    out
}

const PREFIX: &str = "lychgate-";
