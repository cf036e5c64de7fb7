//! From a path to the files that may answer it.
//!
//! A page has one canonical spelling: `/x` where the file is `x.html`, `/x/` where it is
//! `x/index.html`. There it is served; every other spelling of it redirects there.

use super::file_name::{FileName, is_plain};
use crate::{access::aliases::Ending, encoding::percent, http::path::RequestPath};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// A file to look for, and what follows where it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Try {
    /// The file.
    pub(super) name: FileName,
    /// Where this one is there as well, the next try is made instead.
    pub(super) unless: Option<FileName>,
    pub(super) then: Then,
}

/// The answer where the file is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// The file is served.
    Serve,
    /// It is served under this path.
    Redirect(String),
    /// It is the page that says that nothing was found.
    NotFound,
}

/// A rule of one ending, about other endings of the same page.
struct Rule {
    file: Ending,
    unless: Option<Ending>,
    /// The canonical spelling; `None` where the request has it.
    canonical: Option<Ending>,
}

/// `x/index.html` is served at `/x/` alone.
const INDEX: Rule = Rule {
    file: Ending::IndexHtml,
    unless: None,
    canonical: Some(Ending::Slash),
};

/// `x.html` is served at `/x`, unless `x` is a file itself.
const PAGE: Rule = Rule {
    file: Ending::Html,
    unless: Some(Ending::Bare),
    canonical: Some(Ending::Bare),
};

/// `x/.html` is served at `/x/`, unless that has an index.
const DOT_HTML: Rule = Rule {
    file: Ending::DotHtml,
    unless: Some(Ending::IndexHtml),
    canonical: Some(Ending::Slash),
};

const fn serve(file: Ending) -> Rule {
    Rule {
        file,
        unless: None,
        canonical: None,
    }
}

/// The rules for any path that names a file, after those of its ending.
const ANY: [Rule; 3] = [serve(Ending::Bare), serve(Ending::Html), INDEX];

const fn rules(ending: Ending) -> &'static [Rule] {
    match ending {
        Ending::Slash => &const { [serve(Ending::IndexHtml), PAGE, serve(Ending::DotHtml)] },
        Ending::Index => &const { [serve(Ending::Index), INDEX, PAGE] },
        Ending::IndexHtml => &[INDEX, PAGE],
        Ending::Html => &[PAGE, INDEX],
        Ending::DotHtml => &[DOT_HTML],
        Ending::Bare => &[],
    }
}

/// Deeper folders have no page of their own for what is not found, so that a path of 4,096 bytes does
/// not cost thousands of looks.
const DEEPEST_NOT_FOUND: usize = 32;

/// The files to look for, in order; the first that is there decides, and none is 404.
pub(super) fn tries(path: &RequestPath) -> Vec<Try> {
    let segments: Vec<_> = path.segments().collect();
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let (base, ending) = Ending::split(&segments);
    let mut tries: Vec<Try> = rules(ending)
        .iter()
        .filter_map(|rule| rule.on(&base))
        .collect();
    if ending != Ending::Slash {
        tries.extend(ANY.iter().filter_map(|rule| rule.on(&segments)));
    }
    tries.extend(not_found_pages(&segments));
    tries
}

/// The path in the one spelling of its escapes under which files are served, where it has another.
pub(super) fn respelled(path: &RequestPath) -> Option<String> {
    let canonical = encode(path.segments());
    (canonical != path.as_str()).then_some(canonical)
}

impl Rule {
    fn on(&self, base: &[&str]) -> Option<Try> {
        let name = name_of(self.file, base)?;
        let then = match self.canonical {
            None => Then::Serve,
            Some(canonical) => Then::Redirect(location(&canonical.spell(base)?)?),
        };
        let unless = self.unless.and_then(|ending| name_of(ending, base));
        Some(Try { name, unless, then })
    }
}

fn name_of(ending: Ending, base: &[&str]) -> Option<FileName> {
    let segments = ending.spell(base)?;
    FileName::new(segments.iter().map(AsRef::as_ref))
}

/// A path of this site; `None` where the path without an ending means another one to every browser, as `/.` of
/// `/..html` does.
fn location(segments: &[Cow<'_, str>]) -> Option<String> {
    let (last, inner) = segments.split_last()?;
    let is_path =
        inner.iter().all(|segment| is_plain(segment)) && (last.is_empty() || is_plain(last));
    is_path.then(|| encode(segments.iter().cloned()))
}

/// The page of the nearest folder that has one.
fn not_found_pages(segments: &[&str]) -> impl Iterator<Item = Try> {
    let deepest = segments.len().saturating_sub(1).min(DEEPEST_NOT_FOUND);
    let folders = (0..=deepest)
        .rev()
        .filter_map(|depth| segments.get(..depth));
    folders.filter_map(|folder| {
        let name = FileName::new(folder.iter().copied().chain(["404.html"]))?;
        Some(Try {
            name,
            unless: None,
            then: Then::NotFound,
        })
    })
}

/// Segments as a path, escaped like `encodeURIComponent` of JavaScript does it.
fn encode<'a>(segments: impl Iterator<Item = Cow<'a, str>>) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        for byte in segment.bytes() {
            let is_plain = matches!(byte, b'!' | b'*' | b'\'' | b'(' | b')');
            if is_plain || percent::is_unreserved(byte) {
                path.push(char::from(byte));
            } else {
                percent::push_encoded(&mut path, byte);
            }
        }
    }
    path
}
