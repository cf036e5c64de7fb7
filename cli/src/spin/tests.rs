//! Each refusal beside the same manifest without its cause.

use super::look;
use crate::print::source::Source;
use lychgate_core::config::Config;
use std::path::Path;

const CONFIGURATION: &str = r#"{"version":1,"public_url":"https://app.example.com",
    "key":[{"id":1,"secret":"SEALING_KEY"}],
    "provider":[{"id":"example","issuer":"https://op.example.com/realm","client_id":"edge",
        "client_secret":{"secret":"CLIENT_SECRET"}}],
    "upstream":[{"id":"site","assets":true},
        {"id":"api","url":"http://api.spin.internal","identity":"headers","shared_secret": {"secret":"API_SECRET"}},
        {"id":"shop","url":"https://shop.example.com:8443"}],
    "route":[{"path":"/**","access":["public"],"upstream":"site"},
        {"path":"/api/**","access":["session"],"upstream":"api"},
        {"path":"/shop/**","access":["session"],"upstream":"shop"}]}"#;

const MANIFEST: &str = r#"spin_manifest_version = 2

[application]
name = "app"

[variables]
sealing_key = { required = true, secret = true }
client_secret = { required = true, secret = true }
api_secret = { required = true, secret = true }

[[trigger.http]]
route = "/..."
component = "gate"

[[trigger.http]]
route = { private = true }
component = "api"

[component.gate]
source = "gate.wasm"
files = [
    { source = "configuration", destination = "/lychgate" },
    { source = "public", destination = "/site" },
]
allowed_outbound_hosts = ["https://op.example.com", "http://api.spin.internal", "https://shop.example.com:8443"]
key_value_stores = ["default"]
sqlite_databases = ["default"]

[component.gate.variables]
sealing_key = "{{ sealing_key }}"
client_secret = "{{ client_secret }}"
api_secret = "{{ api_secret }}"

[component.api]
source = "api.wasm"
"#;

/// The messages about `manifest`: problems, then notes.
fn said(manifest: &str) -> Vec<String> {
    said_of(CONFIGURATION, manifest)
}

fn said_of(configuration: &str, manifest: &str) -> Vec<String> {
    let config = Config::from_json(configuration.as_bytes()).unwrap();
    let found = look(
        &Source::toml(Path::new("spin.toml"), manifest.to_owned()),
        &config,
    );
    let problems = found.problems.iter().map(|problem| {
        let (place, what) = (&problem.place, &problem.what);
        let hint = problem.hint.as_deref().unwrap_or_default();
        format!(
            "{}:{}: {what} (hint: {hint})",
            place.file.display(),
            place.at
        )
    });
    let notes = found.notes.iter().map(|note| {
        let (place, what) = (&note.place, &note.what);
        format!("{}:{}: note: {what}", place.file.display(), place.at)
    });
    problems.chain(notes).collect()
}

/// The manifest in which `from` is `to`.
fn with(from: &str, to: &str) -> String {
    assert_eq!(MANIFEST.matches(from).count(), 1, "{from:?}");
    MANIFEST.replace(from, to)
}

/// The messages where `from` is `to`.
fn said_with(from: &str, to: &str) -> Vec<String> {
    said(&with(from, to))
}

fn said_after(addition: &str) -> Vec<String> {
    said(&format!("{MANIFEST}\n{addition}"))
}

const SILENCE: [String; 0] = [];

#[test]
fn the_folder_of_the_site_is_that_at_its_place() {
    let folder = |manifest: &str| super::site_folder(manifest);
    assert_eq!(folder(MANIFEST), Some("public".into()));
    let elsewhere = MANIFEST.replace("destination = \"/site\"", "destination = \"/files\"");
    assert_eq!(folder(&elsewhere), None);
    assert_eq!(folder("files = ["), None);
}

#[test]
fn a_manifest_that_grants_everything_passes_without_a_word() {
    assert_eq!(said(MANIFEST), SILENCE);
}

#[test]
fn a_manifest_without_lychgate_is_not_looked_at() {
    let other = with(
        "destination = \"/lychgate\"",
        "destination = \"/elsewhere\"",
    )
    .replace("\"default\"", "\"other\"");
    assert_eq!(said(&other), SILENCE);
    let ours = other.replace("/elsewhere", "/lychgate");
    assert_eq!(said(&ours).len(), 2);
}

#[test]
fn a_configuration_may_be_mounted_in_every_form() {
    let entry = "{ source = \"configuration\", destination = \"/lychgate\" }";
    for mount in [
        "\"lychgate/lychgate.json\"",
        "\"./lychgate/*\"",
        "\"lychgate\"",
        "{ source = \"c\", destination = \"lychgate/\" }",
        "{ source = \"c.json\", destination = \"/lychgate/lychgate.json\" }",
    ] {
        let manifest = with(entry, mount).replace("key_value_stores = [\"default\"]\n", "");
        assert_eq!(said(&manifest).len(), 1, "{mount}");
    }
    for mount in ["\"lychgate.json\"", "\"other/lychgate/*\""] {
        let manifest = with(entry, mount).replace("key_value_stores = [\"default\"]\n", "");
        assert_eq!(said(&manifest), SILENCE, "{mount}");
    }
}

#[test]
fn a_secret_needs_a_variable_of_its_name_in_lower_case() {
    let line = "client_secret = \"{{ client_secret }}\"\n";
    assert_eq!(
        said_with(line, ""),
        [
            "spin.toml:29:17: the secret CLIENT_SECRET has no variable client_secret \
          (hint: add client_secret = \"{{ client_secret }}\" under [component.gate.variables])"
        ]
    );
    let both = with(line, "").replace("client_secret = { required = true, secret = true }\n", "");
    assert_eq!(
        said(&both),
        [
            "spin.toml:28:17: the secret CLIENT_SECRET has no variable client_secret \
          (hint: add client_secret = \"{{ client_secret }}\" under [component.gate.variables] \
          and client_secret = { required = true, secret = true } under [variables])"
        ]
    );
    let upper = line.replacen("client_secret", "CLIENT_SECRET", 1);
    assert_eq!(said_with(line, &upper).len(), 1);
    // Where it comes from is the manifest's affair.
    let elsewhere = line.replace("{{ client_secret }}", "{{ another }}");
    assert_eq!(said_with(line, &elsewhere), SILENCE);
    let (head, _) = MANIFEST.split_once("[component.gate.variables]").unwrap();
    let none = format!("{head}[component.api]\nsource = \"api.wasm\"\n");
    let all = said(&none);
    assert_eq!(all.len(), 3);
    assert!(all[0].starts_with("spin.toml:19:12: the secret SEALING_KEY"));
}

#[test]
fn every_origin_that_lychgate_sends_to_has_to_be_allowed() {
    assert_eq!(
        said_with("\"https://op.example.com\", ", ""),
        [
            "spin.toml:25:1: allowed_outbound_hosts does not cover https://op.example.com, where the metadata \
          of the provider \"example\" is (hint: add \"https://op.example.com\", and the hosts of its token, key and \
          userinfo endpoints where they are others)"
        ]
    );
    assert_eq!(
        said_with("https://shop.example.com:8443", "https://shop.example.com"),
        [
            "spin.toml:25:1: allowed_outbound_hosts does not cover https://shop.example.com:8443, the url of \
          the upstream \"shop\" (hint: add \"https://shop.example.com:8443\")"
        ]
    );
    assert_eq!(
        said_with("\"http://api.spin.internal\"", "\"http://self\"").len(),
        1
    );
    let wide = said_with("\"http://api.spin.internal\"", "\"http://*.spin.internal\"");
    assert_eq!(wide, SILENCE);
    let list = MANIFEST
        .lines()
        .find(|line| line.starts_with("allowed"))
        .unwrap();
    assert_eq!(said_with(list, "").len(), 3);
    for lenient in [
        "allowed_outbound_hosts = [\"*://*:*\"]",
        "allowed_outbound_hosts = [\"{{ hosts }}\"]",
        "allowed_http_hosts = [\"op.example.com\"]",
    ] {
        assert_eq!(said_with(list, lenient), SILENCE, "{lenient}");
    }
}

#[test]
fn the_endpoint_that_is_asked_about_tokens_has_to_be_allowed() {
    let issuer = r#""issuer":[{"issuer":"https://tokens.example.com","check":"introspection","clients":["a"],
        "introspection_endpoint":"https://ask.example.com/introspect","client_id":"edge",
        "client_secret":{"secret":"CLIENT_SECRET"}}],
    "upstream""#;
    let configuration = CONFIGURATION.replacen("\"upstream\"", issuer, 1);
    assert_eq!(
        said_of(&configuration, MANIFEST),
        [
            "spin.toml:25:1: allowed_outbound_hosts does not cover https://ask.example.com, where tokens of the issuer \
          \"https://tokens.example.com\" are asked about (hint: add \"https://ask.example.com\")"
        ]
    );
    let allowed = with("hosts = [", "hosts = [\"https://ask.example.com\", ");
    assert_eq!(said_of(&configuration, &allowed), SILENCE);
    // Where the metadata names it, Lychgate asks for that first.
    let written = "\"introspection_endpoint\":\"https://ask.example.com/introspect\",";
    let configuration = configuration.replacen(written, "", 1);
    assert_eq!(
        said_of(&configuration, MANIFEST),
        [
            "spin.toml:25:1: allowed_outbound_hosts does not cover https://tokens.example.com, where the metadata of \
          the issuer \"https://tokens.example.com\" is (hint: add \"https://tokens.example.com\", and the host of its \
          introspection_endpoint where that is another)"
        ]
    );
    let allowed = with("hosts = [", "hosts = [\"https://tokens.example.com\", ");
    assert_eq!(said_of(&configuration, &allowed), SILENCE);
}

#[test]
fn the_endpoint_that_is_asked_about_tokens_of_pages_has_to_be_allowed() {
    let hand_over = r#""id":"example","hand_over":["access_token"],"token_check":"introspection",
        "token_check_endpoint":"https://ask.example.com/introspect""#;
    let configuration = CONFIGURATION.replacen(r#""id":"example""#, hand_over, 1);
    assert_ne!(configuration, CONFIGURATION);
    assert_eq!(
        said_of(&configuration, MANIFEST),
        [
            "spin.toml:25:1: allowed_outbound_hosts does not cover https://ask.example.com, where tokens are asked about \
          that pages hand over for the provider \"example\" (hint: add \"https://ask.example.com\")"
        ]
    );
    let allowed = with("hosts = [", "hosts = [\"https://ask.example.com\", ");
    assert_eq!(said_of(&configuration, &allowed), SILENCE);
}

#[test]
fn the_store_and_the_database_have_to_be_granted() {
    assert_eq!(
        said_with(
            "key_value_stores = [\"default\"]",
            "key_value_stores = [\"other\"]"
        ),
        [
            "spin.toml:26:1: key_value_stores does not list \"default\", which keeps sessions \
          (hint: key_value_stores = [\"default\"])"
        ]
    );
    assert_eq!(
        said_with("sqlite_databases = [\"default\"]\n", ""),
        [
            "spin.toml:19:12: sqlite_databases does not list \"default\", which keeps the ledger \
          (hint: sqlite_databases = [\"default\"])"
        ]
    );
    let more = said_with("key_value_stores = [", "key_value_stores = [\"other\", ");
    assert_eq!(more, SILENCE);
}

#[test]
fn static_files_have_to_be_mounted() {
    let mount = "    { source = \"public\", destination = \"/site\" },\n";
    assert_eq!(
        said_with(mount, ""),
        [
            "spin.toml:21:1: nothing is mounted at /site, the files of the upstream \"site\" \
          (hint: add { source = \"FOLDER\", destination = \"/site\" } to files)"
        ]
    );
    assert_eq!(said_with("\"/site\"", "\"/sites\"").len(), 1);
    for other in [
        "\"site/**/*\",",
        "{ source = \"all\", destination = \"/\" },",
        "\"*/*.html\",",
    ] {
        assert_eq!(said_with(mount, other), SILENCE, "{other}");
    }
}

#[test]
fn an_upstream_of_the_application_has_to_be_there() {
    assert_eq!(
        said(
            &with("[component.api]", "[component.apis]")
                .replace("component = \"api\"", "component = \"apis\"")
        ),
        [
            "spin.toml:19:12: the upstream \"api\" is the component \"api\", which is not there \
          (hint: add [component.api], and [[trigger.http]] with component = \"api\" and \
          route = { private = true })"
        ]
    );
    // A component inside a trigger may have any name.
    let inside = with(
        "component = \"api\"",
        "component = { source = \"api.wasm\" }",
    )
    .replace("[component.api]", "[component.apis]");
    assert_eq!(said(&inside), SILENCE);
}

#[test]
fn an_upstream_of_the_application_must_not_be_reached_around_lychgate() {
    let problem =
        "everyone reaches the component \"api\", the upstream \"api\", around Lychgate at ";
    let private = "route = { private = true }";
    for (public, at) in [
        ("route = \"/raw/...\"", "/raw/..."),
        ("route = { private = false }", "/..."),
        ("id = \"x\"", "/..."),
    ] {
        let all = said_with(private, public);
        assert!(
            all[0].contains(&format!("{problem}{at} (hint: write {private}")),
            "{all:?}"
        );
    }
    let second = said_after("[[trigger.http]]\nroute = \"/raw\"\ncomponent = \"api\"\n");
    assert_eq!(second.len(), 1);
    assert!(
        second[0].starts_with(&format!("spin.toml:38:1: {problem}/raw ")),
        "{second:?}"
    );
    let private = said_after("[[trigger.http]]\nroute = { private = true }\ncomponent = \"api\"\n");
    assert_eq!(private, SILENCE);
}

#[test]
fn lychgate_is_no_upstream_of_itself() {
    let renamed = MANIFEST
        .replace("[component.api]", "[component.other]")
        .replace("component = \"api\"", "component = \"other\"")
        .replace("component.gate", "component.api")
        .replace("\"gate\"", "\"api\"");
    let all = said(&renamed);
    assert_eq!(all.len(), 1);
    assert!(
        all[0].contains("the upstream \"api\" is Lychgate itself"),
        "{all:?}"
    );
}

#[test]
fn another_component_with_a_route_is_worth_a_note() {
    let other = |route: &str| {
        said_after(&format!(
            "[[trigger.http]]\nroute = {route}\ncomponent = \"other\"\n[component.other]\nsource = \"o.wasm\"\n"
        ))
    };
    assert_eq!(other("{ private = true }"), SILENCE);
    assert_eq!(
        other("\"/open/*\""),
        [
            "spin.toml:38:1: note: requests to /open/... go to the component \"other\" and do not pass Lychgate"
        ]
    );
    let inside = said_after(
        "[[trigger.http]]\nid = \"open\"\nroute = \"/open\"\ncomponent = { source = \"o.wasm\" }\n",
    );
    assert!(
        inside[0].contains("to the component \"open-component\" and"),
        "{inside:?}"
    );
    let answer =
        said_after("[[trigger.http]]\nroute = \"/open\"\nstatic_response = { body = \"x\" }\n");
    assert!(
        answer[0].contains("to an answer of the manifest and"),
        "{answer:?}"
    );
}

#[test]
fn lychgate_s_route_is_its_own() {
    let other = |route: &str| {
        said_after(&format!(
            "[[trigger.http]]\nroute = \"{route}\"\ncomponent = \"other\"\n[component.other]\nsource = \"o.wasm\"\n"
        ))
    };
    for same in ["/...", "/*", "..."] {
        let all = other(same);
        let what = "spin.toml:38:1: /... is the route of Lychgate too, and Spin follows only one";
        assert!(all[0].starts_with(what), "{all:?}");
    }
    assert!(other("/a/...")[0].contains(": note: "));
}

#[test]
fn a_narrower_route_is_worth_a_note() {
    for all in ["route = \"/*\"", "route = \"...\""] {
        assert_eq!(said_with("route = \"/...\"", all), SILENCE, "{all}");
    }
    assert_eq!(
        said_with("route = \"/...\"", "route = \"/app/...\""),
        [
            "spin.toml:12:1: note: only requests to /app/... reach Lychgate; its own endpoints are below /auth"
        ]
    );
    let second = "[[trigger.http]]\nroute = \"/...\"\ncomponent = \"gate\"\n";
    let both = format!(
        "{}\n{second}",
        with("route = \"/...\"", "route = \"/app/...\"")
    );
    assert_eq!(said(&both), SILENCE);
    assert_eq!(
        said_with("route = \"/...\"", "route = { private = true } "),
        ["spin.toml:19:12: note: no public route leads to the component \"gate\""]
    );
}

#[test]
fn one_application_has_one_component_of_lychgate() {
    let second = |destination: &str| {
        said_after(&format!(
            "[component.second]\nsource = \"s.wasm\"\nfiles = [{{ source = \"c\", destination = \"{destination}\" }}]\n"
        ))
    };
    assert_eq!(second("/other"), SILENCE);
    let all = second("/lychgate");
    assert_eq!(all.len(), 1);
    assert!(
        all[0].starts_with("spin.toml:39:1: the component \"second\" has files at /lychgate"),
        "{all:?}"
    );
}

#[test]
fn a_component_inside_a_trigger_is_looked_at_too() {
    let (head, rest) = MANIFEST.split_once("[component.gate]\n").unwrap();
    let (gate, tail) = rest.split_once("[component.gate.variables]\n").unwrap();
    let (variables, tail) = tail.split_once("[component.api]").unwrap();
    let head = head.replace(
        "component = \"gate\"\n",
        &format!("[trigger.http.component]\n{gate}[trigger.http.component.variables]\n{variables}"),
    );
    let whole = format!("{head}[component.api]{tail}");
    assert_eq!(said(&whole), SILENCE);
    let without = whole.replace("sealing_key = \"{{ sealing_key }}\"\n", "");
    assert_eq!(
        said(&without),
        [
            "spin.toml:23:25: the secret SEALING_KEY has no variable sealing_key (hint: add \
          sealing_key = \"{{ sealing_key }}\" under variables of the component)"
        ]
    );
}

#[test]
fn everything_is_said_at_once_and_in_order() {
    let manifest = MANIFEST
        .replace("\"default\"", "\"other\"")
        .replace("\"/site\"", "\"/sites\"")
        .replace("{ private = true }", "\"/raw\"")
        .replace("sealing_key = \"{{ sealing_key }}\"\n", "");
    let places: Vec<String> = said(&manifest)
        .iter()
        .map(|line| line.split(": ").next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        places,
        [
            "spin.toml:16:1",
            "spin.toml:21:1",
            "spin.toml:26:1",
            "spin.toml:27:1",
            "spin.toml:29:17"
        ]
    );
}

#[test]
fn syntax_errors_have_a_place() {
    let all = said_with("spin_manifest_version = 2", "spin_manifest_version =");
    assert!(all[0].starts_with("spin.toml:1:24: "), "{all:?}");
}
