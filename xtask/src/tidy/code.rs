//! Rust text without what is not code, so that a word in a comment or string breaks no rule.

/// The text with comments and literals blanked out. Lines keep their numbers.
pub(super) fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let hidden = hidden(rest);
        let shown = match hidden {
            0 => word(rest).max(first.len_utf8()),
            _ => 0,
        };
        let (taken, after) = split(rest, hidden.max(shown));
        match hidden {
            0 => out.push_str(taken),
            _ => out.extend(taken.chars().map(|c| if c == '\n' { c } else { ' ' })),
        }
        rest = after;
    }
    out
}

/// The text before the unit tests at its end.
pub(super) fn without_tests(text: &str) -> &str {
    let tests = "#[cfg(test)]\nmod tests {";
    text.split_once(tests).map_or(text, |(before, _)| before)
}

/// Whether a file holds nothing but tests, or what only tests use.
pub(super) fn is_test(path: &str) -> bool {
    let ends = ["tests.rs", "properties.rs", ".test.js"];
    path.starts_with("tests/")
        || path.contains("/tests/")
        || ends.iter().any(|end| path.ends_with(end))
}

/// Where `word` stands as a word of its own, by line from one.
pub(super) fn lines_with<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let has = move |line: &str| {
        line.match_indices(word).any(|(at, _)| {
            let (before, after) = (line.get(..at), line.get(at.saturating_add(word.len())..));
            let apart = |left: Option<char>, right: Option<char>| {
                !(left.is_some_and(is_part) && right.is_some_and(is_part))
            };
            apart(
                before.and_then(|text| text.chars().next_back()),
                word.chars().next(),
            ) && apart(
                word.chars().next_back(),
                after.and_then(|text| text.chars().next()),
            )
        })
    };
    (1..)
        .zip(text.lines())
        .filter(move |(_, line)| has(line))
        .map(|(number, _)| number)
}

/// Whether a character can stand in a word.
pub(super) fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many bytes of word the text begins with.
pub(super) fn word(text: &str) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// How many bytes of comment or literal the text begins with.
fn hidden(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return comment(text);
    }
    let prefix = ["br", "cr", "b", "c", "r"]
        .into_iter()
        .find(|prefix| {
            let rest = text.strip_prefix(prefix).unwrap_or_default();
            rest.trim_start_matches('#').starts_with('"')
                || (*prefix == "b" && rest.starts_with('\''))
        })
        .unwrap_or_default();
    let rest = text.strip_prefix(prefix).unwrap_or_default();
    let length = match rest.chars().next() {
        Some('"') if prefix.ends_with('r') => raw(rest, 0),
        Some('"') => quoted(rest),
        Some('\'') => character(rest),
        Some('#') if prefix.ends_with('r') => raw(
            rest,
            rest.len()
                .saturating_sub(rest.trim_start_matches('#').len()),
        ),
        _ => return 0,
    };
    match length {
        0 => 0,
        _ => length.saturating_add(prefix.len()),
    }
}

/// A block comment; they nest.
fn comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut rest = text;
    loop {
        rest = if let Some(after) = rest.strip_prefix("/*") {
            depth = depth.saturating_add(1);
            after
        } else if let Some(after) = rest.strip_prefix("*/") {
            depth = depth.saturating_sub(1);
            after
        } else {
            let mut chars = rest.chars();
            if chars.next().is_none() {
                return text.len();
            }
            chars.as_str()
        };
        if depth == 0 {
            return text.len().saturating_sub(rest.len());
        }
    }
}

fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at.saturating_add(1),
            _ => {}
        }
    }
    text.len()
}

fn raw(text: &str, hashes: usize) -> usize {
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = hashes.saturating_add(1);
    let (_, inner) = split(text, begin);
    inner.find(&end).map_or(text.len(), |at| {
        begin.saturating_add(at).saturating_add(end.len())
    })
}

/// A character literal; a lifetime is none.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => {
            let end = chars.find(|(_, c)| *c == '\'');
            end.map_or(text.len(), |(at, _)| at.saturating_add(1))
        }
        (Some(_), Some((at, '\''))) => at.saturating_add(1),
        _ => 0,
    }
}

fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        for hidden in [
            "// x",
            "/// x",
            "/* x /* x */ x */",
            "\"x \\\" x\"",
            "b\"x\"",
            "r\"x\\\"",
            "r#\"x \" x\"#",
            "br##\"x \"# x\"##",
            "'x'",
            "b'x'",
            "'\\''",
            "'\\u{78}'",
        ] {
            let text = format!("a {hidden}\nb");
            assert_eq!(code(&text).replace(' ', ""), "a\nb", "{hidden}");
        }
        for shown in ["fn f<'x>(y: &'x str)", "for r in x", "br", "r#type"] {
            assert_eq!(code(shown), shown);
        }
    }

    #[test]
    fn words_stand_for_themselves() {
        let text = "await\nawaits\n.await;\nun_await(\n";
        assert_eq!(lines_with(text, "await").collect::<Vec<_>>(), [1, 3]);
        assert_eq!(lines_with("#[allow(x)]\nallow(x)", "[allow(").count(), 1);
    }

    #[test]
    fn tests_at_the_end_are_cut_off() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        assert_eq!(without_tests(text), "fn a() {}\n");
        assert!(is_test("core/tests/jose/main.rs") && is_test("core/src/config/tests.rs"));
        assert!(!is_test("core/src/session/check.rs"));
    }
}
