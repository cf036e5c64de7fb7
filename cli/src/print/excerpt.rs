//! A line of a file with a caret under what is wrong in it.

use super::{
    mask,
    position::Position,
    style,
    tokens::{Kind, Language, Token, tokens},
};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use clap::builder::styling::Style;
use std::ops::Range;

/// The sign in place of a word that is not shown.
const HIDDEN: &str = "\u{2026}";

/// A line as it may be shown, and the bytes in it that the caret is under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    line: String,
    caret: Range<usize>,
}

/// The words of a file, found once for all excerpts of it.
#[derive(Clone, Debug)]
pub(super) struct Words {
    tokens: Vec<Token>,
    shown: Vec<bool>,
}

impl Words {
    /// Those of a text in this language.
    pub(super) fn of(text: &str, language: Language) -> Self {
        let tokens = tokens(text, language);
        let shown = mask::shown(text, &tokens, language);
        Self { tokens, shown }
    }

    /// The line of `text` with these bytes, and a caret under the word at `offset`.
    pub(super) fn excerpt(&self, text: &str, line: Range<usize>, offset: usize) -> Excerpt {
        let first = self
            .tokens
            .partition_point(|token| token.range.end <= line.start);
        let tokens = self.tokens.iter().zip(&self.shown).skip(first);
        let on_line = tokens.take_while(|(token, _)| token.range.start < line.end);
        let mut drawn = Drawn::new(line.start, offset);
        for (token, is_shown) in on_line {
            if token.kind == Kind::Comment {
                break;
            }
            let start = token.range.start.max(line.start);
            let end = token.range.end.min(line.end);
            drawn.space(text.get(drawn.read..start).unwrap_or_default());
            let word = text.get(start..end).unwrap_or_default();
            drawn.word(token.kind, start..end, word, *is_shown);
        }
        let rest = text.get(drawn.read..line.end).unwrap_or_default();
        drawn.finish(rest)
    }
}

/// A line on the way to being drawn.
struct Drawn {
    line: String,
    /// The offset in the file up to which it is drawn.
    read: usize,
    offset: usize,
    caret: Option<Range<usize>>,
    /// How many brackets are open since the one that the caret began at.
    open: Option<usize>,
}

impl Drawn {
    const fn new(read: usize, offset: usize) -> Self {
        Self {
            line: String::new(),
            read,
            offset,
            caret: None,
            open: None,
        }
    }

    /// Draws white space, in which the end of a line may be wrong.
    fn space(&mut self, space: &str) {
        let end = self.read.saturating_add(space.len());
        if (self.read..end).contains(&self.offset) {
            let at = self.offset.saturating_sub(self.read);
            let at = self.line.len().saturating_add(at);
            self.caret = Some(at..at);
        }
        self.line.push_str(space);
        self.read = end;
    }

    fn word(&mut self, kind: Kind, range: Range<usize>, word: &str, is_shown: bool) {
        let start = self.line.len();
        match (kind, is_shown) {
            (_, true) => self.line.push_str(word),
            (Kind::Text, false) => self.line.extend(["\"", HIDDEN, "\""]),
            (Kind::Word | Kind::Sign(_) | Kind::Comment | Kind::LineEnd, false) => {
                self.line.push_str(HIDDEN);
            }
        }
        self.read = range.end;
        let end = self.line.len();
        if range.contains(&self.offset) {
            let inside = self.offset.saturating_sub(range.start);
            let inside = if is_shown { inside } else { 0 };
            self.caret = Some(start.saturating_add(inside)..end);
            if matches!(kind, Kind::Sign('[' | '{')) {
                self.open = Some(1);
            }
        } else if let Some(open) = self.open {
            self.bracket(kind, open, end);
        }
    }

    /// Leads the caret on to the bracket that closes the one it began at.
    fn bracket(&mut self, kind: Kind, open: usize, end: usize) {
        let open = match kind {
            Kind::Sign('[' | '{') => open.saturating_add(1),
            Kind::Sign(']' | '}') => open.saturating_sub(1),
            Kind::Sign(_) | Kind::Comment | Kind::LineEnd | Kind::Text | Kind::Word => open,
        };
        if let Some(caret) = &mut self.caret {
            caret.end = end;
        }
        self.open = Some(open).filter(|open| *open > 0);
    }

    fn finish(mut self, rest: &str) -> Excerpt {
        // A comment may say anything, a secret of yesterday too.
        let space = rest.len().saturating_sub(rest.trim_start().len());
        self.space(rest.get(..space).unwrap_or_default());
        let line = self.line.trim_end().to_owned();
        let end = line.len();
        let caret = self.caret.unwrap_or(end..end);
        let start = line.floor_char_boundary(caret.start.min(end));
        let caret = start..caret.end.min(end);
        Excerpt { line, caret }
    }
}

impl Excerpt {
    /// A line of a file that has no secrets, as it is.
    pub(super) fn plain(line: &str) -> Self {
        let line = line.trim_end().to_owned();
        let caret = 0..line.len();
        Self { line, caret }
    }
}

/// Below what is said: the line with its number and the caret, and what to do. Begins with the end of the line above.
pub(super) fn below(
    excerpt: Option<&Excerpt>,
    at: Position,
    weight: Weight,
    hint: Option<&str>,
) -> String {
    let (level, style) = match weight {
        Weight::Error => (Level::ERROR, style::ERROR),
        Weight::Note => (Level::NOTE, style::NOTE),
    };
    let line = excerpt.map(|excerpt| {
        let annotation = AnnotationKind::Primary.span(excerpt.caret.clone());
        let line = Snippet::source(excerpt.line.as_str()).line_start(at.line_number());
        line.fold(false).annotation(annotation)
    });
    let hint = hint.map(|hint| Level::HELP.with_name("hint").message(hint));
    let group = Group::with_level(level).elements(line).elements(hint);
    if group.is_empty() {
        return String::new();
    }
    format!("\n{}", renderer(style).render(&[group]))
}

/// How much depends on what is said of a line.
#[derive(Clone, Copy)]
pub(super) enum Weight {
    Error,
    Note,
}

const fn renderer(style: Style) -> Renderer {
    Renderer::styled()
        .error(style)
        .note(style)
        .help(style::GOOD)
        .line_num(style::FAINT)
        .emphasis(Style::new())
}
