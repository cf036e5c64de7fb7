//! The notes of `lychgate check` on rules that more people meet than they were perhaps written for.
//!
//! A group called `staff` is one thing at the company's provider and another at one where anybody may call a group so.
//! Where several providers or issuers can meet a rule, it should say whose word counts. These are notes, not errors: two
//! providers may well mean the same by a name.

use crate::{
    configuration::{load::Loaded, place_of},
    print::{conditions, problem::Note},
};
use lychgate_core::{
    access::{
        condition::Condition,
        principal::Credential,
        requirements::{Requirement, Requirements},
        routes::Route,
    },
    config::{Config, MetricsAccess},
};

/// A note for each route with such a rule, and for each that takes tokens for another service.
pub(crate) fn notes(loaded: &Loaded) -> Vec<Note> {
    let config = &loaded.config;
    let mut notes = Vec::new();
    for route in config.routes.routes() {
        let of_rules = unnamed(&route.requirements)
            .and_then(|condition| several(&condition, &sources(config, route)));
        let found = of_rules.into_iter().chain(other_services(config, route));
        for what in found {
            let offset = place_of::route(route, loaded);
            notes.extend(offset.map(|offset| Note {
                place: loaded.source.place(offset),
                what,
            }));
        }
    }
    notes
}

/// The same for the counters, which belong to no route.
pub(crate) fn note_of_metrics(config: &Config) -> Option<String> {
    let Some(MetricsAccess::Session(requirements)) = &config.metrics else {
        return None;
    };
    let condition = unnamed(requirements)?;
    let what = several(&condition, &providers(config))?;
    Some(format!("metrics: {what}"))
}

fn several(condition: &str, sources: &[&str]) -> Option<String> {
    (sources.len() > 1).then(|| {
        format!(
            "{condition} is met by what any of these issuers says: {}; where only some are meant, name them beside it \
             with providers = [\"...\"] or issuers = [\"...\"]",
            sources.join(", ")
        )
    })
}

/// The first condition on a name that everyone may use in a sense of their own, with nothing beside it that says who is
/// meant.
fn unnamed(requirements: &Requirements) -> Option<String> {
    let names_source = |requirement: &Requirement| match requirement {
        Requirement::One(condition) => says(condition) == Says::Source,
        Requirement::Any(_) => false,
    };
    if requirements.0.iter().any(names_source) {
        return None;
    }
    requirements
        .0
        .iter()
        .find_map(|requirement| match requirement {
            Requirement::One(condition) => {
                (says(condition) == Says::OwnWord).then(|| conditions::toml(condition))
            }
            Requirement::Any(branches) => branches.iter().find_map(unnamed),
        })
}

/// The part of a condition in telling sources of claims apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// The source whose word counts.
    Source,
    /// A word that each source has in a sense of its own.
    OwnWord,
    Neither,
}

fn says(condition: &Condition) -> Says {
    match condition {
        Condition::Provider(_) | Condition::Issuer(_) => Says::Source,
        Condition::Claim(claim) if claim.path.top() == "iss" => Says::Source,
        Condition::AnyGroup(_)
        | Condition::AllGroups(_)
        | Condition::AnyRole(_)
        | Condition::AllRoles(_)
        | Condition::EmailDomains(_)
        | Condition::Claim(_)
        | Condition::Client(_)
        | Condition::Acr(_) => Says::OwnWord,
        Condition::AnyScope(_) | Condition::AllScopes(_) | Condition::MaxAge(_) => Says::Neither,
    }
}

/// The issuers that make the claims which a route's rules are held against, each once.
fn sources<'a>(config: &'a Config, route: &Route) -> Vec<&'a str> {
    let mut sources = Vec::new();
    if route.access.takes(Credential::Session) {
        sources = providers(config);
    }
    if route.takes_tokens() {
        let issuers = config.issuers.iter();
        let here = issuers.filter(|issuer| route.is_audience(Some(&issuer.audiences)));
        add(&mut sources, here.map(|issuer| issuer.issuer.as_str()));
    }
    sources
}

fn providers(config: &Config) -> Vec<&str> {
    let mut sources = Vec::new();
    let issuers = config.providers.iter().map(|it| it.issuer.as_str());
    add(&mut sources, issuers);
    sources
}

fn add<'a>(sources: &mut Vec<&'a str>, more: impl Iterator<Item = &'a str>) {
    for source in more {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
}

/// The note for a route that takes access tokens for several audiences and forwards them to one of several upstreams.
fn other_services(config: &Config, route: &Route) -> Option<String> {
    let takers = || config.routes.routes().filter(|it| it.takes_tokens());
    let leads_elsewhere = takers().any(|other| other.upstream != route.upstream);
    let mut audiences: Vec<&str> = Vec::new();
    let all = config.issuers.iter().flat_map(|issuer| &issuer.audiences);
    add(&mut audiences, all.map(String::as_str));
    let is_open = route.takes_tokens() && route.audiences.is_none();
    (is_open && leads_elsewhere && audiences.len() > 1).then(|| {
        format!(
            "tokens for any of these audiences count here, and reach other upstreams, too: {}; where they are for \
             different services, add audiences = [\"...\"] to the route or its upstream",
            audiences.join(", ")
        )
    })
}
