//! Every page that the gateway can answer with, in every language, made of the values that it is given.
//!
//! The tests of the pages walk through the same ones, and find out whether one is missing here.

use lychgate_core::{
    access::decision::Missing,
    http::{
        response::{Response, Status},
        url::{Origin, Url},
    },
    page::{
        authenticate_again::AuthenticateAgain,
        chooser::{Choice, Chooser},
        failure::Failure,
        forbidden::Forbidden,
        href::Href,
        language::Language,
        onward::Onward,
        sign_in_failed::{Reason, SignInFailed},
        sign_out::SignOut,
        sign_out_incomplete::SignOutIncomplete,
        signed_out::SignedOut,
        theme::Theme,
        voice::Voice,
    },
};

/// The values that pages are made of beside our own words.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The name of the signed-in user; also the name of a provider.
    pub who: Option<&'a str>,
    /// The number of an incident, and the name of an attempt.
    pub incident: &'a str,
    /// Where every link leads.
    pub link: &'a str,
}

/// A page in one language.
#[derive(Debug)]
pub struct Page {
    /// Its file in `core/src/page`, and after a hyphen which of its kind it is.
    pub name: String,
    /// The language's tag.
    pub language: &'static str,
    /// The page.
    pub response: Response,
}

/// Values as they come.
pub const ORDINARY: Values<'static> = Values {
    who: Some("member@example.com"),
    incident: "k3v9-72mq-xd0a",
    link: "/auth/login?return_to=%2Fmembers%2Freport.html%3Fyear%3D2026%26tag%3Da%2520b",
};

const REASONS: [(Reason, Status); 10] = [
    (Reason::Refused, Status::FORBIDDEN),
    (Reason::Malformed, Status::BAD_REQUEST),
    (Reason::UnknownAttempt, Status::BAD_REQUEST),
    (Reason::UsedAttempt, Status::BAD_REQUEST),
    (Reason::Loop, Status::BAD_REQUEST),
    (Reason::Untrusted, Status::BAD_GATEWAY),
    (Reason::ProviderUnavailable, Status::BAD_GATEWAY),
    (Reason::Unavailable, Status::SERVICE_UNAVAILABLE),
    (Reason::TooManyGroups, Status::FORBIDDEN),
    (Reason::Misconfigured, Status::SERVICE_UNAVAILABLE),
];

/// The last one stands for all that have no words of their own.
const STATUSES: [Status; 12] = [
    Status::BAD_REQUEST,
    Status::UNAUTHORIZED,
    Status::FORBIDDEN,
    Status::NOT_FOUND,
    Status::METHOD_NOT_ALLOWED,
    Status::CONTENT_TOO_LARGE,
    Status::MISDIRECTED_REQUEST,
    Status::NOT_IMPLEMENTED,
    Status::BAD_GATEWAY,
    Status::SERVICE_UNAVAILABLE,
    Status::GATEWAY_TIMEOUT,
    Status::PRECONDITION_FAILED,
];

const LACKS: [(&str, &[Missing]); 3] = [
    ("forbidden", &[]),
    ("forbidden-group", &[Missing::Group]),
    (
        "forbidden-all",
        &[
            Missing::Group,
            Missing::Role,
            Missing::EmailDomain,
            Missing::Claim,
            Missing::Authentication,
        ],
    ),
];

/// Every page in every language.
pub fn pages(theme: &Theme, values: Values<'_>) -> Vec<Page> {
    let languages = Language::TAGS.iter();
    languages
        .filter_map(|tag| Language::of_tag(tag))
        .flat_map(|language| in_language(Voice { language, theme }, values))
        .collect()
}

fn in_language(voice: Voice<'_>, values: Values<'_>) -> Vec<Page> {
    let pages = failures(voice, values)
        .into_iter()
        .chain(accounts(voice, values));
    pages
        .map(|(name, response)| Page {
            name,
            language: voice.language.tag(),
            response,
        })
        .collect()
}

/// The pages of what went wrong.
fn failures(voice: Voice<'_>, values: Values<'_>) -> Vec<(String, Response)> {
    let Values { incident, link, .. } = values;
    let link = Href::local(link);
    let signing_in = REASONS.map(|(reason, status)| {
        let page = SignInFailed {
            status,
            reason,
            incident,
            retry: link,
        };
        (format!("sign_in_failed-{reason:?}"), page.response(voice))
    });
    let others = STATUSES.map(|status| {
        let page = Failure {
            status,
            incident: Some(incident),
            retry: Some(link),
        };
        (format!("failure-{}", status.code()), page.response(voice))
    });
    signing_in.into_iter().chain(others).collect()
}

/// The pages of a sign-in, a sign-out and what an account may not see.
#[expect(clippy::too_many_lines, reason = "one page after the other")]
fn accounts(voice: Voice<'_>, values: Values<'_>) -> Vec<(String, Response)> {
    let Values {
        who,
        incident,
        link,
    } = values;
    let link = Href::local(link);
    let mut pages = Vec::new();
    let mut add = |name: &str, response| pages.push((name.to_owned(), response));
    for (name, missing) in LACKS {
        let page = Forbidden {
            missing,
            who,
            sign_in_again: None,
            incident,
            sign_out: link,
            home: link,
        };
        add(name, page.response(voice));
    }
    let incomplete = Forbidden {
        missing: &[Missing::Group],
        who,
        sign_in_again: Some(link),
        incident,
        sign_out: link,
        home: link,
    };
    add("forbidden-incomplete", incomplete.response(voice));
    let names = ["Example", who.unwrap_or("b")];
    let choices = names.map(|name| Choice { name, href: link });
    let chooser = Chooser {
        site: "app.example.com",
        choices: &choices,
    };
    add("chooser", chooser.response(voice));
    let again = AuthenticateAgain {
        incident,
        sign_in: link,
    };
    add("authenticate_again", again.response(voice));
    let signed_out = SignedOut {
        home: link,
        sign_in: link,
    };
    add("signed_out", signed_out.response(voice));
    let sign_out = SignOut {
        action: link,
        who,
        home: link,
        redirects: &provider(),
    };
    add("sign_out", sign_out.response(voice));
    let incomplete = SignOutIncomplete {
        incident,
        retry: link,
    };
    add("sign_out_incomplete", incomplete.response(voice));
    if let Some(location) = request() {
        let page = Onward::ToProvider {
            location: &location,
            attempt: incident,
        };
        add("onward-provider", page.response(voice));
    }
    let back = Onward::Back {
        to: link,
        attempt: incident,
    };
    add("onward-back", back.response(voice));
    let from_elsewhere = Onward::FromElsewhere { to: link };
    add("onward-from_elsewhere", from_elsewhere.response(voice));
    pages
}

/// An authorization request.
fn request() -> Option<Url> {
    let url = Url::parse("https://op.example.com/authorize").ok()?;
    Some(url.with_query("scope=openid%20email&state=it's"))
}

fn provider() -> Vec<Origin> {
    let url = Url::parse("http://localhost:8788/session/end");
    url.iter().map(|url| url.origin().clone()).collect()
}
