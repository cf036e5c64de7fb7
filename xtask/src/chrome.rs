//! Finds a Chrome or Chromium for the browser tests, and installs one where that is surely wanted.

use crate::failure::{Failure, Outcome};
use crate::interrupt::Interrupt;
use crate::process::run;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names that distributions give it, the most specific first.
const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// Where macOS has it.
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// The program that browser tests start.
///
/// # Errors
/// `CHROME` names no file, or there is no browser and none can be installed: the message says what to do.
pub(crate) fn find(interrupt: &Interrupt) -> Outcome<PathBuf> {
    if let Some(named) = env::var_os("CHROME").filter(|value| !value.is_empty()) {
        let path = PathBuf::from(named);
        return match path.is_file() {
            true => Ok(path),
            false => Err(Failure::new(format!(
                "CHROME names no file: {}",
                path.display()
            ))),
        };
    }
    if let Some(path) = installed() {
        return Ok(path);
    }
    if may_install() {
        install_package("chromium", "the browser tests", interrupt)?;
    }
    installed().ok_or_else(|| {
        Failure::new("no Chrome or Chromium found: install one, for example `apt-get install chromium`, or name it in CHROME")
    })
}

fn installed() -> Option<PathBuf> {
    let mac = PathBuf::from(MAC);
    NAMES
        .iter()
        .find_map(|name| in_path(name))
        .or_else(|| mac.is_file().then_some(mac))
}

/// The program of that name on the path.
pub(crate) fn in_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// Whether packages can be installed: Debian and Ubuntu, which is built from Debian and says so in the same file, and only as root.
pub(crate) fn may_install() -> bool {
    Path::new("/etc/debian_version").exists()
        && rustix::process::getuid().is_root()
        && in_path("apt-get").is_some()
}

/// Installs a package of Debian's.
///
/// # Errors
/// A failed command.
pub(crate) fn install_package(
    package: &'static str,
    purpose: &str,
    interrupt: &Interrupt,
) -> Outcome {
    eprintln!("[setup] installing the package {package} for {purpose}");
    let apt = |words: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run("apt-get update", &mut apt(&["update", "-q"]), interrupt)?;
    let words = ["install", "-q", "-y", "--no-install-recommends", package];
    run("apt-get install", &mut apt(&words), interrupt)
}
