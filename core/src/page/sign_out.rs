//! The page that asks before signing out.
//!
//! Signing out takes a POST, so that a picture or a link on another site cannot do it.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
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
    /// The name of whoever is signed in, where it is known.
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
    pub fn response(&self) -> Response {
        Layout {
            status: Status::OK,
            heading: "Sign out?",
            content: Html::new().signed_in_as(self.who).paragraph(
                "Signing out ends this session in every tab. You need to sign in again to come \
                 back.",
            ),
            ways: Html::new()
                .raw("<form method=\"post\" action=\"")
                .text(self.action.as_str())
                .raw("\"><button class=\"button\" type=\"submit\">Sign out</button></form>")
                .link(Look::Second, &self.home, "Stay signed in"),
            incident: None,
            form: FormTargets::SiteAnd(self.redirects),
        }
        .response()
    }
}
