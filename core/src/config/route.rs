//! `[[route]]`: which paths there are, who may reach them, and where they lead.

use super::{
    UpstreamIndex, UpstreamTarget,
    at::ConfigPath,
    fault::ConfigFault,
    reader::{Faults, Table},
    site::Site,
    text,
    upstream::Upstreams,
};
use crate::{
    access::{
        aliases::Aliases,
        pattern::Pattern,
        requirements::{EmailDomain, Requirements},
        routes::{Access, Route, RouteFault, RouteTable},
    },
    http::method::Method,
};
use alloc::{borrow::ToOwned, vec::Vec};

pub(super) const KEYS: &[&str] = &["path", "methods", "access", "upstream", "require"];
const REQUIREMENTS: &[&str] = &["any_group", "all_groups", "email_domains"];
const ACCESS: &[&str] = &["public", "session"];

/// The routes and what they ask of the rest of the configuration.
pub(super) struct Routes {
    pub(super) table: Option<RouteTable>,
    /// The first route that needs a session.
    pub(super) session: Option<ConfigPath>,
    pub(super) ask_for_groups: bool,
    pub(super) ask_for_email: bool,
}

pub(super) fn read(root: &Table<'_>, site: &Site, upstreams: &Upstreams) -> Routes {
    root.require("route");
    let mut routes = Vec::new();
    let mut places = Vec::new();
    for (_, table) in root.tables("route", KEYS) {
        if let Some(route) = read_one(&table, site, upstreams) {
            routes.push(route);
            places.push(table.at().clone());
        }
    }
    let needing = routes.iter().position(Route::needs_session);
    let asks = |ask: fn(&Requirements) -> bool| routes.iter().any(|it| ask(&it.requirements));
    Routes {
        session: needing.and_then(|place| places.get(place)).cloned(),
        ask_for_groups: asks(Requirements::ask_for_groups),
        ask_for_email: asks(Requirements::ask_for_email),
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

fn read_one(table: &Table<'_>, site: &Site, upstreams: &Upstreams) -> Option<Route> {
    for key in ["path", "access", "upstream"] {
        table.require(key);
    }
    let pattern = table.parsed("path", |text| {
        let pattern = Pattern::parse(text).map_err(ConfigFault::Pattern)?;
        match &site.base_path {
            Some(base) if pattern.is_below(base) => {
                let base_path = base.as_str().to_owned();
                Err(ConfigFault::UnderBasePath { base_path })
            }
            Some(_) | None => Ok(pattern),
        }
    });
    let methods = table.parsed_list("methods", parse_method);
    let access = read_access(table);
    let requirements = read_requirements(table, access);
    let upstream = table.parsed("upstream", |id| find_upstream(id, upstreams))?;
    let target = upstreams.all.get(upstream.0).and_then(Option::as_ref);
    let aliases = match target.map(|upstream| &upstream.target) {
        Some(UpstreamTarget::Assets) => Aliases::StaticFiles,
        Some(UpstreamTarget::Url(_)) | None => Aliases::None,
    };
    Some(Route {
        pattern: pattern?,
        methods,
        access: access?,
        requirements,
        upstream,
        aliases,
    })
}

fn read_access(table: &Table<'_>) -> Option<Access> {
    let kinds = table.parsed_list("access", |text| match text {
        "public" => Ok(Access::Public),
        "session" => Ok(Access::Session),
        _ => Err(ConfigFault::Word { allowed: ACCESS }),
    })?;
    match kinds.as_slice() {
        [access] => Some(*access),
        [] => None,
        [..] => {
            table.fault("access", ConfigFault::PublicAndMore);
            None
        }
    }
}

fn read_requirements(table: &Table<'_>, access: Option<Access>) -> Requirements {
    let Some(require) = table.table("require", REQUIREMENTS) else {
        return Requirements::default();
    };
    if access == Some(Access::Public) {
        table.fault("require", ConfigFault::PublicRequirement);
    }
    let groups = |key| require.parsed_list(key, text::name).unwrap_or_default();
    let domains = require.parsed_list("email_domains", |text| {
        EmailDomain::parse(text).ok_or(ConfigFault::EmailDomain)
    });
    let requirements = Requirements {
        any_group: groups("any_group"),
        all_groups: groups("all_groups"),
        email_domains: domains.unwrap_or_default(),
    };
    if require.is_empty() {
        table.fault("require", ConfigFault::Empty);
    }
    requirements
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
