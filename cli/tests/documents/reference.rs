//! The pages of `docs/reference` name what there is, and nothing else: keys of the configuration, codes, events,
//! counters and options.

use crate::{folder::Folder, pages::Page, tree};
use lychgate_core::{
    config::{Config, fault::ConfigFault},
    metrics::Metrics,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs};

/// Each table of a configuration: where it stands in [`everything`], its page, and the head of the first column there.
const TABLES: [(&str, &str, &str); 15] = [
    ("", "configuration", "Key of `lychgate.toml`"),
    ("/key/0", "key", "Key of `[[key]]`"),
    (
        "/directory_key/0",
        "directory",
        "Key of `[[directory_key]]`",
    ),
    ("/directory", "directory", "Key of `[directory]`"),
    ("/provider/0", "provider", "Key of `[[provider]]`"),
    ("/provider/0/map", "provider", "Key of `map`"),
    ("/issuer/0", "issuer", "Key of `[[issuer]]`"),
    ("/session", "session", "Key of `[session]`"),
    ("/page", "page", "Key of `[page]`"),
    ("/metrics", "metrics", "Key of `[metrics]`"),
    ("/upstream/0", "upstream", "Key of `[[upstream]]`"),
    ("/route/0", "route", "Key of `[[route]]`"),
    ("/route/0/cors", "route", "Key of `cors`"),
    ("/route/0/require", "require", "Key of `require`"),
    (
        "/route/0/require/claims/0",
        "require",
        "Key of an entry of `claims`",
    ),
];

/// The key that names a secret.
const SECRET: [&str; 1] = ["secret"];

/// A key that no table has.
const UNKNOWN: &str = "?";

/// A configuration with every table.
fn everything() -> Value {
    json!({
        "version": 1,
        "public_url": "https://app.example.com",
        "key": [{ "id": 1, "secret": "LYCHGATE_KEY_1" }],
        "directory_key": [{ "id": 1, "secret": "DIRECTORY_KEY_1" }],
        "directory": { "secret": { "secret": "DIRECTORY_OPERATOR" } },
        "provider": [{ "id": "op", "issuer": "https://op.example.com", "client_id": "edge", "map": { "email": "mail" } }],
        "issuer": [{ "issuer": "https://tokens.example.com", "audiences": ["https://api.example.com"] }],
        "session": {},
        "page": {},
        "metrics": { "access": "session", "require": { "any_group": ["staff"] } },
        "upstream": [{ "id": "api", "url": "https://api.example.net" }],
        "route": [{
            "path": "/**",
            "access": ["session", "bearer"],
            "upstream": "api",
            "require": { "claims": [{ "path": "department", "equals": "press" }] },
            "cors": { "origins": ["https://front.example.com"] },
        }],
    })
}

/// The lists of known keys that the reader names where a configuration has [`UNKNOWN`] ones.
fn known_keys(configuration: &Value) -> Vec<&'static [&'static str]> {
    let errors = match Config::from_json(configuration.to_string().as_bytes()) {
        Ok(_) => return Vec::new(),
        Err(errors) => errors,
    };
    let mut all = Vec::new();
    for error in errors {
        if let ConfigFault::UnknownKey { known } = error.fault
            && error.at.to_string().ends_with(UNKNOWN)
        {
            all.push(known);
        }
    }
    all
}

/// The configuration with one more key in a table.
fn with(table: &str, key: &str, value: Value) -> Value {
    let mut configuration = everything();
    let members = configuration.pointer_mut(table).unwrap();
    members[key] = value;
    configuration
}

fn keys_of(table: &str) -> &'static [&'static str] {
    let [known] = known_keys(&with(table, UNKNOWN, json!(0)))[..] else {
        panic!("{table}: one list of keys is expected");
    };
    known
}

fn reference(name: &str) -> Page {
    Page::read(&format!("docs/reference/{name}.md"))
}

fn set<T: Into<String>>(words: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    words.into_iter().map(Into::into).collect()
}

/// The words of a source after this mark, up to the next quotation mark.
fn quoted_after(file: &str, mark: &str) -> BTreeSet<String> {
    let source = fs::read_to_string(tree::root().join(file)).unwrap();
    let parts = source.split(mark).skip(1);
    set(parts.map(|part| part.split('"').next().unwrap()))
}

#[test]
fn the_configuration_of_this_test_has_no_errors() {
    let text = everything().to_string();
    let config = Config::from_json(text.as_bytes());
    assert!(config.is_ok(), "{:?}", config.err());
}

/// Both ways: a key without a row, and a row without a key, fail.
#[test]
fn every_key_of_every_table_stands_in_its_page() {
    for (table, page, head) in TABLES {
        let rows = reference(page).first_column(head);
        // `assets = true` is how the key is written.
        let rows = rows.iter().map(|row| row.split(' ').next().unwrap());
        assert_eq!(set(rows), set(keys_of(table).iter().copied()), "{page}");
    }
}

/// A table that the reader begins to read needs a row in [`TABLES`], and so a page.
#[test]
fn there_is_no_table_without_a_page() {
    let mut documented: Vec<&[&str]> = TABLES.iter().map(|(table, ..)| keys_of(table)).collect();
    documented.push(&SECRET);
    for (table, ..) in TABLES {
        for key in keys_of(table) {
            for value in [json!({ UNKNOWN: 0 }), json!([{ UNKNOWN: 0 }])] {
                for known in known_keys(&with(table, key, value)) {
                    assert!(documented.contains(&known), "{table}/{key}: {known:?}");
                }
            }
        }
    }
}

#[test]
fn every_public_code_stands_in_the_page_of_errors() {
    let mut codes = quoted_after("core/src/fault/answer.rs", "=> \"");
    assert!(codes.contains("misconfigured"));
    codes.extend(quoted_after("core/src/fault/hand_over.rs", "=> \""));
    assert_eq!(set(reference("errors").first_column("Code")), codes);
}

#[test]
fn every_event_stands_in_the_page_of_logs() {
    let mut events = quoted_after("core/src/event.rs", " } => \"");
    events.retain(|event| event != "info" && event != "warning");
    assert!(events.contains("signed_in"));
    // The adapters' own words.
    events.extend(["failed", "host_error"].map(str::to_owned));
    assert_eq!(set(reference("logs").first_column("`event`")), events);
}

#[test]
fn every_header_of_cloudflare_that_stays_stands_in_the_page_of_headers() {
    let source = tree::root().join("core/src/gateway/header_rewrites/request.rs");
    let source = fs::read_to_string(source).unwrap();
    let (_, list) = source.split_once("const OF_CLOUDFLARE").unwrap();
    let (list, _) = list.split_once(';').unwrap().1.split_once(';').unwrap();
    let names = set(list.split('"').skip(1).step_by(2));
    let text = reference("headers").text;
    let (_, said) = text
        .split_once("because Cloudflare itself writes them:")
        .unwrap();
    let (said, _) = said.split_once('.').unwrap();
    let said = said.split('`').skip(1).step_by(2);
    assert_eq!(set(said.map(str::to_ascii_lowercase)), names);
}

#[test]
fn every_counter_stands_in_the_page_of_metrics() {
    let text = Metrics::default().to_text("0");
    let lines = text.lines();
    let helps = lines.filter_map(|line| line.strip_prefix("# HELP "));
    let names = helps.map(|help| help.split(' ').next().unwrap());
    assert_eq!(set(reference("metrics").first_column("Name")), set(names));
}

/// The line of each command in the page names the options that the command's help names, and each has a place outside
/// of these lines.
#[test]
fn every_command_and_option_stands_in_the_page_of_the_command_line() {
    let page = reference("command-line");
    let usage = page.of_fence("text").swap_remove(0);
    let rest = page.text.replace(&usage, "");
    let commands = commands(&[]);
    assert!(
        commands
            .iter()
            .any(|command| command.join(" ") == "keys generate")
    );
    assert_eq!(usage.lines().count(), commands.len(), "{commands:?}");
    for command in commands {
        let start = format!("lychgate {} ", command.join(" "));
        let line = usage.lines().find(|line| line.starts_with(&start));
        let line = line.unwrap_or_else(|| panic!("no line begins with {start}"));
        let mut options = options(&help(&command));
        options.remove("--help");
        assert_eq!(self::options(line), options, "{start}");
        for option in options {
            assert!(rest.contains(&option), "{option} of {start}");
        }
    }
}

fn help(command: &[String]) -> String {
    let mut words: Vec<&str> = command.iter().map(String::as_str).collect();
    words.push("--help");
    Folder::new("help").run(&words).output
}

/// The commands below one, each with all its words.
fn commands(above: &[String]) -> Vec<Vec<String>> {
    let help = help(above);
    let Some((_, list)) = help.split_once("\nCommands:\n") else {
        return vec![above.to_vec()];
    };
    let list = list.split("\n\n").next().unwrap();
    let lines = list.lines().filter_map(|line| line.strip_prefix("  "));
    let names = lines.filter_map(|line| line.split(' ').next());
    let names = names.filter(|name| !name.is_empty() && *name != "help");
    let below = names.map(|name| [above, &[name.to_owned()]].concat());
    below.flat_map(|command| commands(&command)).collect()
}

/// The words of a text that begin with two dashes.
fn options(text: &str) -> BTreeSet<String> {
    let words = text.split(|char: char| char.is_whitespace() || "[](<>)|=,".contains(char));
    let words = words.map(|word| word.trim_matches(['`', '.', ';', '\'']));
    let options = words.filter(|word| word.strip_prefix("--").is_some_and(|rest| !rest.is_empty()));
    options.map(str::to_owned).collect()
}
