//! `[[upstream]]`: where allowed requests go, and what those services learn about the user.

use super::{
    ClaimHeader, Identity, Issuer, PathMatching, Upstream, UpstreamTarget, audiences,
    duration::span_at,
    fault::ConfigFault,
    reader::Table,
    site::{self, Site},
    text,
};
use crate::{http::header::HeaderName, time::Seconds};
use alloc::{string::String, vec::Vec};

pub(super) const KEYS: &[&str] = &[
    "id",
    "assets",
    "url",
    "service",
    "identity",
    "shared_secret",
    "claims",
    "strip",
    "pass",
    "timeout",
    "audiences",
    "path_matching",
];

const IDENTITIES: &[&str] = &["none", "headers"];
const PATH_MATCHINGS: &[&str] = &["loose", "exact"];

const SHORTEST: Seconds = Seconds::new(1);
/// Spin itself waits no longer for an answer.
const LONGEST: Seconds = Seconds::minutes(10);
const DEFAULT: Seconds = Seconds::new(30);

/// Servers take a hundred headers or so.
const MOST_CLAIMS: usize = 32;

/// The upstreams by their places, as far as they could be read, and the ids that routes may name.
pub(super) struct Upstreams {
    pub(super) all: Vec<Option<Upstream>>,
    pub(super) ids: Vec<Option<String>>,
    /// Which audiences of tokens count at their routes.
    pub(super) audiences: Vec<Option<Vec<String>>>,
}

impl Upstreams {
    /// The claims that upstreams are told, which sessions have to keep.
    pub(super) fn claims(&self) -> impl Iterator<Item = &ClaimHeader> {
        let upstreams = self.all.iter().flatten();
        upstreams.flat_map(|upstream| match &upstream.identity {
            Identity::None => &[][..],
            Identity::Headers { claims, .. } => claims,
        })
    }
}

pub(super) fn read(root: &Table<'_>, site: &Site, issuers: &[Issuer]) -> Upstreams {
    root.require("upstream");
    let mut upstreams = Upstreams {
        all: Vec::new(),
        ids: Vec::new(),
        audiences: Vec::new(),
    };
    for (_, table) in root.tables("upstream", KEYS) {
        table.require("id");
        let id = table.parsed("id", text::identifier);
        if id.is_some() && upstreams.ids.contains(&id) {
            table.fault("id", ConfigFault::Repeated);
        }
        upstreams.ids.push(id.clone());
        upstreams.audiences.push(audiences::read(&table, issuers));
        upstreams.all.push(read_one(&table, id, site));
    }
    upstreams
}

fn read_one(table: &Table<'_>, id: Option<String>, site: &Site) -> Option<Upstream> {
    let target = read_target(table, site);
    let identity = read_identity(table, target.as_ref());
    let header = |text: &str| HeaderName::parse(text).ok_or(ConfigFault::HeaderName);
    let strip = table.parsed_list("strip", header);
    let pass = table.parsed_list("pass", header);
    let timeout = span_at(table, "timeout", SHORTEST, LONGEST);
    let path_matching = table.parsed("path_matching", |text| match text {
        "loose" => Ok(PathMatching::Loose),
        "exact" => Ok(PathMatching::Exact),
        _ => Err(ConfigFault::Word {
            allowed: PATH_MATCHINGS,
        }),
    });
    if matches!(target, Some(UpstreamTarget::Assets)) {
        for (key, fault) in [
            ("strip", ConfigFault::AssetsIdentity),
            ("pass", ConfigFault::AssetsIdentity),
            ("timeout", ConfigFault::AssetsIdentity),
            ("path_matching", ConfigFault::AssetsMatching),
        ] {
            if table.has(key) {
                table.fault(key, fault);
            }
        }
    }
    Some(Upstream {
        id: id?,
        target: target?,
        identity: identity?,
        strip: strip.unwrap_or_default(),
        pass: pass.unwrap_or_default(),
        timeout: timeout.unwrap_or(DEFAULT),
        path_matching: path_matching.unwrap_or_default(),
    })
}

fn read_target(table: &Table<'_>, site: &Site) -> Option<UpstreamTarget> {
    let here = |fault| {
        table.faults().add(table.at().clone(), fault);
        None
    };
    match ["assets", "url", "service"].map(|key| table.has(key)) {
        [true, false, false] => match table.boolean("assets")? {
            true => Some(UpstreamTarget::Assets),
            false => here(ConfigFault::Target),
        },
        [false, false, true] => table
            .parsed("service", text::service)
            .map(UpstreamTarget::Service),
        [false, true, false] => table.parsed("url", |text| {
            let origin = site::parse_origin(text)?;
            // Such a request never leaves the host, so it needs no TLS.
            if !origin.is_spin_component() {
                site::in_reach(text, site.reach())?;
            }
            if Some(&origin) == site.public_url.as_ref() {
                return Err(ConfigFault::UpstreamIsOurselves);
            }
            Ok(UpstreamTarget::Url(origin))
        }),
        [_, _, _] => here(ConfigFault::Target),
    }
}

fn read_identity(table: &Table<'_>, target: Option<&UpstreamTarget>) -> Option<Identity> {
    let headers = match table.has("identity") {
        false => false,
        true => table.parsed("identity", |text| match text {
            "none" => Ok(false),
            "headers" => Ok(true),
            _ => Err(ConfigFault::Word {
                allowed: IDENTITIES,
            }),
        })?,
    };
    let shared_secret = text::secret_at(table, "shared_secret");
    let claims = read_claims(table);
    match (headers, target) {
        (false, _) if table.has("shared_secret") => {
            table.fault("shared_secret", ConfigFault::SharedSecretUnused);
            None
        }
        (false, _) if table.has("claims") => {
            table.fault("claims", ConfigFault::ClaimsUnused);
            None
        }
        (false, _) => Some(Identity::None),
        (true, Some(UpstreamTarget::Assets)) => {
            table.fault("identity", ConfigFault::AssetsIdentity);
            None
        }
        (true, _) if !table.has("shared_secret") => {
            table.fault("identity", ConfigFault::SharedSecretMissing);
            None
        }
        (true, _) => Some(Identity::Headers {
            shared_secret,
            claims,
        }),
    }
}

/// The headers that are set anyway, and the one that carried the shared secret in an earlier version: an upstream may
/// still compare it.
const ALWAYS: [&str; 6] = [
    "lychgate-user",
    "lychgate-issuer",
    "lychgate-email",
    "lychgate-groups",
    "lychgate-secret",
    "lychgate-proof",
];

/// The headers for claims. No client can send one, because every header under the prefix is dropped.
fn read_claims(table: &Table<'_>) -> Vec<ClaimHeader> {
    let mut claims: Vec<ClaimHeader> = Vec::new();
    for (name, path) in table.pairs("claims").unwrap_or_default() {
        let at = path.at;
        let path = path.parsed(text::claim_path);
        let name = HeaderName::parse(name).filter(|name| {
            let rest = name.as_str().strip_prefix("lychgate-");
            rest.is_some_and(|rest| !rest.is_empty()) && !ALWAYS.contains(&name.as_str())
        });
        let Some(name) = name else {
            table.faults().add_at(at, ConfigFault::ClaimHeader);
            continue;
        };
        if claims.iter().any(|claim| claim.name == name) {
            table.faults().add_at(at, ConfigFault::Repeated);
        }
        claims.extend(path.map(|path| ClaimHeader { name, path }));
    }
    if claims.len() > MOST_CLAIMS {
        table.fault("claims", ConfigFault::TooMany { most: MOST_CLAIMS });
    }
    claims
}
