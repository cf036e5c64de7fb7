//! Requirements as they are written against an evaluator that shares nothing with the compiled
//! ones: it walks the JSON of the configuration and of the claims, and knows no three standings.
//!
//! Nothing but an authentication keeps out a principal that would be let in if every `acr` and
//! `max_age` were met.

use super::Config;
use crate::{
    access::{
        condition::{Condition, Standing},
        decision::{Decision, Missing},
        explanation::{Branch, Finding},
        principal::{Credential, Principal},
    },
    http::{method::Method, path::RequestPath},
    time::UnixTime,
};
use alloc::{borrow::ToOwned, string::String, vec, vec::Vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const NOW: u64 = 1_800_000_000;

/// A principal: claims, and beside them how and when the user authenticated.
#[derive(Clone, Debug)]
struct Person {
    claims: Value,
    provider: Option<&'static str>,
    acr: Option<&'static str>,
    age: Option<u64>,
}

/// The authentication that the naive evaluator assumes for `acr` and `max_age`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Authentication {
    AsItIs,
    Perfect,
}

fn names() -> impl Strategy<Value = Value> {
    let name = prop_oneof![Just("a"), Just("b"), Just("ab")];
    prop::collection::btree_set(name, 1..3).prop_map(|names| json!(names))
}

fn providers() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(["p"])),
        Just(json!(["q"])),
        Just(json!(["q", "p"]))
    ]
}

fn issuers() -> impl Strategy<Value = Value> {
    let (p, q) = ("https://p.example.com", "https://q.example.com");
    prop_oneof![Just(json!([p])), Just(json!([q])), Just(json!([q, p]))]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => prop_oneof![Just(json!("a")), Just(json!("b")), Just(json!("ab")), Just(json!("1"))],
        2 => (0..2).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    prop::collection::vec(value(), 1..3).prop_map(|values| {
        let mut all: Vec<Value> = Vec::new();
        for value in values {
            if !all.contains(&value) {
                all.push(value);
            }
        }
        Value::Array(all)
    })
}

fn path() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("x"),
        Just("/x"),
        Just("/x/a"),
        Just("/x/0"),
        Just("/x/a/1"),
        Just("email"),
        Just("y/z"),
    ]
}

fn claim() -> impl Strategy<Value = Value> {
    prop_oneof![
        (path(), value()).prop_map(|(path, value)| json!({"path": path, "equals": value})),
        (path(), values()).prop_map(|(path, values)| json!({"path": path, "one_of": values})),
        (path(), value()).prop_map(|(path, value)| json!({"path": path, "contains": value})),
    ]
}

/// One key of `require` and what stands there.
fn key(branches: BoxedStrategy<Value>) -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        2 => names().prop_map(|names| ("any_group", names)),
        1 => providers().prop_map(|names| ("providers", names)),
        1 => issuers().prop_map(|names| ("issuers", names)),
        2 => names().prop_map(|names| ("all_groups", names)),
        1 => names().prop_map(|names| ("any_role", names)),
        1 => names().prop_map(|names| ("all_roles", names)),
        1 => Just(("email_domains", json!(["corp.com"]))),
        3 => prop::collection::vec(claim(), 1..3).prop_map(|claims| ("claims", json!(claims))),
        1 => names().prop_map(|names| ("acr", names)),
        1 => (1..3).prop_map(|minutes| ("max_age", json!(alloc::format!("{minutes}m")))),
        3 => branches.clone().prop_map(|branches| ("any", branches)),
        2 => branches.prop_map(|branches| ("all", branches)),
    ]
}

fn table(depth: u32) -> BoxedStrategy<Value> {
    let branches = if depth == 0 {
        Just(json!([{"any_group": ["a"]}])).boxed()
    } else {
        let branches = prop::collection::vec(table(depth.saturating_sub(1)), 1..4);
        branches.prop_map(Value::Array).boxed()
    };
    prop::collection::vec(key(branches), 1..4)
        .prop_map(|keys| {
            let keys = keys.into_iter();
            Value::Object(keys.map(|(key, value)| (key.to_owned(), value)).collect())
        })
        .boxed()
}

fn person() -> impl Strategy<Value = Person> {
    let held = prop_oneof![
        names(),
        Just(json!("a")),
        Just(json!(["a", "b", "ab"])),
        Just(json!([["a"], 1])),
        Just(json!({"a": true})),
    ];
    let inner = || {
        prop_oneof![
            value(),
            values(),
            Just(json!(["a", ["b", "1"]])),
            Just(json!(1.0))
        ]
    };
    let x = prop_oneof![
        2 => inner(),
        2 => inner().prop_map(|value| json!({"a": value})),
        1 => Just(json!(null)),
    ];
    let email = prop_oneof![Just("a@corp.com"), Just("a"), Just("a@corp.com.evil.com")];
    let verified = prop_oneof![3 => Just(json!(true)), 1 => Just(json!("true"))];
    let acr = prop_oneof![Just(None), Just(Some("a")), Just(Some("ab"))];
    let age = prop_oneof![
        Just(None),
        (0_u64..4).prop_map(|age| Some(age.saturating_mul(45)))
    ];
    let provider = prop_oneof![Just(None), Just(Some("p")), Just(Some("q"))];
    let who = (provider, acr, age);
    (held.clone(), held, x, email, verified, inner(), who).prop_map(
        |(groups, roles, x, email, verified, y, (provider, acr, age))| Person {
            claims: json!({
                "groups": groups,
                "access": {"roles": roles},
                "x": x,
                "y/z": y,
                "email": email,
                "email_verified": verified,
            }),
            provider,
            acr,
            age,
        },
    )
}

impl Person {
    fn issuer(&self) -> &'static str {
        match self.provider {
            Some("p") => "https://p.example.com",
            Some(_) => "https://q.example.com",
            None => "https://elsewhere.example.com",
        }
    }

    fn texts(&self, pointer: &str) -> Vec<&str> {
        match self.claims.pointer(pointer) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(one)) => vec![one],
            Some(Value::Object(members)) => members.keys().map(String::as_str).collect(),
            _ => vec![],
        }
    }

    fn meets(&self, key: &str, asked: &Value, believed: Authentication) -> bool {
        let listed = || asked.as_array().unwrap().iter();
        let held = |pointer: &str| {
            let held = self.texts(pointer);
            move |name: &Value| held.contains(&name.as_str().unwrap())
        };
        let is_verified = self.claims["email_verified"] == json!(true);
        match key {
            "any_group" => listed().any(held("/groups")),
            "all_groups" => listed().all(held("/groups")),
            "any_role" => listed().any(held("/access/roles")),
            "all_roles" => listed().all(held("/access/roles")),
            "providers" => listed().any(|name| name.as_str() == self.provider),
            "issuers" => listed().any(|name| name == self.issuer()),
            "email_domains" => is_verified && self.claims["email"] == json!("a@corp.com"),
            "claims" => listed().all(|claim| {
                let written = claim["path"].as_str().unwrap();
                let found = if written.starts_with('/') {
                    self.claims.pointer(written)
                } else {
                    self.claims.get(written)
                };
                let Some(found) = found else { return false };
                let (one_of, contains) = (&claim["one_of"], &claim["contains"]);
                let fits = if !one_of.is_null() {
                    one_of.as_array().unwrap().contains(found)
                } else if !contains.is_null() {
                    found == contains || found.as_array().is_some_and(|it| it.contains(contains))
                } else {
                    *found == claim["equals"]
                };
                fits && (written != "email" || is_verified)
            }),
            _ if believed == Authentication::Perfect && matches!(key, "acr" | "max_age") => true,
            "acr" => listed().any(|acr| acr.as_str() == self.acr),
            "max_age" => {
                let minutes: u64 = asked
                    .as_str()
                    .unwrap()
                    .trim_end_matches('m')
                    .parse()
                    .unwrap();
                self.age
                    .is_some_and(|age| age <= minutes.saturating_mul(60))
            }
            "any" => listed().any(|branch| self.meets_all(branch, believed)),
            "all" => listed().all(|branch| self.meets_all(branch, believed)),
            other => panic!("{other}"),
        }
    }

    fn meets_all(&self, table: &Value, believed: Authentication) -> bool {
        let keys = table.as_object().unwrap().iter();
        keys.into_iter()
            .all(|(key, asked)| self.meets(key, asked, believed))
    }

    /// The kinds that keep the person out whatever authentication they come with.
    fn lacks(&self, table: &Value) -> Vec<Missing> {
        let mut kinds = Vec::new();
        for (key, asked) in table.as_object().unwrap() {
            if self.meets(key, asked, Authentication::Perfect) {
                continue;
            }
            match key.as_str() {
                "any_group" | "all_groups" => kinds.push(Missing::Group),
                "any_role" | "all_roles" => kinds.push(Missing::Role),
                "email_domains" => kinds.push(Missing::EmailDomain),
                "claims" => kinds.push(Missing::Claim),
                "providers" | "issuers" => kinds.push(Missing::Source),
                _ => {
                    for branch in asked.as_array().unwrap() {
                        kinds.extend(self.lacks(branch));
                    }
                }
            }
        }
        kinds
    }

    /// The decision, and the explanation of it.
    fn explain(&self, config: &Config) -> (Decision, Branch) {
        let claims: &Map<String, Value> = self.claims.as_object().unwrap();
        let provider = &config.providers[0];
        let now = UnixTime::from_seconds(NOW);
        let principal = Principal {
            credential: Credential::Session,
            provider: self.provider,
            issuer: self.issuer(),
            subject: "subject",
            scope: "",
            client_id: None,
            audiences: None,
            groups: &provider.groups_claim.names(claims),
            roles: &provider.roles_claim.names(claims),
            claims,
            email: claims["email"].as_str(),
            email_verified: claims["email_verified"] == json!(true),
            acr: self.acr,
            authenticated_at: self
                .age
                .map(|age| UnixTime::from_seconds(NOW.saturating_sub(age))),
        };
        let path = RequestPath::parse("/").unwrap();
        let matched = config.routes.find(&path, &Method::Get).unwrap();
        let explained = matched.route().requirements.explain(&principal, now);
        (matched.decide(Some(&principal), now), explained)
    }

    fn decide(&self, config: &Config) -> Decision {
        self.explain(config).0
    }
}

/// The standing of a branch, computed again from the standings of its conditions alone.
fn comes_to(branch: &Branch) -> Standing {
    let findings = branch.findings.iter().map(|finding| match finding {
        Finding::One(_, standing) => *standing,
        Finding::Any(branches, standing) => {
            let best = branches.iter().map(comes_to).min().unwrap();
            assert_eq!(*standing, best, "{branches:?}");
            best
        }
    });
    let worst = findings.max().unwrap();
    assert_eq!(branch.standing, worst, "{branch:?}");
    worst
}

fn conditions(branch: &Branch) -> Vec<&Condition> {
    let findings = branch.findings.iter();
    findings
        .flat_map(|finding| match finding {
            Finding::One(condition, _) => vec![condition],
            Finding::Any(branches, _) => branches.iter().flat_map(conditions).collect(),
        })
        .collect()
}

fn config(require: &Value) -> Config {
    let written = json!({
        "version": 1,
        "public_url": "https://app.example.com",
        "key": [{"id": 1, "secret": "K"}],
        "provider": [
            {
                "id": "p",
                "issuer": "https://p.example.com",
                "client_id": "x",
                "roles_claim": "/access/roles",
            },
            {"id": "q", "issuer": "https://q.example.com", "client_id": "x"},
        ],
        "upstream": [{"id": "site", "assets": true}],
        "route": [{
            "path": "/**",
            "access": ["session"],
            "upstream": "site",
            "require": require,
        }],
    });
    Config::from_json(alloc::format!("{written}").as_bytes()).unwrap()
}

/// As a set: a kind counts once, in whatever order.
fn has_same_kinds(left: &[Missing], right: &[Missing]) -> bool {
    let inside = |of: &[Missing], all: &[Missing]| of.iter().all(|kind| all.contains(kind));
    inside(left, right) && inside(right, left)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_compiled_requirements_decide_as_walking_the_configuration_does(
        require in table(2),
        people in prop::collection::vec(person(), 8),
    ) {
        let config = config(&require);
        for person in people {
            let decision = person.decide(&config);
            // Whatever the provider then answers of what it was asked for lets the person in.
            if let Decision::StepUp(step_up) = &decision {
                let age = if step_up.max_age.is_some() { Some(0) } else { person.age };
                let ways = ["a", "b", "ab"].map(Some);
                let mut ways: Vec<_> = ways.into_iter().filter(|way| {
                    step_up.acr_values.iter().any(|asked| Some(asked.as_str()) == *way)
                }).collect();
                if step_up.acr_values.is_empty() {
                    ways.push(person.acr);
                }
                for acr in ways {
                    let again = Person { acr, age, ..person.clone() };
                    let decision = again.decide(&config);
                    prop_assert!(matches!(decision, Decision::Allow(_)), "{} {:?}", require, again);
                }
            }
            let is_met = person.meets_all(&require, Authentication::AsItIs);
            let would_be = person.meets_all(&require, Authentication::Perfect);
            let expected = match decision {
                Decision::Allow(_) => is_met,
                Decision::SignIn | Decision::OtherAudience => false,
                Decision::StepUp(_) => !is_met && would_be,
                // No authentication meets all of it at once.
                Decision::Forbidden { missing } if missing == [Missing::Authentication] => {
                    let fresh = |acr| Person { acr, age: Some(0), ..person.clone() };
                    let ways = [None, Some("a"), Some("b"), Some("ab")];
                    would_be && !ways.into_iter().any(|acr| {
                        fresh(acr).meets_all(&require, Authentication::AsItIs)
                    })
                }
                Decision::Forbidden { missing } => {
                    !would_be && has_same_kinds(&missing, &person.lacks(&require))
                }
            };
            prop_assert!(expected, "{} {:?}", require, person);
        }
    }

    /// Every condition is explained, in the order in which it is written, and from what is said of them
    /// alone follows what was decided.
    #[test]
    fn what_is_explained_is_what_is_decided(
        require in table(2),
        people in prop::collection::vec(person(), 4),
    ) {
        let config = config(&require);
        let route = config.routes.routes().next().unwrap();
        let mut asked = vec![];
        route.requirements.visit(&mut |condition| asked.push(condition.clone()));
        for person in people {
            let (decision, explained) = person.explain(&config);
            prop_assert!(conditions(&explained).into_iter().eq(asked.iter()));
            let expected = match comes_to(&explained) {
                Standing::Met => matches!(decision, Decision::Allow(_)),
                Standing::StepUp => {
                    let missing = vec![Missing::Authentication];
                    matches!(decision, Decision::StepUp(_))
                        || decision == Decision::Forbidden { missing }
                }
                Standing::Missing => matches!(decision, Decision::Forbidden { .. }),
            };
            prop_assert!(expected, "{} {:?} {:?}", require, person, explained);
        }
    }

    #[test]
    fn what_is_kept_is_what_is_asked_for(require in table(2)) {
        let config = config(&require);
        let provider = &config.providers[0];
        let text = alloc::format!("{require}");
        let asks = |word: &str| text.contains(&alloc::format!("\"{word}"));
        let keeps = |name: &str| provider.claims.iter().any(|kept| kept == name);
        prop_assert_eq!(keeps("groups"), asks("any_group") || asks("all_groups"));
        prop_assert_eq!(keeps("access"), asks("any_role") || asks("all_roles"));
        prop_assert_eq!(keeps("email"), asks("email"));
        prop_assert_eq!(keeps("email_verified"), asks("email"));
        prop_assert_eq!(keeps("x"), asks("x") || asks("/x"));
        prop_assert_eq!(keeps("y/z"), asks("y/z"));
    }
}
