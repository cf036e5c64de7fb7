//! The page where a person chooses among several providers.

use super::{
    href::Href,
    html::{Html, Look},
    layout::{FormTargets, Layout},
};
use crate::http::response::{Response, Status};

/// A choice of providers.
#[derive(Clone, Copy, Debug)]
pub struct Chooser<'a> {
    /// The providers in their order.
    pub choices: &'a [Choice<'a>],
}

/// One provider.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// Its configured name.
    pub name: &'a str,
    /// Where signing in with it begins.
    pub href: Href<'a>,
}

impl Chooser<'_> {
    /// The page as a response.
    pub fn response(&self) -> Response {
        let mut ways = Html::new();
        for choice in self.choices {
            ways = ways.link_to(Look::First, &choice.href, choice.name);
        }
        Layout {
            status: Status::OK,
            heading: "Sign in",
            content: Html::new().paragraph("Choose the service that knows your account."),
            ways,
            incident: None,
            form: FormTargets::None,
        }
        .response()
    }
}
