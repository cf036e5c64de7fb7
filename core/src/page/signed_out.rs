//! The page after signing out.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
    voice::Voice,
};
use crate::http::response::{Response, Status};

/// The session has ended.
#[derive(Clone, Copy, Debug)]
pub struct SignedOut<'a> {
    /// Where the site begins.
    pub home: Href<'a>,
    /// Starts a sign-in.
    pub sign_in: Href<'a>,
}

impl SignedOut<'_> {
    /// The page as a response.
    pub fn response(&self, voice: Voice<'_>) -> Response {
        let words = voice.language.words();
        Layout {
            status: Status::OK,
            heading: words.signed_out.heading,
            content: Html::new().paragraph(words.signed_out.text),
            ways: Html::new()
                .link(Look::First, &self.home, words.ways.home)
                .link(Look::Second, &self.sign_in, words.ways.sign_in_again),
            incident: None,
            form: FormTargets::None,
        }
        .response(voice)
    }
}
