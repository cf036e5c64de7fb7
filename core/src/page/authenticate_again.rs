//! The page for someone whose sign-in does not suffice for what they asked for, where they could not be
//! sent to the provider at once.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
    voice::Voice,
};
use crate::http::response::{Response, Status};

/// Another sign-in would open it.
#[derive(Clone, Copy, Debug)]
pub struct AuthenticateAgain<'a> {
    /// The identifier of this failure in the log.
    pub incident: &'a str,
    /// Where that sign-in begins.
    pub sign_in: Href<'a>,
}

impl AuthenticateAgain<'_> {
    /// The page as a response.
    pub fn response(&self, voice: Voice<'_>) -> Response {
        let words = voice.language.words();
        Layout {
            status: Status::UNAUTHORIZED,
            heading: words.failure.unauthorized.heading,
            content: Html::new().paragraph(words.forbidden.authentication),
            ways: Html::new()
                .link(Look::First, &self.sign_in, words.ways.sign_in_again)
                .link(Look::Second, &Href::HOME, words.ways.home),
            incident: Some(self.incident),
            form: FormTargets::None,
        }
        .response(voice)
    }
}
