//! Stock servers behind the built Worker: however they read a path, nobody gets a protected page.
//!
//! With `path_matching = "exact"` the same paths do find pages, so that the table is known to hold what it looks for.

mod paths;
mod servers;

use crate::{
    host::{
        Deployment, Host,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request, response::Response},
};
use serde_json::{Value, json};
use servers::Servers;

/// The text of a protected page, on each server.
const PROTECTED: &str = "PROTECTED";

/// How many requests are on their way at once.
const AT_ONCE: usize = 32;

/// Everything is public but the pages.
fn configuration(standard: &Value, port: u16, path_matching: &str) -> Value {
    let mut configuration = standard.clone();
    let url = format!("http://127.0.0.1:{port}");
    configuration["upstream"] = json!([{"id": "it", "url": url, "path_matching": path_matching}]);
    let route =
        |path: &str, access: &str| json!({"path": path, "access": [access], "upstream": "it"});
    configuration["route"] = json!([
        route("/**", "public"),
        route("/ex/admin/**", "session"),
        route("/ex/reports", "session"),
        route("/members/**", "session"),
        route("/files/closed/**", "session"),
    ]);
    configuration.as_object_mut().unwrap().remove("issuer");
    configuration
}

fn deploy(host: &Workerd, port: u16, path_matching: &str) {
    let standard = Setup::standard().configuration.unwrap();
    host.deploy(&Deployment {
        configuration: configuration(&standard, port, path_matching),
        ..host.deployment()
    });
}

fn says_so(response: &Response) -> bool {
    String::from_utf8_lossy(&response.body).contains(PROTECTED)
}

/// The answers to a client without a session, for each path.
fn ask(host: &Workerd, paths: &[String]) -> Vec<Response> {
    let requests = paths.iter().map(|path| Request::script("GET", path));
    let requests: Vec<Request> = requests.collect();
    let answers = requests
        .chunks(AT_ONCE)
        .flat_map(|some| host.send_all(some));
    answers.collect()
}

fn count(answers: &[Response], status: u16) -> usize {
    answers.iter().filter(|it| it.status == status).count()
}

#[test]
fn no_stock_server_serves_a_protected_page_to_nobody() {
    let paths = paths::odd();
    assert!(paths.len() >= 500, "{}", paths.len());
    let servers = Servers::start();
    let mut setup = Setup::standard();
    setup.is_direct = true;
    let host = Workerd::start(&setup);
    for (name, port) in &servers.ports {
        let by_itself = paths
            .iter()
            .filter(|path| says_so(&Servers::ask(*port, path)));
        let by_itself = by_itself.count();

        deploy(&host, *port, "loose");
        let answers = ask(&host, &paths);
        let served: Vec<&String> = paths
            .iter()
            .zip(&answers)
            .filter(|(_, answer)| says_so(answer))
            .map(|(path, _)| path)
            .collect();
        for page in paths::PAGES {
            host.send(&Request::script("GET", page)).expect(401);
        }
        host.send(&Request::script("GET", "/")).expect(200);
        // A person who is signed in gets what the server has there.
        let mut member = Browser::signed_in(&host, "member");
        assert!(says_so(&member.fetch("/ex/admin/x").expect(200)));

        deploy(&host, *port, "exact");
        let exact = ask(&host, &paths);
        let found = exact.iter().filter(|answer| says_so(answer)).count();
        eprintln!(
            "{name}: {} odd paths, {by_itself} of them a protected page by itself. Behind the gateway: {} served, \
             {} refused with 401, {} with 400, {} not found, {} others. With path_matching = \"exact\": {found} served",
            paths.len(),
            served.len(),
            count(&answers, 401),
            count(&answers, 400),
            count(&answers, 404),
            answers.len() - count(&answers, 401) - count(&answers, 400) - count(&answers, 404),
        );
        assert_eq!(served, Vec::<&String>::new(), "{name}");
        assert!(found > 0, "{name}: the table finds nothing");
    }
}
