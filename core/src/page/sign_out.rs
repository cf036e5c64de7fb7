//! The page that asks before signing out.
//!
//! Signing out takes a POST, so that a picture or a link on another site cannot do it.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
    voice::Voice,
};
use crate::http::{
    response::{Response, Status},
    url::Origin,
};

/// Asks whether to sign out.
#[derive(Clone, Copy, Debug)]
pub struct SignOut<'a> {
    /// Where the form goes.
    pub action: Href<'a>,
    /// The name of the signed-in user, where it is known.
    pub who: Option<&'a str>,
    /// Where the site begins.
    pub home: Href<'a>,
    /// The origins that the answer to the form may redirect to: the provider's, for sign-out
    /// there. Chromium holds `form-action` against every redirect that follows, so a provider that
    /// sends browsers on to a further origin needs that one here too. With one missing, the person
    /// is signed out of this site and still looks at an unchanged page.
    pub redirects: &'a [Origin],
}

impl SignOut<'_> {
    /// The page as a response.
    pub fn response(&self, voice: Voice<'_>) -> Response {
        let words = voice.language.words();
        Layout {
            status: Status::OK,
            heading: words.sign_out.heading,
            content: Html::new()
                .signed_in_as(words, self.who)
                .paragraph(words.sign_out.text),
            ways: Html::new()
                .raw("<form method=\"post\" action=\"")
                .text(self.action.as_str())
                .raw("\"><button class=\"button\" type=\"submit\">")
                .raw(words.ways.sign_out)
                .raw("</button></form>")
                .link(Look::Second, &self.home, words.ways.stay_signed_in),
            incident: None,
            form: FormTargets::SiteAnd(self.redirects),
        }
        .response(voice)
    }
}
