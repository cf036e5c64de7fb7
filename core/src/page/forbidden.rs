//! The page for someone who is signed in and may not see what they asked for.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
};
use crate::{
    access::decision::Missing,
    http::response::{Response, Status},
};

/// The account lacks something.
#[derive(Clone, Copy, Debug)]
pub struct Forbidden<'a> {
    /// What it lacks.
    pub missing: &'a [Missing],
    /// The name of whoever is signed in, where it is known.
    pub who: Option<&'a str>,
    /// The page that asks before signing out.
    pub sign_out: Href<'a>,
    /// Where the site begins.
    pub home: Href<'a>,
}

/// What is missing in words. The configured names are left out on purpose: they would tell everyone
/// with an account how the site is guarded.
const fn sentence(missing: Missing) -> &'static str {
    match missing {
        Missing::Group => "This page needs a group that your account does not have.",
        Missing::EmailDomain => {
            "This page needs an account with a verified e-mail address of another domain."
        }
        Missing::Role => "This page needs a role that your account does not have.",
        Missing::Claim => "This page is for other accounts than yours.",
        Missing::Authentication => {
            "This page needs a stronger or more recent sign-in than the one you came with."
        }
    }
}

impl Forbidden<'_> {
    /// The page as a response.
    pub fn response(&self) -> Response {
        let mut content = Html::new().signed_in_as(self.who);
        for missing in self.missing {
            content = content.paragraph(sentence(*missing));
        }
        if self.missing.is_empty() {
            content = content.paragraph("This page is not open to your account.");
        }
        Layout {
            status: Status::FORBIDDEN,
            heading: "Your account may not open this page",
            content: content.paragraph(
                "Ask the people who run this site for access, or sign out and come back with \
                 another account.",
            ),
            ways: Html::new()
                .link(Look::First, &self.home, "Go to the start page")
                .link(Look::Second, &self.sign_out, "Sign out"),
            incident: None,
            form: FormTargets::None,
        }
        .response()
    }
}
