//! Our answers for a folder of static files against those of Cloudflare's asset server.
//!
//! Both are asked for every spelling of a page, over every combination of the files that it may stand
//! in, for every type in our table, and for whatever `observed.txt` of the core has, so that the table
//! is what the server that is installed says and not what one once said.

use crate::{
    host::{
        root::{self, root},
        server::{End, Server},
        wire,
    },
    http::{request::Request, response::Response},
};
use lychgate_core::{
    assets::{
        content_type,
        entity_tag::EntityTag,
        plan::{Presence, Step, plan},
        response::{Body, FileResponse, Found},
    },
    http::method::Method,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::id,
    sync::atomic::{AtomicUsize, Ordering},
};

const OBSERVED: &str = include_str!("../../../core/src/assets/testdata/observed.txt");

/// A folder of files, removed with this value.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    /// Every file says its own name.
    pub(super) fn with(names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("lychgate-assets-{}-{count}", id()));
        for name in names {
            let name = name.as_ref();
            let file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            // Empty, the server obeys them without effect.
            let is_obeyed = [".assetsignore", "_headers", "_redirects"].contains(&name);
            fs::write(file, if is_obeyed { "" } else { name }).unwrap();
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Cloudflare's asset server in workerd.
pub(super) struct AssetServer {
    /// Kept until it is to end.
    _script: Server,
    port: u16,
}

impl AssetServer {
    fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// With an `html_handling` and a `not_found_handling`.
    pub(super) fn start_with(folder: &Path, settings: &[&str]) -> Self {
        let mut node = root::node();
        node.arg(root().join("tests/workerd/assets.mjs"))
            .arg(folder)
            .args(settings);
        let mut script = Server::start("the asset server", &mut node, End::OfInput);
        let started: Value = serde_json::from_str(&script.line()).unwrap();
        let port = u16::try_from(started["port"].as_u64().unwrap()).unwrap();
        Self {
            _script: script,
            port,
        }
    }

    fn answer(&self, method: &str, target: &str) -> Answer {
        Answer::of(&self.exchange(method, target))
    }

    pub(super) fn exchange(&self, method: &str, target: &str) -> Response {
        let request = Request::new(method, target);
        wire::exchange(self.port, "localhost", &request)
    }
}

/// The parts of an answer that must be the same on both.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    location: Option<String>,
    content_type: Option<String>,
    cache_control: Option<String>,
    length: Option<String>,
    has_tag: bool,
    body: String,
}

impl Answer {
    fn of(response: &Response) -> Self {
        let header = |name: &str| response.header(name).map(str::to_owned);
        Self {
            status: response.status,
            location: header("location"),
            content_type: header("content-type"),
            cache_control: header("cache-control"),
            length: header("content-length"),
            has_tag: header("etag").is_some(),
            body: String::from_utf8(response.body.clone()).unwrap(),
        }
    }

    fn ours(response: &FileResponse, body: String) -> Self {
        let header = |wanted: &str| {
            let mut headers = response.headers.iter();
            let found = headers.find(|(name, _)| name.as_str() == wanted);
            found.map(|(_, value)| value.as_str().to_owned())
        };
        Self {
            status: response.status.code(),
            location: header("location"),
            content_type: header("content-type"),
            cache_control: header("cache-control"),
            length: header("content-length"),
            has_tag: header("etag").is_some(),
            body,
        }
    }
}

/// The plan, carried out on a folder as an adapter does it.
fn carry_out(folder: &Folder, method: &str, target: &str) -> Answer {
    let mut step = plan(Method::parse(method), target, |_| None);
    loop {
        match step {
            Step::Look(look) => {
                let file = folder.0.join(look.name().as_str());
                step = look.answer(if file.is_file() {
                    Presence::File
                } else {
                    Presence::Absent
                });
            }
            Step::File(file) => {
                let contents = fs::read_to_string(folder.0.join(file.name().as_str())).unwrap();
                let response = file.respond(&Found {
                    length: u64::try_from(contents.len()).unwrap(),
                    tag: Some(EntityTag::of_contents(&[0; 32])),
                    modified: None,
                });
                let body = match response.body {
                    Body::Empty => String::new(),
                    Body::Whole => contents,
                    Body::Range(range) => panic!("nobody asked for {range:?}"),
                };
                return Answer::ours(&response, body);
            }
            Step::Respond(response) => return Answer::ours(&response, String::new()),
        }
    }
}

fn compare(folder: &Folder, requests: impl IntoIterator<Item = (String, String)>) -> usize {
    let server = AssetServer::start(&folder.0);
    let mut count = 0;
    for (method, target) in requests {
        let theirs = server.answer(&method, &target);
        let ours = carry_out(folder, &method, &target);
        assert_eq!(ours, theirs, "{method} {target}");
        count += 1;
    }
    count
}

fn get(target: String) -> (String, String) {
    ("GET".to_owned(), target)
}

#[test]
fn the_observed_answers_are_those_of_the_installed_server_and_ours() {
    let files = OBSERVED.lines().filter_map(|line| line.strip_prefix("+ "));
    let folder = Folder::with(files);
    let server = AssetServer::start(&folder.0);
    let is_request = |line: &&str| !line.is_empty() && !line.starts_with(['+', '#']);
    let mut count = 0;
    for line in OBSERVED.lines().filter(is_request) {
        let mut words = line.splitn(4, ' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let (status, rest) = (words.next().unwrap(), words.next().unwrap_or_default());
        let theirs = server.answer(method, target);
        assert_eq!(theirs.status.to_string(), status, "{line}");
        let said = theirs.location.as_ref().unwrap_or(&theirs.body);
        assert_eq!(said, rest, "{line}");
        assert_eq!(carry_out(&folder, method, target), theirs, "{line}");
        count += 1;
    }
    assert!(count > 200);
}

#[test]
fn every_combination_of_the_files_of_a_page_is_answered_alike() {
    const FILES: [&str; 8] = [
        "x",
        "x.html",
        "x.html.html",
        "x/.html",
        "x/index",
        "x/index.html",
        "x/index.html.html",
        "404.html",
    ];
    const SPELLINGS: [&str; 13] = [
        "",
        "x",
        "x/",
        "x.html",
        "x.html/",
        "x.html.html",
        "x/.html",
        "x/index",
        "x/index/",
        "x/index.html",
        "x/index.html/",
        "x/index.html.html",
        "x/@",
    ];
    let is_in = |case: usize, place: usize| case >> place & 1 == 1;
    let has_name_twice = |case: &usize| is_in(*case, 0) && case & 0b0111_1000 != 0;
    let cases: Vec<usize> = (0..1 << FILES.len())
        .filter(|case| !has_name_twice(case))
        .collect();
    let files = cases.iter().flat_map(|case| {
        let files = FILES.iter().enumerate();
        let chosen = files.filter(move |(place, _)| is_in(*case, *place));
        chosen.map(move |(_, file)| format!("{case}/{file}"))
    });
    let folder = Folder::with(files);
    let requests = cases
        .iter()
        .flat_map(|case| SPELLINGS.map(|spelling| get(format!("/{case}/{spelling}"))));
    assert_eq!(compare(&folder, requests), 136 * SPELLINGS.len());
}

#[test]
fn every_type_is_the_one_that_the_server_gives() {
    let odd = [
        "", "unknown", "tgz", "py", "HTML", "Css", "html.", "html.gz",
    ];
    let endings: BTreeSet<&str> = content_type::endings().chain(odd).collect();
    assert!(endings.len() > 100);
    let files = endings.iter().map(|ending| format!("file.{ending}"));
    let bare = ["html", ".css", "folder.html/css"].map(str::to_owned);
    let files: Vec<String> = files.chain(bare).collect();
    let folder = Folder::with(&files);
    let requests = files.iter().map(|file| get(format!("/{file}")));
    assert_eq!(compare(&folder, requests), files.len());
}
