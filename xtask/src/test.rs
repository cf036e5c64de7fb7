//! `cargo xtask test`: every check and test there is, the quick ones first, up to the first that fails. With `--quick`
//! those that need no host.
//!
//! Suites that repeat something many times use short counts unless [`LONG`] is set, which `--long` does for all of them.

use crate::chrome;
use crate::component;
use crate::failure::{Doing, Failure, Outcome};
use crate::interrupt::Interrupt;
use crate::node;
use crate::place::Place;
use crate::prepare;
use crate::process::{run, run_together};
use crate::spin;
use crate::tidy;
use crate::upstreams;
use crate::worker;
use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The environment variable with which suites use their full counts.
const LONG: &str = "LYCHGATE_LONG";

/// A target without a standard library: core must compile for it.
const BARE_TARGET: &str = "thumbv7em-none-eabihf";

/// Packages that the plain steps leave out: some are for wasm alone, and the contract suite and the host of
/// components need what is built of them.
const LEFT_OUT: [&str; 10] = [
    "--exclude",
    WORKER,
    "--exclude",
    COMPONENT,
    "--exclude",
    HELLO,
    "--exclude",
    spin::HOST,
    "--exclude",
    CONTRACT,
];
const WORKER: &str = "lychgate-worker";
const COMPONENT: &str = "lychgate-spin";
const HELLO: &str = "lychgate-spin-hello";
const CONTRACT: &str = "lychgate-tests";

/// Tests of the contract suite that start hosts, by parts of their names. All others need this process alone.
const HOSTED: [&str; 14] = [
    "connections::",
    "doctor::",
    "durable_object::",
    "hops::",
    "parity::",
    "readings::",
    "real_issuer::",
    "reseal::",
    "real_providers::",
    "signatures::",
    "spin::",
    "streaming::",
    "workerd::",
    "component",
];

/// Those of them that run on Spin.
const ON_SPIN: [&str; 2] = ["spin", "component"];

type Step = (&'static str, fn(&Place, &Interrupt) -> Outcome);

const STEPS: [Step; 18] = [
    ("install what the tests need", set_up),
    ("formatting", formatting),
    ("rules of the repository", |place, _| tidy::tidy(place)),
    ("lints of the native crates", native_lints),
    ("lints of the Worker", worker_lints),
    ("lints of the components", component_lints),
    ("core without a standard library", bare_core),
    ("unit tests", unit_tests),
    ("core's tests under wasm32", wasm_tests),
    ("the demo's provider and API", demo_servers),
    ("the Worker and its size", worker::build),
    ("dry run of a deployment", dry_run),
    ("the component and its size", component::build),
    ("the host of components", spin_host),
    ("lints of the contract suite", contract_lints),
    ("contract suite in workerd", contract),
    ("browser tests on Workers", browser_on_workers),
    ("browser tests on Spin", browser_on_spin),
];

/// How many of them come before the suites that need hosts.
const QUICK: usize = 15;

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All steps.
    Whole,
    /// Those before the suites that need hosts.
    Quick,
}

/// Runs the steps and says how long each took.
///
/// # Errors
/// The first step that fails, by name.
pub(crate) fn test(place: &Place, extent: Extent, interrupt: &Interrupt) -> Outcome {
    let begun = Instant::now();
    let mut times = Vec::new();
    let steps = STEPS.iter().take(match extent {
        Extent::Whole => STEPS.len(),
        Extent::Quick => QUICK,
    });
    for (number, (name, step)) in (1_usize..).zip(steps) {
        eprintln!("\n[test {number}/{}] {name}", STEPS.len());
        let started = Instant::now();
        step(place, interrupt).map_err(|failure| Failure::new(format!("{name}: {failure}")))?;
        times.push((name, started.elapsed()));
    }
    eprintln!("\n[test] all {} passed", times.len());
    for (name, time) in times {
        eprintln!("{:>8.1} s  {name}", time.as_secs_f64());
    }
    eprintln!("{:>8.1} s  altogether", begun.elapsed().as_secs_f64());
    Ok(())
}

/// Runs all steps with the full counts of every suite, in place of this process.
///
/// # Errors
/// A process that cannot be replaced; else this does not return.
pub(crate) fn test_long() -> Outcome {
    let tool = env::current_exe().doing("cannot find this tool")?;
    let error = Command::new(tool).arg("test").env(LONG, "1").exec();
    Err(error).doing("cannot begin anew")
}

fn set_up(place: &Place, interrupt: &Interrupt) -> Outcome {
    prepare::rust_target(worker::TARGET, interrupt)?;
    prepare::rust_target(component::TARGET, interrupt)?;
    prepare::rust_target(BARE_TARGET, interrupt)?;
    prepare::npm_packages(place, interrupt)?;
    prepare::python_packages(place, interrupt)?;
    upstreams::prepare(place, interrupt)?;
    // Found now, so that a machine without one is told before minutes have passed.
    let chrome = chrome::find(interrupt)?;
    eprintln!("[setup] browser: {}", chrome.display());
    Ok(())
}

fn formatting(_: &Place, interrupt: &Interrupt) -> Outcome {
    cargo(&["fmt", "--all", "--check"], interrupt)
}

fn native_lints(_: &Place, interrupt: &Interrupt) -> Outcome {
    let words = ["clippy", "--workspace", "--all-targets"];
    cargo(
        &[&words[..], &LEFT_OUT, &["--", "-D", "warnings"]].concat(),
        interrupt,
    )
}

fn worker_lints(_: &Place, interrupt: &Interrupt) -> Outcome {
    let mut clippy = Command::new("cargo");
    clippy.args([
        "clippy",
        "--package",
        WORKER,
        "--target",
        worker::TARGET,
        "--",
        "-D",
        "warnings",
    ]);
    run(
        "cargo clippy",
        clippy.env(worker::JS_SYS.0, worker::JS_SYS.1),
        interrupt,
    )
}

fn component_lints(_: &Place, interrupt: &Interrupt) -> Outcome {
    for features in [&[][..], &["--features", "contract"]] {
        let words = [
            "clippy",
            "--package",
            COMPONENT,
            "--target",
            component::TARGET,
        ];
        let words = [&words[..], features, &["--", "-D", "warnings"]].concat();
        cargo(&words, interrupt)?;
    }
    let words = ["clippy", "--package", HELLO, "--target", component::TARGET];
    cargo(&[&words[..], &["--", "-D", "warnings"]].concat(), interrupt)
}

fn bare_core(_: &Place, interrupt: &Interrupt) -> Outcome {
    cargo(
        &[
            "check",
            "--package",
            "lychgate-core",
            "--target",
            BARE_TARGET,
        ],
        interrupt,
    )
}

fn unit_tests(_: &Place, interrupt: &Interrupt) -> Outcome {
    cargo(
        &[&["test", "--workspace"], &LEFT_OUT[..]].concat(),
        interrupt,
    )
}

fn wasm_tests(_: &Place, interrupt: &Interrupt) -> Outcome {
    cargo(
        &[
            "test",
            "--package",
            "lychgate-core",
            "--lib",
            "--target",
            worker::TARGET,
        ],
        interrupt,
    )
}

fn demo_servers(place: &Place, interrupt: &Interrupt) -> Outcome {
    let folders = [place.at("site/provider"), place.at("site/api")];
    node_tests(place, &folders, &[], interrupt)
}

fn dry_run(place: &Place, interrupt: &Interrupt) -> Outcome {
    let mut wrangler = node::program(place, "wrangler");
    wrangler.args(["deploy", "--dry-run"]);
    worker::keep_to_itself(&mut wrangler, &place.build("wrangler"));
    run("wrangler deploy --dry-run", &mut wrangler, interrupt)
}

fn spin_host(place: &Place, interrupt: &Interrupt) -> Outcome {
    component::build_for_tests(place, interrupt)?;
    let words = ["clippy", "--package", spin::HOST, "--all-targets"];
    cargo(&[&words[..], &["--", "-D", "warnings"]].concat(), interrupt)?;
    cargo(&["test", "--package", spin::HOST], interrupt)
}

fn contract_lints(place: &Place, interrupt: &Interrupt) -> Outcome {
    if !place.at("tests/Cargo.toml").exists() {
        return Ok(());
    }
    cargo(
        &[
            "clippy",
            "--package",
            CONTRACT,
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
        interrupt,
    )
}

fn contract(place: &Place, interrupt: &Interrupt) -> Outcome {
    if !place.at("tests/Cargo.toml").exists() {
        return Ok(());
    }
    worker::build_contract(place, interrupt)?;
    spin::prepare(interrupt)?;
    let cargo_test = |more: &[&str]| {
        let mut cargo = Command::new("cargo");
        cargo.args(["test", "--package", CONTRACT, "--"]).args(more);
        cargo
    };
    run(
        "the suites in one process",
        &mut cargo_test(&each("--skip", &HOSTED)),
        interrupt,
    )?;
    // On each of the two one after the other: a hundred writers at once must not wait for the tests beside theirs.
    let on_spin = [&["--test-threads=1"][..], &ON_SPIN].concat();
    let elsewhere = [
        &["--test-threads=1"][..],
        &HOSTED,
        &each("--skip", &ON_SPIN),
    ];
    let mut hosts = [
        ("spin", cargo_test(&on_spin)),
        ("workers", cargo_test(&elsewhere.concat())),
    ];
    run_together(&mut hosts, interrupt)
}

/// Each word behind another.
fn each<'a>(before: &'a str, words: &[&'a str]) -> Vec<&'a str> {
    words.iter().flat_map(|word| [before, word]).collect()
}

fn browser_on_workers(place: &Place, interrupt: &Interrupt) -> Outcome {
    browser(place, &[("HOST", Path::new("workers"))], interrupt)
}

fn browser_on_spin(place: &Place, interrupt: &Interrupt) -> Outcome {
    spin::prepare(interrupt)?;
    let program = spin::program(place);
    let variables = [("HOST", Path::new("spin")), ("SPIN", &program)];
    browser(place, &variables, interrupt)
}

fn browser(place: &Place, variables: &[(&str, &Path)], interrupt: &Interrupt) -> Outcome {
    let chrome = chrome::find(interrupt)?;
    let variables = [variables, &[("CHROME", &chrome)]].concat();
    node_tests(place, &[place.at("tests/browser")], &variables, interrupt)
}

fn cargo(words: &[&str], interrupt: &Interrupt) -> Outcome {
    run("cargo", Command::new("cargo").args(words), interrupt)
}

/// Versions of Node disagree about what a folder after `--test` means, so it is given each file.
fn node_tests(
    place: &Place,
    folders: &[PathBuf],
    variables: &[(&str, &Path)],
    interrupt: &Interrupt,
) -> Outcome {
    let mut files = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(folder).doing(format_args!("cannot list {}", folder.display()))? {
            let path = entry.doing("cannot list tests")?.path();
            if path.to_string_lossy().ends_with(".test.js") {
                files.push(path);
            }
        }
    }
    if files.is_empty() {
        return Err(Failure::new("no file ends in .test.js"));
    }
    files.sort();
    let mut node = node::command(place);
    node.args(["--test", "--test-reporter=spec"]).args(files);
    node.envs(variables.iter().copied());
    run("node --test", &mut node, interrupt)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files below a folder, with the module that each is.
    fn modules(folder: &Path, path: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                found.extend(modules(&entry.path(), &format!("{path}{name}::")));
            } else {
                let module = match name.strip_suffix(".rs") {
                    Some("mod" | "lib") | None => path.to_owned(),
                    Some(name) => format!("{path}{name}::"),
                };
                found.push((module, fs::read_to_string(entry.path()).unwrap()));
            }
        }
        found
    }

    #[test]
    fn the_quick_steps_end_before_the_first_that_starts_a_host() {
        assert_eq!(STEPS[QUICK].0, "contract suite in workerd");
    }

    /// Two hosts at once would each be slower than a test expects, and twice as many of them as there is memory for.
    #[test]
    fn every_suite_that_starts_a_host_is_known_to_do_so() {
        let place = Place::find().unwrap();
        let starts = [
            "Workerd::",
            "AssetServer::",
            "TokenIssuer::",
            "MockProvider::",
            "PythonIssuer::",
        ];
        let starts = starts.map(|kind| format!("{kind}start("));
        let all = modules(&place.at("tests/src"), "");
        let hosted = all.iter().filter(|(module, text)| {
            !module.starts_with("host::") && starts.iter().any(|start| text.contains(start))
        });
        let hosted: Vec<&String> = hosted.map(|(module, _)| module).collect();
        assert!(hosted.len() > 10, "{hosted:?}");
        for module in hosted {
            assert!(HOSTED.iter().any(|part| module.contains(part)), "{module}");
        }
    }
}
