//! Clients that leave in every way at every stage of every flow.

use super::{
    fickle::Fault,
    leaving::Leaving,
    scene::{Scene, is_long, keys_path},
};
use crate::{
    attack::cold,
    host::{Host, web_socket, wire::Connection},
    http::{browser::Browser, request::Request},
};
use serde_json::json;
use std::{io::Write, time::Instant};

/// Where a flow stands still.
struct Stage {
    name: &'static str,
    /// The path whose requests meet the fault.
    path: &'static str,
    fault: Fault,
    /// Whether the instance must begin without memory.
    cold: bool,
    begin: fn(&Scene, &Request) -> Connection,
    request: fn(&Scene) -> Request,
}

const STAGES: [Stage; 8] = [
    Stage {
        name: "a sign-in that waits for discovery",
        path: "/.well-known/openid-configuration",
        fault: Fault::Silent,
        cold: true,
        begin: Scene::begin,
        request: |_| Request::navigation("/auth/login?return_to=/"),
    },
    Stage {
        name: "a callback that waits for tokens",
        path: "/token",
        fault: Fault::Silent,
        cold: false,
        begin: Scene::begin,
        request: Scene::callback,
    },
    Stage {
        name: "a callback that waits for keys",
        path: "/jwks",
        fault: Fault::Silent,
        cold: true,
        begin: Scene::begin,
        request: Scene::callback,
    },
    Stage {
        name: "a callback whose token comes halfway",
        path: "/token",
        fault: Fault::SilentHalfway,
        cold: false,
        begin: Scene::begin,
        request: Scene::callback,
    },
    Stage {
        name: "a call that waits for keys",
        path: "/keys/7",
        fault: Fault::Silent,
        cold: true,
        begin: Scene::begin,
        request: |scene| scene.made_up(7, 1),
    },
    Stage {
        name: "a request that waits for the upstream",
        path: "/api/silent",
        fault: Fault::Silent,
        cold: false,
        begin: Scene::begin,
        request: |scene| of_member(scene, Request::script("GET", "/api/silent")),
    },
    Stage {
        name: "an upload that stops halfway",
        path: "/api/upload",
        fault: Fault::Silent,
        cold: false,
        begin: half_sent,
        request: |scene| {
            let upload = Request::script("POST", "/api/upload").with("Content-Length", "20");
            of_member(scene, upload)
        },
    },
    Stage {
        name: "a download that comes halfway",
        path: "/api/download",
        fault: Fault::SilentHalfway,
        cold: false,
        begin: Scene::begin,
        request: |scene| of_member(scene, Request::script("GET", "/api/download")),
    },
];

/// How many clients leave together.
const AT_ONCE: usize = 3;

fn of_member(scene: &Scene, request: Request) -> Request {
    Browser::signed_in(&scene.host, "member").prepare(request)
}

fn half_sent(scene: &Scene, request: &Request) -> Connection {
    let (port, authority) = (scene.host.port(), scene.host.authority());
    let mut connection = Connection::begin(port, authority, request);
    connection.stream.write_all(b"first half").unwrap();
    connection
}

fn leave_at(scene: &Scene, stage: &Stage, leaving: Leaving) {
    let what = format!("{}, {leaving:?}", stage.name);
    if stage.cold {
        // Not even the store knows the provider's keys.
        cold(&scene.host);
    }
    let requests: Vec<Request> = (0..AT_ONCE).map(|_| (stage.request)(scene)).collect();
    if stage.cold {
        scene.host.forget();
    }
    let asked = scene.fickle.asked(stage.path);
    scene.fickle.set(stage.path, stage.fault);
    let begin = |request| (stage.begin)(scene, request);
    let clients: Vec<Connection> = requests.iter().map(begin).collect();
    // One of them asks for all, where the answer is for all.
    scene.wait_until(&what, |_| scene.fickle.asked(stage.path) > asked);
    for client in clients {
        leaving.leave(client);
    }
    scene.fickle.mend(stage.path);
    scene.wait_for_rest(&what);
}

fn clients_leave_at_every_stage(scene: &Scene) {
    let ways = match is_long() {
        true => &Leaving::ALL[..],
        false => &[Leaving::Reset],
    };
    for stage in &STAGES {
        for leaving in ways {
            eprintln!("{}, {leaving:?}", stage.name);
            leave_at(scene, stage, *leaving);
        }
    }
    for leaving in ways {
        // Files, and what a person is shown, are under way for a moment only.
        for request in [
            Request::navigation("/"),
            of_member(scene, Request::navigation("/members/handbook.pdf")),
            Request::form("/auth/logout"),
        ] {
            leaving.leave(scene.begin(&request));
        }
        scene.wait_for_rest("files");
    }
    scene.serves();
}

#[test]
fn clients_of_the_worker_leave_at_every_stage() {
    let scene = Scene::on_workers();
    clients_leave_at_every_stage(&scene);
    web_sockets_are_cut(&scene);
}

#[test]
fn clients_of_the_component_leave_at_every_stage() {
    clients_leave_at_every_stage(&Scene::on_spin());
}

/// The route without identity leads to an API that speaks WebSocket.
fn web_sockets_are_cut(scene: &Scene) {
    for leaving in Leaving::ALL {
        let request = web_socket::request("/plain/live", scene.host.origin());
        let mut socket = scene.begin(&of_member(scene, request));
        assert_eq!(socket.head().status, 101);
        leaving.leave(socket);
        scene.wait_for_rest("a WebSocket");
    }
}

/// A body that does not come is not waited for, and its request ends as one with a broken body.
fn a_form_that_does_not_come_is_given_up(scene: &Scene) {
    let form = || {
        Request::new("POST", "/auth/callback/demo")
            .with("Content-Type", "application/x-www-form-urlencoded")
            .with("Content-Length", "100")
    };
    for leaving in Leaving::ALL {
        leaving.leave(half_sent(scene, &form()));
        scene.wait_for_rest("a form");
    }
    let begun = Instant::now();
    let mut silent = half_sent(scene, &form());
    assert_eq!(silent.response("POST").status, 400);
    let waited = begun.elapsed().as_secs();
    assert!((8..=20).contains(&waited), "{waited} s");
    scene.wait_for_rest("a form");
    let whole = form()
        .replacing("Content-Length", None)
        .with_body(b"state=x&code=y");
    scene.host.send(&whole).expect(400);
}

fn with_forms(on: fn(crate::host::workerd::Setup) -> crate::host::workerd::Setup) -> Scene {
    Scene::with(on, |configuration| {
        configuration["provider"][0]["response_mode"] = json!("form_post");
    })
}

#[test]
fn a_form_that_does_not_come_to_the_worker_is_given_up() {
    a_form_that_does_not_come_is_given_up(&with_forms(|setup| setup));
}

#[test]
fn a_form_that_does_not_come_to_the_component_is_given_up() {
    a_form_that_does_not_come_is_given_up(&with_forms(|setup| setup.on_spin(128)));
}

#[test]
fn the_keys_of_an_issuer_have_a_stage() {
    assert!(STAGES.iter().any(|stage| stage.path == keys_path(7)));
}
