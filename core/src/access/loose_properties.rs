//! The rules that hold for a path against servers that read it loosely, of which each is written down here anew.

use super::{
    aliases::Aliases,
    pattern::{Pattern, Relation},
    requirements::Requirements,
    routes::{Access, Dpop, Route, RouteTable},
    upstream_index::UpstreamIndex,
};
use crate::{
    encoding::percent,
    http::{method::Method, path::RequestPath},
};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use proptest::prelude::*;

/// A step by which a server changes a path before it looks for the page, beside decoding it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    Folds,
    CutsParameters,
    LeavesOutEmpty,
    DropsSlash,
    DropsDotsAndBlanks,
    DecodesAgain,
}

impl Habit {
    const ALL: [Self; 6] = [
        Self::Folds,
        Self::CutsParameters,
        Self::LeavesOutEmpty,
        Self::DropsSlash,
        Self::DropsDotsAndBlanks,
        Self::DecodesAgain,
    ];

    fn apply(self, path: &str) -> String {
        let each = |change: fn(&str) -> &str| {
            let segments: Vec<&str> = path.split('/').map(change).collect();
            segments.join("/")
        };
        match self {
            Self::Folds => path.to_ascii_lowercase(),
            Self::CutsParameters => each(|it| it.split(';').next().unwrap_or_default()),
            Self::LeavesOutEmpty => {
                let is_folder = path.ends_with('/');
                let kept: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
                let slash = if is_folder && !kept.is_empty() {
                    "/"
                } else {
                    ""
                };
                format!("/{}{slash}", kept.join("/"))
            }
            Self::DropsSlash => path.strip_suffix('/').unwrap_or(path).to_owned(),
            Self::DropsDotsAndBlanks => each(|it| it.trim_end_matches(['.', ' '])),
            Self::DecodesAgain => percent::decode_leniently(path).into_owned(),
        }
    }
}

/// A server by what it does, in its order.
fn servers() -> impl Strategy<Value = Vec<Habit>> {
    let all = Habit::ALL.to_vec();
    (0..=all.len()).prop_flat_map(move |count| {
        let some = prop::sample::subsequence(all.clone(), count);
        some.prop_shuffle()
    })
}

fn read(server: &[Habit], path: &str) -> String {
    let decoded = percent::decode_leniently(path).into_owned();
    server
        .iter()
        .fold(decoded, |path, habit| habit.apply(&path))
}

fn segments() -> impl Strategy<Value = String> {
    let name = prop_oneof![3 => Just("a"), 2 => Just("b"), 1 => Just("A"), 1 => Just("%2561"), 1 => Just("%2541")];
    let more = prop_oneof![
        6 => Just(""), 1 => Just(";"), 1 => Just(";v=1"), 1 => Just("."), 1 => Just("%20"), 1 => Just("%253b"),
        1 => Just("%252fb"), 1 => Just("%2520"), 1 => Just(". ;a")
    ];
    prop_oneof![
        8 => (name, more).prop_map(|(name, more)| format!("{name}{more}")),
        1 => Just(";".to_owned()),
        1 => Just("%20".to_owned()),
    ]
}

fn paths() -> impl Strategy<Value = String> {
    let slash = prop_oneof![4 => Just(""), 1 => Just("/")];
    (prop::collection::vec(segments(), 1..4), slash).prop_map(|(segments, slash)| {
        let path: String = segments.iter().map(|one| format!("/{one}")).collect();
        format!("{path}{slash}")
    })
}

fn patterns() -> impl Strategy<Value = String> {
    let step = prop_oneof![4 => Just("a"), 3 => Just("b"), 1 => Just("A"), 1 => Just("b;v=1"), 1 => Just("*")];
    let tail = prop_oneof![3 => Just(""), 1 => Just("/"), 4 => Just("/**")];
    (prop::collection::vec(step, 0..3), tail).prop_map(|(steps, tail)| {
        let text: String = steps.iter().map(|step| format!("/{step}")).collect();
        match format!("{text}{tail}") {
            text if text.is_empty() => "/".to_owned(),
            text => text,
        }
    })
}

fn table(patterns: &[String], aliases: Aliases) -> Option<RouteTable> {
    let route = |(index, pattern): (usize, &String)| Route {
        pattern: Pattern::parse(pattern).unwrap(),
        methods: None,
        // No two ask for the same, so that none is left out as alike.
        access: if index % 2 == 0 {
            Access::Session
        } else {
            Access::Bearer
        },
        requirements: Requirements::default(),
        upstream: UpstreamIndex(index),
        aliases,
        rewrite: None,
        cors: None,
        dpop: Dpop::default(),
        audiences: None,
        opaque_issuer: None,
    };
    RouteTable::compile(patterns.iter().enumerate().map(route).collect()).ok()
}

fn parsed(path: &str) -> Option<RequestPath> {
    RequestPath::parse(path).ok()
}

/// Whether a page can stand there: no segment of the path vanishes or falls apart for some server.
fn is_page(path: &str) -> bool {
    let habits = [
        Habit::DecodesAgain,
        Habit::CutsParameters,
        Habit::DropsDotsAndBlanks,
    ];
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split('/').skip(1).all(|segment| {
        let name = read(&habits, segment);
        !name.is_empty() && !name.contains('/')
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Two paths that a server takes for one: the route of the other holds, unless the route of the path is there to
    /// narrow it, which it is not where the path is read as one that it does not match.
    #[test]
    fn the_route_of_every_path_that_a_server_may_mean_holds(
        patterns in prop::collection::vec(patterns(), 1..6),
        server in servers(),
        sent in paths(),
        other in paths(),
    ) {
        let meant = read(&server, &sent);
        // The page that is meant stands at a path of its own, or at the one that the server makes of it.
        let candidates = [Some(other.clone()).filter(|other| read(&server, other) == meant), Some(meant.clone())];
        let (Some(table), Some(sent)) = (table(&patterns, Aliases::LooseReadings), parsed(&sent)) else {
            return Ok(());
        };
        let Ok(found) = table.find(&sent, &Method::Get) else {
            return Ok(());
        };
        let exact = super::loose_properties::table(&patterns, Aliases::None).unwrap();
        let held: Vec<UpstreamIndex> = found.all_routes().map(|route| route.upstream).collect();
        for candidate in candidates.into_iter().flatten() {
            let Some(candidate) = parsed(&candidate).filter(|_| is_page(&candidate)) else {
                continue;
            };
            let Ok(other) = exact.find(&candidate, &Method::Get) else {
                continue;
            };
            let (own, other) = (found.route(), other.route());
            let is_narrowed = other.pattern.relation(&own.pattern) == Relation::Around && {
                let narrow = own.pattern.loosened();
                let reading = Pattern::parse(&read(&Habit::ALL.into_iter().rev().collect::<Vec<_>>(), candidate.as_str()));
                reading.is_ok_and(|reading| reading.loosened().relation(&narrow) != Relation::Disjoint)
            };
            prop_assert!(
                is_narrowed || held.contains(&other.upstream),
                "{:?}: {} is {} to {:?}, and {} does not hold", patterns, sent.as_str(), candidate.as_str(), server, other.pattern
            );
        }
    }

    /// A plain path, among plain patterns, is decided by its own route alone.
    #[test]
    fn plain_paths_among_plain_patterns_have_one_route(
        patterns in prop::collection::vec("(/(a|b|\\*)){0,3}/\\*\\*", 1..6),
        sent in "(/[a-c]){1,4}",
    ) {
        let Some(table) = table(&patterns, Aliases::LooseReadings) else {
            return Ok(());
        };
        if let Ok(found) = table.find(&parsed(&sent).unwrap(), &Method::Get) {
            prop_assert_eq!(found.all_routes().count(), 1);
        }
    }
}
