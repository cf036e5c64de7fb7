//! A sign-in, begun as a browser does: the cookie it leaves and where it leads.

use super::{
    checks::Check,
    client::{Answer, resolve},
    finding::Finding,
    subject::Subject,
};
use lychgate_core::{config::Provider, http::url::Url};

const CHECK: Check = Check::SignIn;

/// How the names of Lychgate's cookies begin.
const PREFIX: &str = "__Host-Http-lychgate";

/// Begins to sign in at `provider`: the authorization request, where it got so far, and what was found.
pub(crate) fn begin(subject: &Subject, provider: &Provider) -> (Option<Url>, Finding) {
    let url = format!("{}?provider={}", subject.endpoint("login"), provider.id);
    let answer = match subject.open(&url) {
        Ok(answer) => answer,
        Err(error) => {
            let what = format!("{url}: {error}");
            return (None, Finding::fail(CHECK, what, "ask again later"));
        }
    };
    let Some(location) = leads_to(&answer) else {
        let what = format!("signing in at {} answers {}", provider.id, answer.status);
        let advice = "the log says why, under the number on that page; a provider that cannot be reached from there is the usual reason";
        return (None, Finding::fail(CHECK, what, advice));
    };
    let finding = match cookie_fault(&answer) {
        None => Finding::pass(
            CHECK,
            format!(
                "signing in at {} leads to {} and leaves a cookie as it should be",
                provider.id,
                location.origin()
            ),
        ),
        Some(fault) => Finding::fail(
            CHECK,
            format!("the cookie of a sign-in {fault}"),
            "something in front of Lychgate changes Set-Cookie: have it leave the cookies of Lychgate alone",
        ),
    };
    (Some(location), finding)
}

/// The authorization request: a redirect, or the button of a page that browsers with scripts leave at once.
fn leads_to(answer: &Answer) -> Option<Url> {
    if answer.status == 303 {
        return Url::parse(answer.field("location")?).ok();
    }
    let page = answer.text();
    let (_, rest) = page.split_once("class=\"button\" href=\"")?;
    let (url, _) = rest.split_once('"')?;
    let url = url.replace("&amp;", "&");
    Url::parse(&url).ok().filter(|_| answer.status == 200)
}

/// The fault of the attempt's cookie, if any.
fn cookie_fault(answer: &Answer) -> Option<&'static str> {
    let fields = answer.fields("set-cookie");
    let mut ours = fields.iter().filter(|field| {
        let name = field.split('=').next().unwrap_or_default();
        name.to_ascii_lowercase().contains("lychgate")
    });
    let Some(field) = ours.find(|field| !field.to_ascii_lowercase().contains("max-age=0")) else {
        return Some("is not there");
    };
    let mut parts = field.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let attributes: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
    let has = |attribute: &str| attributes.iter().any(|other| other == attribute);
    if !name.starts_with(PREFIX) {
        Some("has lost its prefix __Host-Http-")
    } else if !has("secure") {
        Some("is not Secure")
    } else if !has("httponly") {
        Some("is not HttpOnly")
    } else if !has("path=/") || attributes.iter().any(|other| other.starts_with("domain=")) {
        Some("is not for this host and all of its paths")
    } else if !attributes
        .iter()
        .any(|other| other.starts_with("samesite="))
    {
        Some("has no SameSite")
    } else {
        None
    }
}

/// The URL that a redirect leads to.
pub(crate) fn redirect(from: &Url, answer: &Answer) -> Option<Url> {
    if !(300..400).contains(&answer.status) {
        return None;
    }
    resolve(from, answer.field("location")?)
}
