//! The other spellings under which a server of static files answers with the same file.
//!
//! `/x`, `/x/`, `/x.html`, `/x/index` and `/x/index.html` are one file to the asset servers of the
//! platforms, whichever of them their settings make the canonical one. A rule for one spelling
//! that let another pass would protect nothing, so the rules of all of them hold together.

use alloc::{borrow::Cow, format, vec::Vec};

/// Whether an upstream answers several spellings of a path with one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aliases {
    /// Each path is itself alone: an origin that routes by its own rules.
    None,
    /// Static files, with `.html` and `index` left out as the server likes.
    StaticFiles,
}

/// More endings than this on one path (`/x.html/index.html/index`) name no file of a real site.
const MOST_ENDINGS: usize = 4;

/// The path behind more than [`MOST_ENDINGS`] endings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooManyEndings;

/// Every spelling of every file that `segments` can name: the path is taken as it stands, and again
/// without each of its endings in turn.
///
/// # Errors
/// [`TooManyEndings`], so that the work is bounded; such a path is answered like an unknown one.
pub(super) fn spellings<'a>(
    segments: &'a [Cow<'a, str>],
) -> Result<Vec<Vec<Cow<'a, str>>>, TooManyEndings> {
    let mut all = Vec::new();
    let mut base: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    if base.last() == Some(&"") {
        base.pop();
    }
    push_spellings(&mut all, &base);
    let mut endings = 0_usize;
    while strip_ending(&mut base) {
        endings = endings.saturating_add(1);
        if endings > MOST_ENDINGS {
            return Err(TooManyEndings);
        }
        push_spellings(&mut all, &base);
    }
    Ok(all)
}

/// Takes `index` or `.html` off the end; whether there was one.
fn strip_ending(base: &mut Vec<&str>) -> bool {
    let Some(last) = base.pop() else {
        return false;
    };
    if last == "index" {
        return true;
    }
    let Some(stem) = last.strip_suffix(".html") else {
        base.push(last);
        return false;
    };
    // `/.html` is a spelling of `/` to servers that only append the ending.
    if !stem.is_empty() {
        base.push(stem);
    }
    true
}

fn push_spellings<'a>(all: &mut Vec<Vec<Cow<'a, str>>>, base: &[&'a str]) {
    let below = |name: &'static str| -> Vec<Cow<'a, str>> {
        let base = base.iter().copied();
        base.chain([name]).map(Cow::Borrowed).collect()
    };
    let mut file: Vec<Cow<'a, str>> = base.iter().copied().map(Cow::Borrowed).collect();
    if !file.is_empty() {
        all.push(file.clone());
    }
    let name = file.pop().unwrap_or_default();
    file.push(Cow::Owned(format!("{name}.html")));
    all.push(file);
    all.extend(["", "index", "index.html"].map(below));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::path::RequestPath;
    use alloc::{string::String, vec};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn spellings_of(path: &str) -> Result<Vec<String>, TooManyEndings> {
        let path = RequestPath::parse(path).unwrap();
        let segments: Vec<_> = path.segments().collect();
        let all = spellings(&segments)?;
        Ok(all
            .iter()
            .map(|segments| format!("/{}", segments.join("/")))
            .collect())
    }

    #[test]
    fn a_page_has_five_spellings() {
        let all = vec!["/x", "/x.html", "/x/", "/x/index", "/x/index.html"];
        assert_eq!(spellings_of("/x").unwrap(), all);
        assert_eq!(spellings_of("/x/").unwrap(), all);
        for spelling in &all {
            let others = spellings_of(spelling).unwrap();
            assert!(
                all.iter()
                    .all(|one| others.iter().any(|other| other == one))
            );
        }
    }

    #[test]
    fn the_root_is_its_index() {
        let root = spellings_of("/").unwrap();
        assert_eq!(root, vec!["/.html", "/", "/index", "/index.html"]);
        for spelling in ["/index", "/index.html", "/.html", "/index/"] {
            let others = spellings_of(spelling).unwrap();
            assert!(others.iter().any(|other| other == "/"), "{spelling}");
        }
    }

    #[test]
    fn stacked_endings_are_bounded() {
        assert!(spellings_of("/x/index/index.html/index").is_ok());
        assert_eq!(
            spellings_of("/x/index/index/index/index.html"),
            Err(TooManyEndings)
        );
        assert!(spellings_of("/x/indexes/a.htm/index.html").is_ok());
    }
}
