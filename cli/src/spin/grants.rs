//! What the manifest grants Lychgate's component: without one of these, it answers 503 or 502.

use super::{Fault, Placement, SITE, allowed_hosts, manifest::Placed};
use lychgate_core::{
    config::{KeySource, MetadataSource, Protocol, Provider, SecretName, UpstreamTarget},
    http::url::{Origin, Url},
};

pub(super) fn faults(placement: &Placement<'_>) -> Vec<Fault> {
    let component = placement.component;
    let mut faults = Vec::new();
    let secrets = placement.config.secret_names().into_iter();
    faults.extend(secrets.filter_map(|secret| variable(placement, secret)));
    faults.extend(hosts(placement));
    faults.extend(site(placement));
    let stores = &component.key_value_stores;
    faults.extend(default(stores, "key_value_stores", "sessions"));
    let databases = &component.sqlite_databases;
    faults.extend(default(databases, "sqlite_databases", "the ledger"));
    faults
}

/// A secret comes in a variable of its name in lower case.
fn variable(placement: &Placement<'_>, secret: &SecretName) -> Option<Fault> {
    let (manifest, component) = (placement.manifest, placement.component);
    let name = lychgate_core::gateway::spin_variable(&secret.0);
    if component.variables.value.contains(&name) {
        return None;
    }
    let section = component.section("variables");
    let mut hint = format!("add {name} = \"{{{{ {name} }}}}\" under {section}");
    if !manifest.variables.contains(&name) {
        hint.push_str(" and ");
        hint.push_str(&name);
        hint.push_str(" = { required = true, secret = true } under [variables]");
    }
    Some(Fault {
        offset: component.variables.offset,
        what: format!("the secret {} has no variable {name}", secret.0),
        hint,
    })
}

fn hosts(placement: &Placement<'_>) -> Vec<Fault> {
    let (config, component) = (placement.config, placement.component);
    let allowed = &component.allowed_outbound_hosts;
    let covered = |origin: &Origin| {
        let mut entries = allowed.value.iter();
        component.has_older_list || entries.any(|entry| allowed_hosts::covers(entry, origin))
    };
    let fault = |origin: &Origin, whose: String, more: &str| Fault {
        offset: allowed.offset,
        what: format!("allowed_outbound_hosts does not cover {origin}, {whose}"),
        hint: format!("add \"{origin}\"{more}"),
    };
    let endpoint_fault = |provider: &Provider, origin: &Origin| {
        let whose = format!("an endpoint of the provider \"{}\"", provider.id);
        fault(origin, whose, "")
    };
    let mut faults = Vec::new();
    for provider in &config.providers {
        match &provider.protocol {
            Protocol::OpenId(MetadataSource::Document(url)) => {
                let origin = url.origin();
                if !covered(origin) {
                    faults.push(fault(
                        origin,
                        format!("where the metadata of the provider \"{}\" is", provider.id),
                        ", and the hosts of its token, key and userinfo endpoints where they are others",
                    ));
                }
            }
            Protocol::OpenId(MetadataSource::Written(endpoints)) => {
                let origins = uncovered(endpoints.asked(), &covered);
                faults.extend(origins.into_iter().map(|it| endpoint_fault(provider, it)));
            }
            Protocol::OAuth(server) => {
                let origins = uncovered(server.asked(), &covered);
                faults.extend(origins.into_iter().map(|it| endpoint_fault(provider, it)));
            }
        }
    }
    for issuer in &config.issuers {
        match &issuer.keys {
            KeySource::Discovery(url) | KeySource::Url(url) if !covered(url.origin()) => {
                let whose = format!("where the keys of the issuer \"{}\" are", issuer.issuer);
                let more = match &issuer.keys {
                    KeySource::Discovery(_) => {
                        ", and the host of its jwks_uri where that is another"
                    }
                    KeySource::Url(_) | KeySource::Inline(_) | KeySource::SharedSecret(_) => "",
                };
                faults.push(fault(url.origin(), whose, more));
            }
            KeySource::Discovery(_)
            | KeySource::Url(_)
            | KeySource::Inline(_)
            | KeySource::SharedSecret(_) => {}
        }
    }
    for upstream in &config.upstreams {
        match &upstream.target {
            UpstreamTarget::Url(origin) if !covered(origin) => {
                let whose = format!("the url of the upstream \"{}\"", upstream.id);
                faults.push(fault(origin, whose, ""));
            }
            UpstreamTarget::Url(_) | UpstreamTarget::Assets | UpstreamTarget::Service(_) => {}
        }
    }
    faults
}

/// The origins of endpoints that are not covered, each once.
fn uncovered<'a>(
    endpoints: impl Iterator<Item = &'a Url>,
    covered: &impl Fn(&Origin) -> bool,
) -> Vec<&'a Origin> {
    let mut found: Vec<&Origin> = Vec::new();
    for origin in endpoints.map(Url::origin) {
        if !covered(origin) && !found.contains(&origin) {
            found.push(origin);
        }
    }
    found
}

fn site(placement: &Placement<'_>) -> Option<Fault> {
    let mut upstreams = placement.config.upstreams.iter();
    let assets = upstreams.find(|upstream| matches!(upstream.target, UpstreamTarget::Assets))?;
    let component = placement.component;
    (!component.may_have_files_in(SITE)).then(|| Fault {
        offset: component.files.offset,
        what: format!(
            "nothing is mounted at /site, the files of the upstream \"{}\"",
            assets.id
        ),
        hint: "add { source = \"FOLDER\", destination = \"/site\" } to files".to_owned(),
    })
}

fn default(list: &Placed<Vec<String>>, key: &str, what: &str) -> Option<Fault> {
    let granted = list.value.iter().any(|label| label == "default");
    (!granted).then(|| Fault {
        offset: list.offset,
        what: format!("{key} does not list \"default\", which keeps {what}"),
        hint: format!("{key} = [\"default\"]"),
    })
}
