//! Any path over any folder: nothing is served whose rules were not held, and nothing leads elsewhere.

use super::{
    file_name::FileName,
    plan::{Presence, Step, plan},
    resolve::{Then, tries},
    response::{FileResponse, Found},
};
use crate::{
    access::{
        aliases::{self, Aliases},
        pattern::Pattern,
        requirements::Requirements,
        routes::{Access, Dpop, Route, RouteTable},
        upstream_index::UpstreamIndex,
    },
    http::{header::HeaderName, method::Method, path::RequestPath},
};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};
use proptest::prelude::*;

/// Segments in which the endings of pages meet, with what else a path may hold.
fn paths() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        4 => prop::sample::select(&["x", "index", ".html", "index.html", "x.html", "404", "404.html"][..]),
        2 => prop::sample::select(&["index.html.html", ".html.html", "x.index", "_headers", "_headers.html"][..]),
        1 => prop::sample::select(&["...html", "..html", "%2e%2e", "..", "a@b", "%40", "%25", "%c3%a9", "\u{e9} "][..]),
    ];
    let end = prop::sample::select(&["", "/"][..]);
    (prop::collection::vec(segment, 0..4), end).prop_map(|(segments, end)| {
        let path: String = segments
            .iter()
            .map(|segment| format!("/{segment}"))
            .collect();
        if path.is_empty() {
            "/".to_owned()
        } else {
            format!("{path}{end}")
        }
    })
}

/// Tables of routes of static files, over the segments of [`paths`].
fn tables() -> impl Strategy<Value = RouteTable> {
    let segment =
        prop::sample::select(&["x", "x", "index", "index.html", "x.html", "*", "404"][..]);
    let tail = prop::sample::select(&["", "/", "/**", "/**"][..]);
    let pattern = (prop::collection::vec(segment, 0..3), tail).prop_map(|(segments, tail)| {
        let path: String = segments
            .iter()
            .map(|segment| format!("/{segment}"))
            .collect();
        format!("{path}{tail}")
    });
    let access = prop::sample::select(&[Access::Public, Access::Session][..]);
    let routes = prop::collection::vec((pattern, access), 1..5);
    routes.prop_filter_map("crossing routes", |routes| {
        let route = |(pattern, access): &(String, Access)| {
            Some(Route {
                pattern: Pattern::parse(pattern).ok()?,
                methods: None,
                access: *access,
                requirements: Requirements::default(),
                upstream: UpstreamIndex(0),
                aliases: Aliases::StaticFiles,
                rewrite: None,
                cors: None,
                dpop: Dpop::default(),
                audiences: None,
                opaque_issuer: None,
            })
        };
        let routes: Option<Vec<Route>> = routes.iter().map(route).collect();
        RouteTable::compile(routes?).ok()
    })
}

/// The files that may be served at a path, whichever are there.
fn served(path: &RequestPath) -> Vec<FileName> {
    let tries = tries(path).into_iter();
    let serves = tries.filter(|one| one.then == Then::Serve);
    serves.map(|one| one.name).collect()
}

/// The path of a file's own name; every file that may be served has one.
fn own_path(file: &FileName) -> Option<RequestPath> {
    // Of a name, only `%` and the dots of `/%2e` would be read as something else in a path.
    RequestPath::parse(&format!("/{}", file.as_str().replace('%', "%25"))).ok()
}

/// Every path at which a file may be served.
fn spellings(file: &FileName) -> Vec<RequestPath> {
    let own = own_path(file);
    let segments: Vec<_> = own.iter().flat_map(RequestPath::segments).collect();
    let all = aliases::spellings(&segments).unwrap_or_default();
    let all = all.iter().filter_map(|spelling| {
        let spelling = format!("/{}", spelling.join("/").replace('%', "%25"));
        RequestPath::parse(&spelling).ok()
    });
    all.filter(|spelling| served(spelling).contains(file))
        .collect()
}

/// Whether the rules of `spelling` are held for a request for `path`. With too many endings for that, the
/// path is answered like an unknown one.
fn holds(path: &RequestPath, spelling: &RequestPath) -> bool {
    let segments: Vec<_> = path.segments().collect();
    let wanted: Vec<_> = spelling.segments().collect();
    aliases::spellings(&segments).map_or(true, |all| all.contains(&wanted))
}

fn respond(is_there: impl Fn(&str) -> bool, target: &str) -> (Option<String>, FileResponse) {
    let mut step = plan(Method::Get, target, |_| None);
    loop {
        match step {
            Step::Look(look) => {
                let presence = if is_there(look.name().as_str()) {
                    Presence::File
                } else {
                    Presence::Absent
                };
                step = look.answer(presence);
            }
            Step::File(file) => {
                let found = Found {
                    length: 1,
                    tag: None,
                    modified: None,
                };
                return (Some(file.name().as_str().to_owned()), file.respond(&found));
            }
            Step::Respond(response) => return (None, response),
        }
    }
}

fn location(response: &FileResponse) -> Option<&str> {
    let mut headers = response.headers.iter();
    let found = headers.find(|(name, _)| *name == HeaderName::LOCATION);
    found.map(|(_, value)| value.as_str())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rules_of_every_file_that_may_be_served_are_held(path in paths()) {
        let path = RequestPath::parse(&path).unwrap();
        for file in served(&path) {
            prop_assert!(holds(&path, &own_path(&file).unwrap()), "{:?}", file);
            for spelling in spellings(&file) {
                prop_assert!(holds(&path, &spelling), "{:?} at {:?}", file, spelling);
            }
        }
    }

    #[test]
    fn no_path_opens_a_file_that_another_protects_but_by_its_own_name(table in tables(), path in paths()) {
        let path = RequestPath::parse(&path).unwrap();
        let is_protected = |path: &RequestPath| {
            let found = table.find(path, &Method::Get).ok();
            found.map(|found| found.route().is_protected())
        };
        let Ok(found) = table.find(&path, &Method::Get) else {
            return Ok(());
        };
        if found.is_protected() || found.route().pattern.to_string() == path.as_str() {
            return Ok(());
        }
        for file in served(&path) {
            for spelling in own_path(&file).into_iter().chain(spellings(&file)) {
                prop_assert_ne!(is_protected(&spelling), Some(true), "{:?} at {:?}", file, spelling);
            }
        }
    }

    #[test]
    fn redirects_end_at_a_file_and_never_leave_the_site(path in paths(), folder: u64) {
        // Whether a file is there is a bit of its name's digest.
        let is_there = |name: &str| {
            let digest = name.bytes().fold(folder, |digest, byte| {
                (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            digest >> 63 == 1
        };
        let mut target = format!("{path}?q=//evil.example");
        let mut redirects = 0..4;
        loop {
            let (file, response) = respond(is_there, &target);
            let Some(location) = location(&response) else {
                if let Some(file) = file {
                    let is_odd = |segment: &str| matches!(segment, "" | "." | "..");
                    prop_assert!(!file.split('/').any(is_odd) && !file.contains(['\\', '\0']));
                }
                break;
            };
            let rest = location.strip_prefix('/').unwrap();
            prop_assert!(!rest.starts_with(['/', '\\']));
            let (path, query) = location.split_once('?').unwrap();
            prop_assert_eq!(query, "q=//evil.example");
            let parsed = RequestPath::parse(path).unwrap();
            prop_assert_eq!(parsed.as_str(), path);
            target = location.to_owned();
            prop_assert!(redirects.next().is_some(), "{}", target);
        }
    }

    #[test]
    fn any_target_has_an_answer(target in "[/a.%2e\\\\?#;\u{e9}\r\n html]{0,40}", field in "[bytes=W/\"a*,0-9- ]{0,20}") {
        let header = |_: &HeaderName| Some(field.clone());
        let mut step = plan(Method::Get, &target, header);
        while let Step::Look(look) = step {
            step = look.answer(if field.len() % 2 == 0 { Presence::File } else { Presence::Absent });
        }
        if let Step::File(file) = step {
            let found = Found { length: 3, tag: None, modified: None };
            prop_assert!(file.respond(&found).status.code() >= 200);
        }
    }
}
