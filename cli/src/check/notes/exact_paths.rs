//! The notes of `lychgate check` on an upstream with `path_matching = "exact"`: which routes answer for which others
//! where the upstream reads paths more loosely after all.

use crate::{
    configuration::{load::Loaded, place_of},
    print::problem::Note,
};
use lychgate_core::{
    access::{
        pattern::Relation,
        routes::{Access, Route},
        upstream_index::UpstreamIndex,
    },
    config::{Config, PathMatching, at::ConfigPath},
};

/// A note for each upstream that would be open in this way.
pub(crate) fn notes(loaded: &Loaded) -> Vec<Note> {
    let upstreams = loaded.config.upstreams.iter().enumerate();
    let exact = upstreams.filter(|(_, upstream)| upstream.path_matching == PathMatching::Exact);
    exact
        .filter_map(|(place, upstream)| {
            let opened = opened(&loaded.config, UpstreamIndex(place));
            let what = format!(
                "path_matching = \"exact\": if {} reads paths more loosely than they are written (letter case, a slash \
                 or dot at the end, ;parameters, escapes within escapes), {}",
                upstream.id,
                opened.join("; ")
            );
            let setting = ConfigPath::root().key("upstream").item(place);
            let offset = place_of::setting(setting.key("path_matching"), loaded)?;
            let place = loaded.source.place(offset);
            (!opened.is_empty()).then_some(Note { place, what })
        })
        .collect()
}

/// Each route of the upstream whose paths may be read as those of routes that ask for something else, with these.
fn opened(config: &Config, upstream: UpstreamIndex) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for open in config
        .routes
        .routes()
        .filter(|route| route.upstream == upstream)
    {
        let mut closed: Vec<String> = Vec::new();
        for other in config
            .routes
            .routes()
            .filter(|other| is_opened(open, other))
        {
            let pattern = other.pattern.to_string();
            if !closed.contains(&pattern) {
                closed.push(pattern);
            }
        }
        let sentence = format!(
            "{} ({}) answers for {}",
            open.pattern,
            access(open),
            closed.join(", ")
        );
        if !closed.is_empty() && !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said
}

/// Whether a path of `open` may be read as one of `other`, which asks for something else and does not hold there.
fn is_opened(open: &Route, other: &Route) -> bool {
    let asks_otherwise = (&open.access, &open.requirements) != (&other.access, &other.requirements);
    let loosened = open.pattern.loosened().relation(&other.pattern.loosened());
    let is_wider = matches!(
        other.pattern.relation(&open.pattern),
        Relation::Around | Relation::Same
    );
    other.is_protected() && asks_otherwise && !is_wider && loosened != Relation::Disjoint
}

const fn access(route: &Route) -> &'static str {
    match route.access {
        Access::Public => "public",
        Access::Session => "session",
        Access::Bearer => "bearer",
        Access::SessionOrBearer => "session or bearer",
    }
}
