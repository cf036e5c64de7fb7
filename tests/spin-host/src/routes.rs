//! Which component a path belongs to, and what it is told about the match.

use crate::manifest::{HttpTrigger, Route};
use wasmtime::{Result, bail, ensure};

/// The end of a route that takes everything below it.
const WILDCARD: &str = "/...";

/// Paths that belong to Spin itself.
pub const WELL_KNOWN: &str = "/.well-known/spin/";

/// The public routes of an application.
#[derive(Debug, Default)]
pub struct Routes(Vec<PublicRoute>);

#[derive(Debug)]
struct PublicRoute {
    /// As the manifest has it.
    raw: String,
    /// Without slashes at its ends and without the wildcard.
    prefix: String,
    /// Whether it takes what lies below it.
    wildcard: bool,
    component: String,
}

/// A path that belongs to a component.
#[derive(Debug, PartialEq, Eq)]
pub struct RouteMatch<'a> {
    /// The component that answers.
    pub component: &'a str,
    /// The route as the manifest has it.
    pub raw: &'a str,
    /// The part of the path that the wildcard stood for, with the slash before it.
    pub path_info: String,
}

impl<'a> RouteMatch<'a> {
    /// The match of a request that another component sent: all of the path is left to the component.
    pub fn chained(component: &'a str, path: &str) -> Self {
        Self {
            component,
            raw: WILDCARD,
            path_info: path.to_owned(),
        }
    }

    /// The route without its wildcard.
    pub fn prefix(&self) -> &'a str {
        self.raw.strip_suffix(WILDCARD).unwrap_or(self.raw)
    }
}

impl Routes {
    /// Reads the routes of the triggers.
    ///
    /// # Errors
    /// A route of a kind that this host does not know, one of Spin's own, or the same one twice.
    pub fn new(triggers: &[HttpTrigger]) -> Result<Self> {
        let mut routes: Vec<PublicRoute> = Vec::new();
        for trigger in triggers {
            let Route::Pattern(raw) = &trigger.route else {
                continue;
            };
            let route = PublicRoute::parse(raw, &trigger.component)?;
            let same = |other: &PublicRoute| {
                other.prefix == route.prefix && other.wildcard == route.wildcard
            };
            ensure!(!routes.iter().any(same), "the route {raw:?} is there twice");
            routes.push(route);
        }
        Ok(Self(routes))
    }

    /// The match for a path: the exact route, or else the longest wildcard.
    pub fn find(&self, path: &str) -> Option<RouteMatch<'_>> {
        let trimmed = path.trim_matches('/');
        self.0
            .iter()
            .filter_map(|route| Some((route, route.rest(trimmed)?)))
            .max_by_key(|(route, _)| (!route.wildcard, route.prefix.len()))
            .map(|(route, rest)| RouteMatch {
                component: &route.component,
                raw: &route.raw,
                path_info: if route.wildcard {
                    path_info(rest, path)
                } else {
                    String::new()
                },
            })
    }

    /// Each route with its component, as Spin prints them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|route| (route.raw.as_str(), route.component.as_str()))
    }
}

impl PublicRoute {
    fn parse(raw: &str, component: &str) -> Result<Self> {
        ensure!(
            raw.starts_with('/'),
            "the route {raw:?} has no leading slash"
        );
        ensure!(
            !raw.starts_with(WELL_KNOWN),
            "the route {raw:?} belongs to Spin"
        );
        let (prefix, wildcard) = match raw.strip_suffix(WILDCARD) {
            Some(prefix) => (prefix, true),
            None => (raw, false),
        };
        if prefix.contains([':', '*']) || prefix.contains("...") {
            bail!("the route {raw:?} is of a kind that this host does not know");
        }
        Ok(Self {
            raw: raw.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            wildcard,
            component: component.to_owned(),
        })
    }

    /// The part of a path below this route, or `None` where it does not match.
    fn rest<'p>(&self, path: &'p str) -> Option<&'p str> {
        if self.prefix.is_empty() {
            return (self.wildcard || path.is_empty()).then_some(path);
        }
        let rest = path.strip_prefix(self.prefix.as_str())?;
        if rest.is_empty() {
            return Some(rest);
        }
        let below = rest.strip_prefix('/')?;
        self.wildcard.then(|| below.trim_start_matches('/'))
    }
}

/// Spin keeps the slash at the end of a path.
fn path_info(rest: &str, path: &str) -> String {
    match (rest.is_empty(), path.ends_with('/')) {
        (true, false) => String::new(),
        (true, true) => "/".to_owned(),
        (false, false) => format!("/{rest}"),
        (false, true) => format!("/{rest}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    fn routes(list: &[&str]) -> Result<Routes> {
        let mut text = String::from("spin_manifest_version = 2\napplication.name = \"a\"\n");
        for (number, route) in list.iter().enumerate() {
            text.push_str(&format!(
                "[[trigger.http]]\nroute = {route}\ncomponent = \"c{number}\"\n\
                 [component.c{number}]\nsource = \"s\"\n"
            ));
        }
        Routes::new(&Manifest::parse(&text)?.trigger.http)
    }

    #[test]
    fn the_most_specific_route_decides() {
        let routes = routes(&["\"/...\"", "\"/a\"", "\"/a/...\"", "\"/a/b/...\""]).unwrap();
        for (path, component, info) in [
            ("/", "c0", "/"),
            ("/x/y/", "c0", "/x/y/"),
            ("/ab", "c0", "/ab"),
            ("/a", "c1", ""),
            ("/a/", "c1", ""),
            ("/a/c", "c2", "/c"),
            ("/a/b", "c3", ""),
            ("/a/b/c", "c3", "/c"),
        ] {
            let found = routes.find(path).unwrap();
            assert_eq!(
                (found.component, found.path_info.as_str()),
                (component, info),
                "{path}"
            );
        }
    }

    #[test]
    fn a_path_without_a_route_belongs_to_nobody() {
        let routes = routes(&["\"/a\"", "\"/b/...\"", "{ private = true }"]).unwrap();
        for path in ["/", "/a/x", "/bc", "/c2"] {
            assert_eq!(routes.find(path), None, "{path}");
        }
        assert!(routes.find("/a").is_some());
        assert_eq!(routes.find("/b/").unwrap().prefix(), "/b");
    }

    #[test]
    fn routes_that_are_not_known_are_refused() {
        for list in [
            &["\"a\""][..],
            &["\"/:user\""],
            &["\"/a/*\""],
            &["\"/.../a\""],
            &["\"/.well-known/spin/health\""],
            &["\"/a\"", "\"/a/\""],
        ] {
            assert!(routes(list).is_err(), "{list:?}");
        }
    }
}
