//! Service bindings that upstreams name, against those of `wrangler.toml`.

use super::wrangler::{Environment, Service};
use crate::print::{problem::Problem, source::Source};
use lychgate_core::config::{Config, Upstream, UpstreamTarget};

/// Upstreams whose binding an environment lacks, or has for the Worker itself.
pub(crate) fn problems(
    source: &Source,
    environment: &Environment,
    config: &Config,
) -> Vec<Problem> {
    let upstreams = config.upstreams.iter();
    let faults = upstreams.filter_map(|upstream| fault(upstream, environment));
    let problems = faults.map(|(offset, what, hint)| Problem {
        place: offset.map_or_else(|| source.whole(), |offset| source.place(offset)),
        what,
        hint: Some(hint),
    });
    problems.collect()
}

fn fault(
    upstream: &Upstream,
    environment: &Environment,
) -> Option<(Option<usize>, String, String)> {
    let UpstreamTarget::Service(name) = &upstream.target else {
        return None;
    };
    let (id, binding) = (&upstream.id, &name.0);
    let is_it = |service: &&Service| service.binding == *binding;
    let Some(service) = environment.services.iter().find(is_it) else {
        let (place, table) = match &environment.name {
            None => (String::new(), "services".to_owned()),
            Some(name) => (
                format!(" in the environment \"{name}\""),
                format!("env.{name}.services"),
            ),
        };
        let what = format!(
            "no service binding is called {binding}{place}, as the upstream \"{id}\" has it"
        );
        let hint = format!("add [[{table}]] with binding = \"{binding}\" and service = \"WORKER\"");
        let offset = environment.name.as_ref().map(|_| environment.offset);
        return Some((offset, what, hint));
    };
    (Some(&service.worker) == environment.worker.as_ref()).then(|| {
        (
            Some(service.offset),
            format!("the upstream \"{id}\" is this Worker itself"),
            "name the Worker that requests are for".to_owned(),
        )
    })
}
