//! Finds the servers that the contract suite puts behind the gateway, and gets those that are not installed.
//!
//! Packages of Debian are unpacked into `build/` and not installed: nothing starts, and nobody has to be root for it.
//! Only a Java runtime is installed where there is none, as Chromium is.

use crate::chrome::{in_path, install_package, may_install};
use crate::failure::{Doing, Failure, Outcome};
use crate::fresh;
use crate::interrupt::Interrupt;
use crate::place::Place;
use crate::process::run_aside;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where Debian's packages have the two.
const NGINX: &str = "usr/sbin/nginx";
const TOMCAT: &str = "usr/share/tomcat10";

const NGINX_PACKAGES: &[&str] = &["nginx"];
const TOMCAT_PACKAGES: &[&str] = &["tomcat10-common", "libtomcat10-java"];

/// Finds or gets nginx, Tomcat and Java, and writes where they are for the suite.
///
/// # Errors
/// One is missing and cannot be had here: the message says what to do.
pub(crate) fn prepare(place: &Place, interrupt: &Interrupt) -> Outcome {
    let nginx = match named("NGINX").or_else(|| in_path("nginx")) {
        Some(program) => program,
        None => unpacked(place, NGINX, NGINX_PACKAGES, interrupt)?,
    };
    let tomcat = match named("CATALINA_HOME") {
        Some(home) => home,
        None => unpacked(place, TOMCAT, TOMCAT_PACKAGES, interrupt)?,
    };
    let java = java(interrupt)?;
    let quoted = |path: &Path| format!("{:?}", path.to_string_lossy());
    let text = format!(
        "{{\"nginx\": {}, \"tomcat\": {}, \"java\": {}}}\n",
        quoted(&nginx),
        quoted(&tomcat),
        quoted(&java)
    );
    let folder = place.build("upstreams");
    fs::create_dir_all(&folder).doing(format_args!("cannot make {}", folder.display()))?;
    fresh::write(&folder.join("programs.json"), text.as_bytes())
}

fn named(variable: &str) -> Option<PathBuf> {
    let value = env::var_os(variable).filter(|value| !value.is_empty())?;
    Some(PathBuf::from(value))
}

fn java(interrupt: &Interrupt) -> Outcome<PathBuf> {
    let find = || in_path("java");
    if let Some(java) = find() {
        return Ok(java);
    }
    if may_install() {
        install_package("default-jre-headless", "Tomcat", interrupt)?;
    }
    find().ok_or_else(|| {
        Failure::new(
            "no Java found: install a runtime, for example `apt-get install default-jre-headless`",
        )
    })
}

/// The file or folder at `path` in packages of Debian, which are fetched and unpacked where they are not yet.
fn unpacked(
    place: &Place,
    path: &str,
    packages: &[&str],
    interrupt: &Interrupt,
) -> Outcome<PathBuf> {
    let root = place.build("upstreams/unpacked");
    let wanted = root.join(path);
    if wanted.exists() {
        return Ok(wanted);
    }
    if in_path("apt-get").is_none() || in_path("dpkg-deb").is_none() {
        return Err(Failure::new(
            "nginx and Tomcat 10 are needed: name them in NGINX, the program, and CATALINA_HOME, the folder",
        ));
    }
    eprintln!(
        "[setup] fetching {} for the contract suite",
        packages.join(", ")
    );
    let folder = place.build("upstreams/packages");
    fs::create_dir_all(&folder).doing(format_args!("cannot make {}", folder.display()))?;
    let fetch = || {
        let mut apt = Command::new("apt-get");
        apt.args(["download", "-q"])
            .args(packages)
            .current_dir(&folder);
        run_aside("apt-get download", &mut apt, interrupt)
    };
    // Without lists of packages, as on a fresh machine, there is nothing to fetch by.
    if fetch().is_err() {
        let mut update = Command::new("apt-get");
        run_aside("apt-get update", update.args(["update", "-q"]), interrupt)?;
        fetch()?;
    }
    for entry in fs::read_dir(&folder).doing("cannot list the packages")? {
        let package = entry.doing("cannot list the packages")?.path();
        let mut unpack = Command::new("dpkg-deb");
        unpack.arg("-x").arg(&package).arg(&root);
        run_aside("dpkg-deb", &mut unpack, interrupt)?;
    }
    match wanted.exists() {
        true => Ok(wanted),
        false => Err(Failure::new(format!("the packages hold no {path}"))),
    }
}
