//! Where a request leads, before anybody asks who sent it: the first checks of its way, in their one order.
//!
//! Both halves of the way begin here, and so does `lychgate explain`.

use crate::{
    access::routes::{NoRoute, RouteMatch},
    config::Config,
    gateway::{
        access_tokens::resource_metadata,
        context::{
            arrival::{Arrival, Target},
            endpoint::{self, Endpoint},
        },
        proxy::cors,
    },
    http::response::Response,
};
use alloc::string::String;

/// Where a request leads.
pub(in crate::gateway) enum Place<'c, 'r> {
    /// To an endpoint of our own.
    Endpoint {
        /// The path after `base_path`, without the slash.
        name: String,
        query: Option<&'r str>,
    },
    /// To the metadata of a protected resource, which anyone may read.
    ResourceMetadata(Response),
    /// To nowhere: it asks whether another site's script may call.
    Preflight(Response),
    /// To an upstream, where its rules are met.
    Route(RouteMatch<'c>, Target<'r>),
}

/// Why a request leads nowhere.
pub(in crate::gateway) enum Lost {
    /// It is for another host.
    WrongHost,
    /// Its path can be read in two ways.
    Malformed,
    NoRoute(NoRoute),
}

/// Finds where a request leads.
///
/// A false [`Place::Route`] hands to an upstream what Lychgate answers itself.
///
/// # Errors
/// Any [`Lost`]; the host is looked at first, so that a request for another one learns nothing of the paths here.
pub(in crate::gateway) fn find<'c, 'r>(
    config: &'c Config,
    arrival: &Arrival<'r>,
) -> Result<Place<'c, 'r>, Lost> {
    if !config.public_url.is_host(arrival.host) {
        return Err(Lost::WrongHost);
    }
    let target = Target::parse(arrival.target).map_err(|_| Lost::Malformed)?;
    if let Endpoint::Ours(name) = endpoint::find(&config.base_path, &target.path) {
        let query = target.query;
        return Ok(Place::Endpoint { name, query });
    }
    if let Some(response) = resource_metadata::answer(config, &target.path, arrival.method) {
        return Ok(Place::ResourceMetadata(response));
    }
    if let Some(response) = cors::preflight(config, arrival, &target) {
        return Ok(Place::Preflight(response));
    }
    let matched = config.routes.find(&target.path, arrival.method);
    Ok(Place::Route(matched.map_err(Lost::NoRoute)?, target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cookie::request::RequestCookies, gateway::context::for_tests::deployment,
        http::method::Method,
    };
    use alloc::{borrow::ToOwned, format};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn lead(method: &Method, host: &str, target: &str) -> String {
        let arrival = Arrival {
            method,
            target,
            host,
            cookies: RequestCookies::new(None),
            authorization: None,
            more: None,
        };
        match find(&deployment().config, &arrival) {
            Ok(Place::Endpoint { name, query }) => format!("endpoint {name} {query:?}"),
            Ok(Place::ResourceMetadata(_)) => "metadata".to_owned(),
            Ok(Place::Preflight(_)) => "preflight".to_owned(),
            Ok(Place::Route(_, target)) => format!("route {}", target.normal()),
            Err(Lost::WrongHost) => "wrong host".to_owned(),
            Err(Lost::Malformed) => "malformed".to_owned(),
            Err(Lost::NoRoute(_)) => "no route".to_owned(),
        }
    }

    #[test]
    fn lychgate_answers_its_own_paths_before_any_route_is_asked() {
        let to = |target: &str| lead(&Method::Get, "app.example.com", target);
        assert_eq!(to("/auth/login?a"), "endpoint login Some(\"a\")");
        assert_eq!(to("/a/../%61uth/login"), "endpoint login None");
        assert_eq!(to("/authors"), "route /authors");
        let metadata = "/.well-known/oauth-protected-resource";
        assert_eq!(to(&format!("{metadata}/calls")), "metadata");
        let other = format!("{metadata}/members");
        assert_eq!(to(&other), format!("route {other}"));
        let post = lead(
            &Method::Post,
            "app.example.com",
            &format!("{metadata}/calls"),
        );
        assert!(post.starts_with("route "), "{post}");
    }

    #[test]
    fn a_request_for_another_host_learns_nothing_of_the_paths_here() {
        for host in [
            "evil.example",
            "app.example.com.evil.example",
            "",
            "app.example.com:80",
        ] {
            for target in ["/auth/login", "/a//b", "/"] {
                let found = lead(&Method::Get, host, target);
                assert_eq!(found, "wrong host", "{host} {target}");
            }
        }
        let own = |target| lead(&Method::Get, "app.example.com:443", target);
        assert_eq!(own("/a//b"), "malformed");
        assert_eq!(own("/"), "route /");
    }
}
