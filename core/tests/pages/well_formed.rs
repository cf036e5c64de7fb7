//! A small checker of HTML: tags closed in order, attributes quoted, nothing stray.

/// The flaws of a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Flaw {
    Doctype,
    /// A `<` without its `>`, or the other way round.
    Bracket,
    /// A tag that is none.
    Tag(String),
    /// An attribute without quotes, or a quote too many.
    Quote(String),
    /// An end tag that fits no start tag, or the other way round.
    Nesting(String),
}

/// Checks a whole document.
pub fn check(document: &str) -> Result<(), Flaw> {
    let mut rest = document
        .strip_prefix("<!doctype html>")
        .ok_or(Flaw::Doctype)?;
    let mut open: Vec<&str> = Vec::new();
    while let Some((text, tail)) = rest.split_once('<') {
        let (tag, after) = tail.split_once('>').ok_or(Flaw::Bracket)?;
        if text.contains('>') || tag.contains('<') {
            return Err(Flaw::Bracket);
        }
        rest = after;
        if let Some(closed) = tag.strip_prefix('/') {
            if open.pop() != Some(closed) {
                return Err(Flaw::Nesting(closed.to_owned()));
            }
            continue;
        }
        let element = check_start(tag)?;
        // These have no end tag.
        if !["meta", "img"].contains(&element) {
            open.push(element);
        }
    }
    if rest.contains('>') {
        return Err(Flaw::Bracket);
    }
    match open.pop() {
        None => Ok(()),
        Some(left) => Err(Flaw::Nesting(left.to_owned())),
    }
}

/// The element's name of a start tag whose attributes are all `name="value"` or a bare name.
fn check_start(tag: &str) -> Result<&str, Flaw> {
    let element = tag.split(' ').next().unwrap_or_default();
    if element.is_empty() || !element.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Flaw::Tag(tag.to_owned()));
    }
    let parts: Vec<&str> = tag.split('"').collect();
    let outside: Vec<&str> = parts.iter().step_by(2).copied().collect();
    let (last, before) = outside.split_last().ok_or(Flaw::Bracket)?;
    // Quotes come in pairs, each right after `=`, and no `=` stands elsewhere.
    let paired = !parts.len().is_multiple_of(2);
    let assigned = before
        .iter()
        .all(|part| part.ends_with('=') && part.matches('=').count() == 1);
    if paired && assigned && !last.contains('=') {
        Ok(element)
    } else {
        Err(Flaw::Quote(tag.to_owned()))
    }
}

#[test]
fn what_is_not_well_formed_is_seen() {
    let flaw = |body: &str| check(&format!("<!doctype html>{body}")).err();
    assert_eq!(flaw("<p class=\"a=b\" hidden>c</p>"), None);
    assert_eq!(
        flaw("<p class=a hidden>c</p>"),
        Some(Flaw::Quote("p class=a hidden".into()))
    );
    assert_eq!(
        flaw("<p class=\"a>c</p>"),
        Some(Flaw::Quote("p class=\"a".into()))
    );
    assert_eq!(flaw("<p>a"), Some(Flaw::Nesting("p".into())));
    assert_eq!(flaw("<p>a</b></p>"), Some(Flaw::Nesting("b".into())));
    assert_eq!(flaw("<p>a > b</p>"), Some(Flaw::Bracket));
    assert_eq!(flaw("<p>a</p"), Some(Flaw::Bracket));
    assert_eq!(flaw("< p>a</p>"), Some(Flaw::Tag(" p".into())));
    assert_eq!(check("<p>a</p>"), Err(Flaw::Doctype));
}
