//! Attacks by way of settings of the platform that change which file an address means.

use super::{Row, everywhere};
use crate::host::{Host, root::root};
use lychgate_cli::check::check;
use std::fs;

pub const ROWS: &[Row] = &[everywhere(
    118,
    "a setting of the platform opens no protected file",
    settings,
)];

const START: &str = r#"version = 1
public_url = "https://app.example.com"
[[key]]
id = 1
secret = "LYCHGATE_KEY_1"
[[provider]]
id = "demo"
issuer = "https://op.example.com"
client_id = "x"
[[upstream]]
id = "site"
assets = true
"#;

/// Each setting with routes that it would open, and routes that it would not. That the asset server opens nothing with
/// those that pass is held by the suite that runs it.
fn settings(_: &dyn Host) {
    let public = "public";
    let session = "session";
    let page = [("/**", public), ("/docs", public), ("/docs/**", session)];
    let folder = [("/**", session), ("/docs/**", public)];
    let star = [("/**", public), ("/a/**", session), ("/a/*/", public)];
    let index = [("/**", public), ("/index.html", session)];
    let not_found = [("/**", public), ("/404.html", session)];
    let plain = [("/**", public), ("/docs/**", session)];
    let auto = ("html_handling", "\"auto-trailing-slash\"");
    let drop = ("html_handling", "\"drop-trailing-slash\"");
    let force = ("html_handling", "\"force-trailing-slash\"");
    let none = ("html_handling", "\"none\"");
    let application = ("not_found_handling", "\"single-page-application\"");
    let pages = ("not_found_handling", "\"404-page\"");
    let nothing = ("not_found_handling", "\"none\"");
    for (setting, routes, passes) in [
        (drop, &page[..], false),
        (drop, &folder, true),
        (drop, &plain, true),
        (force, &folder, false),
        (force, &star, false),
        (force, &page, true),
        (force, &plain, true),
        (auto, &page, true),
        (auto, &folder, true),
        (auto, &star, true),
        (none, &page, true),
        (none, &folder, true),
        (application, &index, false),
        (application, &not_found, true),
        (application, &plain, true),
        (pages, &not_found, false),
        (pages, &index, true),
        (nothing, &index, true),
        (nothing, &not_found, true),
        (("run_worker_first", "false"), &plain, false),
        (("run_worker_first", "[\"/docs/*\"]"), &plain, false),
        (("run_worker_first", "true"), &plain, true),
    ] {
        assert_eq!(
            is_accepted(setting, routes, ""),
            passes,
            "{setting:?} {routes:?}"
        );
    }
    let rewrite = "/x /docs/secret.html 200\n";
    assert!(!is_accepted(auto, &plain, rewrite));
    assert!(is_accepted(auto, &plain, &rewrite.replace("200", "302")));
}

/// Whether `lychgate check` lets such a deployment pass.
fn is_accepted(setting: (&str, &str), routes: &[(&str, &str)], redirects: &str) -> bool {
    let (name, value) = setting;
    let first = match name {
        "run_worker_first" => "",
        _ => "run_worker_first = true\n",
    };
    passes_check(&format!("{first}{name} = {value}\n"), routes, redirects)
}

/// The same for several settings by their words.
pub fn is_accepted_by_check(settings: &[(&str, &str)], routes: &[(&str, &str)]) -> bool {
    let lines = settings
        .iter()
        .map(|(name, word)| format!("{name} = \"{word}\"\n"));
    let lines: String = lines
        .chain(["run_worker_first = true\n".to_owned()])
        .collect();
    passes_check(&lines, routes, "")
}

fn passes_check(assets: &str, routes: &[(&str, &str)], redirects: &str) -> bool {
    let all = root().join("build/test-settings");
    // Hosts run the table beside each other.
    let thread = format!("{}-{:?}", std::process::id(), std::thread::current().id());
    let folder = all.join(thread.replace(['(', ')'], ""));
    fs::create_dir_all(folder.join("public")).unwrap();
    let route = |(path, access): &(&str, &str)| {
        format!("[[route]]\npath = \"{path}\"\naccess = [\"{access}\"]\nupstream = \"site\"\n")
    };
    let routes: String = routes.iter().map(route).collect();
    let wrangler = format!("[assets]\ndirectory = \"public\"\n{assets}");
    fs::write(folder.join("lychgate.toml"), [START, &routes].concat()).unwrap();
    fs::write(folder.join("wrangler.toml"), wrangler).unwrap();
    fs::write(folder.join("public/_redirects"), redirects).unwrap();
    let checked = check(&folder.join("lychgate.toml"));
    fs::remove_dir_all(&folder).unwrap();
    checked.is_ok()
}
