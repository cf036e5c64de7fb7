//! The messages of `lychgate check` about rules and routes that more sources and services meet than is perhaps meant,
//! and about files in another encoding.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by panicking"
)]

mod configuration;
mod folder;
mod tree;

use configuration::GOOD;
use folder::{Folder, Ran};
use std::fs;

/// Checks a configuration in a folder of its own.
fn check(test: &str, text: impl AsRef<[u8]>) -> Ran {
    Folder::new(test)
        .with("lychgate.toml", text)
        .run(&["check"])
}

#[test]
fn rules_that_several_sources_can_meet_are_named() {
    const SECOND: &str = r#"
[[provider]]
id = "github"
preset = "github"
client_id = "edge"
client_secret = { secret = "CLIENT_SECRET" }
"#;
    let note =
        "is met by what any of these issuers says: https://op.example.com, https://github.com";
    let several = format!("{GOOD}{SECOND}");
    let ran = check("sources", &several);
    let said = format!("lychgate.toml:23:1: note: any_group = [\"staff\"] {note}");
    assert!(ran.messages.contains(&said), "{}", ran.messages);
    assert_eq!(ran.code, Some(0));
    assert!(!check("sources-one", GOOD).messages.contains(note));
    for named in [
        r#"{ providers = ["example"], any_group = ["staff"] }"#,
        r#"{ issuers = ["https://op.example.com"], any = [{ any_group = ["staff"] }] }"#,
        r#"{ any = [{ providers = ["github"], any_group = ["staff"] }, { max_age = "5m" }] }"#,
    ] {
        let text = several.replace(r#"{ any_group = ["staff"] }"#, named);
        let ran = check("sources-named", &text);
        assert!(!ran.messages.contains(note), "{named} {}", ran.messages);
        assert_eq!(ran.code, Some(0), "{named} {}", ran.messages);
    }
    let inside = r#"{ any = [{ providers = ["github"], any_role = ["x"] }, { acr = ["gold"] }] }"#;
    let text = several.replace(r#"{ any_group = ["staff"] }"#, inside);
    let ran = check("sources-inside", &text);
    assert!(
        ran.messages.contains(&format!("acr = [\"gold\"] {note}")),
        "{}",
        ran.messages
    );
}

#[test]
fn tokens_for_several_services_are_named() {
    const TOKENS: &str = r#"
[[issuer]]
issuer = "https://op.example.com"
audiences = ["urn:site"]

[[issuer]]
issuer = "https://pay.example.com"
audiences = ["urn:pay"]

[[upstream]]
id = "pay"
url = "https://pay.example.com"

[[route]]
path = "/site/**"
access = ["bearer"]
upstream = "site"

[[route]]
path = "/pay/**"
access = ["bearer"]
upstream = "pay"
"#;
    let note = "tokens for any of these audiences count here";
    let open = format!("{GOOD}{TOKENS}");
    let ran = check("services", &open);
    assert_eq!(ran.messages.matches(note).count(), 2, "{}", ran.messages);
    let named = open
        .replace(
            "id = \"pay\"\n",
            "id = \"pay\"\naudiences = [\"urn:pay\"]\n",
        )
        .replace(
            "path = \"/site/**\"\n",
            "path = \"/site/**\"\naudiences = [\"urn:site\"]\n",
        );
    let ran = check("services-named", &named);
    assert!(!ran.messages.contains(note), "{}", ran.messages);
    assert_eq!(ran.code, Some(0), "{}", ran.messages);
}

#[test]
fn a_file_in_another_encoding_is_named() {
    let wide: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe][..], &wide].concat();
    for bytes in [wide, marked] {
        let ran = check("encoding", bytes);
        assert_eq!(ran.code, Some(2), "{}", ran.messages);
        assert!(ran.messages.contains("UTF-16"), "{}", ran.messages);
    }
    let with_mark = format!("\u{feff}{GOOD}");
    assert_eq!(check("encoding", with_mark).code, Some(0));
}

#[test]
fn the_demo_s_rules_have_one_source_each() {
    let demo = fs::read(tree::root().join("lychgate.toml")).unwrap();
    let ran = check("sources-demo", demo);
    assert_eq!(ran.code, Some(0), "{}", ran.messages);
    assert!(
        ran.output.starts_with("lychgate.toml: ok\n"),
        "{}",
        ran.output
    );
    assert!(
        !ran.messages.contains("is met by what any"),
        "{}",
        ran.messages
    );
}
