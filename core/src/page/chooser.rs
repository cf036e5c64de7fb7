//! The page where a person chooses among several providers.

use super::{
    href::Href,
    html::Html,
    layout::{FormTargets, Layout},
    script::Script,
    voice::Voice,
};
use crate::http::response::{Response, Status};

/// A choice of providers.
#[derive(Clone, Copy, Debug)]
pub struct Chooser<'a> {
    /// The host of the site, for a deployment that gives it no name: who signs in wants to know where.
    pub site: &'a str,
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
    /// The page as a response. A script hands the address's fragment on to the links, which alone stand in
    /// the element `providers`.
    pub fn response(&self, voice: Voice<'_>) -> Response {
        let words = voice.language.words();
        let mut content = Html::new();
        if voice.theme.name.is_none() {
            content = content
                .raw("<p class=\"site\">")
                .text(self.site)
                .raw("</p>");
        }
        let mut list = Html::new().raw("<ul class=\"choices\" id=\"providers\">");
        for choice in self.choices {
            list = list
                .raw("<li><a class=\"button\" href=\"")
                .text(choice.href.as_str())
                .raw("\">")
                .around(words.ways.sign_in_with, choice.name)
                .raw("</a></li>");
        }
        Layout {
            status: Status::OK,
            heading: words.chooser.heading,
            content: content.paragraph(words.chooser.text),
            ways: list.raw("</ul>"),
            incident: None,
            form: FormTargets::None,
        }
        .response_with(Script::LinkFragment, voice)
    }
}
