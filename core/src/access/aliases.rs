//! The other spellings under which a server of static files answers with the same file.
//!
//! `/x`, `/x/`, `/x.html`, `/x/index`, `/x/index.html` and `/x/.html` are one file to the asset
//! servers of the platforms, whichever of them their settings make the canonical one. A rule for
//! one spelling that let another pass would protect nothing, so the rules of all of them hold
//! together, but for wider ones that the path's own route is there to narrow: [`super::routes`].
//! `assets` decides with the same [`Ending`]s which file a path names.

use alloc::{borrow::Cow, format, vec::Vec};

/// Which paths an upstream may take for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aliases {
    /// Each path is itself alone: an upstream with `path_matching = "exact"`.
    None,
    /// Static files, with `.html` and `index` left out as the server likes.
    StaticFiles,
    /// Paths with a reading in common ([`super::readings`]).
    LooseReadings,
}

/// The part that a spelling adds to the path of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// `/x`
    Bare,
    /// `/x.html`
    Html,
    /// `/x/`
    Slash,
    /// `/x/index`
    Index,
    /// `/x/index.html`
    IndexHtml,
    /// `/x/.html`: to servers that only append the ending, `/x/` in full.
    DotHtml,
}

/// More endings than this on one path (`/x.html/index.html/index`) name no file of a real site.
const MOST_ENDINGS: usize = 4;

/// The path behind more than [`MOST_ENDINGS`] endings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyEndings;

impl Ending {
    const ALL: [Self; 6] = [
        Self::Bare,
        Self::Html,
        Self::Slash,
        Self::Index,
        Self::IndexHtml,
        Self::DotHtml,
    ];

    /// `base` with this ending; `None` where the root has no such spelling.
    pub(crate) fn spell<'a>(self, base: &[&'a str]) -> Option<Vec<Cow<'a, str>>> {
        let mut path: Vec<Cow<'a, str>> = base.iter().copied().map(Cow::Borrowed).collect();
        let below = match self {
            Self::Bare => return (!path.is_empty()).then_some(path),
            Self::Html => {
                let name = path.pop()?;
                path.push(Cow::Owned(format!("{name}.html")));
                return Some(path);
            }
            Self::Slash => "",
            Self::Index => "index",
            Self::IndexHtml => "index.html",
            Self::DotHtml => ".html",
        };
        path.push(Cow::Borrowed(below));
        Some(path)
    }

    /// The longest ending of `segments`, and what stands before it.
    pub(crate) fn split<'a>(segments: &[&'a str]) -> (Vec<&'a str>, Self) {
        let mut base = segments.to_vec();
        let ending = match base.pop() {
            None | Some("") => Self::Slash,
            Some("index") => Self::Index,
            Some("index.html") => Self::IndexHtml,
            Some(".html") => Self::DotHtml,
            Some(last) => {
                let stem = last.strip_suffix(".html");
                base.push(stem.unwrap_or(last));
                stem.map_or(Self::Bare, |_| Self::Html)
            }
        };
        (base, ending)
    }
}

/// Every spelling of every file that `segments` can name: the path is taken as it stands, and again
/// without each of its endings in turn.
///
/// # Errors
/// [`TooManyEndings`], so that the work is bounded; such a path is answered like an unknown one.
pub(crate) fn spellings<'a>(
    segments: &'a [Cow<'a, str>],
) -> Result<Vec<Vec<Cow<'a, str>>>, TooManyEndings> {
    let mut all = Vec::new();
    let mut base: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    if base.last() == Some(&"") {
        base.pop();
    }
    let spell = |base: &[&'a str]| Ending::ALL.map(|ending| ending.spell(base));
    all.extend(spell(&base).into_iter().flatten());
    let mut endings = 0_usize;
    while strip_ending(&mut base) {
        endings = endings.saturating_add(1);
        if endings > MOST_ENDINGS {
            return Err(TooManyEndings);
        }
        all.extend(spell(&base).into_iter().flatten());
    }
    Ok(all)
}

/// Whether `spelling` is the page `/x.html`, and `segments` the index of `/x/` in some spelling: there a
/// server leads to that page and never serves it. (One that is told to force slashes does; `lychgate check`
/// refuses it where it matters.)
pub(crate) fn is_led_away_to(segments: &[Cow<'_, str>], spelling: &[Cow<'_, str>]) -> bool {
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let (base, ending) = Ending::split(&segments);
    match ending {
        Ending::Bare | Ending::Html => false,
        Ending::Slash | Ending::Index | Ending::IndexHtml | Ending::DotHtml => {
            Ending::Html.spell(&base).as_deref() == Some(spelling)
        }
    }
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
    if !stem.is_empty() {
        base.push(stem);
    }
    true
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
    fn a_page_has_six_spellings() {
        let all = vec![
            "/x",
            "/x.html",
            "/x/",
            "/x/index",
            "/x/index.html",
            "/x/.html",
        ];
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
        assert_eq!(root, vec!["/", "/index", "/index.html", "/.html"]);
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

    #[test]
    fn a_path_splits_into_a_page_and_its_longest_ending() {
        for (path, base, ending) in [
            ("/", "", Ending::Slash),
            ("/x", "/x", Ending::Bare),
            ("/x/", "/x", Ending::Slash),
            ("/x.html", "/x", Ending::Html),
            ("/x.html.html", "/x.html", Ending::Html),
            ("/x.htm", "/x.htm", Ending::Bare),
            ("/x/index", "/x", Ending::Index),
            ("/x/index.html", "/x", Ending::IndexHtml),
            ("/x/.html", "/x", Ending::DotHtml),
            ("/index.html", "", Ending::IndexHtml),
            ("/indexes", "/indexes", Ending::Bare),
        ] {
            let parsed = RequestPath::parse(path).unwrap();
            let segments: Vec<_> = parsed.segments().collect();
            let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
            let (split, found) = Ending::split(&segments);
            let joined: String = split.iter().map(|one| format!("/{one}")).collect();
            assert_eq!((joined.as_str(), found), (base, ending), "{path}");
            assert_eq!(found.spell(&split).unwrap(), segments, "{path}");
        }
    }
}
