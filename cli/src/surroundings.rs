//! What stands around a configuration and could undo it: the settings of the asset server, and the manifest
//! of a Spin application.

use crate::{
    check::{CheckError, read, syntax_problem},
    position::Position,
    problem::{Found, Problem},
    redirects, services, spin,
    wrangler::{self, Assets, Fallback, Order, Pages},
};
use lychgate_core::{
    access::{aliases::Aliases, routes::Route},
    config::Config,
    http::{method::Method, path::RequestPath},
};
use std::path::{Path, PathBuf};

/// What is wrong beside `file`, and what is worth knowing.
///
/// # Errors
/// [`CheckError::Unreadable`], for files that are there.
pub(crate) fn look(file: &Path, config: &Config) -> Result<Found, CheckError> {
    let mut found = spin(&file.with_file_name("spin.toml"), config)?;
    let mut problems = workers(file, config)?;
    problems.append(&mut found.problems);
    Ok(Found { problems, ..found })
}

fn spin(manifest: &Path, config: &Config) -> Result<Found, CheckError> {
    if !manifest.exists() {
        return Ok(Found::default());
    }
    let text = read(manifest)?;
    Ok(spin::look(manifest, &text, config))
}

/// What is wrong with the settings of a Worker. Assets that `wrangler.toml` names are served even where the configuration
/// has no upstream for them, so they are looked at in any case.
fn workers(file: &Path, config: &Config) -> Result<Vec<Problem>, CheckError> {
    let wrangler = file.with_file_name("wrangler.toml");
    if !wrangler.exists() {
        return Ok(Vec::new());
    }
    let text = read(&wrangler)?;
    let all = match wrangler::read(&text) {
        Ok(all) => all,
        Err(errors) => {
            let problem = |error| syntax_problem(&wrangler, &text, error);
            return Ok(errors.iter().map(problem).collect());
        }
    };
    let mut problems = Vec::new();
    for environment in &all {
        problems.extend(services::problems(&wrangler, &text, environment, config));
        let Some(assets) = &environment.assets else {
            continue;
        };
        let at = Position::of(&text, assets.offset);
        problems.extend(settings(assets, config).map(|(what, hint)| Problem {
            file: wrangler.clone(),
            at,
            what,
            hint: Some(hint),
        }));
        if let Some(directory) = &assets.directory {
            let redirects = wrangler.with_file_name(directory).join("_redirects");
            problems.extend(rewrites(&redirects)?);
        }
    }
    Ok(problems)
}

/// A configuration of wrangler that is not looked at, because it is JSON with comments.
pub(crate) fn unread(file: &Path) -> Option<PathBuf> {
    ["wrangler.jsonc", "wrangler.json"]
        .map(|name| file.with_file_name(name))
        .into_iter()
        .find(|beside| beside.exists())
}

fn settings(assets: &Assets, config: &Config) -> impl Iterator<Item = (String, String)> {
    let order = match assets.order {
        Order::WorkerFirst => None,
        Order::AssetsFirst => Some((
            "static files are served without passing Lychgate".to_owned(),
            "set run_worker_first = true under [assets]".to_owned(),
        )),
    };
    let fallback = assets.fallback.and_then(|fallback| {
        let (word, path) = match fallback {
            Fallback::Index => ("single-page-application", "/index.html"),
            Fallback::NotFoundPage => ("404-page", "/404.html"),
        };
        leaks(path, config).then(|| {
            (
                format!("not_found_handling = \"{word}\" answers unprotected paths with {path}, which is protected"),
                format!("make {path} as open as the other files, or set not_found_handling = \"none\""),
            )
        })
    });
    order
        .into_iter()
        .chain(fallback)
        .chain(pages(assets.pages, config))
}

/// What an `html_handling` opens: a page at an address whose route has the last word against that of the page, because
/// with the usual setting it is not served there.
fn pages(pages: Pages, config: &Config) -> Option<(String, String)> {
    let (word, (address, page)) = match pages {
        Pages::Apart => return None,
        Pages::AtFolders => {
            let mut routes = config.routes.routes();
            let found = routes.find_map(|route| page_at_folder(route, config))?;
            ("force-trailing-slash", found)
        }
        Pages::IndexAtPath => {
            let mut routes = config.routes.routes();
            let found = routes.find_map(|route| folder_at_page(route, config))?;
            ("drop-trailing-slash", found)
        }
    };
    Some((
        format!("html_handling = \"{word}\" answers {address} with {page}, which has another rule"),
        format!(
            "let {address} and {page} ask for the same, or set html_handling = \"auto-trailing-slash\""
        ),
    ))
}

/// A folder, `/x/`, and the page beside it, `/x.html`, whose rule asks for something that the folder's does not.
fn page_at_folder(route: &Route, config: &Config) -> Option<(String, String)> {
    let pattern = a_path_of(route);
    let base = pattern
        .strip_suffix("/**")
        .or_else(|| pattern.strip_suffix('/'))
        .filter(|base| !base.is_empty())?;
    let (folder, page) = (format!("{base}/"), format!("{base}.html"));
    // A route without a star names its path, whatever file is served there.
    let names_it = route.pattern.to_string() == folder;
    (!names_it && differ(&folder, &page, config)).then_some((folder, page))
}

/// A path without a star, `/x`, and the index of the folder of that name, whose rule is about the folder and asks for
/// something that the path's does not.
fn folder_at_page(route: &Route, config: &Config) -> Option<(String, String)> {
    let path = route.pattern.to_string();
    let is_page = !path.contains('*') && !path.ends_with('/');
    let index = format!("{path}/index.html");
    let is_of_folder = || {
        let found = file_route(&index, config)?;
        let at = RequestPath::parse(&path).ok()?;
        found.pattern.is_below(&at).then_some(())
    };
    (is_page && is_of_folder().is_some() && differ(&path, &index, config)).then_some((path, index))
}

/// The pattern of a route with a name of no route's in place of each star.
fn a_path_of(route: &Route) -> String {
    let pattern = route.pattern.to_string();
    let segments = pattern.split('/').map(|segment| match segment {
        "*" => "any",
        other => other,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Whether the file at `page` asks for something that the one at `address` does not.
fn differ(address: &str, page: &str, config: &Config) -> bool {
    let (Some(index), Some(other)) = (file_route(address, config), file_route(page, config)) else {
        return false;
    };
    let is_met = index.is_protected() && other.requirements.is_empty()
        || index.requirements == other.requirements && index.access == other.access;
    other.is_protected() && !is_met
}

/// The route of static files that decides on a path.
fn file_route<'a>(path: &str, config: &'a Config) -> Option<&'a Route> {
    let path = RequestPath::parse(path).ok()?;
    let found = config.routes.find(&path, &Method::Get).ok()?;
    Some(found.route()).filter(|route| route.aliases == Aliases::StaticFiles)
}

/// Whether the file at `path` asks for something that another route of static files does not.
fn leaks(path: &str, config: &Config) -> bool {
    let Ok(path) = RequestPath::parse(path) else {
        return true;
    };
    let Ok(found) = config.routes.find(&path, &Method::Get) else {
        // No route asks anything for the file, so nothing is undone.
        return false;
    };
    let file = found.route();
    let asks = |route: &Route| (route.access, route.requirements.clone());
    found.is_protected()
        && config
            .routes
            .routes()
            .filter(|route| route.aliases == Aliases::StaticFiles)
            .any(|route| asks(route) != asks(file))
}

fn rewrites(file: &Path) -> Result<Vec<Problem>, CheckError> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let text = read(file)?;
    let problem = |rewrite: redirects::Rewrite<'_>| Problem {
        file: file.to_owned(),
        at: Position::line(rewrite.line),
        what: format!(
            "{} is answered with the file at {}, whatever the routes say of it",
            rewrite.from, rewrite.to
        ),
        hint: Some("redirect with 301 or 302 instead of rewriting with 200".to_owned()),
    };
    Ok(redirects::rewrites(&text)
        .into_iter()
        .map(problem)
        .collect())
}
