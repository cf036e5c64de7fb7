//! The page for every other failure, in words that say what to do.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
    voice::Voice,
    words::{Failures, Message, Words},
};
use crate::http::response::{Response, Status};

/// A request could not be served.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// The status of the response.
    pub status: Status,
    /// The identifier of this failure in the log.
    pub incident: Option<&'a str>,
    /// Where the person can go on: for 401 the start of a sign-in, else the page that was asked for,
    /// where asking again can help.
    pub retry: Option<Href<'a>>,
}

impl Failure<'_> {
    /// The page as a response. A 405 still needs its `Allow`, which only the caller knows.
    pub fn response(&self, voice: Voice<'_>) -> Response {
        let words = voice.language.words();
        let Message { heading, text } = words.failure.of(self.status);
        let home = |html: Html, look| html.link(look, &Href::HOME, words.ways.home);
        let ways = match &self.retry {
            None => home(Html::new(), Look::First),
            Some(retry) => {
                let first = Html::new().link(Look::First, retry, self.retry_label(words));
                home(first, Look::Second)
            }
        };
        Layout {
            status: self.status,
            heading,
            content: Html::new().paragraph(text),
            ways,
            incident: self.incident,
            form: FormTargets::None,
        }
        .response(voice)
    }

    fn retry_label(&self, words: &Words) -> &'static str {
        if self.status == Status::UNAUTHORIZED {
            return words.ways.sign_in;
        }
        words.ways.try_again
    }
}

impl Failures {
    const fn of(&self, status: Status) -> Message {
        match status.code() {
            400 => self.bad_request,
            401 => self.unauthorized,
            403 => self.forbidden,
            404 => self.not_found,
            405 => self.method_not_allowed,
            413 => self.content_too_large,
            421 => self.misdirected_request,
            501 => self.not_implemented,
            502 => self.bad_gateway,
            503 => self.service_unavailable,
            504 => self.gateway_timeout,
            _ => self.other,
        }
    }
}
