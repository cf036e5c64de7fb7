//! The pages that nobody has to read: on the way to the provider, on the way back, and from another site.
//!
//! They are pages and not redirects, because a script alone can carry the fragment of an address past a
//! provider, and because a browser sends a `SameSite=Strict` cookie only where a page of ours leads.
//! They take the place of each other in the tab's history, so that going back meets none of them.

use super::{
    href::Href,
    html::Html,
    layout::{FormTargets, Layout},
    script::Script,
    voice::Voice,
    words::Message,
};
use crate::http::{
    response::{Response, Status},
    url::Url,
};
use alloc::string::ToString;

/// A page that leads on by itself.
#[derive(Clone, Copy, Debug)]
pub enum Onward<'a> {
    /// To the provider.
    ToProvider {
        /// The authorization request.
        location: &'a Url,
        /// A name for the attempt that is no secret.
        attempt: &'a str,
    },
    /// To the page that was asked for.
    Back {
        /// That page.
        to: Href<'a>,
        /// The same name.
        attempt: &'a str,
    },
    /// To the page that was asked for, from another site.
    FromElsewhere {
        /// That page.
        to: Href<'a>,
    },
}

impl Onward<'_> {
    /// The page as a response.
    pub fn response(&self, voice: Voice<'_>) -> Response {
        let words = &voice.language.words().onward;
        match self {
            Self::ToProvider { location, attempt } => {
                let to = &location.to_string();
                let script = Script::KeepFragment { to, attempt };
                page(words.to_provider, to, script, voice)
            }
            Self::Back { to, attempt } => {
                let to = to.as_str();
                let script = Script::RestoreFragment { to, attempt };
                page(words.back, to, script, voice)
            }
            Self::FromElsewhere { to } => {
                let to = to.as_str();
                page(
                    words.from_elsewhere,
                    to,
                    Script::CarryFragment { to },
                    voice,
                )
            }
        }
    }
}

fn page(message: Message, to: &str, script: Script<'_>, voice: Voice<'_>) -> Response {
    let label = voice.language.words().ways.go_on;
    Layout {
        status: Status::OK,
        heading: message.heading,
        content: Html::new().paragraph(message.text),
        ways: Html::new()
            .raw("<a class=\"button\" href=\"")
            .text(to)
            .raw("\">")
            .raw(label)
            .raw("</a>"),
        incident: None,
        form: FormTargets::None,
    }
    .response_with(script, voice)
}
