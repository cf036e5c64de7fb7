//! `lychgate check`, as people and builds run it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by panicking"
)]

mod configuration;
mod folder;
mod tree;

use configuration::GOOD;
use folder::{Folder, Ran};
use std::{fs, process::Command};

const WRANGLER: &str = r#"name = "x"

[assets]
directory = "./public"
run_worker_first = true
"#;

const SPIN: &str = r#"spin_manifest_version = 2

[application]
name = "x"

[variables]
lychgate_key1 = { required = true, secret = true }
client_secret = { required = true, secret = true }

[[trigger.http]]
route = "/..."
component = "lychgate"

[component.lychgate]
source = "lychgate.wasm"
files = [{ source = "c", destination = "/lychgate" }, { source = "public", destination = "/site" }]
allowed_outbound_hosts = ["https://op.example.com"]
key_value_stores = ["default"]
sqlite_databases = ["default"]

[component.lychgate.variables]
lychgate_key1 = "{{ lychgate_key1 }}"
client_secret = "{{ client_secret }}"
"#;

fn read(folder: &Folder, file: &str) -> Option<String> {
    fs::read_to_string(folder.0.join(file)).ok()
}

fn check(test: &str, text: &str) -> Ran {
    Folder::new(test)
        .with("lychgate.toml", text)
        .run(&["check"])
}

/// The messages without the excerpts: one line for each finding, with the hint behind it.
fn heads(ran: &Ran) -> String {
    let mut heads = String::new();
    for line in ran.messages.lines().map(str::trim_start) {
        let number = line.trim_start_matches(|sign: char| sign.is_ascii_digit());
        if let Some(hint) = line.strip_prefix("= hint: ") {
            heads.truncate(heads.trim_end().len());
            heads.extend([" (hint: ", hint, ")\n"]);
        } else if !line.is_empty() && !number.trim_start().starts_with('|') {
            heads.extend([line, "\n"]);
        }
    }
    heads
}

#[test]
fn a_good_configuration_is_summed_up_in_a_block() {
    let ran = check("good", GOOD);
    assert_eq!(ran.code, Some(0), "{}", ran.messages);
    assert_eq!(ran.messages, "");
    let expected = "\
lychgate.toml: ok
  protects:       https://app.example.com
  routes:         2, 1 of them protected
  upstreams:      site (static files)
  providers:      example (https://op.example.com)
  access tokens:  none
  secrets to set: LYCHGATE_KEY_1, CLIENT_SECRET
  next:           put a wrangler.toml or a spin.toml beside it, for the host that it goes to
";
    assert_eq!(ran.output, expected);
}

/// The next steps depend on the files of hosts that lie there.
#[test]
fn the_next_steps_are_those_of_the_hosts() {
    let folder = Folder::new("next").with("lychgate.toml", GOOD);
    let folder = folder.with("wrangler.toml", WRANGLER);
    let workers = folder.run(&["check"]).output;
    assert!(workers.contains("`npx wrangler deploy`"), "{workers}");
    assert!(!workers.contains("Spin"), "{workers}");
    let both = folder.with("spin.toml", SPIN).run(&["check"]).output;
    assert!(both.contains("`npx wrangler deploy`"), "{both}");
    let variables = "set the variables lychgate_key1, client_secret, then `spin up`";
    assert!(both.contains(variables), "{both}");
    assert!(
        both.lines().last().unwrap().contains("`lychgate doctor`"),
        "{both}"
    );
}

/// A deployment with the address of one machine would answer 421 to everyone.
#[test]
fn the_next_steps_on_one_machine_deploy_nothing() {
    let on_this_machine = GOOD.replace("https://app.example.com", "http://localhost:8787");
    let folder = Folder::new("next_here").with("lychgate.toml", on_this_machine);
    let said = folder
        .with("wrangler.toml", WRANGLER)
        .run(&["check"])
        .output;
    assert!(said.contains("`npx wrangler dev`"), "{said}");
    assert!(!said.contains("wrangler deploy"), "{said}");
    let last = said.lines().last().unwrap();
    assert!(last.contains("before you deploy: set public_url"), "{said}");
}

/// Someone who deploys to one host may have left the file of the other where it was.
#[test]
fn the_file_of_another_host_may_be_in_the_way() {
    let said = |test, wrangler: &str, spin: &str| {
        let folder = Folder::new(test).with("lychgate.toml", GOOD);
        let folder = folder.with("wrangler.toml", wrangler);
        folder.with("spin.toml", spin).run(&["check"]).messages
    };
    let wrangler = WRANGLER.replace("run_worker_first = true", "");
    let spin = SPIN.replace("\"default\"", "\"other\"");
    let on_workers = said("spin_in_the_way", WRANGLER, &spin);
    let step = "delete spin.toml where you do not deploy to Spin\n";
    assert!(on_workers.ends_with(step), "{on_workers}");
    let on_spin = said("workers_in_the_way", &wrangler, SPIN);
    let step = "delete wrangler.toml where you do not deploy to Workers\n";
    assert!(on_spin.ends_with(step), "{on_spin}");
    let both = said("none_in_the_way", &wrangler, &spin);
    assert!(!both.contains("delete"), "{both}");
}

#[test]
fn the_demo_s_configuration_passes_with_its_surroundings() {
    let root = tree::root();
    let mut command = Command::new(tree::program());
    let ran = Ran::from(command.current_dir(root).arg("check").output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.messages);
}

#[test]
fn every_error_has_its_line_column_and_hint() {
    let text = GOOD
        .replace("assets = true", "asset = true")
        .replace("client_id = \"edge\"\n", "")
        .replace("[\"public\"]", "[\"everyone\"]")
        .replace("\"/staff/**\"", "\"/staff/*.html\"");
    let ran = check("errors", &text);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.output, "");
    let expected = [
        "lychgate.toml:8:1: provider[0]: client_id is missing",
        "lychgate.toml:13:1: upstream[0]: expected exactly one of assets = true, url and service",
        "lychgate.toml:15:1: upstream[0].asset: unknown key (hint: did you mean assets?)",
        "lychgate.toml:19:11: route[0].access[0]: expected \"public\", \"session\" or \"bearer\"",
        "lychgate.toml:23:8: route[1].path: a star stands for a whole segment, not for a part of \
         \"*.html\" (hint: use * for a whole segment and ** for the rest; write %2A for a star itself)",
    ];
    assert_eq!(heads(&ran).lines().collect::<Vec<_>>(), expected);
}

#[test]
fn syntax_errors_have_a_place_too() {
    let text = GOOD
        .replace("version = 1", "version =")
        .replace("client_id = \"edge\"", "client_id = edge");
    let ran = check("syntax", &text);
    assert_eq!(ran.code, Some(1));
    let said = heads(&ran);
    let places: Vec<_> = said.lines().filter_map(|line| line.get(..18)).collect();
    assert_eq!(
        places,
        ["lychgate.toml:1:10", "lychgate.toml:11:1"],
        "{}",
        ran.messages
    );
    let twice = check(
        "twice",
        &GOOD.replace("version = 1", "version = 1\nversion = 1"),
    );
    assert_eq!(twice.code, Some(1));
    assert!(
        twice
            .messages
            .starts_with("lychgate.toml:2:1: duplicate key")
    );
}

#[test]
fn a_secret_in_the_wrong_place_is_not_shown() {
    let text = GOOD.replace("{ secret = \"CLIENT_SECRET\" }", "\"SECRET-in-test\"");
    let ran = check("secret", &text);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.messages
            .contains("lychgate.toml:12:17: provider[0].client_secret")
    );
    assert!(!ran.messages.contains("SECRET-in-test"));
}

#[test]
fn a_point_in_time_may_be_written_bare() {
    let key = |not_after: &str| {
        let previous = format!(
            "secret = \"LYCHGATE_KEY_1\"\n\n[[key]]\nid = 2\nsecret = \"OLD\"\nnot_after = {not_after}\n"
        );
        GOOD.replace("secret = \"LYCHGATE_KEY_1\"\n", &previous)
    };
    for (test, good) in [
        ("bare", "2026-12-01T00:00:00Z"),
        ("quoted", "\"2026-12-01T00:00:00Z\""),
    ] {
        let ran = check(test, &key(good));
        assert_eq!(ran.code, Some(0), "{}", ran.messages);
    }
    let ran = check("local", &key("2026-12-01"));
    assert!(
        ran.messages
            .starts_with("lychgate.toml:11:13: key[1].not_after"),
        "{}",
        ran.messages
    );
}

#[test]
fn the_same_configuration_is_the_same_json() {
    let folder = Folder::new("emit").with("a.toml", GOOD);
    let ran = folder.run(&["check", "a.toml", "--emit-json", "out/a.json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.messages);
    let json = read(&folder, "out/a.json").unwrap();
    assert!(json.starts_with("{\"key\":[{\"id\":1,\"secret\":\"LYCHGATE_KEY_1\"}],\"provider\":"));
    let (head, tail) = GOOD.split_once("public_url").unwrap();
    let (line, tail) = tail.split_once('\n').unwrap();
    let moved = format!("# moved\npublic_url{line}\n{head}{tail}");
    let folder = folder.with("b.toml", &moved);
    folder.run(&["check", "--emit-json=out/b.json", "b.toml"]);
    assert_eq!(read(&folder, "out/b.json").unwrap(), json);
    let left: Vec<_> = fs::read_dir(folder.0.join("out")).unwrap().collect();
    assert_eq!(left.len(), 2);
}

#[test]
fn a_faulty_configuration_writes_nothing() {
    let folder = Folder::new("keep")
        .with("lychgate.toml", GOOD.replace("version = 1", "version = 2"))
        .with("out.json", "before");
    let ran = folder.run(&["check", "--emit-json", "out.json"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(read(&folder, "out.json").unwrap(), "before");
}

#[test]
fn a_rewrite_into_files_fails_the_check_and_a_redirect_does_not() {
    let folder = |test, status: &str| {
        Folder::new(test)
            .with("lychgate.toml", GOOD)
            .with("wrangler.toml", WRANGLER)
            .with(
                "public/_redirects",
                format!("# ours\n/open /staff/plan.html {status}\n"),
            )
    };
    let ran = folder("rewrite", "200").run(&["check"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.messages
            .contains("_redirects:2:1: /open is answered with the file at /staff/plan.html")
    );
    assert_eq!(folder("redirect", "302").run(&["check"]).code, Some(0));
}

#[test]
fn files_served_past_the_worker_fail_the_check() {
    let run = |test, line: &str| {
        let wrangler = WRANGLER.replace("run_worker_first = true", line);
        let folder = Folder::new(test).with("lychgate.toml", GOOD);
        folder.with("wrangler.toml", &wrangler).run(&["check"])
    };
    assert_eq!(run("first", "run_worker_first = true").code, Some(0));
    let ran = run("second", "run_worker_first = [\"/staff/*\"]");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.messages
            .starts_with("wrangler.toml:5:1: static files are served without")
    );
    let ran = run("unsaid", "");
    assert!(
        ran.messages.starts_with("wrangler.toml:3:"),
        "{}",
        ran.messages
    );
}

#[test]
fn files_without_an_upstream_fail_the_check_where_they_are_served_past_the_worker() {
    let run = |test, line: &str| {
        let good = GOOD.replace("assets = true", "url = \"https://origin.example.com\"");
        assert_ne!(good, GOOD);
        let folder = Folder::new(test).with("lychgate.toml", &good);
        let wrangler = WRANGLER.replace("run_worker_first = true", line);
        folder.with("wrangler.toml", &wrangler).run(&["check"])
    };
    assert_eq!(
        run("no_upstream_first", "run_worker_first = true").code,
        Some(0)
    );
    let ran = run("no_upstream", "");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.messages.contains("served without passing Lychgate"),
        "{}",
        ran.messages
    );
}

#[test]
fn a_protected_fallback_file_fails_the_check() {
    let run = |test, protected: &str, handling: &str| {
        let wrangler = format!("{WRANGLER}not_found_handling = \"{handling}\"\n");
        Folder::new(test)
            .with("lychgate.toml", GOOD.replace("/staff/**", protected))
            .with("wrangler.toml", &wrangler)
            .run(&["check"])
    };
    let spa = "single-page-application";
    assert_eq!(run("spa", "/index.html", spa).code, Some(1));
    assert_eq!(run("spa-open", "/staff/**", spa).code, Some(0));
    assert_eq!(run("spa-none", "/index.html", "none").code, Some(0));
    assert_eq!(run("page", "/404.html", "404-page").code, Some(1));
    assert_eq!(run("page-open", "/staff/**", "404-page").code, Some(0));
}

/// Where a page is served at the address of the folder beside it, the folder's rule must be the page's.
#[test]
fn pages_served_as_folders_fail_the_check_where_their_rules_differ() {
    let run = |test, everyone: &str, folder: &str, handling: &str| {
        let wrangler = format!("{WRANGLER}html_handling = \"{handling}\"\n");
        let good = GOOD.replace("access = [\"public\"]", everyone);
        let good = good.replace(
            "access = [\"session\"]\nupstream = \"site\"\nrequire = { any_group = [\"staff\"] }",
            folder,
        );
        let folder = Folder::new(test).with("lychgate.toml", &good);
        folder.with("wrangler.toml", &wrangler).run(&["check"])
    };
    let (open, closed) = ("access = [\"public\"]", "access = [\"session\"]");
    let folder = |access: &str| format!("{access}\nupstream = \"site\"");
    let (forced, usual) = ("force-trailing-slash", "auto-trailing-slash");
    let ran = run("forced", closed, &folder(open), forced);
    assert_eq!(ran.code, Some(1));
    let said = "answers /staff/ with /staff.html, which has another rule (hint: ";
    assert!(heads(&ran).contains(said), "{}", ran.messages);
    for (test, everyone, access, handling) in [
        ("unforced", closed, open, usual),
        ("forced-wide", open, closed, forced),
        ("forced-same", closed, closed, forced),
    ] {
        let ran = run(test, everyone, &folder(access), handling);
        assert_eq!(ran.code, Some(0), "{test}: {}", ran.messages);
    }
}

#[test]
fn folders_served_as_pages_fail_the_check_where_their_rules_differ() {
    let route = |path: &str, access: &str| {
        format!("\n[[route]]\npath = \"{path}\"\naccess = [\"{access}\"]\nupstream = \"site\"\n")
    };
    let run = |test: &str, routes: &[String], handling: &str| {
        let wrangler = format!("{WRANGLER}html_handling = \"{handling}\"\n");
        let good = GOOD.to_owned() + &routes.concat();
        let folder = Folder::new(test).with("lychgate.toml", &good);
        folder.with("wrangler.toml", &wrangler).run(&["check"])
    };
    let leak = [route("/docs", "public"), route("/docs/**", "session")];
    let ran = run("dropped", &leak, "drop-trailing-slash");
    assert_eq!(ran.code, Some(1));
    let said = "html_handling = \"drop-trailing-slash\" answers /docs with /docs/index.html, which has another rule";
    assert!(ran.messages.contains(said), "{}", ran.messages);
    for handling in ["auto-trailing-slash", "force-trailing-slash", "none"] {
        assert_eq!(
            run("undropped", &leak, handling).code,
            Some(0),
            "{handling}"
        );
    }
    let same = [route("/docs", "session"), route("/docs/**", "session")];
    assert_eq!(
        run("dropped-same", &same, "drop-trailing-slash").code,
        Some(0)
    );
    // A folder's page by a pattern with a star.
    let starred = [route("/a/*/", "public"), route("/a/**", "session")];
    assert_eq!(
        run("forced-star", &starred, "force-trailing-slash").code,
        Some(1)
    );
    assert_eq!(
        run("unforced-star", &starred, "auto-trailing-slash").code,
        Some(0)
    );
}

#[test]
fn every_request_passes_the_worker_first() {
    let run = |test: &str, first: &str| {
        let wrangler = WRANGLER.replace("run_worker_first = true", first);
        let folder = Folder::new(test).with("lychgate.toml", GOOD);
        folder.with("wrangler.toml", &wrangler).run(&["check"]).code
    };
    assert_eq!(run("first", "run_worker_first = true"), Some(0));
    for (test, first) in [
        ("first-false", "run_worker_first = false"),
        ("first-some", "run_worker_first = [\"/staff/*\"]"),
        ("first-all", "run_worker_first = [\"/*\"]"),
        ("first-none", ""),
    ] {
        assert_eq!(run(test, first), Some(1), "{first}");
    }
}

/// A configuration with a service, and what stands beside it.
fn service(test: &str, file: &str, text: &str) -> Ran {
    let service = format!("{GOOD}\n[[upstream]]\nid = \"api\"\nservice = \"API\"\n");
    let folder = Folder::new(test).with("lychgate.toml", &service);
    folder.with(file, text).run(&["check"])
}

#[test]
fn a_service_needs_its_binding_in_every_environment() {
    let binding = |table| format!("[[{table}]]\nbinding = \"API\"\nservice = \"api\"\n");
    let bound = format!("{WRANGLER}{}", binding("services"));
    let ran = service("service", "wrangler.toml", &bound);
    assert_eq!(ran.code, Some(0), "{}", ran.messages);
    let ran = service("service_lacks", "wrangler.toml", WRANGLER);
    assert_eq!((ran.code, ran.output.as_str()), (Some(1), ""));
    assert_eq!(
        heads(&ran),
        "wrangler.toml:1:1: no service binding is called API, as the upstream \"api\" has it \
         (hint: add [[services]] with binding = \"API\" and service = \"WORKER\")\n"
    );
    let other = bound.replace("\"API\"", "\"OTHER\"");
    let ran = service("service_other", "wrangler.toml", &other);
    assert_eq!(ran.code, Some(1));
    let next = format!("{bound}[env.next]\nname = \"next\"\n");
    let ran = service("service_environment", "wrangler.toml", &next);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.messages
            .contains("API in the environment \"next\", as the upstream")
            && ran.messages.contains("add [[env.next.services]]"),
        "{}",
        ran.messages
    );
    let both = format!("{next}{}", binding("env.next.services"));
    let ran = service("service_both", "wrangler.toml", &both);
    assert_eq!(ran.code, Some(0), "{}", ran.messages);
}

#[test]
fn a_service_is_another_worker() {
    let bound = |worker: &str| {
        format!("{WRANGLER}\n[[services]]\nbinding = \"API\"\nservice = \"{worker}\"\n")
    };
    assert_eq!(service("other", "wrangler.toml", &bound("y")).code, Some(0));
    let ran = service("itself", "wrangler.toml", &bound("x"));
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.messages
            .starts_with("wrangler.toml:7:1: the upstream \"api\" is this Worker itself"),
        "{}",
        ran.messages
    );
}

#[test]
fn a_service_is_nothing_on_spin() {
    let ran = service("service_spin", "spin.toml", SPIN);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        heads(&ran),
        "spin.toml:14:12: the upstream \"api\" is the service binding API, and Spin has none \
         (hint: write url = \"http://NAME.spin.internal\" in lychgate.toml, or delete spin.toml \
         where this goes to Workers)\n"
    );
}

#[test]
fn a_spin_manifest_that_lacks_something_fails_the_check() {
    let run = |test, from: &str, to: &str| {
        let folder = Folder::new(test).with("lychgate.toml", GOOD);
        folder
            .with("spin.toml", SPIN.replace(from, to))
            .run(&["check"])
    };
    let ran = run("spin", "", "");
    assert_eq!((ran.code, ran.messages.as_str()), (Some(0), ""));
    assert!(
        ran.output
            .contains("secrets to set: LYCHGATE_KEY_1, CLIENT_SECRET\n")
    );
    let ran = run("spin_lacks", "\"/site\"", "\"/sites\"");
    assert_eq!((ran.code, ran.output.as_str()), (Some(1), ""));
    assert_eq!(
        heads(&ran),
        "spin.toml:16:1: nothing is mounted at /site, the files of the upstream \"site\" \
         (hint: add { source = \"FOLDER\", destination = \"/site\" } to files)\n"
    );
    let ran = run("spin_note", "\"/...\"", "\"/app/...\"");
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.messages
            .starts_with("spin.toml:11:1: note: only requests to /app/... reach Lychgate"),
        "{}",
        ran.messages
    );
    assert_eq!(run("spin_syntax", "name = ", "name ").code, Some(1));
}

#[test]
fn a_logo_that_not_everybody_sees_is_mentioned() {
    let run = |test, logo| {
        let page = format!("\n[page]\nlogo = \"{logo}\"\ncolor = \"#ffcc00\"\n");
        check(test, &format!("{GOOD}{page}"))
    };
    let ran = run("logo_public", "/logo.svg");
    assert_eq!((ran.code, ran.messages.as_str()), (Some(0), ""));
    let ran = run("logo_protected", "/staff/logo.svg");
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        heads(&ran),
        "lychgate.toml: note: page.logo: /staff/logo.svg is not public, so people who are not signed in \
         do not see it: add a public route for it\n"
    );
}

#[test]
fn paths_for_those_who_never_sign_in_are_named() {
    let closed = GOOD.replace("[\"public\"]", "[\"session\"]");
    let route = |path: &str, access: &str| {
        format!("\n[[route]]\npath = \"{path}\"\naccess = [\"{access}\"]\nupstream = \"site\"\n")
    };
    let note = "lychgate.toml:18:1: note: /** asks for a session at ";
    let ran = check("open_paths", &closed);
    assert_eq!(ran.code, Some(0), "{}", ran.messages);
    assert_eq!(heads(&ran).lines().count(), 1, "{}", ran.messages);
    let (_, rest) = ran.messages.split_once(note).unwrap();
    for path in ["/robots.txt, /.well-known/**, ", "/sw.js", "/manifest.json"] {
        assert!(rest.contains(path), "{rest}");
    }
    // A route that names a path knows of it.
    let named =
        closed.clone() + &route("/robots.txt", "public") + &route("/.well-known/**", "session");
    let ran = check("open_paths_named", &named);
    let (_, rest) = ran.messages.split_once(note).unwrap();
    assert!(rest.starts_with("/manifest.webmanifest, "), "{rest}");
    assert_eq!(check("open_paths_open", GOOD).messages, "");
    // Of static files only those that are there.
    let folder = Folder::new("open_paths_files")
        .with("lychgate.toml", &closed)
        .with("wrangler.toml", WRANGLER)
        .with("public/index.html", "x");
    assert_eq!(folder.run(&["check"]).messages, "");
    let folder = folder.with("public/sw.js", "x");
    let said = folder.run(&["check"]).messages;
    assert!(said.starts_with(&format!("{note}/sw.js, which")), "{said}");
}

#[test]
fn what_exact_matching_opens_is_named() {
    let route = |path: &str, access: &str, upstream: &str| {
        format!(
            "\n[[route]]\npath = \"{path}\"\naccess = [\"{access}\"]\nupstream = \"{upstream}\"\n"
        )
    };
    let run = |test: &str, matching: &str| {
        let upstream = format!(
            "\n[[upstream]]\nid = \"api\"\nurl = \"https://api.example.com\"\npath_matching = \"{matching}\"\n"
        );
        let routes = [
            route("/ex/**", "public", "api"),
            route("/ex/admin/**", "session", "api"),
            route("/ex/admin/open", "public", "api"),
        ];
        check(test, &[GOOD, &upstream, &routes.concat()].concat())
    };
    let ran = run("exact_paths", "exact");
    assert_eq!(ran.code, Some(0), "{}", ran.messages);
    assert_eq!(heads(&ran).lines().count(), 1, "{}", ran.messages);
    assert!(
        ran.messages
            .contains(": note: path_matching = \"exact\": if api reads paths more loosely")
            && heads(&ran).ends_with(" /ex/** (public) answers for /ex/admin/**\n"),
        "{}",
        ran.messages
    );
    assert_eq!(run("loose_paths", "loose").messages, "");
    assert_eq!(run("unknown_paths", "sloppy").code, Some(1));
}

#[test]
fn both_hosts_are_checked_at_once() {
    let wrangler = WRANGLER.replace("run_worker_first = true", "");
    let ran = Folder::new("both_hosts")
        .with("lychgate.toml", GOOD)
        .with("wrangler.toml", &wrangler)
        .with("spin.toml", SPIN.replace("\"default\"", "\"other\""))
        .run(&["check"]);
    assert_eq!(ran.code, Some(1));
    let said = heads(&ran);
    let files: Vec<_> = said
        .lines()
        .filter_map(|line| line.split(':').next())
        .collect();
    assert_eq!(files, ["wrangler.toml", "spin.toml", "spin.toml"]);
}

#[test]
fn the_demo_s_spin_manifest_is_checked_with_its_configuration() {
    let root = tree::root();
    let read = |file| fs::read_to_string(root.join(file)).unwrap();
    let run = |test, manifest: &str| {
        let folder = Folder::new(test).with("lychgate.toml", read("lychgate.toml"));
        folder.with("spin.toml", manifest).run(&["check"])
    };
    let ran = run("demo_spin", &read("spin.toml"));
    assert_eq!((ran.code, ran.messages.as_str()), (Some(0), ""));
    let ran = run(
        "demo_spin_stores",
        &read("spin.toml").replace("\"default\"", "\"other\""),
    );
    assert_eq!(heads(&ran).lines().count(), 2, "{}", ran.messages);
}

/// The rest of a configuration that `spin.example.toml` says it goes with.
const BEHIND_SPIN: &str = r#"
[[upstream]]
id = "api"
url = "http://api.spin.internal"
identity = "headers"
shared_secret = { secret = "API_SECRET" }

[[route]]
path = "/api/**"
access = ["session"]
upstream = "api"
"#;

#[test]
fn the_spin_manifest_to_copy_fits_a_configuration_of_its_kind() {
    let root = tree::root();
    let example = fs::read_to_string(root.join("spin.example.toml")).unwrap();
    let configuration = GOOD.replace("\"CLIENT_SECRET", "\"EXAMPLE_CLIENT_SECRET") + BEHIND_SPIN;
    let run = |test, manifest: &str| {
        let folder = Folder::new(test).with("lychgate.toml", &configuration);
        folder.with("spin.toml", manifest).run(&["check"])
    };
    let ran = run("example_spin", &example);
    assert_eq!((ran.code, ran.messages.as_str()), (Some(0), ""));
    // Each part that matters, taken away or changed, is missed by name.
    for (from, to, said) in [
        (
            "lychgate_key1 = \"{{",
            "lychgate_key_1 = \"{{",
            "LYCHGATE_KEY_1",
        ),
        ("api_secret = \"{{", "proof = \"{{", "API_SECRET"),
        ("\"/site\"", "\"/sites\"", "/site"),
        ("\"https://op.example.com\", ", "", "https://op.example.com"),
        (
            ", \"http://api.spin.internal\"",
            "",
            "http://api.spin.internal",
        ),
        ("key_value_stores = [\"default\"]", "", "key_value_stores"),
        ("sqlite_databases = [\"default\"]", "", "sqlite_databases"),
        ("route = { private = true }", "route = \"/api/...\"", "api"),
    ] {
        assert_eq!(example.matches(from).count(), 1, "{from}");
        let ran = run("example_spin_broken", &example.replace(from, to));
        assert_eq!(ran.code, Some(1), "{from}: {}", ran.output);
        assert!(ran.messages.contains(said), "{from}: {}", ran.messages);
    }
}

#[test]
fn settings_that_are_not_read_are_named() {
    let folder = Folder::new("jsonc").with("lychgate.toml", GOOD);
    assert_eq!(folder.run(&["check"]).messages, "");
    let ran = folder.with("wrangler.jsonc", "{}").run(&["check"]);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.messages
            .starts_with("wrangler.jsonc: not checked: run_worker_first")
    );
}
