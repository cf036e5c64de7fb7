//! Routes: which one decides, what is refused, and what an alias cannot get around.

use super::*;
use crate::{
    access::{
        decision::{Audience, Decision, Missing},
        principal::Principal,
        requirements::Requirement,
        strictest::OtherSites,
    },
    time::UnixTime,
};
use alloc::{borrow::ToOwned, format, string::String};
use serde_json::Map;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn route(pattern: &str) -> Route {
    Route {
        pattern: Pattern::parse(pattern).unwrap(),
        methods: None,
        access: Access::Session,
        requirements: Requirements::default(),
        upstream: UpstreamIndex(0),
        aliases: Aliases::None,
        rewrite: None,
        cors: None,
        dpop: Dpop::default(),
        audiences: None,
        opaque_issuer: None,
    }
}

fn public(pattern: &str) -> Route {
    Route {
        access: Access::Public,
        ..route(pattern)
    }
}

fn methods(route: Route, methods: &[Method]) -> Route {
    Route {
        methods: Some(methods.to_vec()),
        ..route
    }
}

fn files(route: Route) -> Route {
    Route {
        aliases: Aliases::StaticFiles,
        ..route
    }
}

fn loose(route: Route) -> Route {
    Route {
        aliases: Aliases::LooseReadings,
        ..route
    }
}

fn asking(condition: Condition) -> Requirements {
    Requirements(vec![Requirement::One(condition)])
}

fn staff(route: Route) -> Route {
    Route {
        requirements: asking(Condition::AnyGroup(vec!["staff".to_owned()])),
        ..route
    }
}

fn table(routes: &[Route]) -> RouteTable {
    RouteTable::compile(routes.to_vec()).unwrap()
}

fn faults(routes: &[Route]) -> Vec<RouteFault> {
    RouteTable::compile(routes.to_vec())
        .err()
        .unwrap_or_default()
}

fn path(path: &str) -> RequestPath {
    RequestPath::parse(path).unwrap()
}

/// The pattern that decides on `path`.
fn found(table: &RouteTable, at: &str) -> Option<String> {
    let found = table.find(&path(at), &Method::Get).ok()?;
    Some(format!("{}", found.route().pattern))
}

fn decide(table: &RouteTable, at: &str, groups: Option<&[String]>) -> Decision {
    decide_on(table, at, &Method::Get, groups)
}

fn decide_on(table: &RouteTable, at: &str, method: &Method, groups: Option<&[String]>) -> Decision {
    let claims = Map::new();
    let principal = groups.map(|groups| Principal {
        groups,
        ..Principal::bare(&claims)
    });
    let found = table.find(&path(at), method).unwrap();
    found.decide(principal.as_ref(), UnixTime::from_seconds(0))
}

fn audience(decision: &Decision) -> Option<Audience> {
    match decision {
        Decision::Allow(allowed) => Some(allowed.audience()),
        Decision::SignIn
        | Decision::OtherAudience
        | Decision::StepUp(_)
        | Decision::Forbidden { .. } => None,
    }
}

#[test]
fn the_most_specific_pattern_decides() {
    let table = table(&[
        public("/**"),
        route("/staff/**"),
        route("/staff/open"),
        route("/staff/*/x"),
        route("/users/*"),
    ]);
    for (path, pattern) in [
        ("/", "/**"),
        ("/staff", "/staff/**"),
        ("/staff/", "/staff/**"),
        ("/staff/x", "/staff/**"),
        ("/staff/open", "/staff/open"),
        ("/staff/open/", "/staff/**"),
        ("/staff/open/x", "/staff/*/x"),
        ("/staff/any/x", "/staff/*/x"),
        ("/staff/any/x/y", "/staff/**"),
        ("/staffroom", "/**"),
        ("/users/a", "/users/*"),
        ("/users/", "/**"),
        ("/users/a/", "/**"),
    ] {
        assert_eq!(found(&table, path).as_deref(), Some(pattern), "{path}");
    }
}

#[test]
fn what_no_pattern_matches_is_unknown() {
    let table = table(&[route("/a/**"), route("/b")]);
    assert!(found(&table, "/b").is_some());
    for unknown in ["/", "/c", "/b/", "/b/c"] {
        let answer = table.find(&path(unknown), &Method::Get).err();
        assert_eq!(answer, Some(NoRoute::Unknown), "{unknown}");
    }
}

#[test]
fn escaped_and_plain_spellings_of_a_character_match_alike() {
    let table = table(&[public("/**"), route("/a!b/**")]);
    for spelling in ["/a!b/x", "/a%21b/x", "/%61%21b/x"] {
        assert_eq!(found(&table, spelling).as_deref(), Some("/a!b/**"));
    }
}

#[test]
fn tricks_in_paths_and_queries_do_not_leave_the_protected_pattern() {
    let table = table(&[public("/**"), route("/admin/**"), route("/admin%23/**")]);
    for (trick, pattern) in [
        ("/public/../admin", "/admin/**"),
        ("/public/%2e%2e/admin", "/admin/**"),
        ("/public\\..\\admin/x", "/admin/**"),
        ("/%61dmin/x", "/admin/**"),
        ("/admin%23/public", "/admin%23/**"),
        // Paths of their own to servers of files and to upstreams that match exactly.
        ("/admin;x", "/**"),
        ("/ADMIN", "/**"),
    ] {
        assert_eq!(found(&table, trick).as_deref(), Some(pattern), "{trick}");
    }
}

#[test]
fn methods_select_within_one_pattern_and_never_fall_back() {
    let table = table(&[
        public("/**"),
        methods(route("/api/**"), &[Method::Get]),
        methods(route("/api/**"), &[Method::Post, Method::Put]),
    ]);
    let find = |method: Method| table.find(&path("/api/x"), &method);
    for method in [Method::Get, Method::Head, Method::Post, Method::Put] {
        assert_eq!(find(method).unwrap().route().access, Access::Session);
    }
    for method in [Method::Delete, Method::Options, Method::parse("get")] {
        let allow = vec![Method::Get, Method::Head, Method::Post, Method::Put];
        let answer = find(method).err();
        assert_eq!(answer, Some(NoRoute::MethodNotAllowed { allow }));
    }
    let beside = table.find(&path("/apix"), &Method::Delete).unwrap();
    assert_eq!(beside.route().access, Access::Public);
}

#[test]
fn one_pattern_takes_each_method_once() {
    let get = || methods(route("/a"), &[Method::Get]);
    let twin = methods(route("/a"), &[Method::Post]);
    assert_eq!(faults(&[get(), twin]), []);
    for (second, method) in [
        (
            methods(route("/a"), &[Method::Post, Method::Get]),
            Some(Method::Get),
        ),
        (methods(route("/%61"), &[Method::Head]), Some(Method::Head)),
        (route("/a"), None),
    ] {
        let fault = RouteFault::SameMethod {
            first: 1,
            second: 2,
            method,
        };
        assert_eq!(faults(&[public("/**"), get(), second]), [fault]);
    }
}

#[test]
fn crossing_patterns_need_a_route_for_what_both_match() {
    let routes = [public("/**"), route("/a/**"), route("/*/b")];
    let both = Pattern::parse("/a/b").unwrap();
    let fault = RouteFault::Crossing {
        first: 1,
        second: 2,
        both,
    };
    assert_eq!(faults(&routes), [fault]);
    let [all, left, right] = routes;
    let settled = table(&[all, left, right, route("/a/b")]);
    assert_eq!(found(&settled, "/a/b").as_deref(), Some("/a/b"));
    assert_eq!(found(&settled, "/c/b").as_deref(), Some("/*/b"));
}

#[test]
fn two_crossing_pairs_are_both_named() {
    let routes = [route("/a/*"), route("/*/b"), route("/c/*")];
    assert_eq!(faults(&routes).len(), 2);
}

#[test]
fn a_public_route_takes_anyone_and_a_protected_one_signs_in() {
    let table = table(&[
        public("/**"),
        route("/members/**"),
        staff(route("/staff/**")),
    ]);
    let needs = |at: &str| table.find(&path(at), &Method::Get).unwrap().is_protected();
    assert!(!needs("/"));
    assert!(needs("/members/"));
    assert_eq!(
        audience(&decide(&table, "/", None)),
        Some(Audience::Everyone)
    );
    assert_eq!(decide(&table, "/members/", None), Decision::SignIn);
    let member = decide(&table, "/members/", Some(&[]));
    assert_eq!(audience(&member), Some(Audience::Principal));
}

#[test]
fn a_missing_group_is_forbidden() {
    let table = table(&[public("/**"), staff(route("/staff/**"))]);
    let missing = vec![Missing::Group];
    let members = ["members".to_owned()];
    let forbidden = decide(&table, "/staff/", Some(&members));
    assert_eq!(forbidden, Decision::Forbidden { missing });
    let staff = ["members".to_owned(), "staff".to_owned()];
    let allowed = decide(&table, "/staff/", Some(&staff));
    assert_eq!(audience(&allowed), Some(Audience::Principal));
}

#[test]
fn each_method_of_a_path_has_requirements_of_its_own() {
    let editors = asking(Condition::AnyGroup(vec!["editors".to_owned()]));
    let table = table(&[
        public("/**"),
        methods(route("/notes/**"), &[Method::Get]),
        Route {
            requirements: editors,
            ..methods(route("/notes/**"), &[Method::Post, Method::Put])
        },
        methods(staff(route("/notes/**")), &[Method::Delete]),
    ]);
    let (nobody, editor, staff) = (vec![], vec!["editors".to_owned()], vec!["staff".to_owned()]);
    for (method, allowed) in [
        (Method::Get, [true, true, true]),
        (Method::Head, [true, true, true]),
        (Method::Post, [false, true, false]),
        (Method::Put, [false, true, false]),
        (Method::Delete, [false, false, true]),
    ] {
        let decide = |groups: &[String]| decide_on(&table, "/notes/1", &method, Some(groups));
        let found = [&nobody, &editor, &staff].map(|groups| audience(&decide(groups)).is_some());
        assert_eq!(found, allowed, "{method:?}");
        let signed_out = decide_on(&table, "/notes/1", &method, None);
        assert_eq!(signed_out, Decision::SignIn, "{method:?}");
    }
}

#[test]
fn what_is_missing_is_said_once_and_not_of_branches_that_another_makes_up_for() {
    let in_group = |name: &str| Condition::AnyGroup(vec![name.to_owned()]);
    let role = || Requirement::One(Condition::AnyRole(vec!["editor".to_owned()]));
    let one = |condition| Requirements(vec![Requirement::One(condition)]);
    let choice = Requirement::Any(vec![
        one(in_group("a")),
        Requirements(vec![role(), Requirement::One(in_group("b"))]),
    ]);
    let lacks = |requirements: Vec<Requirement>, groups: &[&str]| {
        let table = table(&[Route {
            requirements: Requirements(requirements),
            ..route("/**")
        }]);
        let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        match decide(&table, "/", Some(&groups)) {
            Decision::Forbidden { missing } => missing,
            Decision::Allow(_)
            | Decision::SignIn
            | Decision::OtherAudience
            | Decision::StepUp(_) => vec![],
        }
    };
    assert_eq!(lacks(vec![choice.clone()], &["a"]), []);
    let both = [Missing::Group, Missing::Role];
    assert_eq!(lacks(vec![choice.clone()], &[]), both);
    assert_eq!(lacks(vec![choice.clone(), role()], &["a"]), [Missing::Role]);
    let again = Requirement::One(in_group("c"));
    assert_eq!(lacks(vec![again, choice], &[]), both);
}

#[test]
fn requirements_on_a_public_route_still_ask_for_a_session() {
    let table = table(&[staff(public("/**"))]);
    assert_eq!(decide(&table, "/", None), Decision::SignIn);
}

#[test]
fn every_spelling_of_a_protected_file_is_protected() {
    let spellings = [
        "/staff",
        "/staff/",
        "/staff.html",
        "/staff/index",
        "/staff/index.html",
    ];
    for protected in spellings.into_iter().chain(["/staff/**", "/staff/*"]) {
        let protecting = table(&[files(public("/**")), files(staff(route(protected)))]);
        let origin = table(&[files(public("/**")), staff(route(protected))]);
        for spelling in spellings {
            let decision = decide(&protecting, spelling, None);
            assert_eq!(decision, Decision::SignIn, "{protected} {spelling}");
            // The twin: an origin that routes by itself has no such spellings.
            let exact = found(&origin, spelling).unwrap() == protected;
            let open = audience(&decide(&origin, spelling, None)).is_some();
            assert_eq!(open, !exact, "{protected} {spelling}");
        }
        for other in ["/", "/staffroom", "/index.html", "/x/staff.html"] {
            let decision = decide(&protecting, other, None);
            assert_eq!(audience(&decision), Some(Audience::Everyone), "{other}");
        }
    }
}

#[test]
fn the_index_of_the_root_is_one_file() {
    let table = table(&[files(public("/**")), files(route("/index.html"))]);
    for spelling in ["/", "/index", "/index.html", "/index/"] {
        assert_eq!(
            decide(&table, spelling, None),
            Decision::SignIn,
            "{spelling}"
        );
    }
    assert_eq!(
        audience(&decide(&table, "/a", None)),
        Some(Audience::Everyone)
    );
}

#[test]
fn the_rules_of_all_spellings_hold_together() {
    let night = asking(Condition::AllGroups(vec!["night".to_owned()]));
    let table = table(&[
        files(public("/**")),
        files(staff(route("/x"))),
        Route {
            requirements: night,
            ..files(route("/x.html"))
        },
    ]);
    let (staff, night) = ("staff".to_owned(), "night".to_owned());
    for spelling in ["/x", "/x/", "/x.html", "/x/index.html"] {
        for alone in [&staff, &night] {
            let decision = decide(&table, spelling, Some(core::slice::from_ref(alone)));
            let missing = vec![Missing::Group];
            assert_eq!(decision, Decision::Forbidden { missing }, "{spelling}");
        }
        let both = [staff.clone(), night.clone()];
        assert!(audience(&decide(&table, spelling, Some(&both))).is_some());
    }
}

/// Below a protected `/**` something can be opened, and what is not named stays protected.
#[test]
fn a_route_that_names_a_path_has_the_last_word_against_wider_ones() {
    let is_open = |table: &RouteTable, at: &str| audience(&decide(table, at, None)).is_some();
    for one in ["/robots.txt", "/404.html", "/x", "/x/", "/x/index.html"] {
        let table = table(&[files(route("/**")), files(public(one))]);
        let others = [
            "/",
            "/robots",
            "/robots.txt.html",
            "/404",
            "/x.html",
            "/x/y",
        ];
        assert!(is_open(&table, one), "{one}");
        for other in others {
            assert!(!is_open(&table, other), "{other} beside {one}");
        }
    }
    // The twin: a rule that is not wider was written for another spelling of the same file, and holds.
    for narrow in ["/x.html", "/x/index", "/x/index.html", "/*/index.html"] {
        let table = table(&[
            files(route("/**")),
            files(public("/x")),
            files(route(narrow)),
        ]);
        assert!(!is_open(&table, "/x"), "{narrow}");
    }
}

/// A folder's rule is that of its index, too, but not that of the page beside it.
#[test]
fn the_index_of_a_folder_is_asked_for_by_the_folder_s_rule() {
    let is_open = |table: &RouteTable, at: &str| audience(&decide(table, at, None)).is_some();
    let index = ["/x/", "/x/index", "/x/index.html", "/x/.html"];
    let table_of = |page: Route| table(&[page, files(public("/x/**"))]);
    let wide = table_of(files(route("/**")));
    for spelling in index {
        assert!(is_open(&wide, spelling), "{spelling}");
    }
    // At /x a server may well answer with x.html, for which the wide rule is.
    for page in ["/x", "/x.html", "/x.html/", "/"] {
        assert!(!is_open(&wide, page), "{page}");
    }
    // The twin: a rule for just that page holds at every spelling.
    let narrow = table_of(files(route("/x.html")));
    for spelling in index.into_iter().chain(["/x", "/x.html"]) {
        assert!(!is_open(&narrow, spelling), "{spelling}");
    }
    // Neither do sessions have to meet both.
    let member = ["staff".to_owned()];
    let night = asking(Condition::AllGroups(vec!["night".to_owned()]));
    let wide = Route {
        requirements: night,
        ..files(route("/**"))
    };
    let table = table(&[wide, files(staff(route("/x/**")))]);
    for at in ["/x/", "/x/y"] {
        let decision = decide(&table, at, Some(&member));
        assert!(audience(&decision).is_some(), "{at}");
    }
}

#[test]
fn another_spelling_without_the_method_lends_all_its_rules() {
    let post = methods(files(route("/x.html")), &[Method::Post]);
    let table = table(&[files(public("/**")), post]);
    assert_eq!(decide(&table, "/x", None), Decision::SignIn);
    let get = methods(files(public("/x.html")), &[Method::Get]);
    let post = methods(files(route("/x.html")), &[Method::Post]);
    let table = RouteTable::compile(vec![files(public("/**")), get, post]).unwrap();
    assert_eq!(
        audience(&decide(&table, "/x", None)),
        Some(Audience::Everyone)
    );
}

#[test]
fn a_file_system_that_folds_names_opens_no_protected_file() {
    let closed = table(&[
        files(public("/**")),
        files(staff(route("/members/**"))),
        files(route("/report.html")),
        files(route("/Team/**")),
        files(public("/members/Open")),
    ]);
    for path in [
        "/Members/",
        "/MEMBERS/x.html",
        "/members./x",
        "/members%20/x",
        "/Members",
        "/MEMBERS.html",
        "/members:stream/x",
        "/Report",
        "/REPORT.HTML",
        "/report./",
        "/team/x",
        "/TEAM",
        "/Members/opened",
    ] {
        assert_eq!(decide(&closed, path, None), Decision::SignIn, "{path}");
    }
    for path in [
        "/",
        "/Readme",
        "/Reports",
        "/teams",
        "/caf%C3%A9",
        "/members/Open",
        "/Members/open",
        "/a:b",
    ] {
        let decision = decide(&closed, path, None);
        assert_eq!(audience(&decision), Some(Audience::Everyone), "{path}");
    }
    // A route that is public below a protected rest stays public, its index too.
    let opened = table(&[
        files(route("/**")),
        files(public("/Docs/**")),
        files(public("/README")),
    ]);
    for path in ["/Docs/", "/Docs/Index.html", "/Docs/A", "/README"] {
        let decision = decide(&opened, path, None);
        assert_eq!(audience(&decision), Some(Audience::Everyone), "{path}");
    }
    for path in ["/docs/", "/Docs.html", "/readme", "/x"] {
        assert_eq!(decide(&opened, path, None), Decision::SignIn, "{path}");
    }
}

/// The rows of the list of loose readings, against a public `/**` or `/open/**`.
#[test]
fn a_path_that_an_upstream_may_read_as_a_protected_one_is_protected() {
    let table = table(&[
        loose(public("/ex/**")),
        loose(route("/ex/admin/**")),
        loose(route("/ex/reports")),
        loose(public("/open/**")),
        loose(staff(route("/admin/**"))),
    ]);
    for path in [
        "/ex/Admin/x",
        "/ex/admin;v=1/x",
        "/ex/;/admin/x",
        "/ex/admin%20/x",
        "/ex/admin./x",
        "/ex/%2561dmin/x",
        "/ex/;%252fadmin",
        "/ex/%252f%2541dmin/x",
        "/ex/reports/",
        "/ex/Reports",
        "/ex/reports;a=b",
        "/ex/reports%253Fx",
        "/ex/reports%23x/y",
    ] {
        assert_eq!(decide(&table, path, None), Decision::SignIn, "{path}");
    }
    // The twins: the paths beside them are as public as they were, and in shared caches.
    for path in [
        "/ex",
        "/ex/x%252fadmin",
        "/ex/",
        "/ex/Admins/x",
        "/ex/x;admin/x",
        "/ex/administer",
        "/ex/reports/x",
        "/ex/caf%C3%A9/",
        "/open/admin/x",
        "/open/x;/y%20z/100%25",
    ] {
        let decision = decide(&table, path, None);
        assert_eq!(audience(&decision), Some(Audience::Everyone), "{path}");
    }
}

#[test]
fn an_upstream_that_is_exact_lends_nothing() {
    let table = table(&[public("/ex/**"), route("/ex/admin/**")]);
    let decision = decide(&table, "/ex/Admin/x", None);
    assert_eq!(audience(&decision), Some(Audience::Everyone));
    assert_eq!(decide(&table, "/ex/admin/x", None), Decision::SignIn);
}

#[test]
fn what_is_opened_below_a_protected_rest_stays_open() {
    let table = table(&[
        loose(route("/**")),
        loose(public("/open/**")),
        loose(public("/docs/*")),
        loose(public("/status")),
    ]);
    for path in [
        "/open",
        "/open/",
        "/open/Some%20File;v=1.",
        "/docs/A",
        "/docs/a.",
        "/status",
    ] {
        let decision = decide(&table, path, None);
        assert_eq!(audience(&decision), Some(Audience::Everyone), "{path}");
    }
    // A reading that leaves the pattern is under the wider rule again.
    for path in [
        "/Open/x",
        "/STATUS",
        "/status/",
        "/docs/;",
        "/docs/%20",
        "/docs/a%252fb",
        "/docs/",
    ] {
        assert_eq!(decide(&table, path, None), Decision::SignIn, "{path}");
    }
}

#[test]
fn patterns_that_are_written_loosely_hold_for_plain_paths() {
    let table = table(&[
        loose(public("/**")),
        loose(route("/Admin/**")),
        loose(route("/reports/")),
    ]);
    for path in [
        "/admin",
        "/admin/x",
        "/ADMIN/x",
        "/Admin/x",
        "/reports",
        "/reports/",
        "/Reports",
    ] {
        assert_eq!(decide(&table, path, None), Decision::SignIn, "{path}");
    }
    for path in ["/", "/administer", "/reports/x"] {
        let decision = decide(&table, path, None);
        assert_eq!(audience(&decision), Some(Audience::Everyone), "{path}");
    }
}

#[test]
fn a_reading_without_the_method_is_not_allowed() {
    let read_only = |route| methods(loose(route), &[Method::Get]);
    // Where the rules differ, and where nothing but the methods does.
    for (wide, admin) in [
        (public("/x/**"), route("/x/admin/**")),
        (public("/x/**"), public("/x/admin/**")),
        (route("/x/**"), route("/x/admin/**")),
    ] {
        let table = table(&[loose(wide), read_only(admin)]);
        for path in [
            "/x/admin/y",
            "/x/Admin/y",
            "/x/admin;v=1/y",
            "/x/%2561dmin/y",
        ] {
            let path = RequestPath::parse(path).unwrap();
            let refused = table.find(&path, &Method::Delete).err();
            let allow = vec![Method::Get, Method::Head];
            let expected = Some(NoRoute::MethodNotAllowed { allow });
            assert_eq!(refused, expected, "{}", path.as_str());
            assert!(table.find(&path, &Method::Get).is_ok());
        }
        let other = RequestPath::parse("/x/Other/y").unwrap();
        assert!(table.find(&other, &Method::Delete).is_ok());
    }
}

#[test]
fn the_rules_of_all_readings_hold_together() {
    let night = asking(Condition::AllGroups(vec!["night".to_owned()]));
    let table = table(&[
        loose(public("/**")),
        loose(staff(route("/x/**"))),
        Route {
            requirements: night,
            ..loose(route("/x/Y/**"))
        },
    ]);
    let (staff, night) = ("staff".to_owned(), "night".to_owned());
    for alone in [&staff, &night] {
        let decision = decide(&table, "/x/y/z", Some(core::slice::from_ref(alone)));
        let missing = vec![Missing::Group];
        assert_eq!(decision, Decision::Forbidden { missing });
    }
    assert!(audience(&decide(&table, "/x/y/z", Some(&[staff, night]))).is_some());
}

#[test]
fn proofs_of_possession_and_other_sites_are_as_strict_as_the_strictest_reading() {
    let cors = Cors {
        origins: vec!["https://front.example.com".to_owned()],
        credentials: crate::access::cors::CorsCredentials::Include,
        request_headers: vec![],
        exposed_headers: vec![],
        max_age: crate::time::Seconds::new(1),
    };
    let bearer = |pattern: &str| Route {
        access: Access::Bearer,
        ..loose(route(pattern))
    };
    let wide = Route {
        cors: Some(Rc::new(cors)),
        ..bearer("/x/**")
    };
    let bound = Route {
        dpop: Dpop {
            demand: DpopDemand::Always,
            replay: DpopReplay::Ledger,
        },
        ..bearer("/x/bound")
    };
    let table = table(&[wide, bound.clone()]);
    let find = |at: &str| table.find(&path(at), &Method::Get).unwrap();
    assert_eq!(find("/x/Bound").dpop(), bound.dpop);
    assert!(matches!(find("/x/Bound").cors(), OtherSites::Refused));
    assert_eq!(find("/x/Bounds").dpop(), Dpop::default());
    assert!(matches!(find("/x/Bounds").cors(), OtherSites::Granted(_)));
    assert!(matches!(find("/x/bound").cors(), OtherSites::Unsaid));
}

#[test]
fn a_path_that_may_be_read_as_a_parent_is_unknown_to_loose_upstreams_alone() {
    let table_of = |open: Route| table(&[open, loose(route("/admin/**"))]);
    for bad in [
        "/open/%252e%252e/admin",
        "/open/...",
        "/open/..%20/x",
        "/open/x%2500",
    ] {
        let answer = |table: &RouteTable| table.find(&path(bad), &Method::Get).map(|_| ()).err();
        let loosely = table_of(loose(public("/open/**")));
        assert_eq!(answer(&loosely), Some(NoRoute::Unknown), "{bad}");
        assert_eq!(answer(&table_of(public("/open/**"))), None, "{bad}");
    }
}

#[test]
fn stacked_file_endings_are_unknown_where_spellings_matter() {
    let differ = table(&[files(public("/**")), files(route("/x"))]);
    let stacked = "/x/index/index/index/index/index.html";
    assert_eq!(
        differ.find(&path(stacked), &Method::Get).err(),
        Some(NoRoute::Unknown)
    );
    assert!(
        differ
            .find(&path("/x/index/index.html"), &Method::Get)
            .is_ok()
    );
    let alike = table(&[files(public("/**")), files(public("/x"))]);
    assert!(alike.find(&path(stacked), &Method::Get).is_ok());
}

#[test]
fn a_thousand_routes_compile_and_find() {
    let routes: Vec<Route> = (0..1000).map(|n| route(&format!("/team{n}/**"))).collect();
    let table = table(&routes);
    assert_eq!(table.routes().count(), 1000);
    assert_eq!(found(&table, "/team731/x").as_deref(), Some("/team731/**"));
}
