//! Whether upstreams can be reached around the gateway.

use super::{checks::Check, client::PROGRAM, finding::Finding, front::example, subject::Subject};
use lychgate_core::{
    access::{routes::Route, upstream_index::UpstreamIndex},
    config::{Identity, Upstream, UpstreamTarget},
    http::path::RequestPath,
};

const CHECK: Check = Check::Upstream;

/// A finding for each upstream at a URL.
pub(crate) fn check(subject: &Subject) -> Vec<Finding> {
    let Some(config) = &subject.config else {
        return vec![Finding::skip(
            CHECK,
            "no configuration to find upstreams in",
        )];
    };
    let mut findings = Vec::new();
    for (place, upstream) in config.upstreams.iter().enumerate() {
        let UpstreamTarget::Url(origin) = &upstream.target else {
            continue;
        };
        if origin.is_spin_component() {
            let what = format!("{} is a component that only Lychgate reaches", upstream.id);
            findings.push(Finding::skip(CHECK, what));
            continue;
        }
        let led: Vec<&Route> = config
            .routes
            .routes()
            .filter(|route| route.upstream == UpstreamIndex(place))
            .collect();
        let protected = led.iter().find(|route| route.is_protected());
        let path = protected
            .or(led.first())
            .map_or("/".to_owned(), |route| asked(route));
        let url = format!("{origin}{path}");
        findings.push(one(subject, upstream, &url, protected.is_some()));
    }
    findings
}

/// The upstream's path for a path of the route.
fn asked(route: &Route) -> String {
    let path = example(route);
    let Some(rewrite) = &route.rewrite else {
        return path;
    };
    let public = RequestPath::parse(&path).ok();
    let forwarded = public.and_then(|public| rewrite.forward(&public));
    forwarded.map_or(path, |forwarded| forwarded.as_str().to_owned())
}

fn one(subject: &Subject, upstream: &Upstream, url: &str, is_protected: bool) -> Finding {
    let id = &upstream.id;
    let answer = match subject.client.get(url, &PROGRAM) {
        Ok(answer) => answer,
        Err(_) => {
            return Finding::pass(
                CHECK,
                format!("{id} cannot be reached from here around Lychgate"),
            );
        }
    };
    let status = answer.status;
    if status == 401 || status == 403 {
        let what = format!("{id} refuses requests around Lychgate ({status})");
        return Finding::pass(CHECK, what);
    }
    let what = format!("{url} answers {status} around Lychgate, without the shared secret");
    let advice = match upstream.identity {
        Identity::Headers { .. } => format!(
            "have {id} compare lychgate-secret with the shared secret and answer 401 without it, or be reachable for Lychgate alone"
        ),
        Identity::None => format!(
            "anyone reaches {id} without signing in: let only Lychgate reach it, or set identity = \"headers\" with a shared_secret and compare it there"
        ),
    };
    if is_protected && status < 400 {
        Finding::fail(CHECK, what, advice)
    } else {
        Finding::warn(CHECK, what, advice)
    }
}
