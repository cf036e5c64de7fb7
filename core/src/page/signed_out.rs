//! The page after signing out.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
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
    pub fn response(&self) -> Response {
        Layout {
            status: Status::OK,
            heading: "You are signed out",
            content: Html::new().paragraph(
                "Your session on this site has ended. If other people use this device, close the \
                 browser too.",
            ),
            ways: Html::new()
                .link(Look::First, &self.home, "Go to the start page")
                .link(Look::Second, &self.sign_in, "Sign in again"),
            incident: None,
            form: FormTargets::None,
        }
        .response()
    }
}
