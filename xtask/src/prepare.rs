//! Installs what the other steps need and a fresh machine lacks: wasm targets and npm packages.

use crate::failure::{Doing, Failure, Outcome};
use crate::fresh;
use crate::interrupt::Interrupt;
use crate::place::Place;
use crate::process::run_aside;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The oldest major version of Node that every npm package here runs on.
const OLDEST_NODE: u32 = 20;

/// Adds a Rust target unless its standard library is there already.
pub(crate) fn rust_target(target: &str, interrupt: &Interrupt) -> Outcome {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .doing("cannot run rustc")?;
    let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if Path::new(&sysroot)
        .join("lib/rustlib")
        .join(target)
        .join("lib")
        .is_dir()
    {
        return Ok(());
    }
    eprintln!("[setup] adding the Rust target {target}");
    run_aside(
        "rustup",
        Command::new("rustup").args(["target", "add", target]),
        interrupt,
    )
}

/// Installs the npm packages of the lock file unless exactly these are installed.
pub(crate) fn npm_packages(place: &Place, interrupt: &Interrupt) -> Outcome {
    node()?;
    let lock = fs::read(place.at("package-lock.json")).doing("cannot read package-lock.json")?;
    // The copy lies inside node_modules, so that removing the folder removes it too.
    let installed = place.at("node_modules/.lychgate-lock.json");
    if fs::read(&installed).is_ok_and(|held| held == lock) {
        return Ok(());
    }
    // Wrangler runs from that folder while it builds: what someone's own `npm ci` put there stays.
    let by_npm = fs::read_to_string(place.at("node_modules/.package-lock.json"));
    if by_npm.is_ok_and(|held| has_packages(&held, &String::from_utf8_lossy(&lock))) {
        return fresh::write(&installed, &lock);
    }
    eprintln!("[setup] installing npm packages");
    // Install scripts run code of strangers and nothing here needs them.
    let mut npm = Command::new("npm");
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    run_aside("npm ci", npm.current_dir(place.at("")), interrupt)?;
    fresh::write(&installed, &lock)
}

/// Installs the Python packages of `tests/requirements.txt` into an environment of their own, unless exactly
/// these are there.
pub(crate) fn python_packages(place: &Place, interrupt: &Interrupt) -> Outcome {
    let list = place.at("tests/requirements.txt");
    let mut wanted = fs::read(&list).doing("cannot read tests/requirements.txt")?;
    let folder = place.build("python");
    // The programs in it name the folder that they were installed into, also in a copy of it.
    wanted.extend_from_slice(folder.as_os_str().as_encoded_bytes());
    let installed = folder.join("lychgate-requirements.txt");
    if fs::read(&installed).is_ok_and(|held| held == wanted) {
        return Ok(());
    }
    eprintln!("[setup] installing Python packages");
    let mut environment = Command::new("python3");
    environment.args(["-m", "venv", "--clear"]).arg(&folder);
    let what = "python3 -m venv (Python 3.11 or newer with venv is needed)";
    run_aside(what, &mut environment, interrupt)?;
    let mut pip = Command::new(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"]);
    run_aside(
        "pip install",
        pip.arg("--requirement").arg(&list),
        interrupt,
    )?;
    fresh::write(&installed, &wanted)
}

/// Whether npm's own list of what it installed, which it writes at the end, has the packages of a lock file: no
/// others, and all but those that npm may leave out on this platform.
fn has_packages(installed: &str, lock: &str) -> bool {
    let (installed, lock) = (packages(installed), packages(lock));
    let may_lack = |package: &&str| package.contains("\n      \"optional\": true");
    !installed.is_empty() && installed.is_subset(&lock) && lock.difference(&installed).all(may_lack)
}

/// The entries of the packages in a lock file, as npm writes it.
fn packages(lock: &str) -> BTreeSet<&str> {
    lock.split("\n    \"node_modules/")
        .skip(1)
        .filter_map(|entry| entry.split("\n    }").next())
        .collect()
}

fn node() -> Outcome {
    let missing = || {
        Failure::new(format!(
            "Node {OLDEST_NODE} or newer is needed: install Node with npm"
        ))
    };
    let output = Command::new("node")
        .arg("--version")
        .stderr(Stdio::null())
        .output()
        .map_err(|_| missing())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let major = text.trim().trim_start_matches('v').split('.').next();
    match major.and_then(|digits| digits.parse::<u32>().ok()) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => Err(missing()),
    }
}

#[cfg(test)]
mod tests {
    use super::has_packages;

    const LOCK: &str = r#"{
  "packages": {
    "": {
      "name": "lychgate"
    },
    "node_modules/a": {
      "version": "1.0.0"
    },
    "node_modules/a-for-macos": {
      "version": "1.0.0",
      "optional": true
    },
    "node_modules/b": {
      "version": "2.0.0"
    }
  }
}
"#;

    /// The list that npm writes: without the root, and without what is for another platform.
    const INSTALLED: &str = r#"{
  "packages": {
    "node_modules/a": {
      "version": "1.0.0"
    },
    "node_modules/b": {
      "version": "2.0.0"
    }
  }
}
"#;

    #[test]
    fn packages_that_npm_installed_count() {
        assert!(has_packages(INSTALLED, LOCK));
        assert!(has_packages(LOCK, LOCK));
    }

    #[test]
    fn other_packages_are_installed_anew() {
        assert!(!has_packages("", LOCK));
        assert!(!has_packages("{}", "{}"));
        assert!(!has_packages(&INSTALLED.replace("2.0.0", "2.0.1"), LOCK));
        assert!(!has_packages(
            &INSTALLED.replace("_modules/b", "_modules/c"),
            LOCK
        ));
        let without_b = INSTALLED.split("node_modules/b").next().unwrap();
        assert!(!has_packages(without_b, LOCK));
    }
}
