//! The page for someone who is signed in and may not see what they asked for.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
    voice::Voice,
    words::Refusals,
};
use crate::{
    access::decision::Missing,
    http::response::{Response, Status},
};

/// The account lacks something.
#[derive(Clone, Copy, Debug)]
pub struct Forbidden<'a> {
    /// The conditions that it does not meet.
    pub missing: &'a [Missing],
    /// The name of the signed-in user, where it is known.
    pub who: Option<&'a str>,
    /// Signs in again, where the provider did not say everything and may the next time.
    pub sign_in_again: Option<Href<'a>>,
    /// The identifier of this refusal in the log.
    pub incident: &'a str,
    /// The page that asks before signing out.
    pub sign_out: Href<'a>,
    /// Where the site begins.
    pub home: Href<'a>,
}

impl Refusals {
    /// The words for a missing condition. The configured names are left out on purpose: they would tell
    /// everyone with an account how the site is guarded.
    const fn of(&self, missing: Missing) -> &'static str {
        match missing {
            Missing::Group => self.group,
            Missing::Role => self.role,
            Missing::EmailDomain => self.email_domain,
            // Sessions lack these as they lack anything else that is said of an account.
            Missing::Claim | Missing::Scope | Missing::Client | Missing::Source => self.claim,
            Missing::Authentication => self.authentication,
        }
    }
}

impl Forbidden<'_> {
    /// The page as a response.
    pub fn response(&self, voice: Voice<'_>) -> Response {
        let words = voice.language.words();
        let mut content = Html::new().signed_in_as(words, self.who);
        for missing in self.missing {
            content = content.paragraph(words.forbidden.of(*missing));
        }
        if self.missing.is_empty() {
            content = content.paragraph(words.forbidden.other);
        }
        let (advice, way) = match &self.sign_in_again {
            Some(again) => (
                words.forbidden.incomplete,
                (again, words.ways.sign_in_again),
            ),
            None => (words.forbidden.advice, (&self.home, words.ways.home)),
        };
        Layout {
            status: Status::FORBIDDEN,
            heading: words.forbidden.heading,
            content: content.paragraph(advice),
            ways: Html::new().link(Look::First, way.0, way.1).link(
                Look::Second,
                &self.sign_out,
                words.ways.sign_out,
            ),
            incident: Some(self.incident),
            form: FormTargets::None,
        }
        .response(voice)
    }
}
