//! `[[route]]`: which paths there are, who may reach them, and where they lead.

use super::{
    PathMatching, UpstreamTarget,
    at::ConfigPath,
    audiences, cors,
    fault::ConfigFault,
    opaque,
    reader::{Faults, Table},
    requirements::{self, Needs, Principals},
    site::Site,
    sources::Sources,
    upstream::Upstreams,
};
use crate::{
    access::{
        aliases::Aliases,
        conflicts::RouteFault,
        pattern::Pattern,
        principal::Credential,
        routes::{Access, Dpop, DpopDemand, DpopReplay, Route, RouteTable},
        upstream_index::UpstreamIndex,
    },
    http::{
        method::Method,
        rewrite::{Prefix, PrefixFault, Rewrite},
    },
};
use alloc::{borrow::ToOwned, rc::Rc, string::String, vec::Vec};

pub(super) const KEYS: &[&str] = &[
    "path",
    "methods",
    "access",
    "upstream",
    "require",
    "strip_prefix",
    "add_prefix",
    "cors",
    "dpop",
    "dpop_replay",
    "audiences",
];
const ACCESS: &[&str] = &["public", "session", "bearer"];
const DPOP: &[&str] = &["where_bound", "required"];
const REPLAY: &[&str] = &["memory", "ledger"];

/// The routes and what they ask of the rest of the configuration.
pub(super) struct Routes {
    pub(super) table: Option<RouteTable>,
    /// The first route that needs a session.
    pub(super) session: Option<ConfigPath>,
    /// The first route that takes tokens.
    pub(super) bearer: Option<ConfigPath>,
    pub(super) needs: Needs,
}

pub(super) fn read(
    root: &Table<'_>,
    site: &Site,
    upstreams: &Upstreams,
    sources: &Sources<'_>,
) -> Routes {
    root.require("route");
    let mut routes = Vec::new();
    let mut places = Vec::new();
    for (_, table) in root.tables("route", KEYS) {
        if let Some(route) = read_one(&table, site, upstreams, sources) {
            routes.push(route);
            places.push(table.at().clone());
        }
    }
    opaque::assign(&mut routes, &places, sources.issuers, root.faults());
    let first = |wanted: fn(&Route) -> bool| {
        let place = routes.iter().position(wanted)?;
        places.get(place).cloned()
    };
    let needs_session =
        |route: &Route| route.is_protected() && route.access.takes(Credential::Session);
    let (session, bearer) = (first(needs_session), first(Route::takes_tokens));
    audiences::check(&routes, &places, sources.issuers, root.faults());
    let mut needs = Needs::default();
    for route in &routes {
        needs.add(&route.requirements);
    }
    Routes {
        session,
        bearer,
        needs,
        table: compile(routes, &places, root.faults()),
    }
}

fn compile(routes: Vec<Route>, places: &[ConfigPath], faults: &Faults) -> Option<RouteTable> {
    let found = match RouteTable::compile(routes) {
        Ok(table) => return Some(table),
        Err(found) => found,
    };
    let place = |place: usize| places.get(place).cloned().unwrap_or_default();
    for fault in found {
        let (second, fault) = match fault {
            RouteFault::SameMethod {
                first,
                second,
                method,
            } => {
                let first = place(first);
                (second, ConfigFault::SameMethod { first, method })
            }
            RouteFault::Crossing {
                first,
                second,
                both,
            } => {
                let first = place(first);
                (second, ConfigFault::Crossing { first, both })
            }
        };
        faults.add(place(second).key("path"), fault);
    }
    None
}

fn read_one(
    table: &Table<'_>,
    site: &Site,
    upstreams: &Upstreams,
    sources: &Sources<'_>,
) -> Option<Route> {
    for key in ["path", "access", "upstream"] {
        table.require(key);
    }
    let pattern = table.parsed("path", |text| read_path(text, site));
    let methods = table.parsed_list("methods", parse_method);
    let access = read_access(table);
    if access == Some(Access::Public) && table.has("require") {
        table.fault("require", ConfigFault::PublicRequirement);
    }
    let requirements = requirements::read(
        table,
        Principals {
            // Where it cannot be read, anyone may come, so that one fault is not reported as many.
            access: access.unwrap_or(Access::SessionOrBearer),
            sources,
        },
    );
    let upstream = table.parsed("upstream", |id| find_upstream(id, upstreams))?;
    let target = upstreams.all.get(upstream.0).and_then(Option::as_ref);
    let aliases = match target.map(|upstream| (&upstream.target, upstream.path_matching)) {
        Some((UpstreamTarget::Assets, _)) => Aliases::StaticFiles,
        Some((_, PathMatching::Exact)) => Aliases::None,
        Some((_, PathMatching::Loose)) | None => Aliases::LooseReadings,
    };
    let rewrite = read_rewrite(table, pattern.as_ref(), aliases);
    let cors = cors::read(table, site.reach());
    let dpop = read_dpop(table, access);
    let of_upstream = upstreams.audiences.get(upstream.0).and_then(Option::as_ref);
    let audiences = read_audiences(table, access, sources, of_upstream);
    Some(Route {
        pattern: pattern?,
        methods,
        access: access?,
        requirements,
        upstream,
        aliases,
        rewrite: rewrite.map(Rc::new),
        cors: cors.map(Rc::new),
        dpop,
        audiences,
        opaque_issuer: None,
    })
}

fn read_path(text: &str, site: &Site) -> Result<Pattern, ConfigFault> {
    let pattern = Pattern::parse(text).map_err(ConfigFault::Pattern)?;
    match &site.base_path {
        Some(base) if pattern.is_below(base) => {
            let base_path = base.as_str().to_owned();
            Err(ConfigFault::UnderBasePath { base_path })
        }
        Some(_) | None => Ok(pattern),
    }
}

fn read_audiences(
    table: &Table<'_>,
    access: Option<Access>,
    sources: &Sources<'_>,
    of_upstream: Option<&Vec<String>>,
) -> Option<Vec<String>> {
    let takes_tokens = access.is_none_or(|access| access.takes(Credential::Bearer));
    match (takes_tokens, audiences::read(table, sources.issuers)) {
        (true, own) => audiences::of_route(table, own, of_upstream),
        (false, None) => None,
        (false, Some(_)) => {
            table.fault("audiences", ConfigFault::BearerOnly);
            None
        }
    }
}

fn read_dpop(table: &Table<'_>, access: Option<Access>) -> Dpop {
    let demand = table.parsed("dpop", |text| match text {
        "where_bound" => Ok(DpopDemand::WhereBound),
        "required" => Ok(DpopDemand::Always),
        _ => Err(ConfigFault::Word { allowed: DPOP }),
    });
    let replay = table.parsed("dpop_replay", |text| match text {
        "memory" => Ok(DpopReplay::Memory),
        "ledger" => Ok(DpopReplay::Ledger),
        _ => Err(ConfigFault::Word { allowed: REPLAY }),
    });
    if access.is_some_and(|access| !access.takes(Credential::Bearer)) {
        for key in ["dpop", "dpop_replay"] {
            if table.has(key) {
                table.fault(key, ConfigFault::BearerOnly);
            }
        }
    }
    Dpop {
        demand: demand.unwrap_or_default(),
        replay: replay.unwrap_or_default(),
    }
}

/// How the upstream's paths differ from those of the route.
///
/// Static files have none but their own: the rules of a file are those of its paths, under all of its
/// spellings, and a rewritten one would reach it around them.
fn read_rewrite(table: &Table<'_>, pattern: Option<&Pattern>, aliases: Aliases) -> Option<Rewrite> {
    let prefix = |key| {
        let prefix = table.parsed(key, |text| {
            Prefix::parse(text).map_err(|PrefixFault| ConfigFault::Prefix)
        });
        match (aliases, prefix.is_some()) {
            (Aliases::StaticFiles, true) => table.fault(key, ConfigFault::AssetsRewritten),
            (Aliases::StaticFiles, false) | (Aliases::None | Aliases::LooseReadings, _) => {}
        }
        prefix
    };
    let (strip, add) = (prefix("strip_prefix"), prefix("add_prefix"));
    let stripped = strip.as_ref().and_then(Prefix::as_path);
    if let (Some(pattern), Some(stripped)) = (pattern, stripped)
        && !pattern.is_below(&stripped)
    {
        table.fault("strip_prefix", ConfigFault::PrefixElsewhere);
    }
    (strip.is_some() || add.is_some()).then(|| Rewrite {
        strip: strip.unwrap_or_default(),
        add: add.unwrap_or_default(),
    })
}

fn read_access(table: &Table<'_>) -> Option<Access> {
    let kinds = table.parsed_list("access", |text| match text {
        "public" => Ok(Access::Public),
        "session" => Ok(Access::Session),
        "bearer" => Ok(Access::Bearer),
        _ => Err(ConfigFault::Word { allowed: ACCESS }),
    })?;
    match kinds.as_slice() {
        [access] => Some(*access),
        [Access::Session, Access::Bearer] | [Access::Bearer, Access::Session] => {
            Some(Access::SessionOrBearer)
        }
        [] => None,
        [..] => {
            table.fault("access", ConfigFault::PublicAndMore);
            None
        }
    }
}

fn parse_method(text: &str) -> Result<Method, ConfigFault> {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte == b'-';
    if (1..=24).contains(&text.len()) && text.bytes().all(plain) {
        Ok(Method::parse(text))
    } else {
        Err(ConfigFault::Method)
    }
}

fn find_upstream(id: &str, upstreams: &Upstreams) -> Result<UpstreamIndex, ConfigFault> {
    let mut ids = upstreams.ids.iter();
    if let Some(place) = ids.position(|known| known.as_deref() == Some(id)) {
        return Ok(UpstreamIndex(place));
    }
    let known = upstreams.ids.iter().flatten().cloned().collect();
    Err(ConfigFault::UnknownUpstream { known })
}
