//! The words of a text in TOML or JSON, also of one that is neither: every byte but white space is in one of them.

use std::ops::Range;

/// The language of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Toml,
    Json,
}

impl Language {
    /// The sign between a key and its value.
    pub(super) const fn assigns(self) -> char {
        match self {
            Self::Toml => '=',
            Self::Json => ':',
        }
    }

    const fn is_sign(self, c: char) -> bool {
        let assigns = self.assigns();
        matches!(c, ',' | '[' | ']' | '{' | '}') || c == assigns
    }
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// From `#` to the end of the line.
    Comment,
    /// The end of a line.
    LineEnd,
    /// In quotes of any kind, with them; one without its end goes on to the end of the line, or of the text.
    Text,
    /// Without quotes: a key, a number, or what should be in quotes.
    Word,
    /// The sign between keys and values, or one of `,`, `[`, `]`, `{` and `}`.
    Sign(char),
}

/// A token and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// All tokens of `text`, in order.
pub(super) fn tokens(text: &str, language: Language) -> Vec<Token> {
    let ends_word =
        |c: char| c.is_whitespace() || language.is_sign(c) || matches!(c, '#' | '"' | '\'');
    let mut found = Vec::new();
    let mut at = 0_usize;
    while let Some(rest) = text.get(at..)
        && let Some(first) = rest.chars().next()
    {
        let (kind, length) = match first {
            '\n' => (Some(Kind::LineEnd), 1),
            '#' => (Some(Kind::Comment), rest.find('\n').unwrap_or(rest.len())),
            '"' | '\'' => (Some(Kind::Text), quoted(rest, first)),
            _ if first.is_whitespace() => (None, first.len_utf8()),
            _ if language.is_sign(first) => (Some(Kind::Sign(first)), 1),
            _ => (Some(Kind::Word), rest.find(ends_word).unwrap_or(rest.len())),
        };
        let end = at.saturating_add(length);
        let range = at..end;
        found.extend(kind.map(|kind| Token { kind, range }));
        at = end;
    }
    found
}

/// The length of a text that begins with `quote`, with its quotes.
fn quoted(rest: &str, quote: char) -> usize {
    let threefold = quote.to_string().repeat(3);
    let (opening, stops) = if rest.starts_with(&threefold) {
        (threefold, "")
    } else {
        (quote.to_string(), "\n")
    };
    let mut is_escaped = false;
    for (place, c) in rest.char_indices().skip(opening.len()) {
        if stops.contains(c) {
            return place;
        }
        let tail = rest.get(place..).unwrap_or_default();
        if !is_escaped && tail.starts_with(&opening) {
            return place.saturating_add(opening.len());
        }
        is_escaped = quote == '"' && c == '\\' && !is_escaped;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let found = tokens(text, Language::Toml).into_iter();
        found.filter_map(|token| text.get(token.range)).collect()
    }

    #[test]
    fn a_text_falls_into_its_words() {
        assert_eq!(
            words("a.b = [\"x\\\"]\", 'y#'] # z\n"),
            ["a.b", "=", "[", "\"x\\\"]\"", ",", "'y#'", "]", "# z", "\n"]
        );
        assert_eq!(
            words("a = \"\"\"x\ny\"\"\"b"),
            ["a", "=", "\"\"\"x\ny\"\"\"", "b"]
        );
        assert_eq!(
            words("a = \"x\nb = 'y"),
            ["a", "=", "\"x", "\n", "b", "=", "'y"]
        );
        assert_eq!(words("a = \"\" \u{6f22}"), ["a", "=", "\"\"", "\u{6f22}"]);
        assert_eq!(words("\"\"\"\u{6f22}\\"), ["\"\"\"\u{6f22}\\"]);
        assert!(words(" \t\r").is_empty());
    }
}
