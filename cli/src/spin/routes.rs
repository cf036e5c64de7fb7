//! The ways to components, those around Lychgate above all.

use super::{
    fault::{Fault, Placement, Remark},
    manifest::Component,
};
use lychgate_core::{config::UpstreamTarget, http::url::Origin};

/// Every path there is.
const ALL: &str = "/...";

pub(super) fn faults(placement: &Placement<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (upstream, name) in reached(placement) {
        match placement.manifest.find(name) {
            Some(place) if place == placement.place => faults.push(itself(placement, upstream)),
            Some(place) => {
                let routes = placement.manifest.public_routes(place);
                faults.extend(routes.map(|(route, offset)| around(upstream, name, route, offset)));
            }
            // Spin makes up the names of components that stand inside of triggers.
            None if placement.manifest.components.iter().any(is_nameless) => {}
            None => faults.push(missing(placement, upstream, name)),
        }
    }
    faults.extend(services(placement));
    faults.extend(shared(placement));
    faults
}

pub(super) fn remarks(placement: &Placement<'_>) -> Vec<Remark> {
    let manifest = placement.manifest;
    let mut remarks: Vec<Remark> = own(placement).into_iter().collect();
    let reached: Vec<Option<usize>> = reached(placement)
        .map(|(_, name)| manifest.find(name))
        .collect();
    for trigger in &manifest.triggers {
        let to_us = trigger.component == Some(placement.place);
        let is_upstream = trigger.component.is_some() && reached.contains(&trigger.component);
        let Some((route, offset)) = trigger.public() else {
            continue;
        };
        if to_us || is_upstream {
            continue;
        }
        let component = trigger.component.and_then(|at| manifest.components.get(at));
        let to = component.map_or_else(|| "an answer of the manifest".to_owned(), Component::name);
        remarks.push(Remark {
            offset,
            what: format!("requests to {route} go to {to} and do not pass Lychgate"),
        });
    }
    remarks
}

/// The upstreams that are components, and the components' names.
fn reached<'a>(placement: &Placement<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let upstreams = placement.config.upstreams.iter();
    upstreams.filter_map(|upstream| match &upstream.target {
        UpstreamTarget::Url(origin) => Some((upstream.id.as_str(), component_of(origin)?)),
        UpstreamTarget::Assets | UpstreamTarget::Service(_) => None,
    })
}

fn component_of(origin: &Origin) -> Option<&str> {
    let name = origin.host().strip_suffix(".spin.internal")?;
    origin.is_spin_component().then_some(name)
}

const fn is_nameless(component: &Component) -> bool {
    component.id.is_none()
}

fn missing(placement: &Placement<'_>, upstream: &str, name: &str) -> Fault {
    Fault {
        offset: placement.component.offset,
        what: format!(
            "the upstream \"{upstream}\" is the component \"{name}\", which is not there"
        ),
        hint: format!(
            "add [component.{name}], and [[trigger.http]] with component = \"{name}\" and route = {{ private = true }}"
        ),
    }
}

fn around(upstream: &str, name: &str, route: &str, offset: usize) -> Fault {
    Fault {
        offset,
        what: format!(
            "everyone reaches the component \"{name}\", the upstream \"{upstream}\", around Lychgate at {route}"
        ),
        hint: "write route = { private = true }; Lychgate reaches it all the same".to_owned(),
    }
}

/// Upstreams that only Cloudflare has.
fn services(placement: &Placement<'_>) -> Vec<Fault> {
    let upstreams = placement.config.upstreams.iter();
    let faults = upstreams.filter_map(|upstream| match &upstream.target {
        UpstreamTarget::Service(binding) => Some(Fault {
            offset: placement.component.offset,
            what: format!(
                "the upstream \"{}\" is the service binding {}, and Spin has none",
                upstream.id, binding.0
            ),
            hint: "write url = \"http://NAME.spin.internal\" in lychgate.toml, or delete spin.toml where this goes to Workers"
                .to_owned(),
        }),
        UpstreamTarget::Assets | UpstreamTarget::Url(_) => None,
    });
    faults.collect()
}

fn itself(placement: &Placement<'_>, upstream: &str) -> Fault {
    Fault {
        offset: placement.component.offset,
        what: format!("the upstream \"{upstream}\" is Lychgate itself"),
        hint: "name the component that requests are for".to_owned(),
    }
}

/// Of two triggers with one route, Spin follows the last.
fn shared(placement: &Placement<'_>) -> Vec<Fault> {
    let ours: Vec<&str> = placement
        .manifest
        .public_routes(placement.place)
        .map(|(route, _)| route)
        .collect();
    let triggers = placement.manifest.triggers.iter();
    let others = triggers.filter(|trigger| trigger.component != Some(placement.place));
    let same = others.filter_map(|trigger| {
        let (route, offset) = trigger.public()?;
        ours.contains(&route).then(|| Fault {
            offset,
            what: format!("{route} is the route of Lychgate too, and Spin follows only one"),
            hint: "give it another route, or route = { private = true }".to_owned(),
        })
    });
    same.collect()
}

/// A remark about Lychgate's own route, where that is not every path.
fn own(placement: &Placement<'_>) -> Option<Remark> {
    let mut routes = placement.manifest.public_routes(placement.place);
    if routes.any(|(route, _)| route == ALL) {
        return None;
    }
    let routes: Vec<(&str, usize)> = placement.manifest.public_routes(placement.place).collect();
    let Some((_, offset)) = routes.first() else {
        return Some(Remark {
            offset: placement.component.offset,
            what: format!("no public route leads to {}", placement.component.name()),
        });
    };
    let names: Vec<&str> = routes.iter().map(|(route, _)| *route).collect();
    Some(Remark {
        offset: *offset,
        what: format!(
            "only requests to {} reach Lychgate; its own endpoints are below {}",
            names.join(" and "),
            placement.config.base_path
        ),
    })
}
