//! Upstreams and providers that end connections: a safe request is sent once more, a code is not, and nothing is left of
//! what failed.

use super::{fickle::Fault, scene::Scene};
use crate::{
    attack::cold,
    host::Host,
    http::{browser::Browser, request::Request},
};

/// Ways for a connection to end before its answer has.
const ENDS: [Fault; 3] = [Fault::Reset, Fault::Closed, Fault::ResetHalfway];

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// How often a path is asked for while `work` is done.
fn asked(scene: &Scene, path: &str, work: impl FnOnce()) -> usize {
    let before = scene.fickle.asked(path);
    work();
    scene.fickle.asked(path) - before
}

fn forwards_are_repeated(scene: &Scene) {
    let browser = Browser::signed_in(&scene.host, "member");
    let send = |method: &str, path: &str| {
        let body: &[u8] = if method == "POST" { b"a body" } else { b"" };
        let request = Request::script(method, path).with_body(body);
        scene.host.send(&browser.prepare(request))
    };
    // A connection that was idle for too long: a client that reads does not notice.
    for (method, path) in [
        ("GET", "/api/get"),
        ("HEAD", "/api/head"),
        ("GET", "/open/get"),
    ] {
        if method == "HEAD" && path.starts_with("/open") {
            continue;
        }
        scene.fickle.set(path, Fault::ClosedOnce);
        let times = asked(scene, path, || {
            send(method, path).expect(200);
        });
        assert_eq!(times, 2, "{method}");
    }
    // A client that writes does, since it may have been written.
    scene.fickle.set("/api/post", Fault::ClosedOnce);
    let times = asked(scene, "/api/post", || {
        send("POST", "/api/post").expect(502);
    });
    assert_eq!(times, 1);
    send("POST", "/api/post").expect(200);
    // Nobody is asked a third time.
    for fault in [Fault::Reset, Fault::Closed] {
        scene.fickle.set("/api/never", fault);
        let times = asked(scene, "/api/never", || {
            send("GET", "/api/never").expect(502);
        });
        assert_eq!(times, 2, "{fault:?}");
        scene.fickle.mend("/api/never");
        send("GET", "/api/never").expect(200);
    }
    scene.wait_for_rest("forwards");
}

fn providers_are_asked_again(scene: &Scene) {
    // Both are remembered, the keys in the store, too, so that an instance without either has to ask.
    cold(&scene.host);
    for path in [DISCOVERY, "/jwks"] {
        scene.fickle.set(path, Fault::ClosedOnce);
    }
    Browser::signed_in(&scene.host, "member");
    assert!(scene.fickle.asked(DISCOVERY) >= 2 && scene.fickle.asked("/jwks") >= 2);
    for fault in ENDS {
        let callback = scene.callback();
        scene.fickle.set("/token", fault);
        let times = asked(scene, "/token", || {
            scene.host.send(&callback).expect(502);
        });
        assert_eq!(times, 1, "a code was sent twice: {fault:?}");
        scene.fickle.mend("/token");
        // The code counts as used: nobody knows what became of it.
        scene.host.send(&callback).expect(400);
        for path in [DISCOVERY, "/jwks"] {
            cold(&scene.host);
            let callback = scene.callback();
            scene.host.forget();
            scene.fickle.set(path, fault);
            scene.host.send(&callback).expect(502);
            scene.fickle.mend(path);
        }
        scene.host.forget();
        scene.wait_for_rest("a sign-in");
        scene.serves();
    }
}

fn survives_ended_connections(scene: &Scene) {
    forwards_are_repeated(scene);
    providers_are_asked_again(scene);
}

#[test]
fn the_worker_survives_ended_connections() {
    survives_ended_connections(&Scene::on_workers());
}

#[test]
fn the_component_survives_ended_connections() {
    survives_ended_connections(&Scene::on_spin());
}
