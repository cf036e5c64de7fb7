//! What a deployment on Spin may lack: everything is 503 then, and the log says why.

use crate::{
    host::{
        Host,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request},
};

fn lacking(what: &'static str) -> Workerd {
    let mut setup = Setup::standard();
    setup.without = vec![what];
    Workerd::start(&setup.on_spin(128))
}

#[test]
fn without_what_it_needs_a_component_is_closed_and_says_why() {
    for (what, reason) in [
        ("API_PROOF", "the secret API_PROOF is not set"),
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
