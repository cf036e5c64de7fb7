//! HTML under construction: literals of ours as they are, everything else escaped.

use super::{
    href::Href,
    words::{Around, Words},
};
use alloc::string::String;

/// A piece of HTML in which every value is escaped.
pub(super) struct Html(String);

/// How a link looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The link that most people want next.
    First,
    /// Another way on.
    Second,
}

/// Longer names are cut: a name is there to be recognised.
const LONGEST_NAME: usize = 80;

impl Html {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self(String::new())
    }

    /// Appends a literal of ours. The lifetime keeps every value of a request out.
    #[must_use]
    pub(super) fn raw(mut self, literal: &'static str) -> Self {
        self.0.push_str(literal);
        self
    }

    /// Appends a text, escaped for element content and for quoted attributes.
    ///
    /// A character let through here could become a tag: a page on this origin under somebody
    /// else's control. Control characters, which HTML does not allow, become `U+FFFD`.
    #[must_use]
    pub(super) fn text(mut self, text: &str) -> Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                control if control.is_control() => self.0.push('\u{fffd}'),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Appends what is already HTML.
    #[must_use]
    pub(super) fn html(mut self, part: &Self) -> Self {
        self.0.push_str(&part.0);
        self
    }

    /// Appends a paragraph of ours.
    #[must_use]
    pub(super) fn paragraph(self, literal: &'static str) -> Self {
        self.raw("<p>").raw(literal).raw("</p>")
    }

    /// Appends a text of ours with a name in it.
    ///
    /// The name is isolated, so that one written from right to left, or with marks that turn the
    /// direction, cannot rearrange our sentence.
    #[must_use]
    pub(super) fn around(self, words: Around, name: &str) -> Self {
        self.raw(words.before)
            .raw("<bdi><b>")
            .text(&shorten(name))
            .raw("</b></bdi>")
            .raw(words.after)
    }

    /// Appends the sentence that says who is signed in, or nothing where no name is known.
    #[must_use]
    pub(super) fn signed_in_as(self, words: &Words, who: Option<&str>) -> Self {
        let Some(who) = who.filter(|who| !who.trim().is_empty()) else {
            return self;
        };
        self.raw("<p>").around(words.signed_in_as, who).raw("</p>")
    }

    /// Appends a link that looks like a button.
    #[must_use]
    pub(super) fn link(self, look: Look, href: &Href<'_>, label: &'static str) -> Self {
        self.raw(match look {
            Look::First => "<a class=\"button\" href=\"",
            Look::Second => "<a class=\"button second\" href=\"",
        })
        .text(href.as_str())
        .raw("\">")
        .raw(label)
        .raw("</a>")
    }

    /// The finished text.
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

fn shorten(name: &str) -> String {
    let mut characters = name.chars();
    let mut short: String = characters.by_ref().take(LONGEST_NAME).collect();
    if characters.next().is_some() {
        short.push('\u{2026}');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::language::Language;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn escaped(text: &str) -> String {
        Html::new().text(text).into_string()
    }

    #[test]
    fn every_character_that_means_something_in_html_is_escaped() {
        assert_eq!(
            escaped("<script>alert('a' & \"b\")</script>"),
            "&lt;script&gt;alert(&#39;a&#39; &amp; &quot;b&quot;)&lt;/script&gt;"
        );
        assert_eq!(escaped("caf\u{e9} \u{1f642}"), "caf\u{e9} \u{1f642}");
    }

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(escaped("a\0b\u{1b}c"), "a\u{fffd}b\u{fffd}c");
    }

    #[test]
    fn a_long_name_is_cut_and_a_short_one_is_not() {
        let longest: String = "\u{e9}".repeat(LONGEST_NAME);
        assert_eq!(shorten(&longest), longest);
        let longer = longest.clone() + "x";
        assert_eq!(shorten(&longer), longest + "\u{2026}");
    }

    #[test]
    fn no_name_no_sentence() {
        let words = Language::default().words();
        for nobody in [None, Some(""), Some("  ")] {
            assert_eq!(Html::new().signed_in_as(words, nobody).into_string(), "");
        }
        assert_eq!(
            Html::new().signed_in_as(words, Some("<b>")).into_string(),
            "<p>You are signed in as <bdi><b>&lt;b&gt;</b></bdi>.</p>"
        );
    }
}
