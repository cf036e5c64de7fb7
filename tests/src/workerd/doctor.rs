//! `lychgate doctor` at the built Worker: each fault of a deployment is found, and the twin without it is well.

use crate::host::{
    Host,
    configuration::PROOF,
    workerd::{Setup, Workerd},
};
use serde_json::{Value, json};
use std::{ffi::OsString, fs, path::PathBuf};

/// What the doctor says of a deployment.
struct Report(Vec<Value>);

/// Everything as it should be: the API refuses whoever comes around the gateway.
fn well() -> Setup {
    let mut setup = Setup::standard();
    setup.planted.push(("proof", json!(PROOF)));
    setup
}

impl Report {
    fn of(name: &str, host: &Workerd) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let root = root.canonicalize().unwrap();
        let folder = root.join("build/test-doctor").join(name);
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("lychgate.json");
        fs::write(&file, host.configuration()).unwrap();
        let site = root.join("site/public");
        let assets = format!(
            "[assets]\ndirectory = {:?}\nrun_worker_first = true\n",
            site
        );
        fs::write(folder.join("wrangler.toml"), assets).unwrap();
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

    /// What is said of a failed check, and what to do.
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

#[test]
fn a_deployment_without_faults_has_nothing_to_mend() {
    let host = Workerd::start(&well());
    let report = Report::of("well", &host);
    assert_eq!(report.failed(), [""; 0], "{report}");
    for check in [
        "address",
        "health",
        "wrong host",
        "protected path",
        "metrics",
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
}

/// A fault, what plants it, the check that must fail for it, and a word that must be said.
type Plant = (&'static str, fn(&mut Setup), &'static str, &'static str);

const PLANTS: [Plant; 6] = [
    (
        "open-origin",
        |setup| setup.planted.clear(),
        "upstream",
        "lychgate-proof",
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

#[test]
fn each_planted_fault_is_found_and_said_what_to_do_about() {
    for (name, plant, check, word) in PLANTS {
        let mut setup = well();
        plant(&mut setup);
        let host = Workerd::start(&setup);
        let report = Report::of(name, &host);
        let words = report.words(check);
        assert!(words.contains(word), "{name}: {words}");
        assert!(!report.to_string().contains("LYCHGATE_STORE"), "{report}");
        // Nothing else is blamed, but a sign-in that fails for the same reason.
        let others: Vec<&str> = report
            .failed()
            .into_iter()
            .filter(|it| *it != check)
            .collect();
        assert!(
            others
                .iter()
                .all(|it| ["sign-in", "protected path"].contains(it)),
            "{name}: {report}"
        );
    }
}
