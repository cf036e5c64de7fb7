//! From canonical JSON to a [`Config`]: every table is read, then the whole is checked.

use super::{
    Config, MetricsAccess,
    at::ConfigPath,
    directory,
    fault::{ConfigError, ConfigFault},
    issuer, key, metrics, page, provider,
    reader::{Faults, Table},
    route, session,
    site::{self, Site},
    sources::Sources,
    upstream,
};
use crate::encoding::json;
use alloc::{borrow::ToOwned, vec, vec::Vec};
use serde_json::Value;

const KEYS: &[&str] = &[
    "version",
    "public_url",
    "base_path",
    "key",
    "directory_key",
    "directory",
    "provider",
    "issuer",
    "session",
    "page",
    "metrics",
    "upstream",
    "route",
];

/// Room for some five thousand routes.
const LARGEST: usize = 1024 * 1024;

impl Config {
    /// Reads the configuration that `lychgate check --emit-json` writes.
    ///
    /// # Errors
    /// Every [`ConfigError`] that can be told apart in one reading; never none.
    pub fn from_json(text: &[u8]) -> Result<Self, Vec<ConfigError>> {
        let whole = |fault| {
            let at = ConfigPath::root();
            vec![ConfigError { at, fault }]
        };
        if text.len() > LARGEST {
            return Err(whole(ConfigFault::TooLarge { most: LARGEST }));
        }
        let value = json::parse(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            whole(ConfigFault::Json { line, column })
        })?;
        let faults = Faults::default();
        let config = read(&value, &faults);
        match (config, faults.into_errors()) {
            (Some(config), errors) if errors.is_empty() => Ok(config),
            // A part that is missing without a fault would be a mistake of the reader, and must
            // not pass for a configuration.
            (None, errors) if errors.is_empty() => Err(whole(ConfigFault::Empty)),
            (_, errors) => Err(errors),
        }
    }
}

fn read(value: &Value, faults: &Faults) -> Option<Config> {
    let root = Table::open(value, ConfigPath::root(), KEYS, faults)?;
    let site = site::read(&root);
    let keys = key::read(&root);
    let directory = directory::read(&root, &keys);
    let mut providers = provider::read(&root, site.reach());
    let issuers = issuer::read(&root, site.reach(), &providers);
    let session = session::read(&root);
    let page = page::read(&root);
    let upstreams = upstream::read(&root, &site, &issuers);
    let sources = Sources {
        providers: &providers,
        issuers: &issuers,
    };
    let routes = route::read(&root, &site, &upstreams, &sources);
    let metrics = metrics::read(&root, &sources);
    if let (Some(route), false) = (&routes.session, root.has("provider")) {
        faults.add(route.key("access"), ConfigFault::ProviderNeeded);
    }
    if let (Some(route), false) = (&routes.bearer, root.has("issuer")) {
        faults.add(route.key("access"), ConfigFault::IssuerNeeded);
    }
    let mut needs = routes.needs;
    if let Some(MetricsAccess::Session(requirements)) = &metrics {
        needs.add(requirements);
        if !root.has("provider") {
            faults.add(
                ConfigPath::root().key("metrics").key("access"),
                ConfigFault::ProviderNeeded,
            );
        }
    }
    let told = upstreams.claims().map(|claim| claim.path.top().to_owned());
    needs.claims.extend(told);
    for provider in &mut providers {
        needs.keep(provider);
    }
    let Site {
        public_url,
        base_path,
    } = site;
    Some(Config {
        public_url: public_url?,
        base_path: base_path?.as_str().to_owned(),
        keys,
        directory,
        providers,
        issuers,
        session,
        page,
        metrics,
        upstreams: upstreams.all.into_iter().collect::<Option<_>>()?,
        routes: routes.table?,
    })
}
