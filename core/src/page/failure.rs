//! The page for every other failure, in words that say what to do.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
};
use crate::http::response::{Response, Status};

/// A request could not be served.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// The status of the response.
    pub status: Status,
    /// What the log knows this failure by.
    pub incident: Option<&'a str>,
    /// Where the person can go on: for 401 the start of a sign-in, else the page that was asked for,
    /// where asking again can help.
    pub retry: Option<Href<'a>>,
}

impl Failure<'_> {
    /// The page as a response. A 405 still needs its `Allow`, which only the caller knows.
    pub fn response(&self) -> Response {
        let (heading, explanation) = words(self.status);
        let ways = match &self.retry {
            None => Html::new().link(Look::First, &Href::HOME, "Go to the start page"),
            Some(retry) => Html::new()
                .link(Look::First, retry, self.retry_label())
                .link(Look::Second, &Href::HOME, "Go to the start page"),
        };
        Layout {
            status: self.status,
            heading,
            content: Html::new().paragraph(explanation),
            ways,
            incident: self.incident,
            form: FormTargets::None,
        }
        .response()
    }

    fn retry_label(&self) -> &'static str {
        if self.status == Status::UNAUTHORIZED {
            return "Sign in";
        }
        "Try again"
    }
}

const fn words(status: Status) -> (&'static str, &'static str) {
    match status.code() {
        400 => (
            "This request cannot be understood",
            "Its address or its content is not well formed. If you followed a link, the link may \
             be damaged.",
        ),
        401 => (
            "You need to sign in",
            "What you asked for is open to people who are signed in.",
        ),
        403 => (
            "This request was refused",
            "It did not come from a page of this site, so it was not carried out. Open the page \
             here and try from there.",
        ),
        404 => (
            "There is no such page",
            "The address is mistyped, or the page has moved.",
        ),
        405 => (
            "This cannot be done here",
            "The address exists, but not for this kind of request.",
        ),
        413 => (
            "This is too large",
            "What you sent is larger than this site accepts.",
        ),
        421 => (
            "This address belongs to another site",
            "The request reached a server that does not answer for it. Type the address again.",
        ),
        502 => (
            "A service behind this site does not answer",
            "It is down, very slow, or sent something unusable. Try again in a moment.",
        ),
        503 => (
            "This site is not available right now",
            "It cannot check at the moment whether you may pass, so nobody passes. Try again in a \
             moment.",
        ),
        _ => (
            "Something went wrong",
            "The request could not be served. Try again in a moment.",
        ),
    }
}
