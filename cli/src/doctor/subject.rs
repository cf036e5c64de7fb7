//! The deployment that is looked at: its address and, where there is one, its configuration.

use super::client::{Answer, Client, NAVIGATION, PROGRAM};
use crate::{configuration::document::Document, spin, workers::wrangler};
use lychgate_core::{
    config::{Config, Provider},
    http::url::{Origin, Url},
};
use std::path::{Path, PathBuf};
use toml::de::DeValue;

/// The deployment, and what asks it.
pub(crate) struct Subject {
    pub(crate) client: Client,
    pub(crate) origin: Origin,
    pub(crate) config: Option<Config>,
    pub(crate) wrangler: Option<Wrangler>,
    /// The folder of the static files, where a file of the deployment beside the configuration names it.
    pub(crate) site: Option<PathBuf>,
    /// Other addresses that lead to it, or must not.
    pub(crate) others: Vec<Url>,
}

/// The settings of a `wrangler.toml` about the addresses of a Worker.
#[derive(Debug, Default)]
pub(crate) struct Wrangler {
    pub(crate) name: Option<String>,
    pub(crate) workers_dev: Option<bool>,
    pub(crate) preview_urls: Option<bool>,
    pub(crate) has_routes: bool,
}

impl Subject {
    /// The path below which Lychgate's endpoints stand.
    pub(crate) fn base_path(&self) -> &str {
        let config = self.config.as_ref();
        config.map_or("/auth", |config| &config.base_path)
    }

    pub(crate) fn providers(&self) -> &[Provider] {
        let config = self.config.as_ref();
        config.map_or(&[], |config| &config.providers)
    }

    /// The URL of an endpoint of Lychgate.
    pub(crate) fn endpoint(&self, name: &str) -> String {
        self.at(&format!("{}/{name}", self.base_path()))
    }

    /// The URL of a path.
    pub(crate) fn at(&self, target: &str) -> String {
        format!("{}{target}", self.origin)
    }

    /// Asks the deployment as a program does.
    pub(crate) fn ask(&self, target: &str) -> Result<Answer, String> {
        self.client.get(&self.at(target), &PROGRAM)
    }

    /// Opens a page of the deployment.
    pub(crate) fn open(&self, url: &str) -> Result<Answer, String> {
        self.client.get(url, &NAVIGATION)
    }
}

/// The `wrangler.toml` beside a configuration, where there is one that can be read.
pub(crate) fn wrangler_beside(file: &Path) -> Option<Wrangler> {
    let path = file.with_file_name("wrangler.toml");
    let text = std::fs::read_to_string(&path).ok()?;
    let document = Document::parse(&text).ok()?;
    let boolean = |key| match document.value(&[key]) {
        Some((DeValue::Boolean(value), _)) => Some(*value),
        Some(_) | None => None,
    };
    Some(Wrangler {
        name: document
            .value(&["name"])
            .and_then(|(name, _)| name.as_str())
            .map(ToOwned::to_owned),
        workers_dev: boolean("workers_dev"),
        preview_urls: boolean("preview_urls"),
        has_routes: ["routes", "route"]
            .iter()
            .any(|key| document.value(&[key]).is_some()),
    })
}

/// The folder of the static files by the `wrangler.toml` beside a configuration, or else by the `spin.toml`.
pub(crate) fn site_beside(file: &Path) -> Option<PathBuf> {
    let read = |name: &str| std::fs::read_to_string(file.with_file_name(name)).ok();
    let of_worker = |text: String| {
        let first = wrangler::read(&text).ok()?.into_iter().next()?;
        first.assets?.directory
    };
    let of_component = |text: String| spin::site_folder(&text);
    let folder = read("wrangler.toml").and_then(of_worker);
    let folder = folder.or_else(|| read("spin.toml").and_then(of_component))?;
    Some(file.with_file_name(folder))
}
