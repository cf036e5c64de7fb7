//! Settings of static files that serve what a route protects.

use super::{
    pages,
    wrangler::{Assets, Fallback, Order},
};
use lychgate_core::{
    access::{aliases::Aliases, routes::Route},
    config::Config,
    http::{method::Method, path::RequestPath},
};

/// The faults of the settings, each with what to do.
pub(super) fn settings(assets: &Assets, config: &Config) -> impl Iterator<Item = (String, String)> {
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
        .chain(pages::opened(assets.pages, config))
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
