//! The answer for programs: one JSON object.

use super::{answer::Answer, tokens};
use crate::{configuration::place_of, print::conditions};
use lychgate_core::{
    access::{
        aliases::Aliases,
        condition::Standing,
        decision::Decision,
        explanation::{Branch, Finding},
        routes::{Access, Route},
        step_up::StepUp,
    },
    gateway::explain::Explanation,
    http::method::Method,
    time::Seconds,
};
use serde_json::{Map, Value, json};

pub(super) fn answer(answer: &Answer<'_>) -> Value {
    let mut out = Map::new();
    let mut add = |name: &str, value: Value| out.insert(name.to_owned(), value);
    add("method", json!(answer.asked.method.as_str()));
    add("host", json!(answer.host));
    add("target", json!(answer.asked.address.target));
    add("subject", json!(answer.who.map(|who| who.sub.as_str())));
    add(
        "provider",
        json!(answer.who.map(|who| who.provider.as_str())),
    );
    add("issuer", json!(answer.who.map(|who| who.iss.as_str())));
    add("at", json!(answer.now.as_seconds()));
    add("allowed", json!(answer.explanation.is_allowed()));
    let decision = match answer.explanation {
        Explanation::WrongHost => "wrong_host",
        Explanation::Malformed => "bad_request",
        Explanation::OwnEndpoint(_) => "own_endpoint",
        Explanation::ResourceMetadata => "resource_metadata",
        Explanation::NoRoute => "not_found",
        Explanation::MethodNotAllowed { allow } => {
            add("allow", names(allow));
            "method_not_allowed"
        }
        Explanation::Decided {
            routes,
            decision,
            needs_proof_of_origin,
        } => {
            let all = routes
                .iter()
                .map(|(route, branch)| of_route(answer, route, branch));
            add("routes", all.collect());
            if let Some((route, _)) = routes.first() {
                add("path_matching", json!(matching(route)));
                if route.takes_tokens() {
                    add("asks", tokens::json(&answer.loaded.config, route));
                }
            }
            add("needs_proof_of_origin", json!(needs_proof_of_origin));
            match decision {
                Decision::Allow(_) => "allow",
                Decision::SignIn => "sign_in",
                Decision::OtherAudience => "other_audience",
                Decision::StepUp(step_up) => {
                    add("step_up", of_step_up(step_up));
                    "step_up"
                }
                Decision::Forbidden { missing } => {
                    let names = missing
                        .iter()
                        .map(|missing| conditions::missing(*missing).0);
                    add("missing", names.collect());
                    "forbidden"
                }
            }
        }
    };
    add("decision", json!(decision));
    Value::Object(out)
}

/// Which other paths the upstream may take for this one, and so whose rules hold, too.
const fn matching(route: &Route) -> &'static str {
    match route.aliases {
        Aliases::None => "exact",
        Aliases::StaticFiles => "static_files",
        Aliases::LooseReadings => "loose",
    }
}

fn of_step_up(step_up: &StepUp) -> Value {
    json!({
        "acr_values": step_up.acr_values,
        "max_age": step_up.max_age.map(Seconds::as_seconds),
    })
}

fn of_route(answer: &Answer<'_>, route: &Route, branch: &Branch) -> Value {
    let upstream = answer.loaded.config.upstream(route.upstream);
    let offset = place_of::route(route, answer.loaded);
    let at = offset.map(|offset| answer.loaded.source.position(offset));
    json!({
        "path": route.pattern.to_string(),
        "at": at.map(|position| format!("{}:{position}", answer.asked.config.display())),
        "methods": route.methods.as_deref().map(names),
        "access": match route.access {
            Access::Public => "public",
            Access::Session => "session",
            Access::Bearer => "bearer",
            Access::SessionOrBearer => "session_or_bearer",
        },
        "upstream": upstream.map(|upstream| upstream.id.as_str()),
        "require": branch.findings.iter().map(of_finding).collect::<Value>(),
    })
}

/// A condition under the key that it has in the configuration, and what it comes to.
fn of_finding(finding: &Finding) -> Value {
    let mut out = Map::new();
    let standing = match finding {
        Finding::One(condition, standing) => {
            let (key, asked) = conditions::written(condition);
            out.insert(key.to_owned(), asked);
            standing
        }
        Finding::Any(branches, standing) => {
            let branches = branches.iter().map(|branch| {
                let findings: Value = branch.findings.iter().map(of_finding).collect();
                json!({"met": branch.standing == Standing::Met, "all": findings})
            });
            out.insert("any".to_owned(), branches.collect());
            standing
        }
    };
    out.insert("met".to_owned(), json!(*standing == Standing::Met));
    Value::Object(out)
}

fn names(methods: &[Method]) -> Value {
    methods.iter().map(Method::as_str).collect()
}
