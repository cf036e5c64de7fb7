//! The static assets and service bindings of a `wrangler.toml`, in each of its environments.
//!
//! The rules of routes hold only where every request passes Lychgate first and the asset server
//! answers with the file that was asked for. Neither table is inherited by an environment.

use crate::configuration::document::{Document, SyntaxError, entry};
use std::path::PathBuf;
use toml::de::{DeTable, DeValue};

/// The settings of one deployment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Environment {
    /// `None` for the one that the file itself is.
    pub(crate) name: Option<String>,
    /// Where it begins.
    pub(crate) offset: usize,
    /// The name of the Worker.
    pub(crate) worker: Option<String>,
    pub(crate) assets: Option<Assets>,
    pub(crate) services: Vec<Service>,
}

/// An entry of `[[services]]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Service {
    pub(crate) binding: String,
    /// The name of the Worker that it leads to.
    pub(crate) worker: String,
    pub(crate) offset: usize,
}

/// The `[assets]` table of an environment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Assets {
    /// Relative to the file.
    pub(crate) directory: Option<PathBuf>,
    /// Where the table, or the key that is wrong, begins.
    pub(crate) offset: usize,
    pub(crate) order: Order,
    pub(crate) fallback: Option<Fallback>,
    pub(crate) pages: Pages,
}

/// The server that sees a request first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The Worker, for every path.
    WorkerFirst,
    /// The asset server, for some paths or all.
    AssetsFirst,
}

/// At which of its spellings a page is served (`html_handling`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pages {
    /// `auto-trailing-slash` and `none`: `x.html` never at `/x/`, `x/index.html` never at `/x`.
    Apart,
    /// `force-trailing-slash`: `x.html` at `/x/`, as if it were `x/index.html`.
    AtFolders,
    /// `drop-trailing-slash`: `x/index.html` at `/x`, as if it were `x.html`.
    IndexAtPath,
}

/// A file that answers for paths without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// `single-page-application`: `/index.html`.
    Index,
    /// `404-page`: the nearest `404.html`.
    NotFoundPage,
}

/// The environments, that without a name first.
///
/// # Errors
/// Syntax errors of the file.
pub(crate) fn read(text: &str) -> Result<Vec<Environment>, Vec<SyntaxError>> {
    let document = Document::parse(text)?;
    let root = Environment::read(None, 0, document.root());
    let mut named = Vec::new();
    if let Some((DeValue::Table(environments), _)) = document.value(&["env"]) {
        for (name, environment) in environments.iter() {
            let DeValue::Table(table) = environment.get_ref() else {
                continue;
            };
            let text = Some(name.get_ref().to_string());
            let mut environment = Environment::read(text, name.span().start, table);
            let derived = || Some(format!("{}-{}", root.worker.as_ref()?, name.get_ref()));
            environment.worker = environment.worker.or_else(derived);
            named.push(environment);
        }
    }
    // A table does not keep the order of the file.
    named.sort_by_key(|environment| environment.offset);
    named.insert(0, root);
    Ok(named)
}

impl Environment {
    fn read(name: Option<String>, offset: usize, table: &DeTable<'_>) -> Self {
        Self {
            name,
            offset,
            worker: text(table, "name").map(str::to_owned),
            assets: read_assets(table),
            services: read_services(table),
        }
    }
}

fn text<'t>(table: &'t DeTable<'_>, key: &str) -> Option<&'t str> {
    entry(table, key).and_then(|(_, value)| value.get_ref().as_str())
}

fn read_services(table: &DeTable<'_>) -> Vec<Service> {
    let Some((_, services)) = entry(table, "services") else {
        return Vec::new();
    };
    let items = services
        .get_ref()
        .as_array()
        .into_iter()
        .flat_map(|all| all.iter());
    let read = |item: &toml::Spanned<DeValue<'_>>| {
        let table = item.get_ref().as_table()?;
        Some(Service {
            binding: text(table, "binding")?.to_owned(),
            worker: text(table, "service")?.to_owned(),
            offset: item.span().start,
        })
    };
    items.filter_map(read).collect()
}

fn read_assets(table: &DeTable<'_>) -> Option<Assets> {
    let (key, assets) = entry(table, "assets")?;
    let start = key.start;
    let DeValue::Table(table) = assets.get_ref() else {
        return None;
    };
    let text = |key| text(table, key);
    let order = entry(table, "run_worker_first").map(|(key, value)| (value.get_ref(), key.start));
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
        pages: match text("html_handling") {
            Some("force-trailing-slash") => Pages::AtFolders,
            Some("drop-trailing-slash") => Pages::IndexAtPath,
            Some(_) | None => Pages::Apart,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(text: &str) -> Assets {
        let environment = read(text).ok().unwrap().remove(0);
        environment.assets.unwrap()
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
        let directories = all.into_iter().filter_map(|it| it.assets?.directory);
        let directories: Vec<_> = directories.collect();
        assert_eq!(directories, [PathBuf::from("a"), PathBuf::from("b")]);
        let bare = read("name = \"x\"").ok().unwrap();
        assert_eq!(bare.len(), 1);
        assert_eq!(bare[0].assets, None);
    }

    #[test]
    fn services_are_read_in_both_ways_of_writing_them() {
        let text = "name = \"edge\"\n[[services]]\nbinding = \"API\"\nservice = \"api\"\n\
            [env.next]\nservices = [{ binding = \"A\", service = \"a\" }, { binding = \"B\" }]\n";
        let all = read(text).ok().unwrap();
        let services = |place: usize| {
            let environment: &Environment = &all[place];
            let services = environment.services.iter();
            let pairs = services.map(|it| (it.binding.as_str(), it.worker.as_str()));
            (environment.worker.as_deref().unwrap(), pairs.collect())
        };
        assert_eq!(services(0), ("edge", vec![("API", "api")]));
        assert_eq!(services(1), ("edge-next", vec![("A", "a")]));
    }

    #[test]
    fn each_way_of_serving_pages_is_seen() {
        let pages =
            |word: &str| read_one(&format!("assets = {{ html_handling = \"{word}\" }}")).pages;
        for (word, seen) in [
            ("auto-trailing-slash", Pages::Apart),
            ("none", Pages::Apart),
            ("force-trailing-slash", Pages::AtFolders),
            ("drop-trailing-slash", Pages::IndexAtPath),
        ] {
            assert_eq!(pages(word), seen, "{word}");
        }
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
