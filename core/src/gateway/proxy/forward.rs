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
///
/// # Errors
/// [`BrowserFault::Malformed`] for a path that has no rewritten form, and those of [`WebDav::fields`].
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Config,
        gateway::context::{
            authenticated_session::AuthenticatedSession,
            for_tests::{deployment, session_record},
        },
    };
    use alloc::rc::Rc;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_upstream_gets_the_cookies_that_are_not_ours() {
        for (field, rewrite) in [
            (None, CookieRewrite::Keep),
            (Some("a=1"), CookieRewrite::Keep),
            (
                Some("a=1; __Host-Http-lychgate=s"),
                CookieRewrite::Replace("a=1".into()),
            ),
            (Some("__Host-Http-lychgate=s"), CookieRewrite::Remove),
        ] {
            let cookies = RequestCookies::new(field);
            assert_eq!(cookie_rewrite(cookies), rewrite, "{field:?}");
        }
    }

    #[test]
    fn an_upstream_learns_who_asks_with_the_proof_that_lychgate_says_so() {
        let deployment = deployment();
        let signed = AuthenticatedSession {
            record: Rc::new(session_record()),
            renewal: None,
            later: None,
        };
        let told = |config: &Config, place: usize, authentication| {
            let headers = headers(&deployment, &config.upstreams[place], authentication);
            let has = |name| headers.iter().any(|(other, _)| *other == name);
            let names = [HeaderName::LYCHGATE_USER, HeaderName::LYCHGATE_SECRET];
            (names.map(has), headers.is_empty())
        };
        let config = &deployment.config;
        let session = Authentication::Session(&signed);
        assert_eq!(told(config, 1, session), ([true, true], false));
        let nobody = Authentication::None;
        assert_eq!(told(config, 1, nobody), ([false, true], false));
        // Static files read no headers.
        assert_eq!(told(config, 0, session), ([false, false], true));
    }
}
