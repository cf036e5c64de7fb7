//! The notes of `lychgate check` on paths that clients fetch without ever signing in.
//!
//! Crawlers, certificate authorities and password managers have no session; browsers fetch a web manifest without
//! cookies, and the update of a service worker when the session may have ended. These are notes, not errors:
//! a site may have none of the files, or mean to protect them, and says so by a route of their own.

use crate::{
    configuration::{
        load::{CheckError, Loaded, read},
        place_of,
    },
    print::problem::Note,
    workers::wrangler,
};
use lychgate_core::{
    access::{pattern::Pattern, routes::Route},
    config::UpstreamTarget,
    http::{method::Method, path::RequestPath},
};
use std::path::{Path, PathBuf};

/// Patterns, a path of each, and the file or folder that a static site has for it.
const OPEN: [(&str, &str, &str); 7] = [
    ("/robots.txt", "/robots.txt", "robots.txt"),
    (
        "/.well-known/**",
        "/.well-known/security.txt",
        ".well-known",
    ),
    (
        "/manifest.webmanifest",
        "/manifest.webmanifest",
        "manifest.webmanifest",
    ),
    ("/site.webmanifest", "/site.webmanifest", "site.webmanifest"),
    ("/manifest.json", "/manifest.json", "manifest.json"),
    ("/sw.js", "/sw.js", "sw.js"),
    (
        "/service-worker.js",
        "/service-worker.js",
        "service-worker.js",
    ),
];

/// A note for each route that asks for a session at such paths without naming them.
///
/// # Errors
/// [`CheckError::Unreadable`], for a `wrangler.toml` that is there.
pub(crate) fn notes(file: &Path, loaded: &Loaded) -> Result<Vec<Note>, CheckError> {
    let folders = asset_folders(&file.with_file_name("wrangler.toml"))?;
    let mut closed: Vec<(&Route, Vec<&str>)> = Vec::new();
    for (pattern, path, name) in OPEN {
        let Some(route) = closed_at(loaded, pattern, path) else {
            continue;
        };
        let is_asset = loaded
            .config
            .upstream(route.upstream)
            .is_some_and(|upstream| matches!(upstream.target, UpstreamTarget::Assets));
        let is_missing = |folder: &PathBuf| !folder.join(name).exists();
        if is_asset && !folders.is_empty() && folders.iter().all(is_missing) {
            continue;
        }
        match closed.iter_mut().find(|(known, _)| *known == route) {
            Some((_, patterns)) => patterns.push(pattern),
            None => closed.push((route, vec![pattern])),
        }
    }
    let note = |(route, patterns): (&Route, Vec<&str>)| {
        let place = loaded.source.place(place_of::route(route, loaded)?);
        let what = format!(
            "{} asks for a session at {}, which are fetched by those who have none; where they exist, give \
             each a route with access = [\"public\"], or one with [\"session\"] if that is meant",
            route.pattern,
            patterns.join(", ")
        );
        Some(Note { place, what })
    };
    Ok(closed.into_iter().filter_map(note).collect())
}

/// The route that asks for a session at `path`, where it is not there for just that.
fn closed_at<'a>(loaded: &'a Loaded, pattern: &str, path: &str) -> Option<&'a Route> {
    let path = RequestPath::parse(path).ok()?;
    let found = loaded.config.routes.find(&path, &Method::Get).ok()?;
    let named = Pattern::parse(pattern).ok()?;
    let route = found.route();
    (found.is_protected() && route.pattern != named).then_some(route)
}

/// The folders of static files that a `wrangler.toml` names; none where there is none, or one that cannot be
/// understood, which is said elsewhere.
fn asset_folders(file: &Path) -> Result<Vec<PathBuf>, CheckError> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let environments = wrangler::read(&read(file)?).unwrap_or_default();
    let assets = environments.into_iter().filter_map(|all| all.assets);
    let folders = assets.filter_map(|assets| assets.directory);
    Ok(folders.map(|folder| file.with_file_name(folder)).collect())
}
