//! Pages that the asset server answers at the address of something else, whose rule may be another.

use super::wrangler::Pages;
use lychgate_core::{
    access::{aliases::Aliases, routes::Route},
    config::Config,
    http::{method::Method, path::RequestPath},
};

/// A page that an `html_handling` opens: at an address whose route has the last word against that of the page, because
/// with the usual setting it is not served there.
pub(super) fn opened(pages: Pages, config: &Config) -> Option<(String, String)> {
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
