//! Whether a protected static file can be had without a session, in any spelling.

use super::{checks::Check, finding::Finding, front::example, subject::Subject};
use lychgate_core::{
    access::{aliases::Aliases, routes::Route},
    config::Config,
    http::{method::Method, path::RequestPath},
};
use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
};

const CHECK: Check = Check::StaticFiles;

/// How many files are asked for, and how many are looked at to find them.
const MOST_FILES: usize = 3;
const MOST_LOOKED_AT: usize = 5_000;

/// A protected file.
struct Protected {
    /// Its path in URLs.
    path: String,
    /// Its contents, where it lies on this machine.
    contents: Option<Vec<u8>>,
}

pub(crate) fn check(subject: &Subject) -> Finding {
    let Some(config) = &subject.config else {
        return Finding::skip(CHECK, "no configuration to find protected files by");
    };
    let files = protected(config, subject.site.as_deref());
    if files.is_empty() {
        return Finding::skip(CHECK, "no static file is protected");
    }
    let mut asked = 0_usize;
    for file in &files {
        for spelling in spellings(file) {
            let Ok(answer) = subject.ask(&spelling) else {
                continue;
            };
            asked = asked.saturating_add(1);
            let is_it = match &file.contents {
                Some(contents) => *contents == answer.body,
                None => true,
            };
            if answer.status == 200 && is_it {
                return Finding::fail(
                    CHECK,
                    format!(
                        "{spelling} is served to anyone, and {} is protected",
                        file.path
                    ),
                    "have every request pass Lychgate first: run_worker_first = true under [assets]; on Spin, no other component or server may serve the files",
                );
            }
        }
    }
    let first = files.first().map_or("", |file| &file.path);
    if asked == 0 {
        return Finding::fail(CHECK, format!("{first} got no answer"), "ask again later");
    }
    Finding::pass(
        CHECK,
        format!(
            "{first} and other protected files are not served without a session, in {asked} spellings"
        ),
    )
}

/// Protected files: those in the folder of the site, or one for each route that could have some.
fn protected(config: &Config, directory: Option<&Path>) -> Vec<Protected> {
    let is_protected = |path: &str| {
        let path = RequestPath::parse(path).ok()?;
        let found = config.routes.find(&path, &Method::Get).ok()?;
        (found.is_protected() && found.route().aliases == Aliases::StaticFiles).then_some(())
    };
    let mut files = Vec::new();
    for (path, file) in directory.map(listed).unwrap_or_default() {
        if files.len() < MOST_FILES && is_protected(&path).is_some() {
            let contents = fs::read(file).ok();
            files.push(Protected { path, contents });
        }
    }
    if files.is_empty() {
        let of_files = |route: &&Route| route.aliases == Aliases::StaticFiles;
        let routes = config.routes.routes().filter(of_files);
        let examples = routes.filter(|route| route.is_protected()).map(example);
        files = examples
            .take(MOST_FILES)
            .map(|path| Protected {
                path,
                contents: None,
            })
            .collect();
    }
    files
}

/// The files below a folder, with their paths in URLs.
fn listed(directory: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = VecDeque::from([(String::new(), directory.to_owned())]);
    while let Some((prefix, folder)) = folders.pop_front() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if found.len() >= MOST_LOOKED_AT {
                return found;
            }
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let path = format!("{prefix}/{name}");
            if entry.path().is_dir() {
                folders.push_back((path, entry.path()));
            } else {
                found.push((path, entry.path()));
            }
        }
    }
    found.sort();
    found
}

/// The spellings of a file that a server might take for it.
fn spellings(file: &Protected) -> Vec<String> {
    let path = file.path.as_str();
    let mut all = vec![path.to_owned(), format!("{path}/"), format!("{path}?x")];
    let stem = path.strip_suffix(".html");
    if let Some(stem) = stem {
        all.push(stem.to_owned());
    }
    if let Some(folder) = path.strip_suffix("index.html") {
        all.push(folder.to_owned());
        all.extend(
            folder
                .strip_suffix('/')
                .filter(|it| !it.is_empty())
                .map(ToOwned::to_owned),
        );
    }
    // Those below may lead to another file, which tells nothing unless we know what is in this one.
    if file.contents.is_some() {
        all.push(format!("/{path}"));
        all.push(format!("/.{path}"));
        all.push(format!("/x/..{path}"));
        all.push(path.to_ascii_uppercase());
        let mut signs = path.chars().skip(1);
        if let Some(first) = signs.next().filter(char::is_ascii_alphanumeric) {
            let rest: String = signs.collect();
            all.push(format!("/%{:02x}{rest}", u32::from(first)));
        }
    }
    all
}
