//! What `wrangler.toml` says about static assets.
//!
//! The rules of routes hold only where every request passes Lychgate first and the asset server
//! answers with the file that was asked for.

use crate::document::{Document, SyntaxError};
use std::path::PathBuf;
use toml::de::DeValue;

/// The `[assets]` table of an environment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Assets {
    /// Relative to the file.
    pub(crate) directory: Option<PathBuf>,
    /// Where the table, or the key that is wrong, begins.
    pub(crate) offset: usize,
    pub(crate) order: Order,
    pub(crate) fallback: Option<Fallback>,
}

/// Who sees a request first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The Worker, for every path.
    WorkerFirst,
    /// The asset server, for some paths or all.
    AssetsFirst,
}

/// A file that answers for paths without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// `single-page-application`: `/index.html`.
    Index,
    /// `404-page`: the nearest `404.html`.
    NotFoundPage,
}

/// The assets tables of all environments.
///
/// # Errors
/// Syntax errors of the file.
pub(crate) fn read(text: &str) -> Result<Vec<Assets>, Vec<SyntaxError>> {
    let document = Document::parse(text)?;
    let mut all: Vec<Assets> = read_assets(&document, &["assets"]).into_iter().collect();
    if let Some((DeValue::Table(environments), _)) = document.value(&["env"]) {
        for (name, _) in environments.iter() {
            all.extend(read_assets(&document, &["env", name.get_ref(), "assets"]));
        }
    }
    Ok(all)
}

fn read_assets(document: &Document<'_>, at: &[&str]) -> Option<Assets> {
    let (_, start) = document.value(at)?;
    let value = |key| document.value(&[at, &[key]].concat());
    let text = |key| value(key).and_then(|(value, _)| value.as_str());
    let order = value("run_worker_first");
    let fallback = match text("not_found_handling") {
        Some("single-page-application") => Some(Fallback::Index),
        Some("404-page") => Some(Fallback::NotFoundPage),
        Some(_) | None => None,
    };
    Some(Assets {
        directory: text("directory").map(PathBuf::from),
        offset: order.map_or(start, |(_, offset)| offset),
        order: match order {
            Some((DeValue::Boolean(true), _)) => Order::WorkerFirst,
            Some(_) | None => Order::AssetsFirst,
        },
        fallback,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(text: &str) -> Assets {
        read(text).ok().unwrap().remove(0)
    }

    #[test]
    fn the_worker_is_first_only_where_it_says_so_for_every_path() {
        let assets = |line: &str| read_one(&format!("[assets]\ndirectory = \"./d\"\n{line}\n"));
        assert_eq!(assets("run_worker_first = true").order, Order::WorkerFirst);
        for line in [
            "",
            "run_worker_first = false",
            "run_worker_first = [\"/api/*\"]",
        ] {
            assert_eq!(assets(line).order, Order::AssetsFirst, "{line}");
        }
    }

    #[test]
    fn every_environment_is_read() {
        let text = "[assets]\ndirectory = \"a\"\n[env.next.assets]\ndirectory = \"b\"\n";
        let all = read(text).ok().unwrap();
        let directories: Vec<_> = all.into_iter().filter_map(|it| it.directory).collect();
        assert_eq!(directories, [PathBuf::from("a"), PathBuf::from("b")]);
        assert!(read("name = \"x\"").ok().unwrap().is_empty());
    }

    #[test]
    fn a_fallback_is_seen() {
        let fallback = |word: &str| {
            read_one(&format!("assets = {{ not_found_handling = \"{word}\" }}")).fallback
        };
        assert_eq!(fallback("none"), None);
        assert_eq!(fallback("single-page-application"), Some(Fallback::Index));
        assert_eq!(fallback("404-page"), Some(Fallback::NotFoundPage));
    }
}
