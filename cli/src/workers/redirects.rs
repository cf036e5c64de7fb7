//! `_redirects`: lines that rewrite with 200 serve one file under the path of another.
//!
//! The asset server applies them behind Lychgate, so a public path could be rewritten into a
//! protected file and no route would know.

/// A line that rewrites.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rewrite<'a> {
    /// Counted from one.
    pub(crate) line: usize,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
}

/// The lines `FROM TO 200`; a status may carry a `!`, and everything after a `#` that begins a
/// word is a comment.
pub(crate) fn rewrites(text: &str) -> Vec<Rewrite<'_>> {
    let mut found = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let words: Vec<&str> = line
            .split_whitespace()
            .take_while(|word| !word.starts_with('#'))
            .collect();
        let [from, rest @ ..] = words.as_slice() else {
            continue;
        };
        let rewrites = rest.iter().any(|word| word.trim_end_matches('!') == "200");
        let to = rest.first().copied().unwrap_or_default();
        if rewrites {
            let line = place.saturating_add(1);
            found.push(Rewrite { line, from, to });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_status_200_rewrites() {
        let text = "\
# /a /b 200
/old /new 301
/x /staff/secret.html 200 # hidden
/y /new
/200 /200.html 302

/z /staff/:splat 200!
";
        let found: Vec<_> = rewrites(text).iter().map(|rewrite| rewrite.line).collect();
        assert_eq!(found, [3, 7]);
        assert_eq!(rewrites(text)[0].to, "/staff/secret.html");
    }
}
