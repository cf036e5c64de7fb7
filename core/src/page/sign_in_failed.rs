//! The page after a sign-in that did not succeed.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
};
use crate::http::response::{Response, Status};

/// A sign-in failed; nobody is signed in by it.
#[derive(Clone, Copy, Debug)]
pub struct SignInFailed<'a> {
    /// The status of the response.
    pub status: Status,
    /// What the person may know of the cause.
    pub reason: Reason,
    /// What the log knows this failure by.
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
    /// The provider's answer failed a check.
    Untrusted,
    /// The provider cannot be reached or answers nonsense.
    ProviderUnavailable,
    /// Our own store or ledger cannot be reached.
    Unavailable,
}

impl Reason {
    const fn heading(self) -> &'static str {
        match self {
            Self::Refused => "You were not signed in",
            Self::Malformed | Self::UnknownAttempt => "This sign-in cannot go on",
            Self::UsedAttempt => "This sign-in is over",
            Self::Untrusted => "The sign-in failed",
            Self::ProviderUnavailable => "The sign-in service does not answer",
            Self::Unavailable => "Signing in is not possible right now",
        }
    }

    const fn explanation(self) -> &'static str {
        match self {
            Self::Refused => {
                "The sign-in service did not let you through. Perhaps you cancelled, or your \
                 account may not be used for this site."
            }
            Self::Malformed => {
                "The answer of the sign-in service is incomplete or damaged. Start again; do not \
                 reload this page."
            }
            Self::UnknownAttempt => {
                "This browser has not started it, or did so more than ten minutes ago. If it \
                 happens every time, allow cookies for this site."
            }
            Self::UsedAttempt => {
                "The address of this page works once, and it has been used. If you came here with \
                 the back button, you may be signed in already."
            }
            Self::Untrusted => {
                "The answer of the sign-in service did not pass our checks, so it was thrown away."
            }
            Self::ProviderUnavailable => {
                "The service that knows your account is down or very slow. Nothing of yours is \
                 lost; try again in a moment."
            }
            Self::Unavailable => {
                "A part of this site that keeps sessions is not available. Try again in a moment."
            }
        }
    }
}

impl SignInFailed<'_> {
    /// The page as a response.
    pub fn response(&self) -> Response {
        Layout {
            status: self.status,
            heading: self.reason.heading(),
            content: Html::new().paragraph(self.reason.explanation()),
            ways: Html::new()
                .link(Look::First, &self.retry, "Sign in again")
                .link(Look::Second, &Href::HOME, "Go to the start page"),
            incident: Some(self.incident),
            form: FormTargets::None,
        }
        .response()
    }
}
