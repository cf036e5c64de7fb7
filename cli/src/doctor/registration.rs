//! Whether the provider knows our redirect URI.
//!
//! No provider says so in a way that all share: some show a page, some send the browser back. So the request that the gateway
//! makes is sent, and beside it the same one with a redirect URI that is surely not registered; what is shown for
//! the one and the other tells more than either. Where they look the same, that is said, too.

use super::{
    checks::Check, client::NAVIGATION, finding::Finding, provider, sign_in::redirect,
    subject::Subject,
};
use crate::clock;
use lychgate_core::{
    access::step_up::StepUp,
    config::{Protocol, Provider},
    encoding::parameters::{self, Parameters},
    http::url::Url,
    oidc::{attempt::Attempt, authorization_request::AuthorizationRequest, return_to::ReturnTo},
    secret::Secret,
};

const CHECK: Check = Check::RedirectUri;

/// More redirects than a provider makes before it shows something.
const MOST_STEPS: usize = 8;

/// A redirect URI that nobody registered.
const UNKNOWN: &str = "https://lychgate-doctor.invalid/callback";

/// The provider's answer to an authorization request.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    /// A form to sign in with.
    Form,
    /// An error, and whether it speaks of the redirect URI or the client.
    Error { status: u16, about: About },
    /// It sent the browser back to the redirect URI, with a code or an error of which we know the name.
    Back(Option<&'static str>),
    /// Something else.
    Unclear(u16),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    RedirectUri,
    Client,
    Unknown,
}

/// The authorization request as the gateway makes it where it hands nothing in before (RFC 9126).
pub(crate) fn request(subject: &Subject, provider: &Provider) -> Option<Url> {
    let endpoint = match &provider.protocol {
        Protocol::OAuth(server) => server.authorization_endpoint.clone(),
        Protocol::OpenId(_) => provider::metadata(subject, provider)?.authorization_endpoint,
    };
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).ok()?;
    let attempt = Attempt::new(
        Secret::new(secret),
        clock::now(),
        Vec::new(),
        provider.id.clone(),
        None,
        ReturnTo::home(),
    );
    let redirect_uri = redirect_uri(subject, provider);
    let request =
        AuthorizationRequest::new(provider, &redirect_uri, &attempt, &StepUp::default(), None);
    Some(request.location(&endpoint, &provider.client_id))
}

fn redirect_uri(subject: &Subject, provider: &Provider) -> String {
    subject.endpoint(&format!("callback/{}", provider.id))
}

/// Sends the authorization request that `location` is, and judges what comes.
pub(crate) fn check(subject: &Subject, provider: &Provider, location: &Url) -> Finding {
    let redirect_uri = redirect_uri(subject, provider);
    let shown = match show(subject, location, &redirect_uri) {
        Ok(shown) => shown,
        Err(error) => {
            let what = format!("{} cannot be reached from here: {error}", location.origin());
            return Finding::warn(
                CHECK,
                what,
                "open it in a browser, or ask again from elsewhere",
            );
        }
    };
    // A request that was pushed to the provider was judged there (RFC 9126, section 2.1), and cannot be changed.
    if location.target().contains("request_uri=") && shown == Shown::Form {
        let what = format!("{} took the request with {redirect_uri}", provider.id);
        return Finding::pass(CHECK, what);
    }
    let control = with_redirect_uri(location, UNKNOWN)
        .and_then(|location| show(subject, &location, UNKNOWN).ok());
    judge(provider, &redirect_uri, &shown, control.as_ref())
}

fn judge(
    provider: &Provider,
    redirect_uri: &str,
    shown: &Shown,
    control: Option<&Shown>,
) -> Finding {
    let id = &provider.id;
    let is_refused = matches!(control, Some(Shown::Error { .. }));
    match shown {
        Shown::Back(None) => Finding::pass(CHECK, format!("{id} leads back to {redirect_uri}")),
        Shown::Back(Some(error)) => Finding::fail(
            CHECK,
            format!("{id} knows {redirect_uri}, but refuses the request: {error}"),
            "see how the client is registered there: response type code, PKCE with S256, and these scopes",
        ),
        Shown::Form | Shown::Unclear(_) if is_refused => Finding::pass(
            CHECK,
            format!("{id} goes on with {redirect_uri} and refuses another one"),
        ),
        Shown::Form | Shown::Unclear(_) => Finding::warn(
            CHECK,
            format!(
                "cannot tell whether {id} knows {redirect_uri}: it shows nothing else for one that nobody registered"
            ),
            "sign in once: a provider that checks it later says so then",
        ),
        Shown::Error { status, about } => {
            let (what, advice) = match about {
                About::RedirectUri => (
                    format!("{id} refuses the redirect URI {redirect_uri} ({status})"),
                    format!(
                        "register exactly {redirect_uri} at the provider, for the client {}",
                        provider.client_id
                    ),
                ),
                About::Client => (
                    format!(
                        "{id} does not know the client {} ({status})",
                        provider.client_id
                    ),
                    "correct client_id, or register the client at the provider".to_owned(),
                ),
                About::Unknown => (
                    format!("{id} answers {status} to the request to sign in"),
                    format!(
                        "see that client_id is right and that exactly {redirect_uri} is registered at the provider"
                    ),
                ),
            };
            Finding::fail(CHECK, what, advice)
        }
    }
}

/// The provider's last answer, to a browser that was never there.
fn show(subject: &Subject, location: &Url, redirect_uri: &str) -> Result<Shown, String> {
    let mut url = location.clone();
    let mut cookies: Vec<(String, String)> = Vec::new();
    for _ in 0..MOST_STEPS {
        let held: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let held = held.join("; ");
        let mut fields = NAVIGATION.to_vec();
        if !held.is_empty() && url.origin() == location.origin() {
            fields.push(("cookie", &held));
        }
        let answer = subject.client.get(&url.to_string(), &fields)?;
        for field in answer.fields("set-cookie") {
            let pair = field.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                cookies.retain(|(other, _)| other != name);
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let Some(next) = redirect(&url, &answer) else {
            return Ok(seen(answer.status, &answer.text()));
        };
        if next.to_string().split('?').next() == Some(redirect_uri) {
            return Ok(back(&next));
        }
        url = next;
    }
    Ok(Shown::Unclear(302))
}

/// The code or error with which the provider sent a browser back.
fn back(url: &Url) -> Shown {
    let target = url.target();
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let error = Parameters::parse(query).ok().and_then(|parameters| {
        parameters
            .once("error")
            .ok()
            .flatten()
            .map(ToOwned::to_owned)
    });
    const KNOWN: [&str; 6] = [
        "invalid_request",
        "unauthorized_client",
        "access_denied",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
    ];
    Shown::Back(error.map(|error| {
        let known = KNOWN.into_iter().find(|known| *known == error);
        known.unwrap_or("an error of its own")
    }))
}

/// Reads a page for what it is. Nothing of it is ever repeated.
fn seen(status: u16, page: &str) -> Shown {
    let page = page.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| page.contains(word));
    let about = if has(&[
        "redirect_uri",
        "redirect uri",
        "redirect url",
        "reply url",
        "callback url",
    ]) {
        About::RedirectUri
    } else if has(&[
        "invalid_client",
        "client is invalid",
        "unknown client",
        "client not found",
    ]) {
        About::Client
    } else {
        About::Unknown
    };
    if status >= 400 {
        return Shown::Error { status, about };
    }
    // A form to sign in with may well carry the redirect URI along.
    if has(&[
        "type=\"password\"",
        "type=password",
        "type='password'",
        "type=\"email\"",
        "autocomplete=\"username\"",
    ]) {
        return Shown::Form;
    }
    if has(&[
        "redirect_uri_mismatch",
        "invalid_redirect_uri",
        "aadsts50011",
        "invalid_client",
        "unauthorized_client",
    ]) {
        return Shown::Error { status, about };
    }
    Shown::Unclear(status)
}

/// The same request with another redirect URI; `None` where it has none of its own (RFC 9126).
fn with_redirect_uri(location: &Url, redirect_uri: &str) -> Option<Url> {
    let text = location.to_string();
    let (start, query) = text.split_once('?')?;
    let mut is_replaced = false;
    let mut changed = String::new();
    for pair in query.split('&') {
        if pair.starts_with("redirect_uri=") {
            is_replaced = true;
            parameters::push(&mut changed, "redirect_uri", redirect_uri);
        } else {
            if !changed.is_empty() {
                changed.push('&');
            }
            changed.push_str(pair);
        }
    }
    Url::parse(&format!("{start}?{changed}"))
        .ok()
        .filter(|_| is_replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_taken_for_what_it_is() {
        let error = |status, about| Shown::Error { status, about };
        for (status, page, shown) in [
            (
                200,
                "<form><input type=\"password\"><input name=\"redirect_uri\">",
                Shown::Form,
            ),
            (400, "invalid_redirect_uri", error(400, About::RedirectUri)),
            (
                400,
                "<p>Invalid parameter: redirect_uri</p>",
                error(400, About::RedirectUri),
            ),
            (
                200,
                "AADSTS50011: The reply URL does not match",
                error(200, About::RedirectUri),
            ),
            (401, "client is invalid", error(401, About::Client)),
            (500, "oops", error(500, About::Unknown)),
            (200, "<div id=app></div>", Shown::Unclear(200)),
        ] {
            assert_eq!(seen(status, page), shown, "{page}");
        }
    }

    #[test]
    fn only_the_redirect_uri_is_replaced() {
        let url = Url::parse(
            "https://op.example.com/auth?client_id=a&redirect_uri=https%3A%2F%2Fx&state=b",
        )
        .unwrap();
        let changed = with_redirect_uri(&url, "https://y").unwrap();
        assert_eq!(
            changed.to_string(),
            "https://op.example.com/auth?client_id=a&redirect_uri=https%3A%2F%2Fy&state=b"
        );
        let pushed = Url::parse("https://op.example.com/auth?client_id=a&request_uri=b").unwrap();
        assert!(with_redirect_uri(&pushed, "https://y").is_none());
    }

    #[test]
    fn what_the_provider_sends_back_is_named_only_where_it_is_known() {
        let at = |query: &str| Url::parse(&format!("https://app.example.com/cb?{query}")).unwrap();
        assert_eq!(back(&at("code=a")), Shown::Back(None));
        assert_eq!(
            back(&at("error=invalid_scope")),
            Shown::Back(Some("invalid_scope"))
        );
        assert_eq!(
            back(&at("error=%3Cb%3E")),
            Shown::Back(Some("an error of its own"))
        );
    }
}
