//! The answer for people: who asks, which routes hold, what each requirement comes to, the decision.

use super::{answer::Answer, tokens};
use crate::{
    configuration::place_of,
    print::{conditions, style},
};
use lychgate_core::{
    access::{
        aliases::Aliases,
        condition::Standing,
        decision::Decision,
        explanation::{Branch, Finding},
        principal::Credential,
        routes::{Access, Route},
        step_up::StepUp,
    },
    gateway::explain::Explanation,
    http::method::Method,
    session::record::SessionRecord,
    time::{Seconds, UnixTime},
};
use std::io::{self, Write};

pub(super) fn write(answer: &Answer<'_>, output: &mut impl Write) -> io::Result<()> {
    let method = answer.asked.method.as_str();
    let target = &answer.asked.address.target;
    writeln!(output, "{method} {target} at {}", answer.host)?;
    writeln!(output, "who       {}", who(answer))?;
    if let Explanation::Decided {
        routes,
        needs_proof_of_origin,
        ..
    } = answer.explanation
    {
        let own = ("route", "");
        let aliases = routes.first().map(|(route, _)| route.aliases);
        let why = match aliases {
            Some(Aliases::LooseReadings) => {
                ", because the upstream may read the path as one of these"
            }
            Some(Aliases::StaticFiles | Aliases::None) | None => {
                ", for another spelling of this file"
            }
        };
        let other = ("also", why);
        let labels = std::iter::once(own).chain(std::iter::repeat(other));
        for ((label, why), (route, branch)) in labels.zip(routes) {
            writeln!(output, "{label:<10}{}{why}", describe(answer, route))?;
            findings(answer, &branch.findings, 1, output)?;
        }
        // The route of the path alone says whose an opaque token is.
        for line in routes
            .iter()
            .take(1)
            .flat_map(|(route, _)| tokens::lines(&answer.loaded.config, route))
        {
            writeln!(output, "tokens    {line}")?;
        }
        if aliases == Some(Aliases::None) {
            writeln!(
                output,
                "note      path_matching = \"exact\": other readings of the path are not looked at"
            )?;
        }
        if *needs_proof_of_origin {
            writeln!(
                output,
                "note      a {method} must come from a page of this site, too"
            )?;
        }
    }
    let style = if answer.explanation.is_allowed() {
        style::GOOD
    } else {
        style::ERROR
    };
    writeln!(output, "decision  {style}{}{style:#}", decision(answer))
}

fn who(answer: &Answer<'_>) -> String {
    let Some(who) = answer.who else {
        return "nobody is signed in".to_owned();
    };
    let name = if who.sub.is_empty() {
        "someone"
    } else {
        &who.sub
    };
    let authenticated = match who.auth_time {
        Some(at) => format!(
            ", authenticated {} before",
            answer.now.since(UnixTime::from_seconds(at))
        ),
        None => String::new(),
    };
    // Where there are several, it matters whose word the facts are.
    let issuer = match answer.loaded.config.providers.len() {
        0 | 1 => String::new(),
        _ => format!(" ({})", who.iss),
    };
    format!(
        "{name}, signed in at {}{issuer}{authenticated}",
        who.provider
    )
}

fn describe(answer: &Answer<'_>, route: &Route) -> String {
    let place = |offset| {
        let position = answer.loaded.source.position(offset);
        format!(" ({}:{position})", answer.asked.config.display())
    };
    let at = place_of::route(route, answer.loaded).map_or(String::new(), place);
    let methods = route
        .methods
        .as_ref()
        .map_or("all methods".to_owned(), |methods| list(methods));
    let access = match route.access {
        Access::Public => "public",
        Access::Session => "session",
        Access::Bearer => "bearer",
        Access::SessionOrBearer => "session or bearer",
    };
    let upstream = upstream(answer, route);
    format!(
        "{}{at}: {methods}, {access}, upstream {upstream}",
        route.pattern
    )
}

fn upstream<'a>(answer: &Answer<'a>, route: &Route) -> &'a str {
    let upstream = answer.loaded.config.upstream(route.upstream);
    upstream.map_or("", |upstream| upstream.id.as_str())
}

fn list(methods: &[Method]) -> String {
    let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
    methods.join(", ")
}

/// One line for each condition and each choice, those inside a choice further to the right.
fn findings(
    answer: &Answer<'_>,
    all: &[Finding],
    depth: usize,
    output: &mut impl Write,
) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    for finding in all {
        match finding {
            Finding::One(condition, standing) => {
                let held = held(answer.who, |who| {
                    conditions::held(condition, who, answer.now)
                });
                let (mark, condition) = (mark(*standing), conditions::toml(condition));
                writeln!(output, "{indent}{mark}  {condition}{held}")?;
            }
            Finding::Any(branches, standing) => {
                writeln!(output, "{indent}{}  any", mark(*standing))?;
                for branch in branches {
                    branch_of(answer, branch, depth.saturating_add(1), output)?;
                }
            }
        }
    }
    Ok(())
}

fn branch_of(
    answer: &Answer<'_>,
    branch: &Branch,
    depth: usize,
    output: &mut impl Write,
) -> io::Result<()> {
    if let [_] = branch.findings.as_slice() {
        return findings(answer, &branch.findings, depth, output);
    }
    let indent = "  ".repeat(depth);
    writeln!(output, "{indent}{}  all", mark(branch.standing))?;
    findings(answer, &branch.findings, depth.saturating_add(1), output)
}

fn held(who: Option<&SessionRecord>, say: impl Fn(&SessionRecord) -> String) -> String {
    who.map(|who| format!("  has: {}", say(who)))
        .unwrap_or_default()
}

fn mark(standing: Standing) -> String {
    let (style, word) = match standing {
        Standing::Met => (style::GOOD, "hit "),
        Standing::StepUp | Standing::Missing => (style::ERROR, "miss"),
    };
    format!("{style}{word}{style:#}")
}

fn decision(answer: &Answer<'_>) -> String {
    match answer.explanation {
        Explanation::WrongHost => format!(
            "wrong host (421): public_url is {}",
            answer.loaded.config.public_url
        ),
        Explanation::Malformed => {
            "bad request (400): the path can be read in more than one way".to_owned()
        }
        Explanation::OwnEndpoint(_) => {
            "an endpoint of Lychgate's own: no route decides about it".to_owned()
        }
        Explanation::ResourceMetadata => {
            "the metadata of a protected resource: Lychgate answers, no route decides about it"
                .to_owned()
        }
        Explanation::NoRoute => {
            "not found (404): no route has the path, or an upstream could read it as one with .. in it"
                .to_owned()
        }
        Explanation::MethodNotAllowed { allow } => {
            format!("method not allowed (405): the path takes {}", list(allow))
        }
        Explanation::Decided {
            routes, decision, ..
        } => match decision {
            Decision::Allow(_) => {
                let route = routes
                    .first()
                    .map_or("", |(route, _)| upstream(answer, route));
                format!("allow: goes to the upstream {route}")
            }
            Decision::SignIn if takes_sessions(routes) => {
                "sign in: a person is sent to sign in, everything else gets 401".to_owned()
            }
            Decision::SignIn => "401: it takes access tokens alone; \
                `lychgate token verify --resource` judges one that has a signature"
                .to_owned(),
            Decision::OtherAudience => "401: the token is for another audience".to_owned(),
            Decision::StepUp(step_up) => format!(
                "step up: a person authenticates again{}, everything else gets 401",
                asked_for(step_up)
            ),
            Decision::Forbidden { missing } => {
                let missing: Vec<&str> = missing.iter().map(|it| conditions::missing(*it).1).collect();
                format!("forbidden (403): lacks {}", missing.join(", "))
            }
        },
    }
}

fn asked_for(step_up: &StepUp) -> String {
    let acr = (!step_up.acr_values.is_empty())
        .then(|| format!(" with acr_values={:?}", step_up.acr_values.join(" ")));
    let age = step_up
        .max_age
        .map(|most| format!(" with max_age={}", Seconds::as_seconds(most)));
    acr.into_iter().chain(age).collect()
}

fn takes_sessions(routes: &[(&Route, Branch)]) -> bool {
    let mut protected = routes.iter().filter(|(route, _)| route.is_protected());
    protected.all(|(route, _)| route.access.takes(Credential::Session))
}
