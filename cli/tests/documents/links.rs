//! Links lead somewhere, every page is found, and prose is wrapped.

use crate::{
    pages::{self, Page},
    tree,
};
use std::fs;

/// The name by which a link leads to a heading.
fn anchor(heading: &str) -> String {
    let is_sign = |sign: &char| sign.is_ascii_alphanumeric() || "-_ ".contains(*sign);
    let heading = heading.to_lowercase();
    let kept: String = heading.chars().filter(is_sign).collect();
    kept.replace(' ', "-")
}

#[test]
fn links_lead_somewhere() {
    for page in pages::all() {
        let prose = pages::prose(&page);
        let links = prose.split("](").skip(1);
        let links = links.map(|rest| rest.split(')').next().unwrap());
        let images = ["src=\"", "srcset=\""].into_iter().flat_map(|mark| {
            let marked = prose.split(mark).skip(1);
            marked.map(|rest| rest.split('"').next().unwrap())
        });
        for link in links.chain(images).filter(|link| !link.contains("://")) {
            let (file, wanted) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => page.path.clone().into(),
                file => page.target(file),
            };
            let target = tree::root().join(target);
            assert!(target.exists(), "{}: {link}", page.path);
            if wanted.is_empty() {
                continue;
            }
            let text = fs::read_to_string(target).unwrap();
            let mut headings = text.lines().filter(|line| line.starts_with('#'));
            let is_there =
                headings.any(|line| anchor(line.trim_start_matches('#').trim()) == wanted);
            assert!(is_there, "{}: {link}", page.path);
        }
    }
}

/// Every page of `docs` is found from the map, and the map from the README.
#[test]
fn every_page_stands_on_the_map() {
    let map = Page::read("docs/README.md");
    for page in Page::below("docs") {
        let path = page.path.strip_prefix("docs/").unwrap();
        let link = format!("]({path})");
        assert!(path == "README.md" || map.text.contains(&link), "{path}");
    }
    let readme = Page::read("README.md");
    assert!(readme.text.contains("](docs/README.md)"));
    assert!(readme.text.len() < 10_000, "README.md stays short");
}

/// Prose is wrapped; rows of tables and what stands between fences may be longer. A tool writes a part of one page.
#[test]
fn prose_is_wrapped_at_120_columns() {
    let short = [Page::read("README.md"), Page::read("CONTRIBUTING.md")];
    for page in short.into_iter().chain(Page::below("docs")) {
        if page.path == "docs/BENCHMARKS.md" {
            continue;
        }
        let prose = pages::prose(&page);
        for line in prose.lines().filter(|line| !line.starts_with('|')) {
            assert!(line.chars().count() <= 120, "{}: {line}", page.path);
        }
    }
}
