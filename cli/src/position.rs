//! Lines and columns of byte offsets.

use std::fmt;

/// A place in a text, both counted from one; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    line: usize,
    column: usize,
}

impl Position {
    /// The place of the byte at `offset`; the end, where that lies beyond it.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let mut position = Self { line: 1, column: 1 };
        for (place, c) in text.char_indices() {
            if place >= offset {
                break;
            }
            if c == '\n' {
                position.line = position.line.saturating_add(1);
                position.column = 1;
            } else {
                position.column = position.column.saturating_add(1);
            }
        }
        position
    }

    /// The start of a line, counted from one.
    pub(crate) const fn line(line: usize) -> Self {
        Self { line, column: 1 }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let text = "ab\n\u{e9}x\n";
        for (offset, shown) in [(0, "1:1"), (2, "1:3"), (3, "2:1"), (5, "2:2"), (99, "3:1")] {
            assert_eq!(Position::of(text, offset).to_string(), shown);
        }
    }
}
