//! Cloudflare's asset server with each of its settings that change which file an address means: where `lychgate check`
//! lets them pass, nobody gets a file that a route protects.

use super::assets::{AssetServer, Folder};
use crate::attack::settings::is_accepted_by_check;
use lychgate_core::{
    access::decision::Decision, config::Config, http::method::Method, http::path::RequestPath,
    time::UnixTime,
};
use serde_json::{Value, json};

/// The files that a page may stand in, each there or not.
const FILES: [&str; 5] = [
    "x.html",
    "x/index.html",
    "x/index",
    "x/.html",
    "x/index.html.html",
];

/// The addresses that any of them may have.
const ADDRESSES: [&str; 12] = [
    "x",
    "x/",
    "x.html",
    "x.html/",
    "x/index",
    "x/index/",
    "x/index.html",
    "x/index.html/",
    "x/.html",
    "x/index.html.html",
    "x/none",
    "none",
];

/// Routes for the page of a folder, and their access.
const TABLES: [&[(&str, &str)]; 10] = [
    &[("/**", "public"), ("/x", "public"), ("/x/**", "session")],
    &[("/**", "session"), ("/x/**", "public")],
    &[("/**", "session"), ("/x", "public")],
    &[("/**", "session"), ("/x/", "public")],
    &[("/**", "session"), ("/*/", "public")],
    &[("/**", "public"), ("/x", "session")],
    &[("/**", "public"), ("/x.html", "session")],
    &[("/**", "public"), ("/x/", "session")],
    &[("/**", "public"), ("/x/index.html", "session")],
    &[("/**", "public"), ("/x/**", "session")],
];

/// The same routes below a folder, where everything else is public.
fn below(folder: usize, table: &[(&str, &str)]) -> Config {
    let below = table.iter().map(|(path, access)| {
        let path = format!("/{folder}{path}");
        json!({"path": path, "access": [access], "upstream": "site"})
    });
    let outside = json!({"path": "/**", "access": ["public"], "upstream": "site"});
    let routes: Vec<Value> = below.chain([outside]).collect();
    let configuration = json!({
        "version": 1,
        "public_url": "https://app.example.com",
        "key": [{"id": 1, "secret": "LYCHGATE_KEY_1"}],
        "provider": [{"id": "demo", "issuer": "https://op.example.com", "client_id": "x"}],
        "upstream": [{"id": "site", "assets": true}],
        "route": routes,
    });
    Config::from_json(configuration.to_string().as_bytes()).unwrap()
}

/// Whether nobody in particular may have what stands there.
fn is_open(config: &Config, path: &str) -> bool {
    let path = RequestPath::parse(path).unwrap();
    let Ok(found) = config.routes.find(&path, &Method::Get) else {
        return false;
    };
    matches!(
        found.decide(None, UnixTime::from_seconds(0)),
        Decision::Allow(_)
    )
}

/// Whether a file that was served at an address is one that its own route protects, and that the route of the address
/// was not written for: one without a star names its path, whichever file has it, but not one of a folder's own routes.
fn is_leak(config: &Config, folder: usize, address: &str, file: &str) -> bool {
    let route = |path: &str| {
        let path = RequestPath::parse(path).unwrap();
        config.routes.find(&path, &Method::Get).unwrap().route()
    };
    let (own, other) = (route(address), route(file));
    let names_it = !own.pattern.to_string().contains('*');
    let is_everything = other.pattern.to_string() == format!("/{folder}/**");
    other.is_protected() && !(names_it && is_everything)
}

#[test]
fn settings_that_pass_the_check_serve_no_protected_file() {
    let cases = 0..1_usize << FILES.len();
    let chosen = cases.clone().flat_map(|case| {
        let files = FILES.iter().enumerate();
        let files = files.filter(move |(place, _)| case >> place & 1 == 1);
        files.map(move |(_, file)| format!("{case}/{file}"))
    });
    let folder = Folder::with(chosen.chain(["index.html".to_owned(), "404.html".to_owned()]));
    let (mut refused, mut asked, mut served, mut leaks_of_refused) = (0, 0, 0, 0);
    for html in [
        "auto-trailing-slash",
        "force-trailing-slash",
        "drop-trailing-slash",
        "none",
    ] {
        for not_found in ["none", "404-page", "single-page-application"] {
            let server = AssetServer::start_with(&folder.0, &[html, not_found]);
            let answers: Vec<_> = cases
                .clone()
                .flat_map(|case| ADDRESSES.map(|address| (case, format!("/{case}/{address}"))))
                .map(|(case, address)| {
                    let answer = server.exchange("GET", &address);
                    (case, address, answer.status, answer.text())
                })
                .collect();
            for table in TABLES {
                let passes = is_accepted_by_check(
                    &[("html_handling", html), ("not_found_handling", not_found)],
                    table,
                );
                refused += usize::from(!passes);
                for case in cases.clone() {
                    let config = below(case, table);
                    let of_case = answers.iter().filter(|(of, ..)| *of == case);
                    for (_, address, status, file) in of_case {
                        asked += 1;
                        let is_served = *status == 200 && is_open(&config, address);
                        served += usize::from(is_served);
                        if !is_served || !is_leak(&config, case, address, &format!("/{file}")) {
                            continue;
                        }
                        leaks_of_refused += 1;
                        assert!(!passes, "{html} {not_found} {table:?}: {address} is {file}");
                    }
                }
            }
        }
    }
    eprintln!(
        "{asked} answers, {served} of them to nobody; {refused} of 120 settings refused, which leak {leaks_of_refused} files"
    );
    // Refused settings do leak, or the test would see nothing.
    assert!(refused > 0 && leaks_of_refused > 0 && served > 1000);
}
