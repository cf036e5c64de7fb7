//! The page for a sign-out that did not reach every place which knows the session.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
    voice::Voice,
};
use crate::http::response::{Response, Status};

/// The session could not be ended everywhere.
///
/// Saying "signed out" here would leave a stolen cookie alive that its owner believes dead.
#[derive(Clone, Copy, Debug)]
pub struct SignOutIncomplete<'a> {
    /// The identifier of this failure in the log.
    pub incident: &'a str,
    /// Tries to sign out again.
    pub retry: Href<'a>,
}

impl SignOutIncomplete<'_> {
    /// The page as a response.
    pub fn response(&self, voice: Voice<'_>) -> Response {
        let words = voice.language.words();
        Layout {
            status: Status::SERVICE_UNAVAILABLE,
            heading: words.sign_out_incomplete.heading,
            content: Html::new().paragraph(words.sign_out_incomplete.text),
            ways: Html::new().link(Look::First, &self.retry, words.ways.sign_out_again),
            incident: Some(self.incident),
            form: FormTargets::None,
        }
        .response(voice)
    }
}
