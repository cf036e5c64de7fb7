//! The parts that a deployment on Spin may lack: everything is 503 then, and the log says why.

use crate::{
    host::{
        Host,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request},
};
use serde_json::Value;
use std::{fs, os::unix::fs::symlink, path::PathBuf};

fn lacking(what: &'static str) -> Workerd {
    let mut setup = Setup::standard();
    setup.without = vec![what];
    Workerd::start(&setup.on_spin(128))
}

#[test]
fn without_what_it_needs_a_component_is_closed_and_says_why() {
    for (what, reason) in [
        ("API_SECRET", "the secret API_SECRET is not set"),
        ("LYCHGATE_KEY_1", "the secret LYCHGATE_KEY_1 is not set"),
        ("key_value_stores", "key_value_stores"),
        ("sqlite_databases", "sqlite_databases"),
        ("site", "/site"),
        ("configuration", "/lychgate/lychgate.json"),
    ] {
        let host = lacking(what);
        for target in [
            "/",
            "/members/",
            "/api/whoami",
            "/auth/health",
            "/auth/login",
        ] {
            let answer = host.send(&Request::navigation(target));
            assert_eq!(answer.status, 503, "{what} {target}");
        }
        let log = host.wait_for_log(reason);
        assert!(log.contains(reason), "{what}: {log}");
        assert_eq!(host.api_requests(), 0);
    }
}

#[test]
fn what_the_manifest_does_not_list_is_not_reached() {
    let host = lacking("hosts");
    host.send(&Request::navigation("/")).expect(200);
    // The provider, to sign in at; and an upstream that is open to everyone.
    Browser::new(&host).visit("/members/").expect(503);
    host.send(&Request::script("GET", "/open/x")).expect(503);
    let log = host.wait_for_log("NotAllowed");
    assert!(log.contains("NotAllowed"), "{log}");
    assert_eq!(host.api_requests(), 0);
    let twin = Workerd::start(&Setup::standard().on_spin(128));
    Browser::new(&twin).begin("/members/");
    twin.send(&Request::script("GET", "/open/x")).expect(200);
}

/// A file that leads to itself, which cannot be read for as long as it does.
#[test]
fn a_configuration_that_cannot_be_read_closes_an_instance_until_it_can() {
    let host = Workerd::start(&Setup::standard().on_spin(128));
    let state = host.control("GET", "/state", &Value::Null);
    // Where the host of the tests has put it; Spin itself puts it where nobody finds it.
    let folder = PathBuf::from(state["folder"].as_str().unwrap()).join("mounts/lychgate/lychgate");
    let file = folder.join("lychgate.json");
    if file.is_file() {
        let kept = folder.join("kept.json");
        fs::rename(&file, &kept).unwrap();
        symlink("lychgate.json", &file).unwrap();
        for target in ["/", "/members/", "/auth/health"] {
            host.send(&Request::navigation(target)).expect(503);
        }
        let log = host.wait_for_log("cannot be read");
        assert!(log.contains("/lychgate/lychgate.json"), "{log}");
        fs::rename(&kept, &file).unwrap();
    }
    // In the same instance, which has had less than a second without a request.
    host.send(&Request::navigation("/")).expect(200);
    host.send(&Request::navigation("/auth/health")).expect(200);
}
