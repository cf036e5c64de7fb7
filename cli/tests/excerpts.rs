//! A fault in a file, as people see it: its place, the line with a caret under what is wrong, and what to do.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by panicking"
)]

mod configuration;
mod folder;
mod tree;

use configuration::GOOD;
use folder::Folder;
use std::fs;

/// The messages of a check of this configuration.
fn said(test: &str, text: &str) -> String {
    let ran = Folder::new(test)
        .with("lychgate.toml", text)
        .run(&["check"]);
    assert_eq!(ran.code, Some(1), "{}", ran.messages);
    ran.messages
}

#[test]
fn a_caret_stands_under_the_value_or_the_key() {
    let text = GOOD.replace("[\"public\"]", "[\"public\", \"everyone\"]");
    let expected = "\
lychgate.toml:20:21: route[0].access[1]: expected \"public\", \"session\" or \"bearer\"
   |
20 | access = [\"public\", \"everyone\"]
   |                     ^^^^^^^^^^

";
    assert_eq!(said("value", &text), expected);
    let text = GOOD.replace("assets = true", "asset = true\nassets = true");
    let expected = "\
lychgate.toml:16:1: upstream[0].asset: unknown key
   |
16 | asset = true
   | ^^^^^
   |
   = hint: did you mean assets?

";
    assert_eq!(said("key", &text), expected);
}

#[test]
fn the_first_and_the_last_line_have_excerpts() {
    let first = said("first", &GOOD.replace("version = 1", "version = 7"));
    let expected = "\n  |\n1 | version = 7\n  |           ^\n";
    assert!(
        first.starts_with("lychgate.toml:1:11: ") && first.contains(expected),
        "{first}"
    );
    let last = format!("{GOOD}ending = true");
    let expected = "\n   |\n28 | ending = true\n   | ^^^^^^\n";
    let last = said("last", &last);
    assert!(
        last.starts_with("lychgate.toml:28:1: ") && last.contains(expected),
        "{last}"
    );
    // The end of the file itself is a place, too.
    let open = said("open", &format!("{GOOD}ending = ["));
    assert!(open.contains("28 | ending = ["), "{open}");
}

#[test]
fn carets_stand_right_behind_tabs_and_wide_characters() {
    let text = GOOD.replace("access = [\"public\"]", "access = [\t\"everyone\"]");
    let drawn = said("tabs", &text);
    let expected = "20 | access = [    \"everyone\"]\n   |               ^^^^^^^^^^\n";
    assert!(drawn.contains(expected), "{drawn}");
    assert!(drawn.starts_with("lychgate.toml:20:12: "), "{drawn}");
    let text = GOOD.replace(
        "require = { any_group = [\"staff\"] }",
        "require = { any_group = [\"\u{6f22}\u{5b57}\"], any_rule = [\"x\"] }",
    );
    let drawn = said("wide", &text);
    let line = "27 | require = { any_group = [\"\u{6f22}\u{5b57}\"], any_rule = [\"\u{2026}\"] }";
    // Each of the two takes two columns.
    let expected = format!("{line}\n   | {}^^^^^^^^\n", " ".repeat(34));
    assert!(drawn.contains(&expected), "{drawn}");
    assert!(drawn.starts_with("lychgate.toml:27:33: "), "{drawn}");
}

#[test]
fn no_excerpt_shows_a_secret() {
    let secret = "{ secret = \"CLIENT_SECRET\" }";
    for (test, to) in [
        ("plain", "\"hunter2-in-test\""),
        ("bare", "hunter2-in-test"),
        ("named", "{ secret = \"hunter2-in-test\" }"),
        (
            "behind",
            "{ secret = \"CLIENT_SECRET\", x = 1 } # hunter2-in-test",
        ),
        ("before", "{ secret = \"hunter2-in-test\", x = 1 }"),
        ("pasted", "\"\"\"\nhunter2-in-test\n\"\"\""),
    ] {
        let drawn = said(test, &GOOD.replace(secret, to));
        assert!(drawn.contains("12 | client_secret = "), "{test}: {drawn}");
        assert!(!drawn.contains("hunter2"), "{test}: {drawn}");
    }
    for (test, line) in [
        ("typed", "client_secrt = \"hunter2-in-test\""),
        ("unassigned", "client_secret \"hunter2-in-test\""),
        (
            "address",
            "metadata_url = \"https://ada:hunter2@op.example.com/\"",
        ),
    ] {
        let text = GOOD.replace(
            "client_id = \"edge\"",
            &format!("client_id = \"edge\"\n{line}"),
        );
        let drawn = said(test, &text);
        assert!(drawn.contains("12 | "), "{test}: {drawn}");
        assert!(!drawn.contains("hunter2"), "{test}: {drawn}");
    }
}

#[test]
fn faults_in_the_files_of_hosts_have_excerpts() {
    let wrangler =
        "name = \"x\"\n\n[assets]\ndirectory = \"./public\"\nrun_worker_first = [\"/staff/*\"]\n";
    let ran = Folder::new("wrangler")
        .with("lychgate.toml", GOOD)
        .with("wrangler.toml", wrangler)
        .with("public/_redirects", "/open /staff/plan.html 200\n")
        .run(&["check"]);
    let expected = "\
wrangler.toml:5:1: static files are served without passing Lychgate
  |
5 | run_worker_first = [\"/staff/*\"]
  | ^^^^^^^^^^^^^^^^
  |
  = hint: set run_worker_first = true under [assets]

./public/_redirects:1:1: /open is answered with the file at /staff/plan.html, whatever the routes say of it
  |
1 | /open /staff/plan.html 200
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = hint: redirect with 301 or 302 instead of rewriting with 200

";
    assert_eq!(ran.messages, expected);
    let manifest = fs::read_to_string(tree::root().join("spin.toml")).unwrap();
    let demo = fs::read_to_string(tree::root().join("lychgate.toml")).unwrap();
    let ran = Folder::new("spin")
        .with("lychgate.toml", demo)
        .with(
            "spin.toml",
            manifest.replace("[\"default\"]", "[\"other\"]"),
        )
        .run(&["check"]);
    let stores = "key_value_stores = [\"other\"]\n";
    let carets = format!("| {stores}   | {}\n", "^".repeat("key_value_stores".len()));
    assert!(ran.messages.contains(&carets), "{}", ran.messages);
    assert!(ran.messages.starts_with("spin.toml:"), "{}", ran.messages);
}

/// No line is wrong where something is missing.
#[test]
fn what_the_whole_file_lacks_has_a_hint_alone() {
    let (head, _) = GOOD.split_once("[[route]]").unwrap();
    let expected = "\
lychgate.toml:1:1: route is missing
 = hint: without a route every path is 404; public ones are routes too

";
    assert_eq!(said("lacks", head), expected);
}

#[test]
fn notes_have_excerpts() {
    let closed = GOOD.replace("[\"public\"]", "[\"session\"]");
    let ran = Folder::new("notes")
        .with("lychgate.toml", &closed)
        .run(&["check"]);
    assert_eq!(ran.code, Some(0));
    let expected = "\n   |\n18 | [[route]]\n   | ^^^^^^^^^\n\n";
    assert!(ran.messages.ends_with(expected), "{}", ran.messages);
}

#[test]
fn claims_that_are_no_json_have_an_excerpt_without_their_values() {
    let ran = Folder::new("claims")
        .with("lychgate.toml", GOOD)
        .with("ada.json", "{\n  \"sub\": \"hunter2\" \"groups\": []\n}\n")
        .run(&["explain", "--url", "/", "--claims", "ada.json"]);
    let expected = "\
ada.json:2:20: no JSON: expected `,` or `}`
  |
2 |   \"sub\": \"\u{2026}\" \"\u{2026}\": []
  |              ^^^
";
    assert_eq!((ran.code, ran.output.as_str()), (Some(2), ""));
    assert_eq!(ran.messages, expected);
}
