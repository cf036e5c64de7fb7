//! `lychgate keys reseal` at the built Worker and the built component.

use crate::{
    gateway::directory::{LOGIN, OPERATOR, with_keys},
    host::{
        Host,
        root::root,
        workerd::{Setup, Workerd},
    },
    http::browser::Browser,
};
use std::{ffi::OsString, fs};

/// What the command printed, and what it said beside.
fn reseal(host: &Workerd, name: &str, secret: Option<&str>) -> (String, String) {
    let folder = root().join("build/test-reseal").join(name);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("lychgate.json");
    fs::write(&file, host.configuration()).unwrap();
    let words = [
        "lychgate",
        "keys",
        "reseal",
        "--url",
        host.origin(),
        "--config",
    ];
    let words = words.map(OsString::from).into_iter().chain([file.into()]);
    let environment = |name: &str| {
        assert_eq!(name, "OPERATOR");
        secret.map(str::to_owned)
    };
    let (mut output, mut messages) = (Vec::new(), Vec::new());
    lychgate_cli::run_in(&environment, words, &mut output, &mut messages);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output), text(messages))
}

fn changes_a_key(setup: &Setup, name: &str) {
    let host = Workerd::start(setup);
    let standard = host.deployment();
    host.deploy(&with_keys(&standard, &[1]));
    let mut browser = Browser::signed_in(&host, LOGIN);
    host.deploy(&with_keys(&standard, &[2, 1]));
    let (output, messages) = reseal(&host, name, Some(OPERATOR));
    let expected = "1 users; 2 records and roster entries were sealed anew, and none is left under another key\n";
    assert_eq!(output, expected, "{messages}");
    let (output, _) = reseal(&host, name, Some(OPERATOR));
    assert!(output.starts_with("1 users; 0 records"), "{output}");
    host.deploy(&with_keys(&standard, &[2]));
    assert!(browser.is_signed_in());
    for (secret, said) in [
        (Some("SECRET-OF-SOMEBODY"), "another secret"),
        (None, "set OPERATOR in the environment"),
    ] {
        let (output, messages) = reseal(&host, name, secret);
        assert_eq!(output, "");
        assert!(messages.contains(said), "{messages}");
        assert!(!messages.contains("SECRET"), "{messages}");
    }
}

#[test]
fn a_directory_key_is_changed_on_workers() {
    changes_a_key(&Setup::scripted(), "workers");
}

#[test]
fn a_directory_key_is_changed_on_spin() {
    changes_a_key(&Setup::scripted().on_spin(128), "spin");
}
