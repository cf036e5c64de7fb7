//! The page for a sign-out that did not reach every place which knows the session.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
};
use crate::http::response::{Response, Status};

/// The session could not be ended everywhere.
///
/// Saying "signed out" here would leave a stolen cookie alive that its owner believes dead.
#[derive(Clone, Copy, Debug)]
pub struct SignOutIncomplete<'a> {
    /// What the log knows this failure by.
    pub incident: &'a str,
    /// Tries to sign out again.
    pub retry: Href<'a>,
}

impl SignOutIncomplete<'_> {
    /// The page as a response.
    pub fn response(&self) -> Response {
        Layout {
            status: Status::SERVICE_UNAVAILABLE,
            heading: "You are not signed out yet",
            content: Html::new().paragraph(
                "The part of this site that ends sessions is not available, so yours may still be \
                 open. Try again in a moment.",
            ),
            ways: Html::new().link(Look::First, &self.retry, "Sign out again"),
            incident: Some(self.incident),
            form: FormTargets::None,
        }
        .response()
    }
}
