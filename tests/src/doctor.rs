//! `lychgate doctor` at the built Worker and the built component: each fault of a deployment is found, and the twin
//! without it is well.

use crate::{
    host::{
        Host,
        configuration::API_SECRET,
        root::root,
        workerd::{Setup, Workerd},
    },
    scripted::provider::{
        settings::{Signer, with},
        tokens,
    },
};
use serde_json::{Value, json};
use std::{ffi::OsString, fs};

/// The doctor's report on a deployment.
struct Report(Vec<Value>);

/// How a deployment comes to its host.
type On = fn(Setup) -> Setup;

const WORKERS: On = |setup| setup;
const SPIN: On = |setup| setup.on_spin(128);

/// Everything as it should be: the API refuses a client that comes around the gateway.
fn well() -> Setup {
    let mut setup = Setup::standard();
    setup.planted.push(("sharedSecret", json!(API_SECRET)));
    setup
}

impl Report {
    fn of(name: &str, host: &Workerd) -> Self {
        let root = root();
        let folder = root.join("build/test-doctor").join(name);
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("lychgate.json");
        fs::write(&file, host.configuration()).unwrap();
        let site = root.join("site/public");
        let (beside, text) = if host.is_on_spin() {
            let files = format!("{{ source = {site:?}, destination = \"/site\" }}");
            (
                "spin.toml",
                format!("[component.lychgate]\nfiles = [{files}]\n"),
            )
        } else {
            let assets = format!("[assets]\ndirectory = {site:?}\nrun_worker_first = true\n");
            ("wrangler.toml", assets)
        };
        fs::write(folder.join(beside), text).unwrap();
        let words = [
            "lychgate",
            "doctor",
            "--json",
            "--url",
            host.origin(),
            "--config",
        ];
        let words = words.map(OsString::from).into_iter().chain([file.into()]);
        let (mut output, mut messages) = (Vec::new(), Vec::new());
        lychgate_cli::run(words, &mut output, &mut messages);
        assert!(
            messages.is_empty(),
            "{}",
            String::from_utf8_lossy(&messages)
        );
        let report: Value = serde_json::from_slice(&output).unwrap();
        assert_eq!(report["url"], host.origin());
        Self(report["findings"].as_array().unwrap().clone())
    }

    /// The checks that failed, each once.
    fn failed(&self) -> Vec<&str> {
        let failed = self.0.iter().filter(|it| it["verdict"] == "fail");
        let mut checks: Vec<&str> = failed.map(|it| it["check"].as_str().unwrap()).collect();
        checks.dedup();
        checks
    }

    /// How a check came out, the worst of them where there are several.
    fn verdict(&self, check: &str) -> &str {
        let of_check = self.0.iter().filter(|it| it["check"] == check);
        let verdicts: Vec<&str> = of_check.map(|it| it["verdict"].as_str().unwrap()).collect();
        let worst = ["fail", "warn", "pass", "skip"].into_iter();
        let mut worst = worst.filter(|verdict| verdicts.contains(verdict));
        worst
            .next()
            .unwrap_or_else(|| panic!("no {check} in {self}"))
    }

    /// The words about a failed check, and what to do.
    fn words(&self, check: &str) -> String {
        let mut failed = self
            .0
            .iter()
            .filter(|it| it["check"] == check && it["verdict"] == "fail");
        let failed = failed
            .next()
            .unwrap_or_else(|| panic!("{check} did not fail: {self}"));
        format!("{} {}", failed["what"], failed["advice"])
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#}", Value::Array(self.0.clone()))
    }
}

fn nothing_to_mend(name: &str, on: On) {
    let host = Workerd::start(&on(well()));
    let report = Report::of(name, &host);
    assert_eq!(report.failed(), [""; 0], "{report}");
    for check in [
        "address",
        "health",
        "wrong host",
        "protected path",
        "sign-in",
        "redirect uri",
        "static files",
        "upstream",
        "metadata",
        "algorithms",
        "keys",
        "clock",
    ] {
        assert_eq!(report.verdict(check), "pass", "{check} in {report}");
    }
    assert_eq!(report.verdict("metrics"), "skip", "{report}");
    // It asked for what lies in the folder of the site.
    assert!(
        report.to_string().contains("/members/handbook.pdf"),
        "{report}"
    );
}

#[test]
fn a_worker_without_faults_has_nothing_to_mend() {
    nothing_to_mend("well", WORKERS);
}

#[test]
fn a_component_without_faults_has_nothing_to_mend() {
    nothing_to_mend("well-on-spin", SPIN);
}

#[test]
fn mistakes_in_what_a_provider_publishes_are_named_and_fail_nothing() {
    let host = Workerd::start(&Setup::scripted());
    {
        let provider = host.scripted_provider().unwrap();
        let settings = &mut provider.lock().unwrap().settings;
        settings.edit_metadata = with("end_session_endpoint", json!("/end"));
        let private = tokens::private_jwk(Signer::P256(2));
        let keys = json!([tokens::jwk(Signer::Ed25519(1)), private, null]);
        settings.edit_keys = with("keys", keys);
    }
    let report = Report::of("mistakes", &host);
    assert_eq!(report.verdict("metadata"), "warn", "{report}");
    assert_eq!(report.verdict("keys"), "warn", "{report}");
    let text = report.to_string();
    for words in [
        "end_session_endpoint at",
        "keys[1] publishes a private or symmetric key",
        "anyone who reads it can sign with that key",
        "keys[2] is left out: NotAnObject",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    // None of its words and numbers is repeated.
    let private = tokens::private_jwk(Signer::P256(2));
    assert!(!text.contains(private["d"].as_str().unwrap()), "{text}");
    // Nothing to use is something to mend.
    {
        let provider = host.scripted_provider().unwrap();
        let settings = &mut provider.lock().unwrap().settings;
        settings.edit_keys = with("keys", json!([null]));
    }
    let report = Report::of("no-keys", &host);
    assert!(report.words("keys").contains("no key"), "{report}");
}

/// A fault, what plants it, the check that must fail for it, and a word that must be said.
type Plant = (&'static str, fn(&mut Setup), &'static str, &'static str);

/// The faults that every host has alike.
const EVERYWHERE: [Plant; 4] = [
    (
        "open-origin",
        |setup| setup.planted.clear(),
        "upstream",
        "lychgate-secret",
    ),
    (
        "open-origin-elsewhere",
        |setup| {
            setup.planted.clear();
            // The upstream is asked where the gateway asks it.
            let configuration = setup.configuration.as_mut().unwrap();
            let route = json!({
                "path": "/orders/**", "access": ["session"], "upstream": "api",
                "strip_prefix": "/orders", "add_prefix": "/v1",
            });
            let routes = configuration["route"].as_array_mut().unwrap();
            routes.retain(|route| route["upstream"] != "api");
            routes.push(route);
        },
        "upstream",
        "/v1/ answers 200",
    ),
    (
        "unregistered",
        |setup| {
            let other = json!("https://other.example");
            setup.planted.push(("registered", other));
        },
        "redirect uri",
        "/auth/callback/demo at the provider",
    ),
    (
        "wrong-issuer",
        |setup| {
            let configuration = setup.configuration.as_mut().unwrap();
            configuration["provider"][0]["issuer"] = json!("$ISSUER/");
        },
        "metadata",
        "another issuer",
    ),
];

const ON_WORKERS: [Plant; 3] = [
    (
        "closed",
        |setup| setup.without.push("LYCHGATE_STORE"),
        "health",
        "wrangler tail",
    ),
    (
        "assets-first",
        |setup| setup.planted.push(("assetsFirst", json!(true))),
        "static files",
        "run_worker_first",
    ),
    (
        "clock",
        |setup| {
            let date = json!("Sun, 06 Nov 1994 08:49:37 GMT");
            setup.planted.push(("date", date));
        },
        "clock",
        "behind the clock",
    ),
];

/// On Spin a server that ends TLS stands in front, with faults of its own.
const ON_SPIN: [Plant; 7] = [
    (
        "closed",
        |setup| setup.without.push("LYCHGATE_KEY_1"),
        "health",
        ".spin/logs",
    ),
    (
        "around",
        |setup| setup.planted.push(("around", json!("/members/..."))),
        "protected path",
        "before Lychgate",
    ),
    (
        "files",
        |setup| front(setup, "files", "$SITE"),
        "static files",
        "no other component or server may serve the files",
    ),
    (
        "clock",
        |setup| front(setup, "date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        "clock",
        "behind the clock",
    ),
    (
        "host",
        |setup| front(setup, "host", "$HOST"),
        "wrong host",
        "replaces the Host header",
    ),
    (
        "cookies",
        |setup| front(setup, "cookies", "Domain=localhost"),
        "sign-in",
        "not for this host",
    ),
    (
        "cache",
        |setup| front(setup, "cache", "public, max-age=300"),
        "protected path",
        "a cache may keep",
    ),
];

fn front(setup: &mut Setup, fault: &str, value: &str) {
    setup.planted.push(("front", json!({fault: value})));
}

fn each_is_found(host: &str, plants: &[Plant], on: On) {
    for (name, plant, check, word) in EVERYWHERE.iter().chain(plants) {
        let name = format!("{name}-{host}");
        let mut setup = well();
        plant(&mut setup);
        let host = Workerd::start(&on(setup));
        let report = Report::of(&name, &host);
        let words = report.words(check);
        assert!(words.contains(word), "{name}: {words}");
        for secret in ["LYCHGATE_STORE", "LYCHGATE_KEY_1", "SECRET-"] {
            assert!(!report.to_string().contains(secret), "{report}");
        }
        // Nothing else is blamed, but what fails for the same reason.
        let others: Vec<&str> = report
            .failed()
            .into_iter()
            .filter(|it| it != check)
            .collect();
        assert!(
            others
                .iter()
                .all(|it| ["sign-in", "protected path"].contains(it)),
            "{name}: {report}"
        );
    }
}

#[test]
fn each_fault_of_a_worker_is_found_and_said_what_to_do_about() {
    each_is_found("workers", &ON_WORKERS, WORKERS);
}

#[test]
fn each_fault_of_a_component_is_found_and_said_what_to_do_about() {
    each_is_found("spin", &ON_SPIN, SPIN);
}
