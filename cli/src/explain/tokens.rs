//! The issuer that Lychgate would ask about an access token on a route. Lychgate shows a token that names nobody to one
//! issuer alone.

use lychgate_core::{
    access::routes::Route,
    config::{AskedEndpoint, Config, Issuer, IssuerCheck, IssuerIndex, OnlineCheck},
};
use serde_json::{Value, json};

/// The tokens about which somebody is asked.
enum Tokens<'a> {
    /// Opaque ones that begin so.
    Prefixed(&'a str),
    /// Opaque ones that begin in no such way.
    Opaque,
    /// Those that the issuer signed.
    Signed,
}

/// An issuer that is asked.
struct Asked<'a> {
    tokens: Tokens<'a>,
    issuer: &'a Issuer,
    check: &'a OnlineCheck,
}

/// Those that are asked about tokens on the route, in the order of the configuration.
fn asked<'a>(config: &'a Config, route: &Route) -> Vec<Asked<'a>> {
    if !route.takes_tokens() {
        return Vec::new();
    }
    let issuers = config.issuers.iter().enumerate();
    let of_route = |place| route.opaque_issuer == Some(IssuerIndex(place));
    let asked = issuers.filter_map(|(place, issuer)| {
        let (tokens, check) = match (&issuer.check, &issuer.token_prefix) {
            (IssuerCheck::Answer(check), Some(prefix)) => (Tokens::Prefixed(prefix), check),
            (IssuerCheck::Answer(check), None) if of_route(place) => (Tokens::Opaque, check),
            (IssuerCheck::SignatureAndAnswer(check), _) => (Tokens::Signed, check),
            (IssuerCheck::Answer(_) | IssuerCheck::Signature, _) => return None,
        };
        Some(Asked {
            tokens,
            issuer,
            check,
        })
    });
    asked.collect()
}

/// Whether opaque tokens count elsewhere, and nobody would be asked about one here.
fn has_none(config: &Config, route: &Route) -> bool {
    route.takes_tokens()
        && route.opaque_issuer.is_none()
        && config.issuers.iter().any(Issuer::is_asked_alone)
}

/// A line for each, for people.
pub(super) fn lines(config: &Config, route: &Route) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for Asked {
        tokens,
        issuer,
        check,
    } in asked(config, route)
    {
        let (name, endpoint, how) = (&issuer.issuer, &check.endpoint, how(check));
        lines.push(match tokens {
            Tokens::Prefixed(prefix) => {
                format!("opaque, {prefix}...: {name} is asked at {endpoint} ({how})")
            }
            Tokens::Opaque => format!("opaque: {name} is asked at {endpoint} ({how})"),
            Tokens::Signed => format!(
                "signed by {name}: it is asked at {endpoint} ({how}) whether they were revoked"
            ),
        });
    }
    if has_none(config, route) {
        lines.push("opaque, of any other form: nobody is asked, and none counts here".to_owned());
    }
    lines
}

/// The same for programs.
pub(super) fn json(config: &Config, route: &Route) -> Value {
    let asked = asked(config, route).into_iter();
    let asked = asked.map(|it| {
        let (kind, prefix) = match it.tokens {
            Tokens::Prefixed(prefix) => ("opaque", Some(prefix)),
            Tokens::Opaque => ("opaque", None),
            Tokens::Signed => ("signed", None),
        };
        let (endpoint, metadata_url) = match &it.check.endpoint {
            AskedEndpoint::At(url) => (Some(url.to_string()), None),
            AskedEndpoint::Discovery(url) => (None, Some(url.to_string())),
        };
        json!({
            "tokens": kind,
            "token_prefix": prefix,
            "issuer": it.issuer.issuer,
            "endpoint": endpoint,
            "metadata_url": metadata_url,
            "by": it.check.method.name(),
            "signed_answer": it.check.signed_for().is_some(),
        })
    });
    asked.collect()
}

fn how(check: &OnlineCheck) -> String {
    let name = check.method.name();
    match check.signed_for() {
        Some(_) => format!("{name}, with a signed answer"),
        None => name.to_owned(),
    }
}
