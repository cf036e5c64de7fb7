//! A file whose lines are shown.

use super::{
    excerpt::{Excerpt, Words},
    position::Position,
    tokens::Language,
};
use std::{
    ops::Range,
    path::{Path, PathBuf},
};

/// A file and its text.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    file: PathBuf,
    text: String,
    /// Where its lines begin.
    lines: Vec<usize>,
    /// None where all of it may be shown.
    words: Option<Words>,
}

/// A place in a file, with the line that it is on; none where something is said of the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    pub(crate) at: Position,
    pub(crate) excerpt: Option<Excerpt>,
}

impl Source {
    /// A file in TOML, of which only what is surely no secret is ever shown.
    pub(crate) fn toml(file: &Path, text: String) -> Self {
        let words = Some(Words::of(&text, Language::Toml));
        Self::new(file, text, words)
    }

    /// A file in JSON, of which only the keys are shown.
    pub(crate) fn json(file: &Path, text: String) -> Self {
        let words = Some(Words::of(&text, Language::Json));
        Self::new(file, text, words)
    }

    /// A file without secrets.
    pub(crate) fn plain(file: &Path, text: String) -> Self {
        Self::new(file, text, None)
    }

    fn new(file: &Path, text: String, words: Option<Words>) -> Self {
        let ends = text.match_indices('\n');
        let starts = ends.map(|(end, _)| end.saturating_add(1));
        let lines = std::iter::once(0).chain(starts).collect();
        let file = file.to_owned();
        Self {
            file,
            text,
            lines,
            words,
        }
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The line and column of the byte at `offset`; the end, where that lies beyond it.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let before = |start: &usize| *start <= offset;
        let number = self.lines.partition_point(before);
        let start = number.checked_sub(1).and_then(|it| self.lines.get(it));
        let line = self.text.get(start.copied().unwrap_or_default()..);
        let start = start.copied().unwrap_or_default();
        let up_to = |(place, _): &(usize, char)| start.saturating_add(*place) < offset;
        let column = line.unwrap_or_default().char_indices().take_while(up_to);
        Position::new(number, column.count().saturating_add(1))
    }

    /// The place of the byte at `offset`; the end, where that lies beyond it.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let at = self.position(offset);
        let line = self.line(at.line_number());
        let excerpt = match &self.words {
            Some(words) => words.excerpt(&self.text, line, offset),
            None => Excerpt::plain(self.text.get(line).unwrap_or_default()),
        };
        Place {
            file: self.file.clone(),
            at,
            excerpt: Some(excerpt),
        }
    }

    /// The file as a whole, of which something is missing.
    pub(crate) fn whole(&self) -> Place {
        Place {
            file: self.file.clone(),
            at: Position::new(1, 1),
            excerpt: None,
        }
    }

    /// The place of the byte in this column of a line, both counted from one.
    pub(crate) fn place_in(&self, line: usize, column: usize) -> Place {
        let inside = column.saturating_sub(1);
        self.place(self.line(line).start.saturating_add(inside))
    }

    /// The place of a whole line, counted from one.
    pub(crate) fn place_of_line(&self, number: usize) -> Place {
        self.place(self.line(number).start)
    }

    /// The bytes of a line, without its end.
    fn line(&self, number: usize) -> Range<usize> {
        let place = number.saturating_sub(1);
        let start = self.lines.get(place).copied().unwrap_or(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        start..start.saturating_add(line.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::problem::Problem;

    /// A problem in this text, as it is shown.
    fn drawn(text: &str, offset: usize) -> String {
        let place = Source::toml(Path::new("x.toml"), text.to_owned()).place(offset);
        let (what, hint) = ("wrong".to_owned(), None);
        plain(&Problem { place, what, hint })
    }

    fn plain(problem: &Problem) -> String {
        anstream::adapter::strip_str(&problem.to_string()).to_string()
    }

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let source = Source::toml(Path::new("x"), "ab\n\u{e9}x\n".to_owned());
        for (offset, shown) in [(0, "1:1"), (2, "1:3"), (3, "2:1"), (5, "2:2"), (99, "3:1")] {
            assert_eq!(source.position(offset).to_string(), shown);
        }
    }

    #[test]
    fn a_caret_stands_under_the_word_or_the_whole_list() {
        let wide = "name = \"\u{6f22}\u{5b57}\", 7";
        let shown_wide = format!("1 | {wide}");
        for (text, offset, line, caret) in [
            ("kind = \"x\"", 7, "1 | kind = \"x\"", "  |        ^^^"),
            (
                "kind = [1, [2]] # no",
                7,
                "1 | kind = [1, [2]]",
                "  |        ^^^^^^^^",
            ),
            (
                "kind = [1, [2]]",
                11,
                "1 | kind = [1, [2]]",
                "  |            ^^^",
            ),
            ("kind = [1,\n2]", 7, "1 | kind = [1,", "  |        ^^^"),
            ("[[route]]\r\n", 0, "1 | [[route]]", "  | ^^^^^^^^^"),
            ("[a.route]\n", 3, "1 | [a.route]", "  |    ^^^^^"),
            (
                "\tkind = \"x\"",
                8,
                "1 |     kind = \"x\"",
                "  |            ^^^",
            ),
            (wide, 17, &shown_wide, "  |                ^"),
            ("kind =", 6, "1 | kind =", "  |       ^"),
            ("kind = \n", 7, "1 | kind =", "  |       ^"),
            ("kind = 1\n", 9, "2 |", "  | ^"),
            ("", 0, "1 |", "  | ^"),
            ("", 7, "1 |", "  | ^"),
            (
                "proof = \"hunter2\"",
                8,
                "1 | proof = \"\u{2026}\"",
                "  |         ^^^",
            ),
            (
                "proof = hunter2",
                12,
                "1 | proof = \u{2026}",
                "  |         ^",
            ),
            ("kind = '''a\nb'''", 13, "2 | b'''", "  |  ^^^"),
        ] {
            let drawn = drawn(text, offset);
            let lines: Vec<&str> = drawn.lines().skip(2).collect();
            assert_eq!(lines, [line, caret], "{text:?} {offset}");
        }
    }

    #[test]
    fn no_offset_of_any_text_is_out_of_place() {
        let text = "[[a]]\nname = \"\u{6f22}\"\n\u{6f22} = \"\u{e9}\" # \u{e9}\r\nsecret = '''\n\u{6f22}\n''' [{\n\u{1b}[1m = ]";
        for offset in 0..=text.len() + 2 {
            assert!(drawn(text, offset).starts_with("x.toml:"), "{offset}");
        }
    }

    #[test]
    fn a_line_without_secrets_is_shown_as_it_is() {
        let text = "/a /b 301\n/x /y 200\n".to_owned();
        let place = Source::plain(Path::new("_redirects"), text).place_of_line(2);
        let what = "wrong".to_owned();
        let hint = Some("mend it".to_owned());
        let expected =
            "_redirects:2:1: wrong\n  |\n2 | /x /y 200\n  | ^^^^^^^^^\n  |\n  = hint: mend it";
        assert_eq!(plain(&Problem { place, what, hint }), expected);
    }
}
