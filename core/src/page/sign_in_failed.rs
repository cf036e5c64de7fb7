//! The page after a sign-in that did not succeed.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
    voice::Voice,
    words::{Message, SignInFailures},
};
use crate::http::response::{Response, Status};

/// A sign-in failed; nobody is signed in by it.
#[derive(Clone, Copy, Debug)]
pub struct SignInFailed<'a> {
    /// The status of the response.
    pub status: Status,
    /// The part of the cause that the user may know.
    pub reason: Reason,
    /// The identifier of this failure in the log.
    pub incident: &'a str,
    /// Starts the sign-in again: `login` of the gateway with `return_to`.
    pub retry: Href<'a>,
}

/// The public side of a failed sign-in. The rest of the cause stands in the log alone: it would
/// help someone who tries answers until one fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The provider answered with an error, for example because the person cancelled.
    Refused,
    /// The answer has the wrong parameters, or one of them twice.
    Malformed,
    /// No sign-in of this browser belongs to the answer, or it began too long ago.
    UnknownAttempt,
    /// The answer was used before.
    UsedAttempt,
    /// It succeeded, several times in a row, and the page asks for it again.
    Loop,
    /// The provider's answer failed a check.
    Untrusted,
    /// The provider cannot be reached or answers nonsense.
    ProviderUnavailable,
    /// Our own store or ledger cannot be reached.
    Unavailable,
    /// The provider says that it has more groups of the account than it lists.
    TooManyGroups,
    /// The deployment's own settings are wrong, and only its operator can mend them.
    Misconfigured,
}

impl SignInFailures {
    const fn of(&self, reason: Reason) -> Message {
        match reason {
            Reason::Refused => self.refused,
            Reason::Malformed => self.malformed,
            Reason::UnknownAttempt => self.unknown_attempt,
            Reason::UsedAttempt => self.used_attempt,
            Reason::Loop => self.endless,
            Reason::Untrusted => self.untrusted,
            Reason::ProviderUnavailable => self.provider_unavailable,
            Reason::Unavailable => self.unavailable,
            Reason::TooManyGroups => self.too_many_groups,
            Reason::Misconfigured => self.misconfigured,
        }
    }
}

impl SignInFailed<'_> {
    /// The page as a response.
    pub fn response(&self, voice: Voice<'_>) -> Response {
        let words = voice.language.words();
        let Message { heading, text } = words.sign_in_failed.of(self.reason);
        Layout {
            status: self.status,
            heading,
            content: Html::new().paragraph(text),
            ways: Html::new()
                .link(Look::First, &self.retry, words.ways.sign_in_again)
                .link(Look::Second, &Href::HOME, words.ways.home),
            incident: Some(self.incident),
            form: FormTargets::None,
        }
        .response(voice)
    }
}
