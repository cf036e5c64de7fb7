//! The grants that Lychgate's component needs of the manifest: without one of these, it answers 503 or 502.

use super::{
    allowed_hosts,
    fault::{Fault, Placement},
    manifest::{Placed, SITE},
};
use lychgate_core::{
    config::{
        AskedEndpoint, Issuer, KeySource, MetadataSource, Protocol, Provider, SecretName, Upstream,
        UpstreamTarget,
    },
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

/// The list of hosts, and whether it lets out what it has to.
struct Hosts<'a> {
    allowed: &'a Placed<Vec<String>>,
    has_older_list: bool,
}

impl Hosts<'_> {
    fn covers(&self, origin: &Origin) -> bool {
        let mut entries = self.allowed.value.iter();
        self.has_older_list || entries.any(|entry| allowed_hosts::covers(entry, origin))
    }

    fn fault(&self, origin: &Origin, whose: &str, more: &str) -> Fault {
        Fault {
            offset: self.allowed.offset,
            what: format!("allowed_outbound_hosts does not cover {origin}, {whose}"),
            hint: format!("add \"{origin}\"{more}"),
        }
    }

    fn provider(&self, provider: &Provider) -> Vec<Fault> {
        let endpoints = match &provider.protocol {
            Protocol::OpenId(MetadataSource::Document(url)) => {
                let whose = format!("where the metadata of the provider \"{}\" is", provider.id);
                let more = ", and the hosts of its token, key and userinfo endpoints where they are others";
                let origin = Some(url.origin()).filter(|origin| !self.covers(origin));
                let fault = origin.map(|origin| self.fault(origin, &whose, more));
                return fault.into_iter().chain(self.hand_over(provider)).collect();
            }
            Protocol::OpenId(MetadataSource::Written(endpoints)) => {
                uncovered(endpoints.asked(), self)
            }
            Protocol::OAuth(server) => uncovered(server.asked(), self),
        };
        let whose = format!("an endpoint of the provider \"{}\"", provider.id);
        let faults = endpoints.into_iter();
        faults
            .map(|origin| self.fault(origin, &whose, ""))
            .chain(self.hand_over(provider))
            .collect()
    }

    /// Where Lychgate asks about tokens that pages hand over.
    fn hand_over(&self, provider: &Provider) -> Vec<Fault> {
        let of_protocol = match &provider.protocol {
            Protocol::OAuth(server) => uncovered(server.asked(), self),
            Protocol::OpenId(_) => Vec::new(),
        };
        let origins = uncovered(provider.hand_over.asked(), self).into_iter();
        let whose = format!(
            "where tokens are asked about that pages hand over for the provider \"{}\"",
            provider.id
        );
        origins
            .filter(|origin| !of_protocol.contains(origin))
            .map(|origin| self.fault(origin, &whose, ""))
            .collect()
    }

    /// Where Lychgate asks about the tokens of an issuer.
    fn asked(&self, issuer: &Issuer) -> Option<Fault> {
        let name = &issuer.issuer;
        let (url, whose, more) = match &issuer.asked()?.endpoint {
            AskedEndpoint::At(url) => {
                let whose = format!("where tokens of the issuer \"{name}\" are asked about");
                (url, whose, "")
            }
            AskedEndpoint::Discovery(url) => {
                let whose = format!("where the metadata of the issuer \"{name}\" is");
                let more = ", and the host of its introspection_endpoint where that is another";
                (url, whose, more)
            }
        };
        let origin = url.origin();
        (!self.covers(origin)).then(|| self.fault(origin, &whose, more))
    }

    fn issuer(&self, issuer: &Issuer) -> Option<Fault> {
        let (url, more) = match &issuer.keys {
            KeySource::Discovery(url) => {
                (url, ", and the host of its jwks_uri where that is another")
            }
            KeySource::Url(url) => (url, ""),
            KeySource::Inline(_) | KeySource::SharedSecret(_) | KeySource::None => return None,
        };
        let whose = format!("where the keys of the issuer \"{}\" are", issuer.issuer);
        let origin = url.origin();
        (!self.covers(origin)).then(|| self.fault(origin, &whose, more))
    }

    fn upstream(&self, upstream: &Upstream) -> Option<Fault> {
        let UpstreamTarget::Url(origin) = &upstream.target else {
            return None;
        };
        let whose = format!("the url of the upstream \"{}\"", upstream.id);
        (!self.covers(origin)).then(|| self.fault(origin, &whose, ""))
    }
}

fn hosts(placement: &Placement<'_>) -> Vec<Fault> {
    let (config, component) = (placement.config, placement.component);
    let hosts = Hosts {
        allowed: &component.allowed_outbound_hosts,
        has_older_list: component.has_older_list,
    };
    let providers = config.providers.iter().flat_map(|it| hosts.provider(it));
    let issuers = config.issuers.iter().filter_map(|it| hosts.issuer(it));
    let asked = config.issuers.iter().filter_map(|it| hosts.asked(it));
    let upstreams = config.upstreams.iter().filter_map(|it| hosts.upstream(it));
    providers
        .chain(issuers)
        .chain(asked)
        .chain(upstreams)
        .collect()
}

/// The origins of endpoints that are not covered, each once.
fn uncovered<'a>(endpoints: impl Iterator<Item = &'a Url>, hosts: &Hosts<'_>) -> Vec<&'a Origin> {
    let mut found: Vec<&Origin> = Vec::new();
    for origin in endpoints.map(Url::origin) {
        if !hosts.covers(origin) && !found.contains(&origin) {
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
