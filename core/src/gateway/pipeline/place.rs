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
