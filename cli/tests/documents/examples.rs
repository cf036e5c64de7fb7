//! Every example of a configuration passes `lychgate check`.

use crate::{folder::Folder, pages, tree};
use std::fs;
use toml::de::DeTable;

/// The configuration that the examples of pages are added to: their routes name these upstreams, and their rules these
/// providers.
const KEY: &str = r#"
[[key]]
id = 1
secret = "LYCHGATE_KEY_1"
"#;
const REST: &str = r#"
[[provider]]
id = "corp"
issuer = "https://corp.example.com"
client_id = "edge"

[[provider]]
id = "github"
preset = "github"
client_id = "edge"
client_secret = { secret = "GITHUB_CLIENT_SECRET" }

[[issuer]]
issuer = "https://tokens.example.org"
audiences = ["https://api.example.org"]

[[upstream]]
id = "site"
assets = true

[[upstream]]
id = "api"
url = "https://api.example.net"

[[route]]
path = "/first/**"
access = ["session"]
upstream = "site"
"#;

/// Examples of pages, complete or to be added to a configuration, pass the check.
#[test]
fn every_example_of_a_configuration_passes() {
    let head = "version = 1\npublic_url = \"https://app.example.com\"\n";
    let whole = format!("{head}{KEY}{REST}");
    let wrangler = fs::read_to_string(tree::root().join("wrangler.toml")).unwrap();
    let mut count = 0;
    for page in pages::all() {
        if page.path.starts_with("docs/guides/") {
            continue;
        }
        for example in page.of_fence("toml") {
            count += 1;
            let begins = |words: &[&str]| words.iter().any(|word| example.starts_with(word));
            let folder = Folder::new("example");
            let folder = if begins(&["version = 1\n"]) {
                folder.with("lychgate.toml", &example)
            } else if begins(&["[[key]]"]) {
                folder.with("lychgate.toml", format!("{head}{example}{REST}"))
            } else if begins(&["[route.require]"]) {
                let route =
                    "[[route]]\npath = \"/x/**\"\naccess = [\"session\"]\nupstream = \"site\"";
                folder.with("lychgate.toml", format!("{whole}\n{route}\n{example}"))
            } else if begins(&["[[analytics_engine_datasets]]"]) {
                let folder = folder.with("lychgate.toml", &whole);
                folder.with("wrangler.toml", format!("{wrangler}\n{example}"))
            } else if begins(&["workers_dev = "]) {
                let moved = wrangler.replace("workers_dev = true\n", &example);
                assert_ne!(moved, wrangler);
                let folder = folder.with("lychgate.toml", &whole);
                folder.with("wrangler.toml", moved)
            } else if begins(&["[sqlite_database.default]"]) {
                // Spin alone reads a runtime configuration.
                let read = DeTable::parse(&example);
                assert!(read.is_ok(), "{}: {example}", page.path);
                continue;
            } else {
                folder.with("lychgate.toml", format!("{whole}\n{example}"))
            };
            let public = folder.0.join("site/public");
            fs::create_dir_all(public).unwrap();
            let ran = folder.run(&["check"]);
            assert_eq!(
                ran.code,
                Some(0),
                "{}\n{example}\n{}",
                page.path,
                ran.messages
            );
        }
    }
    assert!(count > 15, "{count}");
}
