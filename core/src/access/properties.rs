//! The compiled table against a matcher that shares nothing with it: every route in turn, matched
//! by recursion over text, ordered by which matching pattern matches the others' witnesses.

use super::{
    aliases::Aliases,
    pattern::{Pattern, Relation},
    requirements::Requirements,
    routes::{Access, Dpop, NoRoute, Route, RouteTable},
    upstream_index::UpstreamIndex,
};
use crate::http::{method::Method, path::RequestPath};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use proptest::prelude::*;

/// Whether the text of a pattern matches the text of a path.
fn matches(pattern: &str, path: &str) -> bool {
    let (Some(pattern), Some(path)) = (pattern.strip_prefix('/'), path.strip_prefix('/')) else {
        return pattern.is_empty() && path.is_empty();
    };
    if pattern == "**" {
        return true;
    }
    let cut = |text: &str| text.find('/').unwrap_or(text.len());
    let (step, more) = pattern.split_at(cut(pattern));
    let (segment, rest) = path.split_at(cut(path));
    let fits = if step == "*" {
        !segment.is_empty()
    } else {
        step == segment
    };
    fits && (matches(more, rest) || (rest.is_empty() && more == "/**"))
}

/// Every path of up to four segments over the alphabet of the patterns, and one letter beyond it.
fn all_paths() -> Vec<String> {
    let mut all = Vec::new();
    let mut parents = [String::new()].to_vec();
    for _ in 0..4 {
        let below = |parent: &String| ["a", "b", "c"].map(|segment| format!("{parent}/{segment}"));
        all.extend(parents.iter().map(|parent| format!("{parent}/")));
        parents = parents.iter().flat_map(below).collect();
        all.extend(parents.iter().cloned());
    }
    all
}

fn patterns() -> impl Strategy<Value = String> {
    let step = prop_oneof![2 => Just("a"), 2 => Just("b"), 2 => Just("*")];
    let tail = prop_oneof![Just(""), Just("/"), Just("/**")];
    (prop::collection::vec(step, 0..3), tail).prop_map(|(steps, tail)| {
        let steps: String = steps.iter().map(|step| format!("/{step}")).collect();
        let text = format!("{steps}{tail}");
        if text.is_empty() {
            "/".to_owned()
        } else {
            text
        }
    })
}

fn methods() -> impl Strategy<Value = Option<Vec<Method>>> {
    let one = prop_oneof![Just(Method::Get), Just(Method::Post), Just(Method::Head)];
    prop_oneof![
        3 => Just(None),
        2 => prop::collection::vec(one, 1..3).prop_map(Some),
    ]
}

fn takes(methods: Option<&Vec<Method>>, method: &Method) -> bool {
    let as_get = if *method == Method::Head {
        &Method::Get
    } else {
        method
    };
    methods.is_none_or(|methods| methods.contains(method) || methods.contains(as_get))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn relations_are_what_counting_paths_says(left in patterns(), right in patterns()) {
        let paths = all_paths();
        let any = |in_left: bool, in_right: bool| {
            paths.iter().any(|path| {
                (matches(&left, path), matches(&right, path)) == (in_left, in_right)
            })
        };
        let expected = match (any(true, true), any(true, false), any(false, true)) {
            (false, _, _) => Relation::Disjoint,
            (true, false, false) => Relation::Same,
            (true, false, true) => Relation::Inside,
            (true, true, false) => Relation::Around,
            (true, true, true) => Relation::Crossing,
        };
        let parse = |text: &str| Pattern::parse(text).unwrap();
        let (first, second) = (parse(&left), parse(&right));
        prop_assert_eq!(first.relation(&second), expected);
        if expected != Relation::Disjoint {
            let both = format!("{}", first.intersection(&second));
            for path in &paths {
                let in_both = matches(&left, path) && matches(&right, path);
                prop_assert_eq!(matches(&both, path), in_both, "{} {}", both, path);
            }
        }
    }

    #[test]
    fn the_table_finds_what_trying_every_route_finds(
        specs in prop::collection::vec((patterns(), methods()), 1..7)
    ) {
        let routes: Vec<Route> = specs.iter().enumerate().map(|(index, (pattern, methods))| Route {
            pattern: Pattern::parse(pattern).unwrap(),
            methods: methods.clone(),
            access: Access::Session,
            requirements: Requirements::default(),
            upstream: UpstreamIndex(index),
            aliases: Aliases::None,
            rewrite: None,
            cors: None,
            dpop: Dpop::default(),
            audiences: None,
            opaque_issuer: None,
        }).collect();
        let paths = all_paths();
        let Ok(table) = RouteTable::compile(routes) else {
            // A refused table has a path on which some two routes cannot be ordered.
            let size = |pattern: &str| paths.iter().filter(|path| matches(pattern, path)).count();
            let torn = paths.iter().any(|path| {
                let hits: Vec<_> = specs.iter().filter(|(pattern, _)| matches(pattern, path)).collect();
                hits.iter().enumerate().any(|(place, (left, ours))| {
                    hits.iter().skip(place.saturating_add(1)).any(|(right, theirs)| {
                        let subset = |small: &str, large: &str| {
                            paths.iter().all(|path| !matches(small, path) || matches(large, path))
                        };
                        let nested = subset(left, right) || subset(right, left);
                        let same = left == right && size(left) == size(right);
                        let shared = [Method::Get, Method::Head, Method::Post, Method::Put]
                            .iter()
                            .any(|method| takes(ours.as_ref(), method) && takes(theirs.as_ref(), method));
                        !nested || (same && shared)
                    })
                })
            });
            prop_assert!(torn);
            return Ok(());
        };
        for path in &paths {
            let hits = || specs.iter().enumerate().filter(|(_, (pattern, _))| matches(pattern, path));
            // The most specific is the one that matches the fewest paths.
            let size = |pattern: &str| paths.iter().filter(|path| matches(pattern, path)).count();
            let best = hits().min_by_key(|(_, (pattern, _))| size(pattern));
            let parsed = RequestPath::parse(path).unwrap();
            for method in [Method::Get, Method::Head, Method::Post, Method::Put] {
                let found = table.find(&parsed, &method);
                let Some((_, (pattern, _))) = best else {
                    prop_assert_eq!(found.err(), Some(NoRoute::Unknown));
                    continue;
                };
                let expected = specs.iter().position(|(other, methods)| {
                    other == pattern && takes(methods.as_ref(), &method)
                });
                match (expected, found) {
                    (Some(index), Ok(found)) => {
                        prop_assert_eq!(found.route().upstream, UpstreamIndex(index));
                    }
                    (None, Err(NoRoute::MethodNotAllowed { .. })) => {}
                    (expected, found) => {
                        prop_assert!(false, "{} {:?} {:?} {:?}", path, method, expected, found);
                    }
                }
            }
        }
    }
}
