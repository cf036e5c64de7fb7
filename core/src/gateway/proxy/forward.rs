//! From an allowed decision to the request that an upstream gets.

use crate::{
    access::{decision::Allowed, fetch_metadata::Upgrade},
    config::{Identity, Upstream, UpstreamTarget},
    cookie::request::RequestCookies,
    fault::{BrowserFault, Fault, PlatformFault},
    gateway::{
        context::{
            arrival::Target,
            authentication::Authentication,
            body_length::BodyLength,
            deployment::Deployment,
            identity,
            outcome::{Forward, ForwardTarget, Outcome},
        },
        header_rewrites::{CookieRewrite, RequestRewrite, ResponseRewrite, UpstreamKind},
        proxy::{time_limit::time_limit, webdav::WebDav},
    },
    http::header::{HeaderName, HeaderValue},
    metrics::Access,
};
use alloc::{boxed::Box, vec::Vec};

/// The parts of a request that decide how it is forwarded.
pub(in crate::gateway) struct Passing<'a> {
    pub(in crate::gateway) target: Target<'a>,
    pub(in crate::gateway) cookies: RequestCookies<'a>,
    pub(in crate::gateway) upgrade: Upgrade,
    pub(in crate::gateway) body: BodyLength,
    pub(in crate::gateway) webdav: WebDav<'a>,
    /// The fields about other sites.
    pub(in crate::gateway) cors: Option<Vec<(HeaderName, HeaderValue)>>,
}

/// The forward that `allowed` permits.
pub(in crate::gateway) fn build(
    deployment: &Deployment,
    allowed: &Allowed,
    passing: &Passing<'_>,
    authentication: Authentication<'_>,
) -> Result<Outcome, Fault> {
    let upstream = deployment.config.upstream(allowed.upstream());
    let upstream = upstream.ok_or(PlatformFault::Internal)?;
    let (target_of, kind) = match &upstream.target {
        UpstreamTarget::Assets => (ForwardTarget::Assets, UpstreamKind::Assets),
        UpstreamTarget::Url(origin) => (ForwardTarget::Url(origin.clone()), UpstreamKind::Service),
        UpstreamTarget::Service(name) => (
            ForwardTarget::Service {
                name: name.clone(),
                origin: deployment.config.public_url.clone(),
            },
            UpstreamKind::Service,
        ),
    };
    let target = match allowed.rewrite() {
        None => passing.target.normal(),
        Some(rewrite) => {
            let path = rewrite.forward(&passing.target.path);
            passing.target.at(&path.ok_or(BrowserFault::Malformed)?)
        }
    };
    let mut set = headers(deployment, upstream, authentication);
    set.extend(passing.webdav.fields(deployment, allowed, authentication)?);
    deployment.metrics.forwarded(match authentication {
        Authentication::None => Access::Public,
        Authentication::Session(_) => Access::Session,
        Authentication::AccessToken(_) => Access::Bearer,
    });
    let request = RequestRewrite {
        target,
        cookie: cookie_rewrite(passing.cookies),
        set,
        strip: upstream.strip.clone(),
        pass: upstream.pass.clone(),
        upgrade: passing.upgrade,
    };
    let response = ResponseRewrite {
        audience: allowed.audience(),
        set_cookies: authentication.renewal().into_iter().collect(),
        cors: passing.cors.clone(),
        origins: deployment.origins(allowed.upstream()),
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

fn cookie_rewrite(cookies: RequestCookies<'_>) -> CookieRewrite {
    if !cookies.has_ours() {
        return CookieRewrite::Keep;
    }
    match cookies.without_ours() {
        Some(rest) => CookieRewrite::Replace(rest),
        None => CookieRewrite::Remove,
    }
}

fn headers(
    deployment: &Deployment,
    upstream: &Upstream,
    authentication: Authentication<'_>,
) -> Vec<(HeaderName, HeaderValue)> {
    match &upstream.target {
        UpstreamTarget::Assets => return Vec::new(),
        UpstreamTarget::Url(_) | UpstreamTarget::Service(_) => {}
    }
    let mut out = Vec::from(deployment.forwarded.clone());
    match &upstream.identity {
        Identity::None => {}
        Identity::Headers { claims, .. } => {
            if let Some(principal) = authentication.principal() {
                out.extend(identity::headers(&principal, claims));
            }
            if let Some(secret) = deployment.secrets.shared(upstream) {
                out.push((HeaderName::LYCHGATE_SECRET, secret.clone()));
            }
        }
    }
    out
}
